"""`step`: one thing heard, one turn. Pure: the same inputs always give the same turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.core import cards, understand
from dialogs.core.advance import advance, remind
from dialogs.core.answers import Answer, Facts
from dialogs.core.asked import answer_question, grant_wish, hear_english
from dialogs.core.commands import COMMANDS, run
from dialogs.core.danger import answer_crisis
from dialogs.core.effects import CallHuman, Effect, KeepAttachment, Remind
from dialogs.core.flow import Flow, is_field, spoken_for
from dialogs.core.heard import (
    FROM_PERSON,
    Came,
    CameBack,
    Chose,
    ConsentKept,
    DeadlineNear,
    Elapsed,
    HandedBack,
    Heard,
    HumanTold,
    Learned,
    PageOpened,
    PlaceFound,
    Said,
    SentFile,
    SentPlace,
    Setting,
    Unsent,
    VisitPlanned,
)
from dialogs.core.learn import learn, let_go
from dialogs.core.model import LANGUAGE, PLACE, Question, Step
from dialogs.core.open_step import find_open, open_id, out_of_reach
from dialogs.core.session import Frame, Session
from dialogs.core.tapped import tapped
from dialogs.core.told import (
    TELLS,
    consent_withdrawn,
    deadline_near,
    human_told,
    page_opened,
    visit_planned,
)
from dialogs.core.typed import names_an_answer, takes_any_words, typed
from dialogs.fields import field_of
from dialogs.registry import FIRST, Book, newest

OFFER_HUMAN_AFTER = 2
"""Misunderstandings in a row after which a human is offered: re-ask once, then stop making it the person's problem."""

ALWAYS = frozenset(("back", "why", "skip", "unknown", "deferred", "declined", "human"))
"""Commands that no answer may be taken for, whatever is asked."""

WELCOME = frozenset(("rest", "paused", "reminded", "crisis"))
"""What is waited for where any words are welcome: a greeting is met with the open question, never as a mistake."""

A_STORY = 24
"""Letters. Who wrote more than that and was not understood has told something: they are thanked, not corrected."""

MOST_TABLES = 32
"""One for each language, and room for tests."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one thing heard leads to: the next state and what the shell shall do, in order."""

    session: Session
    effects: tuple[Effect, ...]


def start(book: Book, session_id: str, locale: str, facts: Facts | None = None, case_number: str = "") -> Session:
    """A new session at the beginning of the first dialog. `facts` are what the case already knows, if there is one."""
    dialog = newest(book, FIRST)
    whom = (facts or {}).get("for_whom")
    speaker, about = spoken_for(whom.value) if whom is not None and whom.given else ("self", "self")
    frames = (Frame(dialog.name, dialog.version),)
    memory = {"case_number": case_number} if case_number else {}
    # What only a form asks (a booth's) is no part of a chat.
    known = {key: answer for key, answer in (facts or {}).items() if is_field(key)}
    return Session(session_id, locale, frames, known=known, speaker=speaker, about=about, memory=memory)


def step(book: Book, session: Session, heard: Heard, facts: Mapping[str, Answer], setting: Setting) -> Turn:
    """What the conversation does next. `facts` are answers newer than the session's, given elsewhere: they hold from now on."""
    flow = Flow(book, session, setting)
    if facts or isinstance(heard, Learned):
        learn(flow, facts, heard.gone if isinstance(heard, Learned) else ())
    opened = bool(session.answers or session.memory or session.trail)
    _hear(flow, heard, opened)
    flow.memory["began"] = True
    if isinstance(heard, (*FROM_PERSON, HandedBack)):
        # Whoever is handed back is asked the open question: from then on their silence counts again.
        flow.memory["alive"] = True
    if flow.waiting in ("", "rest", "paused", "alarmed") and flow.memory.pop("alive", False):
        remind(flow)
    return Turn(flow.frozen(), tuple(flow.effects))


def _hear(flow: Flow, heard: Heard, opened: bool) -> None:
    match heard:
        case Said(text, place):
            _said(flow, text, place, opened)
        case Chose():
            waited, flow.waiting = flow.waiting, ""
            _chose(flow, heard)
            if not flow.effects:
                flow.waiting = waited  # an old button that changes nothing: the screen is as it was
        case Came():
            flow.waiting = ""
            let_go(flow)
            if opened and not flow.setting.on_page:
                flow.say("common.welcome_back", flow.place_args())
            advance(flow)
        case SentPlace(latitude, longitude, address):
            _sent_place(flow, latitude, longitude, address)
        case SentFile(kind, ref, name):
            flow.emit(KeepAttachment(kind, ref, name))
            flow.say("common.received_sticker" if kind == "sticker" else "common.received_file")
            _ask_again(flow)
        case Unsent() | Learned():
            return
        case Elapsed(reminder):
            _elapsed(flow, reminder)
        case HandedBack():
            flow.say("common.handed_back", flow.place_args())
            _ask_again(flow)
        case CameBack():
            flow.say("secure.came_back")
            _ask_again(flow)
        case _:
            _told(flow, heard)


