"""The kinds of pages: a module for each, and one table that finds the kind of a page."""
