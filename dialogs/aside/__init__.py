"""Interruptions: a frame on top of whatever is open; it ends where it began."""