def _ask_again(flow: Flow) -> None:
    flow.waiting = ""
    let_go(flow)
    advance(flow)


# --- words ----------------------------------------------------------------------------------------------------------


def _said(flow: Flow, text: str, place: PlaceFound | None, opened: bool) -> None:
    """Crisis first; then an answer that is plainly one; then commands; then whatever else it may answer."""
    if answer_crisis(flow, text):
        return
    waited, flow.waiting = flow.waiting, ""
    step_open = find_open(flow)
    takes_any = takes_any_words(step_open) and not out_of_reach(flow, step_open)
    # After a pause the open question is not on the screen; after danger nobody answers it with what they say next.
    unseen = waited == "paused" or (waited == "crisis" and takes_any)
    command = _command(flow, text)
    if command == "human" and not unseen and names_an_answer(flow, step_open, text):
        command = None  # 「電話してください」 where the question is how to make contact: that is the answer
    if command is None:
        asked = hear_english(flow, text) or answer_question(flow, text) or grant_wish(flow, text)
        if asked or (not unseen and typed(flow, text, place)):
            _go_on(flow)
        elif isinstance(step_open, Question) and not unseen and understand.is_unsure(text):
            run_and_ask(flow, "unknown")
        elif waited == "alarmed":
            # Asked where they are and for a number, they write just that, maybe in several messages: staff read it.
            flow.say("common.told_much")
            advance(flow)
            flow.waiting = flow.waiting or waited
        elif not opened or waited in WELCOME or understand.is_thanks(text) or _has_called(flow):
            # Somebody who thanked us, or was just told who listens, has not said anything wrong.
            advance(flow)
        elif understand.is_question(text) and not _asks_language(step_open):
            flow.say("asked.elsewhere", flow.place_args())
            advance(flow)
        else:
            _not_understood(flow, told=len(text) >= A_STORY)
    elif takes_any or command in ALWAYS:
        run_and_ask(flow, command, text)
    # A command word that is also a button here ("あとで" among the options) is that button; a name it never is.
    elif (not unseen and typed(flow, text, None)) or (command == "done" and (tapped(flow, "-done") or tapped(flow, "done"))):
        _go_on(flow)
    else:
        run_and_ask(flow, command, text)


def _has_called(flow: Flow) -> bool:
    """Whether these very words were answered already, by a warm line and a call for a human."""
    return any(isinstance(effect, CallHuman) for effect in flow.effects)


def _go_on(flow: Flow) -> None:
    """Put what is open, unless the shell is waited for: its answer comes first."""
    if not flow.waiting:
        advance(flow)


def _command(flow: Flow, text: str) -> str | None:
    return understand.is_command(text, _commands(flow.setting.hear))


_HEARD: dict[int, tuple[Mapping[str, frozenset[str]], understand.Commands]] = {}


def _commands(hear: Mapping[str, frozenset[str]]) -> understand.Commands:
    """The words of the commands alone; worked out once for each table of words that the shell hands in."""
    kept = _HEARD.get(id(hear))
    if kept is None or kept[0] is not hear:
        if len(_HEARD) > MOST_TABLES:
            _HEARD.clear()
        kept = _HEARD[id(hear)] = (hear, understand.Commands({name: hear[name] for name in COMMANDS if name in hear}))
    return kept[1]


def _not_understood(flow: Flow, told: bool = False) -> None:
    """Free text is never "invalid": ask once more with buttons and numbers, then offer a human.

    `told`: somebody told something at length. They are thanked for it; staff read it where it stands.
    """
    let_go(flow)
    flow.misses += 1
    step_open = find_open(flow)
    language = _asks_language(step_open)
    if told and not language:
        flow.say("common.told_much" if isinstance(step_open, Question) else "common.told_here")
    if flow.misses >= OFFER_HUMAN_AFTER:
        skippable = isinstance(step_open, Question) and not field_of(step_open.id).required
        flow.say("common.offer_human" if skippable else "common.offer_human_in_any" if language else "common.offer_human_only", flow.place_args())
    elif not language and not told:
        # 「こんにちは」 to the very first question is a greeting, no wrong answer.
        flow.say("common.not_understood")
    misses = flow.misses
    advance(flow)
    flow.misses = misses


