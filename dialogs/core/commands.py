"""What a person can do at any moment, in any words or by a button: back, change, stop, a human, and so on."""

from __future__ import annotations

from dialogs.core import cards
from dialogs.core.answers import DEFERRED
from dialogs.core.effects import ChangeVisit, RequestVisit, StopMessages, WithdrawConsent, WithdrawFacts
from dialogs.core.flow import Flow, Kept, dialog_asking
from dialogs.core.model import (
    LANGUAGE,
    Call,
    Do,
    Open,
    Question,
    Repeat,
    Review,
    Then,
    Visit,
    Withdraw,
)
from dialogs.core.open_step import find_open, picking
from dialogs.core.session import Frame
from dialogs.core.show import hidden, line
from dialogs.core.words import Joined
from dialogs.fields import RECIPIENTS, field_of
from dialogs.registry import FIRST, newest

COMMANDS = (
    "back", "change", "skip", "start_over", "stop", "language", "human", "my_case", "withdraw", "why", "menu",
    "programs", "need", "remind", "reminders", "unknown", "deferred", "declined", "done", "continue",
)
"""Each has its words in the catalogues under `hear.<command>`."""


KEPT = ("case_number", "quiet", "crisis", "removed")
"""What a person who starts over has not taken back: the case, the wish for quiet, members' places, danger just said."""


def run(flow: Flow, command: str, detail: str = "") -> None:
    """Carry out a command; what is open afterwards is asked by the caller."""
    match command:
        case "human":
            flow.call("talk")
        case "back":
            _back(flow)
        case "why":
            _why(flow)
        case "skip" | "deferred" | "unknown" | "declined":
            _not_given(flow, DEFERRED if command == "skip" else command)
        case "language" | "stop" | "start_over" | "withdraw" | "change" | "menu":
            flow.memory["change_from"] = 0
            flow.push(command)
        case "my_case":
            _my_case(flow)
        case "programs":
            _programs(flow)
        case "need" | "remind" if not cards.wish(flow, command):
            _programs(flow)
        case "card_why" | "card_need" | "card_remind":
            cards.wish(flow, command.removeprefix("card_"))
        case "reminders":
            cards.list_reminders(flow)
        case "visit_fine":
            flow.say("appointment.fine", flow.place_args())
        case "visit_other" | "visit_cancel":
            _change_visit(flow, command == "visit_other")
        case "leave":
            flow.pop()
        case "rest":
            flow.say("common.rest", flow.place_args())
            flow.waiting = "rest"
        case "continue" | "done":
            pass
        case "pause":
            flow.say("stop.paused", flow.place_args())
            flow.waiting = "paused"
        case "quiet":
            flow.memory["quiet"] = True
            flow.emit(StopMessages())
            flow.say("stop.quieted", flow.place_args())
            flow.waiting = "paused"
        case "restart":
            _restart(flow)
        case "apply_change":
            key, value = flow.memory.pop("change_to", ["", ""])
            if key:
                flow.keep(key, value)
                flow.say("common.changed")
        case "reopen":
            _reopen_anywhere(flow, detail)
        case "forget":
            _forget(flow, detail)


def then(flow: Flow, action: Then) -> None:
    """Do what a menu choice does."""
    match action:
        case Call(urgency):
            flow.call(urgency)
        case Visit():
            flow.await_effect("human", RequestVisit())
        case Open(dialog):
            flow.push(dialog)
        case Withdraw(recipient):
            for who in RECIPIENTS if recipient == "all" else (recipient,):
                flow.drop(f"share_{who}")
            flow.await_effect("withdraw", WithdrawConsent(recipient))
        case Do(command):
            run(flow, command)


def _change_visit(flow: Flow, other_time: bool) -> None:
    """The visit is taken off its day; which times would suit is asked at once, and need not be answered."""
    flow.emit(ChangeVisit(str(flow.memory.pop("visit", "")), "other" if other_time else "none"))
    flow.say("appointment.moved" if other_time else "appointment.cancelled", flow.place_args(), "appointment")
    if other_time:
        flow.push("visit_times")


