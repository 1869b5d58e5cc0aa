"""Text as a database and a platform can take it."""

from __future__ import annotations

import re

_UNFIT = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` without NUL (PostgreSQL refuses it) and with U+FFFD for lone surrogates (UTF-8 has no form for them).

    A webhook's JSON may hold both (`\\u0000`, `\\ud83d`). Everything else stays as the person wrote it.
    """
    if not _UNFIT.search(text):
        return text
    return _UNFIT.sub(lambda found: "" if found[0] == "\x00" else "�", text)
