"""The parts of a Transformer, one idea each.

    attention  multi_head           attention and masks; heads and grouped queries
    kv_cache                        keys and values that are kept while a text is written
    layers  experts                 norms and feed-forwards; a mixture of experts
    positions  rotary  position_bias    how a token's place is told to the model
    packing                         a batch without its padding
    encoder  decoder                layers and their stacks
"""
