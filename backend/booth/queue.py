"""The rule of the queue: which states a number may be in, and how it moves from one to the next. Pure."""

from __future__ import annotations

KINDS = ("reception", "city_desk", "welfare_council", "lawyer", "architect", "loan_desk", "own")
"""Stations of a consultation day (相談会), in the order in which a new day offers them."""

WAITING, CALLED, AWAY, ABSENT, DONE = "waiting", "called", "away", "absent", "done"

MOVES: dict[str, dict[str, str]] = {
    "call": {WAITING: CALLED},
    "again": {CALLED: CALLED},
    "skip": {CALLED: AWAY, WAITING: AWAY},  # not in the room at the moment: comes back to the front
    "return": {CALLED: WAITING, AWAY: WAITING},
    "absent": {CALLED: ABSENT, AWAY: ABSENT},
    "hand_on": {CALLED: WAITING},
    "finish": {CALLED: DONE},
    "reopen": {DONE: WAITING, ABSENT: WAITING},
}
"""Act → from which state to which."""

ENDED = frozenset({ABSENT, DONE})
RESULTS = {"hand_on": "handed_on", "finish": "done", "absent": "absent"}
"""Acts that end a stay at a station, and what is written down of it."""


def after(act: str, state: str) -> str | None:
    """The state that an act leads to; None where it cannot be done."""
    return MOVES.get(act, {}).get(state)
