"""What a page can hold besides prose: a folder for each kind of block.

A folder holds `directive.py` with the kind's one `DIRECTIVE`, its `schema.json` and `template.html`, its view and
style sheet where it has them, and `test_<kind>.py`. A new folder is a new kind; nothing else names it.
"""
