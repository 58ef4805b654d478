"""A table filled from the values of a run."""
