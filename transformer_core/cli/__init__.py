"""The commands of `python -m transformer_core`, one file each.

What needs torch is imported when a command runs, so that --help answers at once.
"""
