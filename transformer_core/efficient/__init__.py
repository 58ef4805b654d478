"""Attentions that avoid the table of Tq x Tk weights, each in its own way.

    tiled       exact: the same average, made piece by piece (FlashAttention's idea)
    sparse      exact over fewer pairs: most blocks of the table are left out (BigBird)
    low_rank    an approximation: keys and values are mixed down to a few rows (Linformer)
    kernel      an approximation: random features stand in for the softmax (Performer)
    compare     each one's error against the exact attention, and its memory

Each is called like attention.scaled_dot_product_attention, so that it can be given to a
layer as `attend`, and returns None where that returns the weights: it never has them.
"""
