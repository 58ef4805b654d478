"""A task with files, tests and known mistakes."""
