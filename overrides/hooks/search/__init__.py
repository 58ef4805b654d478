"""The search: what of a page can be found, and the index that the browser asks."""
