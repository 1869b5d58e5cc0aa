"""The project's own pages for residents: the web chat and the secure page for sensitive questions."""
