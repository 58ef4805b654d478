"""The course as its authors wrote it: topics, paths, and what only the whole course can tell."""
