"""The booth's form, generated from the dialogs: the chat's own questions, with their choices and conditions.

One question set, many faces: whoever adds a question to a dialog has it at the booth, on the phone and in the chat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dialogs.core.answers import NOT_GIVEN, Answer
from dialogs.core.conditions import holds
from dialogs.core.model import (
    LANGUAGE,
    AllOf,
    AnyOf,
    Condition,
    Given,
    Is,
    Menu,
    NeedsReading,
    Not,
    Notice,
    Open,
    Question,
    Repeat,
    Tell,
)
from dialogs.fields import FIELDS, field_of
from dialogs.registry import BOOK, FIRST, Book, newest

SURVEY = "survey"
MEMBERS_AT_ONCE = 2
"""Empty rows for members of the household that the form always offers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the form. `key` is the answer's key (`members.m1.member_age`), `field` the id in the vocabulary."""

    key: str
    field: str
    when: Condition | None = None

    @property
    def kind(self) -> str:
        return FIELDS[self.field].kind

    @property
    def consent(self) -> str:
        """The recipient class whose consent this asks for; empty for a fact."""
        return FIELDS[self.field].consent

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways of not answering that the question leaves open (UX-03): none where it must be answered, as in the chat."""
        if FIELDS[self.field].required or self.kind == LANGUAGE or self.consent:
            return ()
        return NOT_GIVEN


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together. `title` is a message key; `notice` is read out before anything in it is asked."""

    id: str
    title: str
    asked: tuple[Asked, ...]
    notice: str = ""


def sections(members: int = 0, book: Book = BOOK) -> tuple[Section, ...]:
    """The whole form, in the order of the chat; `members` is the highest number of a member that has answers."""
    return _sections(members) if book is BOOK else tuple(_all(members, book))


@cache
def _sections(members: int) -> tuple[Section, ...]:
    return tuple(_all(members, BOOK))


def _all(members: int, book: Book) -> Iterator[Section]:
    seen: set[str] = set()
    for section in (*_first(book), *_survey(members, book)):
        asked = tuple(one for one in section.asked if one.key not in seen)
        seen.update(one.key for one in asked)
        if asked:
            yield Section(section.id, section.title, asked, section.notice)


def _first(book: Book) -> Iterator[Section]:
    """The first conversation in three parts: before the notice, the decisions on sharing, the short questions."""
    before: list[Asked] = []
    sharing: list[Asked] = []
    after: list[Asked] = []
    notice = ""
    for step in newest(book, FIRST).steps:
        if isinstance(step, Notice):
            notice = f"notice.{step.notice}.{step.version}" if before else notice
        elif isinstance(step, Question):
            field = field_of(step.id)
            if field.consent == "all":
                continue  # face to face each recipient is asked for by itself
            if field.consent:
                sharing.append(Asked(step.id, step.id))
            else:
                (after if sharing else before).append(Asked(step.id, step.id, step.when))
        elif isinstance(step, Tell):
            continue
    yield Section("first", "console.booth.section.first", tuple(before))
    yield Section("sharing", "console.booth.section.sharing", tuple(sharing), notice)
    yield Section("basic", "console.booth.section.basic", tuple(after))


def _survey(members: int, book: Book) -> Iterator[Section]:
    for step in newest(book, SURVEY).steps:
        if not isinstance(step, Menu):
            continue
        for item in step.items:
            if isinstance(item.then, Open):
                yield Section(item.id, f"{SURVEY}.{step.id}.{item.id}", tuple(_of_dialog(item.then.dialog, members, book)))


def _of_dialog(name: str, members: int, book: Book) -> Iterator[Asked]:
    for step in newest(book, name).steps:
        if isinstance(step, Question):
            yield Asked(step.id, step.id, step.when)
        elif isinstance(step, Repeat):
            inner = [one for one in newest(book, step.dialog).steps if isinstance(one, Question)]
            for number in range(1, min(step.most, members + MEMBERS_AT_ONCE) + 1):
                for one in inner:
                    yield Asked(f"{step.id}.m{number}.{one.id}", one.id, one.when)


def asked_in(form: tuple[Section, ...]) -> tuple[Asked, ...]:
    """Every question of a form, in its order."""
    return tuple(one for section in form for one in section.asked)


def applies(one: Asked, answers: Mapping[str, Answer]) -> bool:
    """Whether the question is to be asked, by what is answered so far; a member's own answers come first."""
    scope = one.key.rpartition(".")[0]
    return holds(one.when, lambda name: answers.get(f"{scope}.{name}") or answers.get(name))


def members_in(keys: Mapping[str, Any] | tuple[str, ...]) -> int:
    """The highest number of a member (`members.m3.…`) among answer keys; 0 where there is none."""
    numbers = (key.split(".")[1][1:] for key in keys if key.startswith("members.m"))
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def as_data(condition: Condition | None) -> list[Any] | None:
    """A condition as the form's script reads it, so that a question appears when the answer before it is ticked."""
    match condition:
        case None:
            return None
        case Is(field, values):
            return ["is", field, list(values)]
        case Given(field):
            return ["given", field]
        case NeedsReading(field):
            return ["kanji", field]
        case Not(inner):
            return ["not", as_data(inner)]
        case AllOf(conditions):
            return ["all", *(as_data(inner) for inner in conditions)]
        case AnyOf(conditions):
            return ["any", *(as_data(inner) for inner in conditions)]
