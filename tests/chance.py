"""What chance writes is nobody's words: short needles are searched beside ids, hashes and tokens, never in them."""

from __future__ import annotations

import re

_DRAWN = re.compile(r"(?<![A-Za-z0-9_-])(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,}(?![A-Za-z0-9_-])")
"""Ids (26), links (20), hashes (32, 64), tokens (43): long words of letters and digits. Dates and telephone numbers are shorter."""


def apart(text: str) -> str:
    """The text without its ids, hashes and tokens. `apart(page)` may be searched for six digits; `page` may not: once in a few
    thousand runs they stand in an id."""
    return _DRAWN.sub("…", text)
