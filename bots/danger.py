"""Which words must not wait behind a surge."""

from __future__ import annotations

from dialogs import crisis


def danger(text: str) -> bool:
    """Whether `text` takes the fast lane. If the check fails, it counts as danger (privacy-and-safety §3)."""
    try:
        hit = crisis.check(text)
    except Exception:
        return True
    return hit is not None and hit.level in ("red", "orange")