def _asks_language(step_open: Step | None) -> bool:
    return isinstance(step_open, Question) and field_of(step_open.id).kind == LANGUAGE


def run_and_ask(flow: Flow, command: str, text: str = "") -> None:
    """Carry out a command, then put what is open, unless the command itself waits for something."""
    run(flow, command)
    if command == "language" and text:
        typed(flow, text, None)  # 「英語で」 names it: there is nothing left to choose
    _go_on(flow)


# --- buttons --------------------------------------------------------------------------------------------------------


def _chose(flow: Flow, heard: Chose) -> None:
    option = heard.option
    if option == "-human" or (not heard.session and option.startswith("-") and option[1:] in COMMANDS):
        # A person is one tap away from anywhere; and a menu that is always there belongs to no question.
        run_and_ask(flow, option[1:])
        return
    if heard.session != flow.id or heard.step != open_id(flow):
        if heard.session == flow.id and cards.tap_again(flow, heard.step, option):
            _go_on(flow)
        else:
            _old_button(flow, heard)
        return
    if tapped(flow, option):
        _go_on(flow)
    elif option.startswith("-") and option[1:] in COMMANDS:
        run_and_ask(flow, option[1:])
    else:
        _not_understood(flow)


def _old_button(flow: Flow, heard: Chose) -> None:
    """A button of an earlier message: same value, nothing; another value, "change this answer?"; else ask again."""
    key, option = heard.step, heard.option
    answer = flow.answers.get(key) if is_field(key) else None
    if heard.session == flow.id and answer is not None and not option.startswith("-"):
        value = answer.value
        if option == value or (isinstance(value, tuple) and option in value):
            return
        if option in field_of(key).options and not isinstance(value, tuple):
            flow.memory["change_to"] = [key, option]
            flow.push("confirm_change")
            advance(flow)
            return
    if heard.session == flow.id and option.startswith("-") and answer is not None:
        return
    flow.say("common.old_button")
    advance(flow)


# --- other things a person sends, and the clock ------------------------------------------------------------------


def _sent_place(flow: Flow, latitude: float, longitude: float, address: str) -> None:
    flow.waiting = ""
    step_open = find_open(flow)
    if isinstance(step_open, Question) and field_of(step_open.id).kind == PLACE and address and not out_of_reach(flow, step_open):
        flow.keep(flow.key(step_open.id), address)
        flow.close(step_open.id)
    else:
        flow.emit(KeepAttachment("place", f"{latitude:.5f},{longitude:.5f}", address))
        flow.say("common.received_place")
    advance(flow)


def _elapsed(flow: Flow, reminder: str) -> None:
    """A gentle reminder, one more, then a person's task (UX-08). Any sign of life has cancelled it before."""
    days = flow.setting.reminder_days
    if flow.memory.get("quiet"):
        return
    match reminder:
        case "mid_way_1":
            flow.say("remind.first", flow.place_args())
            _ask_again(flow)
            flow.waiting = "reminded"
            flow.emit(Remind("mid_way_2", max(1, days[1] - days[0])) if len(days) > 1 else Remind("mid_way_task", days[0]))
        case "mid_way_2":
            flow.say("remind.second", flow.place_args())
            _ask_again(flow)
            flow.waiting = "reminded"
            flow.emit(Remind("mid_way_task", days[0]))
        case _:
            flow.emit(CallHuman("silence"))


# --- answers to effects -------------------------------------------------------------------------------------------


def _told(flow: Flow, heard: Heard) -> None:
    waited, flow.waiting = flow.waiting, ""
    if (tell := TELLS.get(type(heard))) is not None:
        tell(flow, heard)
        advance(flow)
        return
    match heard:
        case DeadlineNear():
            deadline_near(flow, heard)
            if waited in ("paused", "rest", "crisis"):
                flow.waiting = waited  # the news is said; nothing else was asked for
            else:
                advance(flow)
        case VisitPlanned():
            visit_planned(flow, heard)
            if waited == "crisis":
                flow.waiting = waited
            else:
                advance(flow)
        case HumanTold():
            if heard.about in ("yellow", "silence"):
                flow.waiting = waited  # a note to a human: the conversation goes on as it was
                return
            if human_told(flow, heard):
                advance(flow)
            else:
                flow.waiting = "crisis"
        case PageOpened():
            page_opened(flow, heard)
        case ConsentKept():
            if waited == "withdraw":
                consent_withdrawn(flow, heard)
                advance(flow)
            else:
                flow.waiting = waited
        case _:
            return
