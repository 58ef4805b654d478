"""What a page can hold besides prose: a folder for each kind of ```yaml fence."""
