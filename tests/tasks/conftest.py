"""The town of the conversation tests."""

from tests.conversations.conftest import small_town, town, words

__all__ = ["small_town", "town", "words"]
