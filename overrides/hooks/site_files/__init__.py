"""Files of the site beside its pages: browser modules, style sheets."""
