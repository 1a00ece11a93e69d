"""Custom parts of the page: one Python file and one script in assets/ each."""
