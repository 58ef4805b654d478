"""The build steps: text in, text out. Only `main` knows MkDocs."""
