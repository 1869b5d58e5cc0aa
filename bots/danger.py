"""Which words must not wait behind a surge."""

from __future__ import annotations

from dialogs import crisis
from dialogs.core.heard import Heard, Said


def danger(text: str) -> bool:
    """Whether `text` takes the fast lane. If the check fails, it counts as danger (privacy-and-safety §3)."""
    try:
        hit = crisis.check(text)
    except Exception:
        return True
    return hit is not None and hit.level in ("red", "orange")


def heard(otherwise: Heard | None, *beside: str) -> Heard | None:
    """Words that came beside something else (a caption, the name of a file or place, a poll): the first of danger is heard as said."""
    return next((Said(words) for words in beside if words and danger(words)), otherwise)
