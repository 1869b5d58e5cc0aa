"""A chat joins a case that was begun elsewhere: a code from the booth, then the birth date or the six spoken digits.

The same on every channel: LINE brings the code in the first message, Telegram in `/start`, the web in its address. Until the
proof is right nothing of the case is said. What is no proof, and any word of danger, goes to the dialog: nobody in need is held up by a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, update

from backend import ids
from backend.booth import links
from backend.booth.links import TOKEN
from backend.booth.models import case_binding
from backend.cases.models import answer, case, suggestion
from backend.cases.service import facts_of_case, number_of
from backend.clock import in_japan
from backend.consent.models import consent_event
from backend.consent.rules import standing
from backend.consent.service import decisions_of
from backend.conversations.ask import ask
from backend.conversations.hearing import Hearing
from backend.conversations.say import speak
from backend.journal.batch import Batch
from backend.people import service as people
from backend.people.models import person
from backend.tasks.models import task
from backend.tasks.raising import raise_task
from backend.tasks.rules import DANGER
from dialogs.core.answers import Answer
from dialogs.core.danger import assess
from dialogs.core.effects import Ask
from dialogs.core.engine import start
from dialogs.core.heard import Came, Chose, Heard, Said
from dialogs.core.model import Alarm, Review, Tell
from dialogs.core.session import Session
from dialogs.core.words import PERSONAL, Arg, Option, Text, Words
from dialogs.registry import FIRST, Book, newest

PENDING = "join"
"""Note of the shell: the code that was scanned and waits for its proof, and how much was answered by then."""
GOES_ON = 3
"""Whoever answers more than this many questions has let the code be: from then on a birth date is an answer again."""
SEVERAL = "several"
"""Note of the shell: this chat speaks about several cases, one at a time."""
CONFIRM, WHOM = "join.confirm", "join.whom"
LEAVE = "-leave"

Next = tuple[Heard, ...]
"""What the dialog hears after it: nothing, or that somebody came."""


def hear(hearing: Hearing, book: Book, heard: Heard) -> Next | None:
    """Take what belongs to joining a case; None for everything else, which the dialog hears."""
    match heard:
        case Came(payload) if TOKEN.fullmatch(payload):
            return _scanned(hearing, payload)
        case Said(text) if (found := TOKEN.search(text)) is not None and assess(text)[0] not in DANGER:
            return _scanned(hearing, found[0])
        case Said(text) if PENDING in hearing.notes:
            return _proof(hearing, book, text)
        case Chose(_, step, option) if step == CONFIRM and option == LEAVE:
            return _left(hearing)
        case Chose(_, step, option) if step == WHOM:
            return _switch(hearing, book, option)
        case Said(text) if _asks_whom(hearing, text):
            return _ask_whom(hearing)
        case _:
            return None


def _scanned(hearing: Hearing, token: str) -> Next:
    link = links.find(hearing.batch.connection, token, hearing.now)
    if link is None:
        speak(hearing, Text("join.gone", _place(hearing)))
        return (Came(),)
    if not hearing.session.trail:
        _speaks(hearing, link["locale"])
    hearing.notes[PENDING] = [link["id"], len(hearing.session.trail)]
    _ask_proof(hearing)
    return ()


def _ask_proof(hearing: Hearing, *, again: bool = False) -> None:
    """A birth date is asked for only where the channel may carry one."""
    if hearing.office.limits(hearing.channel).max_in < PERSONAL:
        key = "join.wrong_code" if again else "join.ask_code"
    else:
        key = "join.wrong" if again else "join.ask"
    ask(hearing, Ask("join", CONFIRM, Text(key, _place(hearing)), "words", (), (Option(LEAVE, Text("join.leave")),)))


def _proof(hearing: Hearing, book: Book, text: str) -> Next | None:
    proof = links.proof_in(text, in_japan(hearing.now).date())
    if proof is None:
        return None
    link_id, answered = hearing.notes[PENDING]
    if len(hearing.session.trail) > answered + GOES_ON:
        hearing.notes.pop(PENDING)
        return None
    hearing.batch.flush()  # what follows is written at once: this turn is taken inside its transaction
    opened = links.attempt(hearing.batch.connection, link_id, proof, hearing.now, hearing.batch.last)
    if isinstance(opened, links.Guessed):
        raise_task(hearing.batch, hearing.office, "yellow", topic="guessed", case_id=opened.case_id)
    if not isinstance(opened, links.Opened):
        # One answer for a wrong date, wrong digits, an old code and a locked one.
        _ask_proof(hearing, again=True)
        return ()
    hearing.notes.pop(PENDING, None)
    return _bind(hearing, book, opened)


def _left(hearing: Hearing) -> Next:
    hearing.notes.pop(PENDING, None)
    return (Came(),)


# --- bound ------------------------------------------------------------------------------------------------------------


def _bind(hearing: Hearing, book: Book, opened: links.Opened) -> Next:
    conversation, connection = hearing.conversation, hearing.batch.connection
    before = conversation["case_id"]
    if before and before != opened.case_id:
        _put_aside(hearing, before)
    elif not before:
        _adopt(hearing.batch, conversation, opened.case_id)
    _note_binding(connection, hearing, opened.case_id, opened.link_id, opened.speaker, opened.relation)
    speak(hearing, Text("join.done", _place(hearing)))
    if before == opened.case_id:
        return (Came(),)
    _turn_to(hearing, book, opened.case_id, opened.speaker, None)
    if not before:
        return (Came(),)
    hearing.notes[SEVERAL] = True
    return _ask_whom(hearing)


def _note_binding(
    connection: Connection, hearing: Hearing, case_id: str, link_id: str | None, speaker: str, relation: str
) -> None:
    home = hearing.conversation
    mine = (case_binding.c.conversation_id == home["id"]) & (case_binding.c.case_id == case_id)
    values = {"link_id": link_id, "speaker": speaker, "relation": relation, "bound_at": hearing.now}
    if connection.execute(update(case_binding).where(mine).values(**values)).rowcount == 0:
        connection.execute(case_binding.insert().values(
            id=ids.new(), tenant_id=home["tenant_id"], conversation_id=home["id"], case_id=case_id, **values))  # fmt: skip


def _put_aside(hearing: Hearing, case_id: str) -> None:
    """The talk about the other case rests where it is, and goes on there when somebody turns to it again."""
    connection, home = hearing.batch.connection, hearing.conversation
    mine = (case_binding.c.conversation_id == home["id"]) & (case_binding.c.case_id == case_id)
    if connection.execute(select(case_binding.c.id).where(mine)).first() is None:
        _note_binding(connection, hearing, case_id, None, hearing.session.speaker, "")
    notes = {name: value for name, value in hearing.notes.items() if name != PENDING}
    connection.execute(update(case_binding).where(mine).values(session={**hearing.session.to_json(), "shell": notes}))


def _turn_to(hearing: Hearing, book: Book, case_id: str, speaker: str, kept: Mapping[str, Any] | None) -> None:
    """From now on this chat is about that case: where the talk about it rested, or with everything that it knows."""
    conversation = hearing.conversation
    conversation["case_id"] = case_id
    if kept:
        hearing.session = Session.from_json(kept)
        hearing.notes = dict(kept.get("shell") or {})
        hearing.locale = hearing.session.locale
        return
    hearing.session = session_for(hearing.batch, book, case_id, speaker, hearing.locale)
    hearing.notes = {"saved": list(hearing.session.known)}


def session_for(batch: Batch, book: Book, case_id: str, speaker: str, locale: str) -> Session:
    """A conversation that begins in the middle: nothing is asked that the case knows, decisions on sharing among it."""
    known = facts_of_case(batch.connection, case_id)
    fresh = start(book, ids.new()[-8:], locale, known, number_of(batch, case_id))
    answers = {"language": Answer("language", locale)}
    if (safe := known.get("safe_now")) is not None:
        answers["safe_now"] = safe
    decided = standing(decisions_of(batch.connection, case_id=case_id), batch.now)
    if decided:
        answers["sharing"] = Answer("sharing", "each")
        answers |= {f"share_{who}": Answer(f"share_{who}", "refused" if event == "withdrawn" else event) for who, event in decided.items()}
    # Said or alarmed already, face to face; and no review: it would show on this phone what others entered (UX-06).
    done = tuple(step.id for step in newest(book, FIRST).steps if isinstance(step, Tell | Alarm | Review))
    frame = replace(fresh.frames[0], done=done)
    about = "other" if speaker == "proxy" else "self"
    return replace(fresh, frames=(frame,), answers=answers, speaker=speaker, about=about)


def _adopt(batch: Batch, conversation: Mapping[str, Any], case_id: str) -> None:
    """What was said in this chat before it had a case comes to the case; where the case knows better, into its history."""
    connection = batch.connection
    mine = (answer.c.conversation_id == conversation["id"]) & answer.c.case_id.is_(None)
    known = facts_of_case(connection, case_id)
    held = {row.field: Answer(row.field, tuple(row.value) if isinstance(row.value, list) else row.value, row.state, row.by, row.about)
            for row in connection.execute(select(answer).where(mine, answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False)))}
    both = [name for name in held if name in known]
    if both:
        connection.execute(update(answer).where(mine, answer.c.field.in_(both), answer.c.superseded_at.is_(None)).values(superseded_at=batch.now))
    for table in (answer, consent_event, suggestion, task):
        lone = update(table).where(table.c.conversation_id == conversation["id"], table.c.case_id.is_(None))
        connection.execute(lone.values(case_id=case_id))
    new = {name: one for name, one in held.items() if name not in known}
    if columns := people.changes(new):
        person_id = connection.execute(select(case.c.person_id).where(case.c.id == case_id)).scalar_one()
        people.write(connection, person_id, columns, source=str(conversation["channel"]), by=None, at=batch.now)


# --- several people on one phone -----------------------------------------------------------------------------------


def _asks_whom(hearing: Hearing, text: str) -> bool:
    """Whether somebody wants to speak about the other person, on a chat that is bound to several."""
    if len(text) > 20 or SEVERAL not in hearing.notes:
        return False
    wanted = {word for wording in hearing.words.labels("join.whom.hear") for word in wording.split("|")}
    return text.strip().casefold() in wanted


def _ask_whom(hearing: Hearing) -> Next:
    """Each by name where this chat may carry names, else by number."""
    limit = hearing.office.limits(hearing.channel).max_out
    options = []
    for row in _bindings(hearing):
        name: Arg = Words.of(row.name) if row.name and limit >= PERSONAL else Words.of(row.number)
        options.append(Option(row.case_id, Text("join.whom.one", {"name": name})))
    ask(hearing, Ask("join", WHOM, Text("join.whom"), "choice", tuple(options), ()))
    return ()


def _switch(hearing: Hearing, book: Book, case_id: str) -> Next | None:
    rows = {row.case_id: row for row in _bindings(hearing)}
    if case_id not in rows:
        return None
    hearing.batch.flush()
    if case_id != hearing.conversation["case_id"]:
        _put_aside(hearing, hearing.conversation["case_id"])
        _turn_to(hearing, book, case_id, rows[case_id].speaker, rows[case_id].session)
        hearing.notes[SEVERAL] = True
    return (Came(),)


def _bindings(hearing: Hearing) -> list[Any]:
    chosen = (
        select(case_binding.c.case_id, case_binding.c.speaker, case_binding.c.session, case.c.number, person.c.name)
        .join(case, case.c.id == case_binding.c.case_id)
        .join(person, person.c.id == case.c.person_id)
        .where(case_binding.c.conversation_id == hearing.conversation["id"])
        .order_by(case_binding.c.bound_at, case_binding.c.id)
    )  # fmt: skip
    return list(hearing.batch.connection.execute(chosen).all())


def _speaks(hearing: Hearing, locale: str) -> None:
    """A stranger is spoken to in the language that was chosen for the paper."""
    hearing.locale = locale
    hearing.conversation["locale"] = locale
    hearing.session = replace(hearing.session, locale=locale)


def _place(hearing: Hearing) -> dict[str, Arg]:
    """What a text may say about the municipality."""
    about = hearing.office.about
    return {"municipality": about.name, "phone": about.phone, "hours": about.hours}
