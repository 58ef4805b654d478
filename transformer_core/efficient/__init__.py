"""Efficiency: attentions that avoid the table of Tq x Tk weights, and smaller models.

    tiled         exact: the same average, computed tile by tile (FlashAttention's idea)
    triton_tiled  the same as a GPU kernel in Triton
    sparse        exact over fewer pairs: most blocks of the table are left out (BigBird)
    low_rank      an approximation: keys and values are mixed down to a few rows (Linformer)
    kernel        an approximation: random features approximate the softmax (Performer)
    compare       each one's error against the exact attention, and its memory

Each attention is called like attention.scaled_dot_product_attention, so that it can be given
to a layer as `attend`, and returns None where that returns the weights: it never has them.

    quantise      weights in 8 or 4 bits
    prune         weights, or whole units, left out
    distil        a small model learns from a large one's scores
    lora          a large model is adapted by a few added numbers
"""
