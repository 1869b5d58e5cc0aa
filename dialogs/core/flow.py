"""One turn in the making: the session being changed and the effects gathered so far.

Mutable only inside `step`; what leaves is frozen again. Nothing here decides what comes next (`advance.py`) or what
an answer means (`tapped.py`, `typed.py`): it only keeps the books.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dialogs.core.answers import Answer, Value
from dialogs.core.conditions import fields_in, holds
from dialogs.core.effects import (
    CallHuman,
    Effect,
    FindPrograms,
    OpenCase,
    RecordConsent,
    SaveFacts,
    Say,
    SetLanguage,
    WithdrawFacts,
)
from dialogs.core.heard import Setting
from dialogs.core.model import LANGUAGE, Alarm, Dialog, Question, Step
from dialogs.core.session import Frame, Session
from dialogs.core.words import Arg, Text
from dialogs.fields import FIELDS, RECIPIENTS, field_of
from dialogs.registry import Book, newest

MAX_FRAMES = 8
"""Interruptions on interruptions: nobody keeps more than this in mind, and a loop must end."""


class Kept(dict[str, Answer]):
    """Answers that count their changes, so that what was worked out from them can be remembered until one changes."""

    changes = 0

    def __setitem__(self, key: str, answer: Answer) -> None:
        self.changes += 1
        super().__setitem__(key, answer)

    def __delitem__(self, key: str) -> None:
        self.changes += 1
        super().__delitem__(key)

    def pop(self, key: str, default: Any = None) -> Any:
        self.changes += 1
        return super().pop(key, default)


class Flow:
    """The working state of one turn."""

    def __init__(self, book: Book, session: Session, setting: Setting) -> None:
        self.book = book
        self.setting = setting
        self.id = session.id
        self.locale = session.locale
        self.frames = list(session.frames)
        self.answers = Kept(session.answers)
        self.known = Kept(session.known)
        self.trail = list(session.trail)
        self.misses = session.misses
        self.waiting = session.waiting
        self.confirm = session.confirm
        self.speaker = session.speaker
        self.about = session.about
        self.memory: dict[str, Any] = dict(session.memory)
        self.effects: list[Effect] = []
        self.found_open: tuple[Frame, tuple[Any, ...], Step | None] | None = None
        """What `find_open` found, with what it depends on."""
        self._applied_on: tuple[int, int, str] | None = None
        self._applied: dict[int, bool] = {}
        """Which conditions hold, by the identity of the condition: dialogs do not change."""

    def frozen(self) -> Session:
        return Session(
            self.id, self.locale, tuple(self.frames), dict(self.answers), dict(self.known), tuple(self.trail), self.misses,
            self.waiting, self.confirm, self.speaker, self.about, self.memory,
        )

    # --- saying ---------------------------------------------------------------------------------------------

    def emit(self, effect: Effect) -> None:
        self.effects.append(effect)

    def say(self, key: str, args: Mapping[str, Arg] | None = None, kind: str = "plain") -> None:
        self.emit(Say(Text(key, args or {}), kind))

    def place_args(self) -> dict[str, Arg]:
        """What any text may say about the municipality."""
        place = self.setting.municipality
        return {"municipality": place.name, "phone": place.phone, "hours": place.hours}

    def crisis_args(self, topic: str) -> dict[str, Arg]:
        """And, where somebody may be in danger, the lines to call; the municipality's own phone if there are none."""
        lines = self.setting.lines
        return {**self.place_args(), "lines": lines.get(topic) or lines.get("") or self.setting.municipality.phone}

    def call(self, urgency: str, topic: str = "", rule: str = "") -> None:
        self.emit(CallHuman(urgency, topic, rule))
        self.waiting = "human"

    # --- frames -----------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def dialog(self) -> Dialog:
        return self.book[self.frame.dialog, self.frame.version]

    def push(self, name: str, *, scope: str = "", at: str = "", single: bool = False) -> None:
        """Go into another dialog; the same one twice is the same place. A `single` question leaves a section as it is."""
        self.frames = [
            frame for frame in self.frames
            if (frame.dialog, frame.scope, frame.single) != (name, scope, single) or frame is self.frames[0]
        ]
        if len(self.frames) >= MAX_FRAMES:
            self.frames = self.frames[: MAX_FRAMES - 1]
        dialog = newest(self.book, name)
        self.frames.append(Frame(dialog.name, dialog.version, at, scope, (), single))
        self.misses = 0

    def pop(self) -> None:
        """Back to where the interruption began; the first dialog never ends."""
        if len(self.frames) > 1:
            self.frames.pop()
        self.misses = 0

    def change_frame(self, *, at: str | None = None, done: tuple[str, ...] | None = None) -> None:
        before = self.frame
        self.frames[-1] = Frame(  # spelled out, as `frozen` is: several times a turn
            before.dialog, before.version, before.at if at is None else at, before.scope, before.done if done is None else done,
            before.single,
        )

    def close(self, step_id: str) -> None:
        """Close a step in this frame."""
        done = self.frame.done if step_id in self.frame.done else (*self.frame.done, step_id)
        single = self.frame.single and self.frame.at == step_id
        self.change_frame(done=done, at="")
        self.misses = 0
        if single:
            self.pop()

    def key(self, field: str, frame: Frame | None = None) -> str:
        """The answer key of a field in this frame's scope."""
        scope = (frame or self.frame).scope
        return f"{scope}.{field}" if scope else field

    # --- answers ----------------------------------------------------------------------------------------------

    def answer(self, key: str) -> Answer | None:
        return self.answers.get(key) or self.known.get(key)

    def look(self, field: str) -> Answer | None:
        """The answer to a field as a condition sees it: this frame's scope first."""
        scope = self.frames[-1].scope
        if scope and (mine := self.answer(f"{scope}.{field}")) is not None:
            return mine
        return self.answers.get(field) or self.known.get(field)

    def applies(self, step: Step) -> bool:
        """Whether the step's condition holds. Asked of many steps several times a turn: remembered until an answer changes."""
        when = getattr(step, "when", None)
        if when is None:
            return True
        depends = (self.answers.changes, self.known.changes, self.frames[-1].scope)
        if self._applied_on != depends:
            self._applied_on, self._applied = depends, {}
        found = self._applied.get(id(when))
        if found is None:
            found = self._applied[id(when)] = holds(when, self.look)
        return found

    def keep(self, key: str, value: Value | None, state: str = "given") -> None:
        """Keep an answer: as a fact, as consent or as the language, whatever its field is."""
        field = field_of(key)
        answer = Answer(key, value, state, self.speaker, self.about)
        before = self.answer(key)
        self.answers[key] = answer
        if key not in self.trail:
            self.trail.append(key)
        if field.kind == LANGUAGE:
            self.locale = str(value) if answer.given else self.locale
            self.emit(SetLanguage(self.locale))
        elif field.consent:
            self._record_consent(field.id, field.consent, str(value) if answer.given else "deferred")
        else:
            self.emit(SaveFacts((answer,)))
        if field.id == "for_whom" and answer.given:
            self.speaker, self.about = spoken_for(value)
        if before != answer:
            self._withdraw_what_no_longer_applies(field.id)
            self._ring_again(field.id)
        if "programs" in field.used_by and "programs" in self.frames[0].done:
            self.memory["programs_stale"] = True

    def _record_consent(self, field: str, recipient: str, decision: str) -> None:
        text = Text(f"field.{field}.ask", {**self.place_args(), "whose": Text(f"common.whose.{self.about}"), "about": self.about})
        if recipient == "all":
            if decision == "each":
                self._decide_anew()
                return
            decision = "refused" if decision == "nobody" else "deferred"
            for who in RECIPIENTS:
                self.answers[f"share_{who}"] = Answer(f"share_{who}", decision, "given", self.speaker, self.about)
                self.emit(RecordConsent(who, decision, "purpose", 1, text))
            return
        notice = "professional" if self.frame.dialog == "referral" else "purpose"
        self.emit(RecordConsent(recipient, decision, notice, 1, text))

    def _decide_anew(self) -> None:
        """Each recipient is asked for, whatever was decided for all of them before."""
        each = [f"share_{who}" for who in RECIPIENTS]
        for key in each:
            self.drop(key)
        self.reopen(each)

    def _withdraw_what_no_longer_applies(self, changed: str) -> None:
        """Answers whose question is no longer asked, and those that hung on them. Consent stands until it is withdrawn."""
        gone: list[str] = []
        todo = [changed]
        while todo:
            depending = depending_on(self.book, todo.pop())
            if not depending:
                continue
            for key in dict.fromkeys((*self.answers, *self.known)):
                field = field_of(key)
                if not field.consent and any(not holds(question.when, self.look) for question in depending.get(field.id, ())):
                    self.drop(key)
                    gone.append(key)
                    todo.append(field.id)
        if gone:
            self.reopen(gone)
            self.emit(WithdrawFacts(tuple(gone)))

    def _ring_again(self, changed: str) -> None:
        """An alarm that hangs on a changed answer goes off again: who was safe before may not be safe now."""
        alarms = alarms_on(self.book, changed)
        if alarms:
            self.frames = [
                replace(frame, done=tuple(done for done in frame.done if (frame.dialog, frame.version, done) not in alarms))
                for frame in self.frames
            ]

    def reopen(self, keys: Iterable[str]) -> None:
        """Let the questions of these answers be asked again, wherever they stand."""
        names = {field_of(key).id for key in keys}
        self.frames = [replace(frame, done=tuple(done for done in frame.done if done not in names)) for frame in self.frames]

    def withdraw(self, key: str) -> None:
        """Take one answer back: here, and out of the case."""
        self.drop(key)
        self.reopen((key,))
        self.emit(WithdrawFacts((key,)))

    def drop(self, key: str) -> None:
        """Forget an answer in this session; the case and its history are the shell's."""
        self.answers.pop(key, None)
        self.known.pop(key, None)
        if key in self.trail:
            self.trail.remove(key)

    # --- asking the shell -------------------------------------------------------------------------------------

    def await_effect(self, name: str, effect: Effect) -> None:
        self.emit(effect)
        self.waiting = name

    def open_case(self) -> None:
        self.await_effect("open_case", OpenCase())

    def find_programs(self) -> None:
        self.await_effect("find_programs", FindPrograms())


