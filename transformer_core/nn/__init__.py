"""The parts of a Transformer, one idea each.

    attention  multi_head           attention and masks; heads and grouped queries
    kv_cache                        keys and values that are kept during generation
    layers  experts                 norms and feed-forwards; a mixture of experts
    positions  rotary  position_bias    positions: added, rotated, or as a bias on scores
    packing                         a batch without its padding
    encoder  decoder                layers and their stacks
"""
