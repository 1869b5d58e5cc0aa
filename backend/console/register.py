"""The list of all cases, page by page: chosen, sorted, and quick over a million of them.

Up to `FEW` cases of a selection are sorted in memory, by kana too (names are encrypted: no database can sort them).
More than that are read along an index, from a place on (keyset): page 10,000 costs what page 1 costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, literal, select, tuple_

from backend.cases.models import case
from backend.cases.selection import NOBODY, Selection
from backend.console.plans import not_by
from backend.people.models import person
from backend.staff.access import visible
from backend.staff.roles import Staff

FEW = 5000
PER_PAGE = 50
_CHUNK = 900

COLUMNS = {
    "changed": case.c.changed_at, "number": case.c.number, "district": case.c.district, "category": case.c.category,
    "review": case.c.review_on, "waiting": case.c.waiting_since,
}  # fmt: skip
"""What a million cases can be sorted by, each with an index. Where a column is empty, its rows come last."""
NULLABLE = frozenset({"category", "review", "waiting"})
KANA = "kana"
SORTS = (*COLUMNS, KANA)
NEWEST_FIRST = "-changed"


@dataclass(frozen=True, slots=True)
class Order:
    """Sorted by what, and whether backwards."""

    by: str
    down: bool

    @classmethod
    def of(cls, asked: str) -> Order:
        """From an address: `district`, `-changed`."""
        by = asked.removeprefix("-")
        return cls(by, asked.startswith("-")) if by in SORTS else cls("changed", True)

    def __str__(self) -> str:
        return ("-" if self.down else "") + self.by


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `next` and `previous` are places for the address, empty at the ends; `count` is None above `FEW`."""

    rows: Sequence[Any]
    order: Order
    next: str = ""
    previous: str = ""
    count: int | None = None


def find(
    connection: Connection, staff: Staff, selection: Selection, order: Order, *, now: datetime, today: date, after: str = "",
    before: str = "",
) -> Found:  # fmt: skip
    """The page after (or before) a place, of what this member of staff may see."""
    chosen = selection.filters(now, today)
    own = not_by(visible(staff), *_FILTERED)
    # One index at a time: the narrowest of what was chosen, else the order's.
    standing = selection.standing()
    if chosen and selection.waiting and selection.assigned in ("", NOBODY):  # its index is of those who wait, whatever the status
        standing = [not_by(one, case.c.status) for one in standing]
    where = [own, *standing, *chosen[:1], *(not_by(one, *_FILTERED) for one in chosen[1:])]
    by = case.c.changed_at if order.by == KANA else COLUMNS[order.by]
    few = connection.execute(select(case.c.id, not_by(by, by) if chosen else by).where(*where).limit(FEW + 1)).all()
    if len(few) <= FEW:
        return _in_memory(connection, [(row[1], row[0]) for row in few], order, after, before)
    where = [own, *selection.standing(), *(not_by(one, *_FILTERED) for one in chosen)]
    return _along_index(connection, where, order if order.by != KANA else Order.of(NEWEST_FIRST), after, before)


_FILTERED = (
    case.c.assigned_to, case.c.waiting_since, case.c.changed_at, case.c.review_on, case.c.language, case.c.team, case.c.district,
    case.c.category,
)  # fmt: skip


# --- few: everything is loaded and sorted -------------------------------------------------------------------------


def _in_memory(connection: Connection, few: list[tuple[Any, str]], order: Order, after: str, before: str) -> Found:
    ids = _sorted_ids(connection, few, order)
    place = {id_: number for number, id_ in enumerate(ids)}
    start = 0
    if after:
        start = place.get(_id(after), -1) + 1
    elif before:
        start = max(0, place.get(_id(before), 0) - PER_PAGE)
    shown = ids[start : start + PER_PAGE]
    rows = {row.id: row for row in connection.execute(_shown().where(case.c.id.in_(shown)))} if shown else {}
    return Found(
        [rows[id_] for id_ in shown if id_ in rows], order, f"i {shown[-1]}" if start + PER_PAGE < len(ids) else "",
        f"i {shown[0]}" if start and shown else "", len(ids),
    )  # fmt: skip