@dataclass(frozen=True, slots=True)
class _Hanging:
    """What hangs on each field: the questions, by the field that they ask for; and the alarms."""

    questions: Mapping[str, Mapping[str, tuple[Question, ...]]]
    alarms: Mapping[str, frozenset[tuple[str, int, str]]]


_HANGING: dict[int, tuple[Book, _Hanging]] = {}
"""Worked out once for each book; the book is kept beside it, so that its id stays its own."""


def _hanging(book: Book) -> _Hanging:
    if id(book) not in _HANGING:
        questions: dict[str, dict[str, tuple[Question, ...]]] = {}
        alarms: dict[str, frozenset[tuple[str, int, str]]] = {}
        for dialog in book.values():
            for step in dialog.steps:
                for name in fields_in(getattr(step, "when", None)):
                    if isinstance(step, Question):
                        asked = questions.setdefault(name, {})
                        asked[step.id] = (*asked.get(step.id, ()), step)
                    elif isinstance(step, Alarm):
                        alarms[name] = alarms.get(name, frozenset()) | {(dialog.name, dialog.version, step.id)}
        _HANGING[id(book)] = book, _Hanging(questions, alarms)
    return _HANGING[id(book)][1]


def depending_on(book: Book, field: str) -> Mapping[str, tuple[Question, ...]]:
    """The questions whose condition depends on `field`, by the field that they ask for."""
    return _hanging(book).questions.get(field, {})


def alarms_on(book: Book, field: str) -> frozenset[tuple[str, int, str]]:
    """The alarms whose condition depends on `field`: (dialog, version, step)."""
    return _hanging(book).alarms.get(field, frozenset())


def spoken_for(whom: Value | None) -> tuple[str, str]:
    """(who speaks, about whom) by the answer to `for_whom`; every answer and consent carries both."""
    return ("self", "self") if whom == "self" else ("proxy", "other")


def dialog_asking(book: Book, field: str) -> str:
    """The dialog (by name) that asks for a field."""
    return next(
        (dialog.name for dialog in book.values() if isinstance(dialog.step(field), Question)), ""
    )


def is_field(step_id: str) -> bool:
    """Whether a step id in a button is an answer key."""
    return step_id.rsplit(".", 1)[-1] in FIELDS
