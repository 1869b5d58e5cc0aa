"""The homes that wait for a visit, with what says how soon: asked for in the chat or at the booth, or left over by the ladder."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, literal, select

from backend.cases.models import answer, case
from backend.clock import in_japan
from backend.contacts.models import contact
from backend.forms.household import age_on
from backend.people.models import person
from backend.plans import not_by
from backend.sorting import numbered
from backend.staff.access import districts_of, visible
from backend.staff.roles import Staff
from backend.tasks.models import task
from backend.tasks.rules import DANGER
from backend.tenants.districts import districts_in
from backend.visits.models import visit, visit_request
from backend.visits.plan import Circumstances, Home, reasons

MOST = 300
"""Homes read for one page: the ones that asked or are most pressing; a district narrows it."""
MOST_COUNTED = 2000
MOST_HELD = 50_000
"""Cases of a district that homes are held against."""
CHUNK = 400
_FIELDS = ("household_size", "special_care", "visit_times", "visit_interpreter", "birth_date")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A home with what the page shows of it. Name and address are only there where they were asked for (`told`)."""

    home: Home
    name: str
    number: str
    damage: str
    why: str
    """request | ladder | watching | again"""
    since: Any
    restricted: bool
    version: int = 0
    """Of the visit that waits, where there is one."""


def waiting(connection: Connection, staff: Staff, day: date, district: str = "", most: int = MOST) -> list[Waiting]:
    """Open requests and wanted visits, the weightiest first; of protected people only for those who handle them.

    `day` is the day that is planned for.
    """
    return told(connection, pressing(connection, staff, day, district, most))


def told(connection: Connection, homes: Sequence[Waiting]) -> list[Waiting]:
    """The same homes with name and address, which are opened for those alone that somebody looks at."""
    known: dict[str, Any] = {}
    ids = [one.home.case_id for one in homes]
    for start in range(0, len(ids), CHUNK):
        chosen = select(case.c.id, person.c.name, person.c.address, person.c.current_address).join(
            person, person.c.id == case.c.person_id).where(case.c.id.in_(ids[start : start + CHUNK]))
        known.update((row.id, row) for row in connection.execute(chosen))
    return [replace(one, name=row.name or "", home=replace(one.home, address=row.current_address or row.address or ""))
            for one in homes if (row := known.get(one.home.case_id)) is not None]


def pressing(connection: Connection, staff: Staff, day: date, district: str = "", most: int = MOST) -> list[Waiting]:
    """`waiting`, without names and addresses."""
    found: dict[str, dict[str, Any]] = {}
    here = _few_cases(connection, staff, district)
    asked, wanted = _asked(staff, district, here), _wanted(staff, district, here)
    for row in connection.execute(asked.order_by(visit_request.c.due_at, visit_request.c.id).limit(most)):
        found[row.case_id] = {"request_id": row.id, "visit_id": "", "why": "request", "since": row.made_at, "due": row.due_at}
    for row in connection.execute(wanted.order_by(visit.c.priority, visit.c.id).limit(most)):
        there = found.setdefault(row.case_id, {"request_id": "", "visit_id": "", "why": row.why, "since": row.made_at, "due": None})
        if not there["visit_id"]:
            there["visit_id"], there["version"] = row.id, row.version
        there["request_id"] = there["request_id"] or row.request_id or ""
    made: list[Waiting] = []
    ids = list(found)
    for start in range(0, len(ids), CHUNK):
        made += _read(connection, ids[start : start + CHUNK], found, day)
    return sorted(made, key=lambda one: (-one.home.points, one.since, one.home.case_id))


def districts(connection: Connection, staff: Staff) -> list[tuple[str, int | None]]:
    """Where homes wait, and how many. Beyond `MOST_COUNTED` in the municipality: every district of it, with None."""
    if not (_more(connection, visit_request, staff, "open") or _more(connection, visit, staff, "wanted")):
        homes: set[tuple[str, str]] = set()
        for chosen in (_asked(staff, ""), _wanted(staff, "")):
            homes.update((row[0], row[1]) for row in connection.execute(chosen.with_only_columns(case.c.id, case.c.district)))
        return sorted(Counter(name for _, name in homes).items(), key=lambda one: numbered(one[0]))
    near = districts_of(staff)
    return [(name, None) for name in districts_in(connection, staff.tenant_id) if not near or name in near]


def _more(connection: Connection, table: Table, staff: Staff, state: str) -> bool:
    """Whether more wait than are counted; no case is looked up for that."""
    some = select(literal(1)).where(table.c.tenant_id == staff.tenant_id, table.c.state == state).limit(MOST_COUNTED + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one()) > MOST_COUNTED


def _asked(staff: Staff, district: str, here: Select[Any] | None = None) -> Select[Any]:
    return (
        select(visit_request.c.id, visit_request.c.case_id, visit_request.c.made_at, visit_request.c.due_at, case.c.district)
        .join(case, case.c.id == visit_request.c.case_id)
        .where(visit_request.c.tenant_id == staff.tenant_id, visit_request.c.state == "open",
               *_of_those(staff, district, visit_request.c.case_id, here))
    )


