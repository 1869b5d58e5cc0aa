"""The list of all cases, page by page: chosen, sorted, and quick over a million of them.

Up to `FEW` cases of a selection are sorted in memory, by kana too (names are encrypted: no database can sort them).
More than that are read along an index, from a place on (keyset): page 10,000 costs what page 1 costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, Select, func, literal, select, tuple_, union_all
from sqlalchemy.sql.util import ClauseAdapter
from sqlalchemy.sql.visitors import iterate

from backend.cases.models import case
from backend.cases.review import stalled_after
from backend.cases.selection import Selection
from backend.db import is_postgres
from backend.people.models import person
from backend.plans import not_by
from backend.staff.access import districts_of, visible
from backend.staff.roles import OPERATOR, Staff

FEW, MOST_LOOKED = 5000, 50_000
"""So many are sorted in memory; so many are looked at one by one for something that few of them have."""
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
    chosen = selection.filters(now, today, stalled_after(connection, staff.tenant_id)) if selection.stalled else selection.filters(now, today)
    few = _few(connection, staff, selection, chosen, case.c.changed_at if order.by == KANA else COLUMNS[order.by])
    if few is not None:
        return _in_memory(connection, few, order, after, before)
    return _along_index(connection, staff, selection, chosen, order if order.by != KANA else Order.of(NEWEST_FIRST), after, before)


_FILTERED = (
    case.c.assigned_to, case.c.waiting_since, case.c.changed_at, case.c.review_on, case.c.language, case.c.team, case.c.district,
    case.c.category, case.c.damage_level,
)  # fmt: skip


def _few(
    connection: Connection, staff: Staff, selection: Selection, chosen: list[ColumnElement[bool]], by: Any
) -> list[tuple[Any, str]] | None:
    """What the cases are sorted by, with their ids; None if they are more than `FEW`.

    They are looked up by the one condition that fewest cases fulfil, and the others are asked of each of those.
    """
    narrow: list[Ways] = [*((one,) for one in chosen), *_limits(staff)]
    standing: list[ColumnElement[bool]] = [case.c.status.in_(selection.standings())]
    ways = _narrowest(connection, staff, standing, narrow) if narrow else None
    if narrow and ways is None:
        return None
    rest = [not_by(visible(staff), *_FILTERED), *(not_by(one, *_FILTERED) for one in chosen if ways is None or one is not ways[0])]
    found: dict[str, Any] = {}
    for way in ways or (None,):
        where = [*rest, *_fitting(standing, way), *([] if way is None else [way])]
        if way is not None and (both := _both(connection, staff, standing, way, chosen)) is not None:
            where = [*(not_by(one, case.c.tenant_id, case.c.status) for one in (*rest, *standing)), case.c.id.in_(both)]
        # What it is sorted by tempts nobody to walk along that index.
        some = select(case.c.id, not_by(by, by) if narrow else by).where(*where).limit(FEW + 1)
        found.update((row[0], row[1]) for row in connection.execute(some))
        if len(found) > FEW:
            return None
    return [(value, id_) for id_, value in found.items()]


def _both(
    connection: Connection, staff: Staff, standing: list[ColumnElement[bool]], first: ColumnElement[bool], chosen: list[ColumnElement[bool]]
) -> Select[Any] | None:
    """The ids that fulfil two conditions out of their two indexes alone, the narrower one first; None where they have no such
    indexes. To ask 20,000 rows of a district for their category is to fetch as many pages of the table. PostgreSQL does it by itself.
    """
    other = next((one for one in chosen if one is not first and _column(one) in _WITH_IDS), None)
    if is_postgres(connection) or other is None or _column(first) not in _WITH_IDS:
        return None
    inner, outer = case.alias(), case.alias()
    own = case.c.tenant_id == staff.tenant_id
    of = (ClauseAdapter(outer), ClauseAdapter(inner))
    return select(outer.c.id).join(inner, not_by(outer.c.id == inner.c.id, outer.c.id)).where(
        *(of[0].traverse(one) for one in (own, *standing, first)), *(of[1].traverse(one) for one in (own, *standing, other)))


_WITH_IDS = ("district", "category")
"""Columns whose index goes on with the id behind a single value."""


def _column(condition: ColumnElement[bool]) -> str:
    """The one column that a condition is about; "" where there are several."""
    names = {one.name for one in iterate(condition) if isinstance(one, Column)}
    return names.pop() if len(names) == 1 else ""


Ways: TypeAlias = tuple[ColumnElement[bool], ...]
"""Conditions of which one must be fulfilled; each has an index."""


def _limits(staff: Staff) -> list[Ways]:
    """What keeps this account to a part of the municipality (`access.within`), beside what was chosen."""
    mine, near = case.c.assigned_to == staff.id, districts_of(staff)
    if staff.role == OPERATOR:
        return [(mine,)]
    return [(mine, case.c.district.in_(near))] if near else []


def _narrowest(connection: Connection, staff: Staff, standing: list[ColumnElement[bool]], narrow: list[Ways]) -> Ways | None:
    """The condition that the fewest cases fulfil, none if each is fulfilled by too many to look at them one by one."""
    for most in (FEW, MOST_LOOKED):
        counted = [sum(_count(connection, staff, standing, way, most) for way in ways) for ways in narrow]
        if min(counted) <= most:
            return narrow[counted.index(min(counted))]
        if len(narrow) == 1:
            break
    return None


def _count(connection: Connection, staff: Staff, standing: list[ColumnElement[bool]], way: ColumnElement[bool], most: int) -> int:
    """How many fulfil it, as far as `most` and one."""
    some = select(literal(1)).where(case.c.tenant_id == staff.tenant_id, *_fitting(standing, way), way).limit(most + 1)
    return int(connection.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def _fitting(standing: list[ColumnElement[bool]], first: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    """The index of those who wait holds them whatever their status."""
    if first is not None and any(one is case.c.waiting_since for one in iterate(first)):
        return [not_by(one, case.c.status) for one in standing]
    return standing


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

_BY_STATUS = frozenset({"changed", "district", "category", "review"})
"""Their indexes begin with the status."""
Stream: TypeAlias = tuple[list[ColumnElement[bool]], bool]
"""Conditions beside those of all streams, and whether it goes along the order's index. No case is in two streams."""


