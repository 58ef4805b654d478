"""Files of the site beside its pages, and the security policy of every page."""
