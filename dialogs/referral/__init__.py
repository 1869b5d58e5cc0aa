"""Asking for a licensed professional (士業)."""
