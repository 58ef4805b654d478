"""Doing with less: attentions that avoid the table of Tq x Tk weights, and smaller models.

    tiled         exact: the same average, made piece by piece (FlashAttention's idea)
    triton_tiled  the same as a kernel for GPUs, to be read beside it
    sparse        exact over fewer pairs: most blocks of the table are left out (BigBird)
    low_rank      an approximation: keys and values are mixed down to a few rows (Linformer)
    kernel        an approximation: random features stand in for the softmax (Performer)
    compare       each one's error against the exact attention, and its memory

Each attention is called like attention.scaled_dot_product_attention, so that it can be given
to a layer as `attend`, and returns None where that returns the weights: it never has them.

    quantise      weights in 8 or 4 bits
    prune         weights, or whole units, left out
    distil        a small model learns from a large one's scores
    lora          a large model learns by a few numbers beside its own
"""
