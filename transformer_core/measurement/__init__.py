"""Measurement: sizes, times, memory and the quality of text.

    parameters  costs  scaling_laws    how large a model is, what it costs to run, and to train
    timing  memory  machine            how long a call takes, how much it holds, and where it ran
    entropy                            how spread an attention is
    perplexity  bleu                   how well a text is predicted, or translated
"""
