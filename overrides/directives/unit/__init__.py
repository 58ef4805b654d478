"""Code that runs, with its equation, steps and output."""
