"""The reference pages, made from the package's source."""
