"""Files beside the pages, and the security policy of every page."""
