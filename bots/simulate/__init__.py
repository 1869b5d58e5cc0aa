"""The whole seen at once: an invented town, years of outreach in minutes, through the same code that a real town runs."""
