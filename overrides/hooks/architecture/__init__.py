"""The folders of the repository and what they import, read from the source and drawn."""
