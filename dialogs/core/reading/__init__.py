"""Readings of typed answers, one kind a module; the engine calls them through `dialogs.core.understand`.

Each takes what a person typed and returns a value or None. None means "ask again", so nothing here guesses.
"""
