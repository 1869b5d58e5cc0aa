"""Why a household is talked about in a case meeting, and how much of it somebody at the table may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from backend.cases.review import STALLED_AFTER, StalledAfter, stalled
from backend.consent.rules import CATEGORIES, Decision, Recipient, can_share

REASONS = ("flagged", "returned", "unreached", "stalled", "review", "category")
"""A colleague asked for it · a professional declined · nothing has happened for too long · the review is due · category 4
(or 3) needs several organisations. In this order on the agenda."""

NEEDS_MEETING = frozenset({3, 4})
AGAIN = timedelta(days=60)
"""A household of category 3 or 4 comes up by itself when no meeting has talked about it for so long. [our own figure]"""

PURPOSE = "survivor_support"

Mode = Literal["all", "cut", "plain", "out"]
"""Everything · what consent lets through, with the name · facts without who it is · not even that."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reason for a meeting is looked for in."""

    category: int | None
    changed_at: datetime
    review_on: date | None
    returned: bool = False
    flagged: bool = False
    last_meeting: date | None = None
    unreached: bool = False
    """Outreach has tried everything, and nobody was reached."""


@dataclass(frozen=True, slots=True)
class View:
    """What one participant may see of one household: its categories of answers, and what is withheld for which reason."""

    mode: Mode
    allowed: frozenset[str] = frozenset()
    withheld: tuple[tuple[str, str], ...] = ()
    """(category, reason of `can_share`), by category."""


def reasons_for(case: Standing, now: datetime, today: date, after: StalledAfter = STALLED_AFTER) -> tuple[str, ...]:
    """Why this household should come before a meeting; empty: it need not."""
    lately = case.last_meeting is not None and today - case.last_meeting < AGAIN
    found = {
        "flagged": case.flagged, "returned": case.returned, "unreached": case.unreached,
        "stalled": not lately and stalled(case.category, case.changed_at, now, after),
        "review": case.review_on is not None and case.review_on <= today,
        "category": not lately and case.category in NEEDS_MEETING,
    }  # fmt: skip
    return tuple(name for name in REASONS if found[name])


def view_for_staff(restricted: bool, handles: bool) -> View:
    """A member of the municipality's staff works inside the purpose; a restricted person is for handlers alone (PR-31)."""
    return View("out") if restricted and not handles else View("all", frozenset(CATEGORIES))


def view_for_partner(restricted: bool, recipient: Recipient | None, pledged: bool, decisions: Sequence[Decision], at: datetime) -> View:
    """Somebody of another organisation: `can_share`, category by category. Without a name the facts alone may be talked
    about (手引き Ⅱ 3(2)), but never a restricted household.

    `pledged`: this person has signed the pledge for meetings, besides the organisation's own.
    """
    if restricted:
        return View("out")
    who = Recipient(recipient.kind, recipient.active, recipient.pledge_until if pledged else None) if recipient else None
    verdicts = {
        category: can_share(restricted=restricted, recipient=who, category=category, purpose=PURPOSE, decisions=decisions, at=at)
        for category in sorted(CATEGORIES)
    }
    allowed = frozenset(category for category, verdict in verdicts.items() if verdict.allowed)
    withheld = tuple((category, verdict.reason) for category, verdict in verdicts.items() if not verdict.allowed)
    return View("cut", allowed, withheld) if "identity" in allowed else View("plain", frozenset(), withheld)


def view_of_nobody(restricted: bool) -> View:
    """The sheet for whoever happens to be in the room."""
    return View("out") if restricted else View("plain")
