"""From a page's Markdown to the code that it runs, and back to a page with the results."""
