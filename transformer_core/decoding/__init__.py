"""Decoding: how a model's scores become text.

    sampling        how the next token is chosen
    generation      texts that grow by one token at a time
    beam_search     several candidates for one text at once
    state           the texts that are being decoded, with their caches
"""