def _wanted(staff: Staff, district: str, here: Select[Any] | None = None) -> Select[Any]:
    return (
        select(visit.c.id, visit.c.case_id, visit.c.request_id, visit.c.why, visit.c.made_at, visit.c.version, case.c.district)
        .join(case, case.c.id == visit.c.case_id)
        .where(visit.c.tenant_id == staff.tenant_id, visit.c.state == "wanted", *_of_those(staff, district, visit.c.case_id, here))
    )


def _of_those(staff: Staff, district: str, home: ColumnElement[Any], here: Select[Any] | None) -> list[ColumnElement[bool]]:
    """Conditions on the cases of visits: open, and seen by this account. What waits is few; the cases are looked up by it.

    `here` are the open cases of the district: `home` is held against them, and they are asked for nothing twice.
    """
    if here is not None:
        return [not_by(visible(staff), case.c.tenant_id, case.c.district, case.c.assigned_to), home.in_(here)]
    where = [visible(staff), case.c.status == "open", *([case.c.district == district] if district else [])]
    return [not_by(one, case.c.tenant_id, case.c.status, case.c.district, case.c.assigned_to) for one in where]


def _few_cases(connection: Connection, staff: Staff, district: str) -> Select[Any] | None:
    """The open cases of a district. In a part of the municipality few of the homes that wait are found: they are held against
    its cases, which an index alone gives, before any case is looked at. None where that part may be most of it."""
    there = select(case.c.id).where(case.c.tenant_id == staff.tenant_id, case.c.status == "open", case.c.district == district)
    if not district or int(connection.execute(select(func.count()).select_from(there.limit(MOST_HELD + 1).subquery())).scalar_one()) > MOST_HELD:
        return None
    # PostgreSQL takes this and the case that a home is joined with for one table, and then reads every case of the district.
    return select(there.cte("near").prefix_with("MATERIALIZED", dialect="postgresql").c.id)


def _read(connection: Connection, ids: Sequence[str], found: Mapping[str, Mapping[str, Any]], day: date) -> Iterable[Waiting]:
    said = answers_of(connection, ids)
    tries, last, promised = _before(connection, ids)
    danger = set(connection.execute(
        select(task.c.case_id).where(task.c.case_id.in_(ids), task.c.done_at.is_(None), task.c.kind.in_(DANGER))).scalars())
    chosen = select(
        case.c.id, case.c.number, case.c.district, case.c.damage_level, case.c.category, case.c.language, case.c.first_contact_at, case.c.restricted,
        person.c.birth_date).join(person, person.c.id == case.c.person_id).where(case.c.id.in_(ids))
    for row in connection.execute(chosen):
        about, told = found[row.id], said[row.id]
        born = told.get("birth_date") or row.birth_date
        why = reasons(Circumstances(
            danger=row.id in danger, asked=about["why"] == "request", due_on=in_japan(about["due"]).date() if about["due"] else None,
            promised_on=promised.get(row.id), met=row.first_contact_at is not None, people=told.get("household_size"),
            age=age_on(date.fromisoformat(born), day) if born else None, care=bool(told.get("special_care")),
            damage=row.damage_level, category=row.category, tries=tries[row.id]), day)  # fmt: skip
        home = Home(
            row.id, row.district, "", why, about["visit_id"], about["request_id"],
            last.get(row.id, ""), row.language, tuple(told.get("visit_times") or ()), told.get("visit_interpreter") == "yes",
        )  # fmt: skip
        yield Waiting(home, "", row.number, row.damage_level, about["why"], about["since"], bool(row.restricted), about.get("version", 0))


def answers_of(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What holds of the questions that a plan looks at, by case."""
    said: dict[str, dict[str, Any]] = defaultdict(dict)
    chosen = select(answer.c.case_id, answer.c.field, answer.c.value).where(
        answer.c.case_id.in_(ids), answer.c.field.in_(_FIELDS), answer.c.state == "given", answer.c.superseded_at.is_(None),
        answer.c.withdrawn.is_(False)).order_by(answer.c.id)  # fmt: skip
    for row in connection.execute(chosen):
        said[row.case_id][row.field] = row.value
    return said


def _before(connection: Connection, ids: Sequence[str]) -> tuple[Counter[str], dict[str, str], dict[str, date]]:
    """By case: how often somebody stood at the door, who did last, and the newest day that was agreed on."""
    tries: Counter[str] = Counter()
    last: dict[str, str] = {}
    promised: dict[str, date] = {}
    chosen = select(contact.c.case_id, contact.c.channel, contact.c.staff_id, contact.c.next_on).where(
        contact.c.case_id.in_(ids)).order_by(contact.c.at, contact.c.id)
    for case_id, channel, staff_id, next_on in connection.execute(chosen):
        tries[case_id] += channel == "visit"
        if staff_id is None:
            continue
        if channel == "visit":
            last[case_id] = staff_id
        if next_on is None:
            promised.pop(case_id, None)  # somebody was there since
        else:
            promised[case_id] = next_on
    return tries, last, promised
