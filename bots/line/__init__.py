"""LINE: the Messaging API (channels.md §1)."""
