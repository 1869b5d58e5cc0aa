"""Static checks of every dialog: what can be known before anybody talks to it."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs.core.ask import ASIDE_ALL
from dialogs.core.asked import QUESTIONS, WISHES
from dialogs.core.commands import COMMANDS
from dialogs.core.conditions import fields_in
from dialogs.core.model import (
    CHOICE,
    LANGUAGE,
    MULTI,
    NUMBER,
    Alarm,
    Await,
    Deferred,
    Dialog,
    Do,
    Field,
    Menu,
    Notice,
    Open,
    Question,
    Repeat,
    Review,
    Settle,
    Tell,
)
from dialogs.fields import FIELDS, HEARD_TOO
from dialogs.registry import FIRST, Book

MAX_BUTTONS = 13
"""LINE shows at most thirteen quick replies (channels.md §1)."""

MAX_POSTBACK = 64
"""Telegram's callback_data carries 64 bytes: session (8) | step | option."""

EFFECTS_AWAITED = ("open_case", "find_programs", "refer")

DOES = ("leave", "rest", "pause", "quiet", "restart", "apply_change", "card_why", "card_need", "card_remind", "visit_fine", "visit_other", "visit_cancel", *COMMANDS)


def problems(book: Book) -> list[str]:
    """Every problem as one sentence that says where and what; empty when the book is sound."""
    found = [problem for dialog in book.values() for problem in _dialog_problems(book, dialog)]
    found += [problem for field in FIELDS.values() for problem in _field_problems(field)]
    asked = {step.id for dialog in book.values() for step in dialog.steps if isinstance(step, Question)}
    found += [f"dialogs/fields.py: nobody asks for the field {name!r}" for name in FIELDS if name not in asked]
    reached = _reached(book)
    found += [f"{name}/{version}: no other dialog leads here" for name, version in book if name not in reached]
    return found


ENTERED_BY_COMMAND = ("menu", "language", "stop", "start_over", "withdraw", "change", "confirm_change", "programs", "card", "reminders", "appointment", "visit_times")


def _reached(book: Book) -> set[str]:
    reached: set[str] = set()
    todo = [FIRST, *ENTERED_BY_COMMAND]
    while todo:
        name = todo.pop()
        if name in reached:
            continue
        reached.add(name)
        for dialog in book.values():
            if dialog.name != name:
                continue
            for step in dialog.steps:
                if isinstance(step, Menu):
                    todo += [item.then.dialog for item in step.items if isinstance(item.then, Open)]
                if isinstance(step, Repeat):
                    todo.append(step.dialog)
    return reached


def _dialog_problems(book: Book, dialog: Dialog) -> Iterator[str]:
    where = f"{dialog.name}/{dialog.version}"
    ids = [step.id for step in dialog.steps]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"{where}: the step id {name!r} stands twice"
    asked_before: set[str] = set()
    for number, step in enumerate(dialog.steps):
        for name in fields_in(getattr(step, "when", None)):
            if name not in FIELDS:
                yield f"{where}.{step.id}: the condition names the field {name!r}, which dialogs/fields.py does not have"
            elif isinstance(dialog.step(name), Question) and name not in asked_before and not _asked_elsewhere(book, dialog, name):
                yield f"{where}.{step.id}: the condition needs {name!r}, which is asked only later"
        match step:
            case Question():
                asked_before.add(step.id)
                if step.id not in FIELDS:
                    yield f"{where}.{step.id}: there is no such field in dialogs/fields.py"
                elif len(f"12345678|members.m10.{step.id}|-declined") > MAX_POSTBACK:
                    yield f"{where}.{step.id}: the field id is too long for a button"
            case Menu():
                if step.stays and number != len(dialog.steps) - 1:
                    yield f"{where}.{step.id}: a menu that stays must be the last step; what follows is never reached"
                if len(step.items) + 1 > MAX_BUTTONS:
                    yield f"{where}.{step.id}: more choices than LINE has buttons ({MAX_BUTTONS})"
                for item in step.items:
                    if isinstance(item.then, Open) and not any(name == item.then.dialog for name, _ in book):
                        yield f"{where}.{step.id}.{item.id}: there is no dialog {item.then.dialog!r}"
                    if isinstance(item.then, Do) and item.then.command not in DOES:
                        yield f"{where}.{step.id}.{item.id}: the engine has no command {item.then.command!r}"
            case Await() if step.effect not in EFFECTS_AWAITED:
                yield f"{where}.{step.id}: nothing can be awaited under the name {step.effect!r}"
            case Review():
                for name in (name for line in step.lines for name in line):
                    if not isinstance(dialog.step(name), Question):
                        yield f"{where}.{step.id}: reviews {name!r}, which this dialog does not ask"
            case Repeat() if not any(name == step.dialog for name, _ in book):
                yield f"{where}.{step.id}: there is no dialog {step.dialog!r}"
            case _:
                pass
    last = dialog.steps[-1] if dialog.steps else None
    if dialog.name == FIRST and not (isinstance(last, Menu) and last.stays):
        yield f"{where}: the first dialog must end in a menu that stays, or the conversation would have nowhere to rest"


def _asked_elsewhere(book: Book, dialog: Dialog, field: str) -> bool:
    return any(other.name != dialog.name and isinstance(other.step(field), Question) for other in book.values())


