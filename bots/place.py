"""A place from a map, as a platform sends it."""

from __future__ import annotations

from collections.abc import Sequence

from backend.messages import Incoming
from bots.danger import heard
from dialogs.core.heard import Said, SentPlace


def placed(latitude: float, longitude: float, address: str, beside: Sequence[str], ref: str) -> Incoming:
    """What a place means. `beside`: every word that came with it; words of danger are heard as said, and the place is kept."""
    where = f"{latitude:.5f},{longitude:.5f}"
    said = heard(SentPlace(latitude, longitude, address), *beside)
    kept = {"kind": "place", "ref": where, "name": address} if isinstance(said, Said) else None
    return Incoming(said, shown=address or where.replace(",", ", "), shown_key="shown.place", message_ref=ref, attachment=kept)
