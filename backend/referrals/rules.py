"""How a referral moves, and that a professional is never told of somebody who did not agree."""

from __future__ import annotations

from collections.abc import Mapping

from backend.conflict import Conflict

MOVES: Mapping[str, frozenset[str]] = {
    "open": frozenset({"accepted", "declined", "done"}),
    "accepted": frozenset({"declined", "done"}),
    "declined": frozenset({"accepted", "done"}),
    "done": frozenset(),
    "withdrawn": frozenset(),
}
"""What staff may mark a referral in each state as. `withdrawn` is the resident's alone (PR-04)."""


class NotAllowed(Conflict):
    """The resident did not agree to it: `now["consent"]` is what they decided (refused, withdrawn, deferred, …)."""

    def __init__(self, consent: str) -> None:
        super().__init__({"consent": consent})


def may_move(state: str, to: str) -> bool:
    return to in MOVES.get(state, frozenset())
