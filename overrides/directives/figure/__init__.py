"""A picture drawn from the values of a run."""
