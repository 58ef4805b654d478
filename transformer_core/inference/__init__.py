"""Inference: a trained model, prepared to be called quickly.

    prepare      a copy that gives the same numbers, faster
    prepacked    linear layers whose weights are in the processor's own order
"""
