"""Telegram: the Bot API (channels.md §3)."""
