"""The Transformer in code that reads like its equations, proven equal to the references.

Every shape comment of the package is written in these letters:

    B   sequences in a batch           D    d_model, the width of a token's vector
    T   tokens in a sequence           H    attention heads
    Tq  tokens that ask (queries)      Dk   the width of one head, D / H
    Tk  tokens that answer (keys)      L    layers

Heads are always (B, H, T, Dk). A mask is bool, and True means "may look".
Layers, heads and positions count from 0.

The rooms, ground floor first; each imports only from those above it:

    attention  positions  layers  config  weights  measure
    multi_head      heads side by side
    encoder         layers and their stack
    model           the families, from one frozen config
    pretrained      published checkpoints
"""
