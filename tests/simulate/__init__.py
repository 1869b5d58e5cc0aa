"""The whole seen at once, small: a few dozen households, a few months."""
