"""The answers of a case as a sheet: what holds now, how it was not answered, and what was said before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from backend.cases.models import answer
from dialogs.core.answers import NOT_GIVEN
from dialogs.core.model import CHOICE, DATE, LANGUAGE, MONEY, MULTI, NUMBER
from dialogs.core.words import Arg, Joined, Text, Yen
from dialogs.fields import FIELDS, field_of

CATEGORIES = (
    "identity", "contact", "household", "address_current", "damage", "housing_plan", "health", "money", "debt", "notes",
)  # fmt: skip
"""Order on the page; a category of the vocabulary that is not named here comes last."""


AT_A_GLANCE = (
    "trouble", "for_whom", "relation", "damage_level", "flood_level", "certificate", "household_size", "living_now", "rebuild_method", "contact_way",
)  # fmt: skip
"""What somebody who never saw the case has to know first, in the order in which one would tell it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. `state` is given | unknown | deferred | declined, and `withdrawn` once its branch was closed."""

    value: Arg
    state: str
    by: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its answers: `now` (None when only old answers are left) and `before`, newest first."""

    field: str
    label: Text
    member: str
    now: Said | None
    before: tuple[Said, ...]


def sheet_of(
    connection: Connection, *, case_id: str | None, conversation_id: str | None, hidden: tuple[str, ...] = ()
) -> dict[str, list[Item]]:
    """Category -> its questions, in the order of the vocabulary. Consent decisions are not in it: they have a place.

    `hidden`: beginnings of the answers that the reader may not see (`access.hidden_in`).
    """
    mine = answer.c.case_id == case_id if case_id else answer.c.conversation_id == conversation_id
    newest: dict[str, list[Any]] = {}
    for row in connection.execute(select(answer).where(mine).order_by(answer.c.id.desc())):
        if not (hidden and row.field.startswith(hidden)):
            newest.setdefault(row.field, []).append(row)
    order = {name: place for place, name in enumerate(FIELDS)}
    groups: dict[str, list[Item]] = {}
    for name in sorted(newest, key=lambda key: (order.get(key.rsplit(".", 1)[-1], len(order)), key)):
        known = FIELDS.get(name.rsplit(".", 1)[-1])
        if known is None or known.consent:
            continue
        groups.setdefault(known.category, []).append(_item(name, newest[name]))
    places = {name: place for place, name in enumerate(CATEGORIES)}
    return dict(sorted(groups.items(), key=lambda group: places.get(group[0], len(places))))


def glance_of(sheet: dict[str, list[Item]]) -> list[Item]:
    """The answers that say in a line what the household's situation is: only what was given, and "for whom" only if not for oneself."""
    given = {item.field: item for items in sheet.values() for item in items if item.now is not None and item.now.state == "given"}
    told = [given[name] for name in AT_A_GLANCE if name in given]
    return [item for item in told if item.now is None or item.now.value != Text("field.for_whom.option.self")]


def in_words(field: str, value: Any) -> Arg:
    """A stored value as something the catalogues can put into words."""
    known = field_of(field)
    if value is None:
        return ""
    if known.kind in (CHOICE, LANGUAGE):
        return Text(f"field.{known.id}.option.{value}")
    if known.kind == MULTI:
        return Joined(tuple(Text(f"field.{known.id}.option.{one}") for one in value))
    if known.kind == MONEY:
        return Yen(int(value))
    if known.kind == DATE:
        return date.fromisoformat(value)
    if known.kind == NUMBER and isinstance(value, int):
        return Text(f"field.{known.id}.shown", {"n": value})
    return int(value) if isinstance(value, int) else str(value)


def _item(name: str, rows: list[Any]) -> Item:
    holds = [row for row in rows if row.superseded_at is None and not row.withdrawn]
    before = [row for row in rows if row not in holds[:1]]
    parts = name.split(".")
    return Item(
        field=name,
        label=Text(f"field.{parts[-1]}.label"),
        member=parts[1].lstrip("m") if len(parts) > 2 else "",
        now=_said(name, holds[0]) if holds else None,
        before=tuple(_said(name, row) for row in before),
    )


def _said(name: str, row: Any) -> Said:
    state = "withdrawn" if row.withdrawn else row.state
    value = "" if row.state in NOT_GIVEN else in_words(name, row.value)
    return Said(value, state, row.by, row.source, row.at)
