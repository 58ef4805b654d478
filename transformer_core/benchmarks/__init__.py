"""Benchmarks: how fast this package is beside its peers, in one run, with equal work.

    case          what a case is, and what comes of it
    timing        contenders in turns, after their results have been found equal
    ceiling       the most that this machine can do
    peers         other libraries' models with our weights
    text          rows of real text to work on
    encoder, train_step, decode, long_context, build_model, gpu     the cases
    report        results as JSON, with where they come from
    recorded      results that were kept, with where they come from
"""