def _back(flow: Flow) -> None:
    """To the question before; out of a list or an interruption; at the beginning it says so."""
    frame = flow.frame
    step = find_open(flow)
    if isinstance(step, Review | Repeat) and picking(flow, step):
        flow.memory["picking"] = ""
        return
    here = [key for key in flow.trail if _belongs(flow, key) and not (isinstance(step, Question) and flow.key(step.id) == key)]
    if frame.single or (len(flow.frames) > 1 and not here):
        flow.pop()
    elif here:
        key = here[-1]
        name = field_of(key).id
        # The question that was open is put again after this one: what was answered to it before still stands.
        flow.drop(key)
        flow.change_frame(at=name, done=tuple(done for done in frame.done if done not in (name, "review", "later")))
    else:
        flow.say("common.no_back")


def _belongs(flow: Flow, key: str) -> bool:
    """Whether an answer was given in the dialog on top, in its scope."""
    name = field_of(key).id
    return flow.key(name) == key and isinstance(flow.dialog.step(name), Question) and field_of(key).kind != LANGUAGE


def _why(flow: Flow) -> None:
    step = find_open(flow)
    if isinstance(step, Question):
        flow.say(f"field.{field_of(step.id).id}.why", flow.place_args())
    elif flow.frame.dialog in (cards.LIST, cards.CARD) and cards.wish(flow, "why"):
        return
    else:
        flow.say("common.why_menu", flow.place_args())


def _not_given(flow: Flow, state: str) -> None:
    """わからない, あとで and 答えたくない close a question that may stay open; elsewhere they mean "let me out"."""
    step = find_open(flow)
    if isinstance(step, Question):
        field = field_of(step.id)
        if field.required:
            flow.say("common.required", flow.place_args())
            return
        flow.keep(flow.key(step.id), None, state)
        flow.close(step.id)
    elif len(flow.frames) > 1:
        flow.pop()


def _my_case(flow: Flow) -> None:
    limit = flow.setting.max_out
    answers = {key: flow.answer(key) for key in (*flow.known, *flow.answers)}
    keys = [key for key in answers if field_of(key).kind != LANGUAGE]
    if not keys:
        flow.say("my_case.nothing", flow.place_args())
        return
    lines = Joined(tuple(line((key,), answers, limit) for key in keys), "lines")
    number = str(flow.memory.get("case_number", ""))
    flow.say("my_case.summary" if number else "my_case.draft", {"number": number, "lines": lines})
    if hidden(keys, answers, limit):
        flow.say("common.some_hidden")


def _programs(flow: Flow) -> None:
    if flow.memory.get("case_number"):
        flow.memory["programs_from"] = 0
        flow.find_programs()
    else:
        flow.say("programs.after_questions")


def _restart(flow: Flow) -> None:
    """A new session in which everything known is offered for confirmation; nothing is deleted."""
    flow.known = Kept({**flow.known, **flow.answers})
    flow.answers = Kept({key: answer for key, answer in flow.answers.items() if field_of(key).kind == LANGUAGE})
    flow.trail = []
    flow.confirm = True
    flow.memory = {key: value for key, value in flow.memory.items() if key in KEPT}
    dialog = newest(flow.book, FIRST)
    flow.frames = [Frame(dialog.name, dialog.version)]


def _reopen_anywhere(flow: Flow, key: str) -> None:
    """Ask one answered question again, wherever the person is, and come back."""
    name = field_of(key).id
    scope = key[: -len(name) - 1] if key != name else ""
    dialog = dialog_asking(flow.book, name)
    if dialog:
        flow.push(dialog, scope=scope, at=name, single=True)


def _forget(flow: Flow, scope: str) -> None:
    """Take a removed member's answers out of the case; the history keeps them."""
    gone = tuple(key for key in dict.fromkeys((*flow.answers, *flow.known)) if key.startswith(f"{scope}."))
    for key in gone:
        flow.drop(key)
    if gone:
        flow.emit(WithdrawFacts(gone))