def _along_index(
    connection: Connection, staff: Staff, selection: Selection, chosen: list[ColumnElement[bool]], order: Order, after: str,
    before: str,
) -> Found:  # fmt: skip
    back, column = bool(before), COLUMNS[order.by]
    # One index at a time: the order's, which may begin at what was chosen.
    others = [one for one in _FILTERED if one is not column]
    where = [not_by(visible(staff), *_FILTERED), *(not_by(one, *others) for one in chosen)]
    rows = _walk(connection, where, _streams(staff, selection, order), order, before or after, back)
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if back:
        rows.reverse()
    ends = (place_of(order, rows[0]), place_of(order, rows[-1])) if rows else ("", "")
    return Found(
        rows, order, ends[1] if (more or back) else "", ends[0] if (more if back else bool(after)) else "",
    )  # fmt: skip


def _streams(staff: Staff, selection: Selection, order: Order) -> list[Stream]:
    """Each is in the list's order by its index; together they are all cases."""
    wanted = selection.standings()
    if order.by not in _BY_STATUS:
        return [([not_by(case.c.status.in_(wanted), case.c.status)], True)]
    parts: list[Stream] = [([case.c.status == one], True) for one in wanted]
    near = districts_of(staff)
    if order.by != "district" or not near:
        return parts
    # Somebody of two districts would walk through all the others.
    far = [case.c.assigned_to == staff.id, not_by(case.c.district.not_in(near), case.c.district)]
    return [([*part, case.c.district == one], True) for part, _ in parts for one in near] + [([*part, *far], False) for part, _ in parts]


def _walk(
    connection: Connection, where: list[ColumnElement[bool]], streams: list[Stream], order: Order, place: str, back: bool
) -> list[Any]:
    """Up to one row more than a page: first those with a value, then those without (the other way round, backwards)."""
    parts = ["v", "n"] if order.by in NULLABLE else ["v"]
    if back:
        parts.reverse()
    kind, _, rest = place.partition(" ")
    if kind in parts:
        parts = parts[parts.index(kind) :]
    ids: list[str] = []
    for part in parts:
        here, most = rest if part == kind else "", PER_PAGE + 1 - len(ids)
        some = [_part(where, stream, order, part, here, back).limit(most).subquery() for stream in streams]
        every = union_all(*(select(one) for one in some)).subquery()
        down = order.down != back
        in_order = (every.c.value.desc(), every.c.id.desc()) if down else (every.c.value, every.c.id)
        ids += connection.execute(select(every.c.id).order_by(*in_order).limit(most)).scalars()
        if len(ids) > PER_PAGE:
            break
    rows = {row.id: row for row in connection.execute(_shown().where(case.c.id.in_(ids)))} if ids else {}
    return [rows[id_] for id_ in ids if id_ in rows]


def _part(where: list[ColumnElement[bool]], stream: Stream, order: Order, part: str, here: str, back: bool) -> Select[Any]:
    column, (apart, along) = COLUMNS[order.by], stream
    down = order.down != back
    value, _, id_ = here.rpartition(" ")
    chosen = select(column.label("value"), case.c.id)
    if part == "n":
        nothing = [column.is_(None), *where, *apart]
        if order.by not in _BY_STATUS:  # that is nearly every case: they are read by their ids
            nothing = [not_by(one, case.c.tenant_id, column) for one in nothing]
        if id_:
            nothing.append(case.c.id < id_ if down else case.c.id > id_)
        return chosen.where(*nothing).order_by(case.c.id.desc() if down else case.c.id)
    chosen = chosen.where(*where, *apart)
    if order.by in NULLABLE:
        chosen = chosen.where(column.is_not(None))
    known = _read(order.by, value)
    if id_ and known is not None:
        mine, there = tuple_(column, case.c.id), tuple_(literal(known, column.type), literal(id_))
        chosen = chosen.where(mine < there if down else mine > there)
    sorted_by = column if along else not_by(column, column)
    return chosen.order_by(sorted_by.desc(), case.c.id.desc()) if down else chosen.order_by(sorted_by, case.c.id)


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