def _sorted_ids(connection: Connection, few: list[tuple[Any, str]], order: Order) -> list[str]:
    if order.by == KANA:
        ids = [id_ for _, id_ in few]
        chosen = select(person.c.kana, case.c.id).join(case, person.c.id == case.c.person_id)
        few = [tuple(row) for start in range(0, len(ids), _CHUNK) for row in connection.execute(chosen.where(case.c.id.in_(ids[start : start + _CHUNK])))]
    known = sorted((row for row in few if row[0] not in (None, "")), reverse=order.down)
    return [id_ for _, id_ in known] + sorted((row[1] for row in few if row[0] in (None, "")), reverse=order.down)


# --- many: along an index -----------------------------------------------------------------------------------------


def _along_index(
    connection: Connection, where: list[ColumnElement[bool]], order: Order, after: str, before: str
) -> Found:
    back = bool(before)
    rows = _walk(connection, where, order, before or after, back)
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if back:
        rows.reverse()
    ends = (place_of(order, rows[0]), place_of(order, rows[-1])) if rows else ("", "")
    return Found(
        rows, order, ends[1] if (more or back) else "", ends[0] if (more if back else bool(after)) else "",
    )  # fmt: skip


def _walk(connection: Connection, where: list[ColumnElement[bool]], order: Order, place: str, back: bool) -> list[Any]:
    """Up to one row more than a page: first those with a value, then those without (the other way round, backwards)."""
    parts = ["v", "n"] if order.by in NULLABLE else ["v"]
    if back:
        parts.reverse()
    kind, _, rest = place.partition(" ")
    if kind in parts:
        parts = parts[parts.index(kind) :]
    rows: list[Any] = []
    for part in parts:
        here = rest if part == kind else ""
        rows += connection.execute(_part(where, order, part, here, back).limit(PER_PAGE + 1 - len(rows))).all()
        if len(rows) > PER_PAGE:
            break
    return rows


def _part(where: list[ColumnElement[bool]], order: Order, part: str, here: str, back: bool) -> Select[Any]:
    column = COLUMNS[order.by]
    down = order.down != back
    value, _, id_ = here.rpartition(" ")
    chosen = _shown().where(*where)
    if part == "n":
        chosen = chosen.where(column.is_(None))
        if id_:
            chosen = chosen.where(case.c.id < id_ if down else case.c.id > id_)
        return chosen.order_by(case.c.id.desc() if down else case.c.id)
    if order.by in NULLABLE:
        chosen = chosen.where(column.is_not(None))
    known = _read(order.by, value)
    if id_ and known is not None:
        mine, there = tuple_(column, case.c.id), tuple_(literal(known, column.type), literal(id_))
        chosen = chosen.where(mine < there if down else mine > there)
    return chosen.order_by(column.desc(), case.c.id.desc()) if down else chosen.order_by(column, case.c.id)


def _shown() -> Select[Any]:
    return select(
        case.c.id, case.c.number, case.c.status, case.c.district, case.c.damage_level, case.c.category, case.c.team,
        case.c.assigned_to, case.c.language, case.c.review_on, case.c.waiting_since, case.c.changed_at, case.c.restricted,
        person.c.name, person.c.kana,
    ).join(person, person.c.id == case.c.person_id)  # fmt: skip


def place_of(order: Order, row: Any) -> str:
    """Where a page ends, for an address: a value that stands in clear in the list, and an id."""
    value = getattr(row, COLUMNS[order.by].name)
    if value is None:
        return f"n {row.id}"
    return f"v {round(value.timestamp() * 1000) if isinstance(value, datetime) else value} {row.id}"


def _read(by: str, value: str) -> Any:
    """A value out of an address; None when it is none."""
    try:
        if by in ("changed", "waiting"):
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        if by == "review":
            return date.fromisoformat(value)
        return int(value) if by == "category" else value
    except (ValueError, OverflowError, OSError):
        return None


def _id(place: str) -> str:
    return place.rpartition(" ")[2]
