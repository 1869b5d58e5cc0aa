"""How a request for a home visit moves."""

from __future__ import annotations

from collections.abc import Mapping

MOVES: Mapping[str, frozenset[str]] = {
    "open": frozenset({"planned", "done", "declined"}),
    "planned": frozenset({"done", "declined"}),
    "declined": frozenset({"planned"}),
    "done": frozenset(),
}


def may_move(state: str, to: str) -> bool:
    return to in MOVES.get(state, frozenset())
