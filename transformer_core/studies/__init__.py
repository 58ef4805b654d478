"""Studies: many small trainings that differ in one choice, and their results.

    recorded     stored results, with command, machine and date
    ablations    what changes when a part is left out
    sweep        how the loss falls with parameters and tokens
    shrinking    quantising, pruning, distilling, LoRA: size, speed and quality
    studies      all of them by name
"""
