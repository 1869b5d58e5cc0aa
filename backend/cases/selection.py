"""Which cases: what can be chosen in the list, as a condition for the list, an export or a campaign.

A selection holds chosen values alone (a status, a district, a colleague), never words that somebody typed about a
person, so that it may stand in an address and be kept under a name (ST-04).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from backend.cases.models import case
from backend.cases.review import STALLED_AFTER, StalledAfter

NOBODY = "nobody"
NONE = "none"
STATUSES = ("open", "closed", "all")
EVERY_STATUS = ("open", "closed", "merged")
REVIEWS = ("due", "month", NONE)
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Selection:
    """Every field is empty (does not matter) or chosen; `status` is open | closed | all."""

    status: str = "open"
    district: str = ""  # a name, or `none`
    category: str = ""  # 1–4, or `none`
    team: str = ""  # a name, or `none`
    assigned: str = ""  # an account id, or `nobody`
    language: str = ""
    damage: str = ""
    waiting: str = ""  # `yes`: somebody waits for an answer
    review: str = ""  # due | month | none
    stalled: str = ""  # `yes`: nothing has happened for too long

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> Selection:
        """From the fields of a form or an address; what is not a value becomes "does not matter"."""
        given = {one.name: str(chosen.get(one.name) or "").strip()[:_LONGEST] for one in fields(cls)}
        given["status"] = given["status"] if given["status"] in STATUSES else "open"
        given["category"] = given["category"] if given["category"] in ("1", "2", "3", "4", NONE) else ""
        given["review"] = given["review"] if given["review"] in REVIEWS else ""
        for name in ("waiting", "stalled"):
            given[name] = "yes" if given[name] == "yes" else ""
        return cls(**given)

    def chosen(self) -> dict[str, str]:
        """What differs from the selection of everything open: for an address, or to be kept."""
        return {name: value for name, value in asdict(self).items() if value and not (name == "status" and value == "open")}

    def conditions(self, now: datetime, today: date, after: StalledAfter = STALLED_AFTER) -> list[ColumnElement[bool]]:
        """What a row of `case` must fulfil; whose cases they are is `staff.access.visible`'s to say."""
        return self.standing() + self.filters(now, today, after)

    def filters(self, now: datetime, today: date, after: StalledAfter = STALLED_AFTER) -> list[ColumnElement[bool]]:
        """`conditions` without the status, the narrowest first."""
        made: list[ColumnElement[bool]] = []
        if self.assigned and self.assigned != NOBODY:
            made.append(case.c.assigned_to == self.assigned)
        if self.waiting:
            made.append(case.c.waiting_since.is_not(None))
        if self.stalled:
            made.append(standing_still(now, after))
        if self.review and self.review != NONE:
            made.append(case.c.review_on <= (today if self.review == "due" else today + timedelta(days=31)))
        for column, value in ((case.c.language, self.language), (case.c.team, self.team), (case.c.district, self.district)):
            if value:
                made.append(column == ("" if value == NONE else value))
        if self.category:
            made.append(case.c.category.is_(None) if self.category == NONE else case.c.category == int(self.category))
        if self.damage:
            made.append(case.c.damage_level == self.damage)
        if self.assigned == NOBODY:
            made.append(case.c.assigned_to.is_(None))
        if self.review == NONE:
            made.append(case.c.review_on.is_(None))
        return made

    def standing(self) -> list[ColumnElement[bool]]:
        """The condition on the status, if there is one."""
        return [case.c.status == self.status] if self.status != "all" else []

    def standings(self) -> tuple[str, ...]:
        """The statuses that are meant."""
        return (self.status,) if self.status != "all" else EVERY_STATUS


def standing_still(now: datetime, after: StalledAfter = STALLED_AFTER) -> ColumnElement[bool]:
    """`review.stalled` for a query: nothing has happened for too long, by category."""
    by_category = [
        (case.c.category.is_(None) if number is None else case.c.category == number) & (case.c.changed_at < now - days)
        for number, days in after.items()
    ]
    # Said twice, so that an index on the time alone leaves out what has moved lately.
    return (case.c.changed_at < now - min(after.values())) & or_(*by_category)
