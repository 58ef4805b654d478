"""Studies: many small trainings side by side, and what they showed.

    recorded     results that were kept, with where they come from
    ablations    what happens when a part is left out
    sweep        how the loss falls with parameters and tokens
    shrinking    quantising, pruning, distilling, LoRA: size, speed and quality
    studies      all of them by name
"""
