"""Tokenisation: from text to token ids and back.

    byte_pairs    byte-pair encoding, learnt from a corpus
"""
