"""A form of the booth ready to be written, and what was sent of one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.booth import merge
from backend.booth.questions import Asked, applies, as_data, asked_in, members_in, sections
from backend.booth.reading import Raw, read
from backend.console.desk import Desk
from backend.db import Row
from dialogs.core.answers import NOT_GIVEN
from dialogs.core.model import CHOICE, LANGUAGE, MONEY, MULTI, NUMBER, PHONE, WORDS
from dialogs.core.words import Arg, Option, Text
from dialogs.fields import FIELDS

INPUT_MODES = {NUMBER: "numeric", MONEY: "numeric", PHONE: "tel"}


@dataclass(frozen=True, slots=True)
class Item:
    """One question as the page writes it. `control`: pick (one of several), tick (several), lines, line."""

    key: str
    label: Text
    why: Text
    control: str
    options: tuple[Option, ...]
    ways: tuple[str, ...]
    value: Raw
    not_given: str
    when: str
    shown: bool
    wrong: bool
    inputmode: str
    consent: str
    member: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page."""

    id: str
    title: Text
    notice: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The whole page. `keys` are the questions on it, `left_out` those whose answer counts for nothing as it stands."""

    parts: tuple[Part, ...]
    keys: str
    proxy: bool


def form_of(row: Row, today: date, wrong: Sequence[str] = ()) -> Form:
    """The form with what stands in the draft."""
    raw = merge.now(row["fields"])
    parts = sections(members_in(raw))
    found = read(asked_in(parts), raw, today)
    whom = found.facts.get("for_whom")
    written = tuple(
        Part(part.id, Text(part.title), part.notice, tuple(_item(one, raw, applies(one, found.facts), one.key in wrong) for one in part.asked))
        for part in parts
    )
    keys = ",".join(one.key for one in asked_in(parts))
    return Form(written, keys, whom is not None and whom.by == "proxy")


def _item(one: Asked, raw: Mapping[str, Raw], shown: bool, wrong: bool) -> Item:
    value = raw.get(one.key, "")
    kept = value if isinstance(value, str) and value[1:] in NOT_GIVEN and value.startswith("-") else ""
    when = as_data(one.when)
    return Item(
        key=one.key, label=Text(f"field.{one.field}.label"), why=Text(f"field.{one.field}.why"), control=control_of(one),
        options=options_of(one), ways=one.ways, value="" if kept else value, not_given=kept,
        when=json.dumps(when) if when else "", shown=shown, wrong=wrong, inputmode=INPUT_MODES.get(one.kind, ""), consent=one.consent,
        member=one.key.split(".")[1][1:] if "." in one.key else "",
    )  # fmt: skip


def control_of(one: Asked) -> str:
    """How a kind of question is filled in."""
    if one.kind in (CHOICE, LANGUAGE):
        return "pick"
    return "tick" if one.kind == MULTI else "lines" if one.kind == WORDS else "line"


def options_of(one: Asked) -> tuple[Option, ...]:
    """The answers to choose from, in the order of the chat."""
    return tuple(Option(name, Text(f"field.{one.field}.option.{name}")) for name in FIELDS[one.field].options)


def sent_of(desk: Desk) -> dict[str, Raw]:
    """What a form carried: the questions somebody touched, or all that stood on the page where no script said which."""
    on_page = desk.sent("keys", 10_000).split(",")
    touched = desk.sent_all("touched") or on_page
    known = {one.key: one for one in asked_in(sections(members_in(tuple(on_page))))}
    return {key: sent_one(desk, known[key]) for key in touched if key in known and key in on_page}


def seen_of(desk: Desk) -> dict[str, int]:
    """For which questions a later version was seen than the page's own (the script knows what came of its saves)."""
    packed = (one.rpartition(":") for one in desk.sent("seen", 10_000).split(",") if one)
    seen = {key: int(version) for key, _, version in packed if version.isascii() and version.isdigit()}
    return seen | {name[5:]: desk.number(name) for name in desk.form if name.startswith("seen.") and desk.number(name) > 0}


def sent_one(desk: Desk, one: Asked) -> Raw:
    """One question's raw value in what was sent."""
    way = desk.sent(f"n.{one.key}", 20)
    if way[1:] in one.ways and way.startswith("-"):
        return way
    if one.kind == MULTI:
        return desk.sent_all(f"a.{one.key}")
    return desk.sent(f"a.{one.key}", 2000)


def theirs_of(desk: Desk, key: str, mine: Raw) -> Raw:
    """The other value of a page of differences."""
    return desk.sent_all(f"theirs.{key}") if isinstance(mine, list) else desk.sent(f"theirs.{key}", 2000)


def shown(key: str, value: Raw) -> Arg | tuple[Arg, ...]:
    """A raw value in words, for the list of differences."""
    field = key.rsplit(".", 1)[-1]
    if isinstance(value, str) and value.startswith("-") and value[1:] in NOT_GIVEN:
        return Text(f"common.{value[1:]}")
    if FIELDS[field].options:
        names = [value] if isinstance(value, str) else value
        return tuple(Text(f"field.{field}.option.{name}") for name in names if name in FIELDS[field].options)
    return value if isinstance(value, str) else tuple(value)
