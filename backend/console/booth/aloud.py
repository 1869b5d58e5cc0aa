"""Caller mode: the form's questions one by one, with the words to say in the resident's language beside the Japanese.

For a table in a gymnasium, and for the telephone: whoever reads aloud needs the chat's spoken wording, not a form's label.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.booth import merge
from backend.booth.questions import Asked, applies, members_in, sections
from backend.booth.reading import Raw, Read, read
from backend.console.booth.form import INPUT_MODES, control_of, options_of
from backend.conversations.offices import Office
from backend.db import Row
from backend.words import Catalogues
from dialogs.core.answers import NOT_GIVEN
from dialogs.core.words import Option, Text

NOTICE = "notice:"
"""What is read out before questions has a place of its own in the order: `notice:<section>`."""
END = "end"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing to read out: in the resident's language, and the same in Japanese (empty where that is the language)."""

    key: str
    title: Text
    text: str
    japanese: str
    control: str
    options: tuple[Option, ...]
    ways: tuple[str, ...]
    value: Raw
    not_given: str
    inputmode: str
    before: str
    after: str
    place: int
    of: int


def at(row: Row, wanted: str, today: date, office: Office, words: Catalogues) -> Spoken | None:
    """What is to be read at `wanted`; where that is nothing, at the first question that nobody answered. None: all are."""
    raw = merge.now(row["fields"])
    order = order_of(raw, today)
    keys = [key for key, _ in order]
    if wanted == END:
        return None
    if wanted not in keys:
        wanted = next((key for key, one in order if one is not None and raw.get(key, "") in ("", [])), END)
        if wanted == END:
            return None
        place = keys.index(wanted)
        if place and order[place - 1][1] is None:
            wanted = keys[place - 1]  # its notice first
    place = keys.index(wanted)
    before = keys[place - 1] if place else ""
    after = keys[place + 1] if place + 1 < len(keys) else END
    found = _read(raw, today)
    one = order[place][1]
    title, text = _words(wanted, one, found, office)
    locale = row["locale"]
    value = raw.get(wanted, "")
    kept = value if isinstance(value, str) and value.startswith("-") and value[1:] in NOT_GIVEN else ""
    return Spoken(
        wanted, title, words.render(text, locale), words.render(text, "ja") if locale != "ja" else "",
        control_of(one) if one else "notice", options_of(one) if one else (), one.ways if one else (), "" if kept else value, kept,
        INPUT_MODES.get(one.kind, "") if one else "", before, after, place + 1, len(keys),
    )  # fmt: skip


def order_of(raw: dict[str, Raw], today: date) -> list[tuple[str, Asked | None]]:
    """Everything that is read out to this household, in order; None stands for a notice."""
    found = _read(raw, today)
    order: list[tuple[str, Asked | None]] = []
    for part in sections(members_in(raw)):
        if part.notice:
            order.append((f"{NOTICE}{part.id}", None))
        order += [(one.key, one) for one in part.asked if applies(one, found.facts)]
    return order


def question_text(field: str, found: Read, office: Office) -> Text:
    """The chat's own words for a question, about the person it is about."""
    whom = found.facts.get("for_whom")
    about = "other" if whom is not None and whom.by == "proxy" else "self"
    place = office.about
    return Text(
        f"field.{field}.ask",
        {"municipality": place.name, "phone": place.phone, "hours": place.hours, "whose": Text(f"common.whose.{about}"), "about": about},
    )


def notice_text(key: str, office: Office) -> Text:
    """A notice with the municipality in it."""
    place = office.about
    return Text(key, {"municipality": place.name, "phone": place.phone, "hours": place.hours})


def _words(key: str, one: Asked | None, found: Read, office: Office) -> tuple[Text, Text]:
    if one is None:
        part = next(part for part in sections() if f"{NOTICE}{part.id}" == key)
        return Text("console.booth.notice"), notice_text(part.notice, office)
    return Text(f"field.{one.field}.label"), question_text(one.field, found, office)


def _read(raw: dict[str, Raw], today: date) -> Read:
    return read([one for part in sections(members_in(raw)) for one in part.asked], raw, today)


