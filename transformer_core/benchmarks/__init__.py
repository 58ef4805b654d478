"""Benchmarks: how fast this package is compared with other libraries, in one run, on equal work.

    case          a benchmark case and its results
    timing        contenders are checked for equal results, then timed in turns
    ceiling       the most that this machine can do
    peers         other libraries' models with our weights
    text          rows of real text to work on
    encoder, train_step, decode, long_context, build_model, gpu     the cases
    report        results as JSON, with machine and versions
    recorded      stored results, with machine and date
"""
