"""The resident in a terminal: the same path as every channel, without a platform."""

from bots.terminal.talk import chat

__all__ = ["chat"]
