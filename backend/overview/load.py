"""Reads what the figures are counted from, some thousand households at a time: days, groups and results, nothing about anybody.

Each stage is a fact of its own and is counted by itself: somebody who was helped at once may have no plan. Protected people
stand in no district, language or category.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, select, type_coerce

from backend.cases.models import case, policy_version
from backend.consent.models import consent_event
from backend.contacts.models import contact
from backend.overview.tally import Tally
from backend.plans import not_by
from backend.referrals.models import referral
from backend.visits.models import visit_request

_CAME = frozenset({"chat", "booth", "phone"})
"""Origins of a case that are a contact by themselves."""
_NO_GROUP = ("", "", "")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which households, and as they stood when: those that became known from `since` (None: from the beginning) to before `until`.

    Omuta's tables are of all that were known before `until`.
    """

    tenant_id: str
    since: datetime | None
    until: datetime


def take_in(connection: Connection, tally: Tally, asked: Asked, after: str, most: int) -> tuple[str, int]:
    """Count the next households by id; the last id and how many were looked at (fewer than `most`: there are no more)."""
    until, since = _milliseconds(asked.until), _milliseconds(asked.since) if asked.since else 0
    rows = connection.execute(_CASES.where(not_by(case.c.tenant_id, case.c.tenant_id) == asked.tenant_id, case.c.id > after).limit(most)).all()
    if not rows:
        return after, 0
    facts = _facts(connection, asked, after, rows[-1].id)
    alike: Counter[tuple[tuple[str, str, str], tuple[bool, ...]]] = Counter()
    untried: Counter[int] = Counter()
    for id_, status, opened, district, category, language, restricted, origin, met, damage, closed in rows:
        if status == "merged" or opened >= until:
            continue
        if tried := facts.approaches.get(id_):
            tally.know(_day(opened), tried)
        else:
            untried[(opened // 1000 + _JAPAN) // 86400] += 1
        if opened >= since:
            came = origin in _CAME or (met is not None and met < until)
            # On a list of certificates the damage is known before anybody was asked: assessed is who was reached as well.
            at = (True, came, bool(came and damage), id_ in facts.agreed, id_ in facts.planned, id_ in facts.helped,
                  status == "closed" and closed is not None and closed < until)  # fmt: skip
            groups = _NO_GROUP if restricted else (district, "" if category is None else str(category), language)
            alike[groups, at] += 1
    for day, households in untried.items():
        tally.know(_of_days(day), (), households)
    for (groups, stages), households in alike.items():
        tally.reach(groups, [place for place, there in enumerate(stages) if there], households)
    return str(rows[-1].id), len(rows)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What hangs on the cases of a piece, by case."""

    agreed: set[str] = field(default_factory=set)
    planned: set[str] = field(default_factory=set)
    helped: set[str] = field(default_factory=set)
    approaches: Mapping[str, list[tuple[date, str, str, str]]] = field(default_factory=dict)


def _raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A moment as it is stored: of millions of rows nobody needs the objects."""
    return type_coerce(column, BigInteger)


_CASES = select(
    case.c.id, case.c.status, _raw(case.c.opened_at), case.c.district, case.c.category, case.c.language, case.c.restricted, case.c.origin,
    _raw(case.c.first_contact_at), case.c.damage_level, _raw(case.c.closed_at),
).order_by(case.c.id)  # fmt: skip


def _facts(connection: Connection, asked: Asked, after: str, last: str) -> _Facts:
    def of(table: Any, *columns: Any, at: Any) -> Select[Any]:
        """Of the cases of this piece, before the end of the span; found by the cases, whatever else has an index."""
        others = [one for one in (table.c.tenant_id, at, *([table.c.state] if "state" in table.c else [])) if one is not None]
        there = (table.c.tenant_id == asked.tenant_id, at < asked.until)
        return select(table.c.case_id, *columns).where(
            table.c.case_id > after, table.c.case_id <= last, *(not_by(one, *others) for one in there))

    def ids(chosen: Select[Any]) -> set[str]:
        return set(connection.execute(chosen).scalars())

    last_said = {(row[0], row[1]): row[2] for row in connection.execute(
        of(consent_event, consent_event.c.recipient, consent_event.c.event, at=consent_event.c.at).order_by(
            consent_event.c.case_id, consent_event.c.recipient, consent_event.c.id))}  # fmt: skip
    helped = (
        ids(of(referral, at=referral.c.changed_at).where(not_by(referral.c.state, referral.c.state).in_(("accepted", "done"))))
        | ids(of(visit_request, at=visit_request.c.changed_at).where(not_by(visit_request.c.state, visit_request.c.state) == "done"))
    )  # fmt: skip
    approaches: dict[str, list[tuple[date, str, str, str]]] = defaultdict(list)
    noted = of(contact, _raw(contact.c.at), contact.c.channel, contact.c.result, contact.c.direction, at=contact.c.at).order_by(
        contact.c.case_id, contact.c.at, contact.c.id)
    for id_, at, channel, result, direction in connection.execute(noted):
        approaches[id_].append((_day(at), channel, result, direction))
    return _Facts({home for (home, _), event in last_said.items() if event == "given"}, ids(of(policy_version, at=policy_version.c.at)), helped,
                  approaches)


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


_JAPAN = 9 * 3600
_EPOCH = date(1970, 1, 1).toordinal()


def _day(milliseconds: int) -> date:
    """The day in Japan of a stored moment: millions of rows, few days."""
    return _of_days((milliseconds // 1000 + _JAPAN) // 86400)


@lru_cache(maxsize=20_000)
def _of_days(days: int) -> date:
    return date.fromordinal(_EPOCH + days)
