"""Questions to answer."""