def _field_problems(field: Field) -> Iterator[str]:
    where = f"dialogs/fields.py: {field.id}"
    for name in ("category", "used_by", "purpose", "retention"):
        if not getattr(field, name):
            yield f"{where}: {name} is empty (UX-02: every question says why it is asked and how long it is kept)"
    if field.kind in (CHOICE, MULTI, LANGUAGE) and len(field.options) < 2:
        yield f"{where}: a choice needs at least two options"
    most = 7 if field.kind != MULTI else 6
    if len(field.options) > most:
        yield f"{where}: more than {most} answers; with the standing buttons that is over LINE's {MAX_BUTTONS}"
    if len(field.options) + len(ASIDE_ALL) + (field.kind == MULTI) > MAX_BUTTONS:
        yield f"{where}: answers and standing buttons are more than LINE's {MAX_BUTTONS}"
    if not 0 <= field.sensitivity <= 2 or not 0 <= field.trauma <= 2:
        yield f"{where}: sensitivity and trauma go from 0 to 2"


# --- keys ------------------------------------------------------------------------------------------------------


def keys_used(book: Book) -> frozenset[str]:
    """Every catalogue key that the dialogs can say, hear or show on a button."""
    return frozenset(_keys(book))


def _keys(book: Book) -> Iterator[str]:
    yield from ENGINE_KEYS
    yield from (f"hear.{command}" for command in (*COMMANDS, "yes", "no"))
    for field in FIELDS.values():
        yield from (f"field.{field.id}.{part}" for part in ("ask", "why", "label"))
        yield from (f"field.{field.id}.option.{option}" for option in field.options)
        if field.kind == NUMBER:
            yield f"field.{field.id}.shown"
    for heard in HEARD_TOO:
        field_id, _, option = heard.partition(".")
        yield f"field.{field_id}.option.{option}.hear"
    for dialog in book.values():
        for step in dialog.steps:
            own = f"{dialog.name}.{step.id}"
            match step:
                case Tell() | Alarm() | Review():
                    yield own
                case Notice():
                    yield f"notice.{step.notice}.{step.version}"
                case Menu():
                    yield own
                    yield from (f"{own}.{item.id}" for item in step.items)
                case Repeat():
                    yield from (own, f"{own}.add", f"{own}.remove", f"{own}.done")
                case Question() | Deferred() | Await() | Settle():
                    pass


ENGINE_KEYS = (
    *(f"intake.offers.{name}.hear" for name in ("visit", "professional", "more", "enough")),
    "common.review_ok.hear",
    *(f"common.button.{name}" for name in ("unknown", "deferred", "declined", "why", "back", "human", "done", "change")),
    *(f"common.{name}" for name in (
        "not_yet", "unknown", "deferred", "declined", "hidden_here", "line", "some_hidden", "known", "same", "other",
        "hard_question", "rest_of_address", "picked", "which_line", "review_ok", "leave", "earlier_answers", "change_one", "remove_one", "now",
        "offer_deferred", "nothing_to_change", "not_understood", "told_much", "told_here", "offer_human", "offer_human_only", "offer_human_in_any", "welcome_back", "received_sticker",
        "received_file", "received_place", "handed_back", "rest", "changed", "no_back", "why_menu", "required",
        "old_button", "whose.self", "whose.other",
    )),
    *(f"asked.{name}" for name in (*QUESTIONS, *WISHES)),
    "stop.paused", "stop.quieted",
    "secure.link", "secure.later", "secure.came_back",
    "case.opened", "case.updated", "my_case.nothing", "my_case.summary", "my_case.draft",
    *(f"programs.{name}" for name in (
        "after_questions", "settle", "none", "intro", "intro_others", "card", "end", "boundary", "new", "gone", "why", "need", "item",
        "need.nothing", "cards.further", "cards.others", "cards.leave", "which.why", "which.need", "which.remind",
    )),
    *(f"reminders.{name}" for name in ("none", "no_deadline", "too_near", "set", "near", "cancel", "cancelled")),
    *(f"{name}.hear" for name in ("card.card.why", "card.card.need", "card.card.remind", "card.card.list", *(f"programs.cards.{way}" for way in ("further", "others", "leave")))),
    *(f"program.{name}" for name in (
        "verdict.eligible", "verdict.possible", "amount.fixed", "amount.up_to", "amount.range", "amount.usual", "amount.only_lifted", "amount.none",
        "amount.unknown", "deadline.date", "deadline.passed", "deadline.unknown", "why.hidden", "why.none", "missing.none",
    )),
    *(f"human.{name}" for name in (
        "talk", "visit", "refer", "talk_out_of_hours", "visit_out_of_hours", "refer_out_of_hours", "nobody", "crisis",
        "crisis_nobody",
    )),
    *(f"appointment.{name}" for name in ("set", "near", "time", "any_time", "fine", "moved", "cancelled")),
    *(f"appointment.choice.{name}.hear" for name in ("fine", "other", "cancel")),
    "refer.without_sharing", "withdraw.done", "withdraw.done_seen", "remind.first", "remind.second",
    *(f"crisis.red.{topic}" for topic in ("medical", "fire", "violence_now", "trapped", "self_harm_now", "help")),
    *(f"crisis.orange.{topic}" for topic in ("self_harm", "violence", "child", "sexual", "need", "help", "unchecked")),
    *(f"crisis.yellow.{topic}" for topic in ("strain", "bereavement")),
    "crisis.red.again", "crisis.orange.again",
)
"""What the engine itself says, whatever dialog is open."""
