"""Hear one event: keep it, let the dialog take its step, carry out what follows, keep what was said. One transaction.

Called by the journal, which holds the conversation's lock and commits; nothing here sends anything.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from backend import ids
from backend.cases.service import facts_of, number_of
from backend.clock import in_japan
from backend.conversations import (
    attachments,
    history,
    joining,
    learned,
    programs,
    reminders,
    visiting,
)
from backend.conversations.binding import Binding
from backend.conversations.erase import AFTER, ERASE
from backend.conversations.handlers import HANDLERS
from backend.conversations.hearing import CHAT, PAGE, Hearing
from backend.conversations.held import keep_silent
from backend.conversations.limits import PAGE as PAGE_LIMITS
from backend.conversations.lines import Lines
from backend.conversations.my_number import without
from backend.conversations.offices import Office, Offices
from backend.conversations.places import place_in
from backend.conversations.post import post
from backend.conversations.say import speak
from backend.crypto import Recent
from backend.followups.plan import plan_due
from backend.journal.batch import Batch
from backend.messages import Incoming
from backend.settings import Settings
from backend.tasks.raising import open_task, raise_task
from backend.words import Catalogues
from dialogs.core.answers import Facts
from dialogs.core.effects import KeepAttachment
from dialogs.core.engine import start, step
from dialogs.core.heard import (
    FROM_PERSON,
    DeadlineNear,
    Elapsed,
    Heard,
    Learned,
    ProgramsNew,
    Said,
    Setting,
    Unsent,
    VisitPlanned,
)
from dialogs.core.session import Session
from dialogs.core.words import Text
from dialogs.registry import Book

log = logging.getLogger(__name__)

MAX_ROUNDS = 8
"""How often answers to effects may be heard again within one event: a case, its programs, and room to spare."""


NONE_NEW: Facts = {}


class Conversations:
    """Hears events. One per process; keeps nothing but short-lived copies of municipalities."""

    def __init__(self, words: Catalogues, book: Book, settings: Settings) -> None:
        self._words = words
        self._book = book
        self._public_url = settings.public_url
        self._offices = Offices()
        self._binding = Binding()
        self._labels = _Labels(words)
        self._lines = Lines()

    def hear(self, batch: Batch, conversation: dict[str, Any], incoming: Incoming, event: Mapping[str, Any]) -> None:
        """Hear one event of a conversation. Changes to `conversation` are kept by the journal at its flush."""
        office = self._offices.get(batch.connection, conversation["tenant_id"], batch.now)
        hearing = self._hearing(batch, conversation, office, event)
        _contact(hearing, incoming)
        safe = without(incoming)
        if safe is not incoming:
            incoming = safe
            history.forget_body(hearing, event["id"])
            speak(hearing, Text("common.my_number_masked"))
        if incoming.reply:
            conversation["reply"], conversation["reply_until"] = incoming.reply, incoming.reply_until
        match incoming.heard:
            case None:
                if incoming.shown or incoming.shown_key:
                    history.keep(hearing, incoming, event, incoming.shown)
            case Unsent(ref):
                history.take_back(hearing, ref)
            case Elapsed(reminder):
                self._elapsed(hearing, incoming.heard, reminder)
            case Learned():
                self._step(hearing, *learned.news(hearing))
            case DeadlineNear() | ProgramsNew():
                if (news := programs.told(hearing, incoming.heard)) is not None:
                    self._step(hearing, news)
            case VisitPlanned():
                if (appointment := visiting.told(hearing, incoming.heard)) is not None:
                    self._step(hearing, appointment)
            case heard if isinstance(heard, FROM_PERSON):
                self._from_person(hearing, heard, incoming, event)
            case heard:
                self._step(hearing, heard)
        self._keep(hearing, event)

    # --- what was heard -------------------------------------------------------------------------------------

    def _from_person(self, hearing: Hearing, heard: Heard, incoming: Incoming, event: Mapping[str, Any]) -> None:
        if isinstance(heard, Said) and (place := heard.place or place_in(heard.text)) != heard.place:
            heard = replace(heard, place=place)
        history.keep(hearing, incoming, event, incoming.shown)
        if incoming.attachment and isinstance(heard, Said):
            # A photo whose caption is heard as words: it is kept all the same.
            attachments.keep(hearing, KeepAttachment(**incoming.attachment))
        joined = joining.hear(hearing, self._book, heard)
        if joined is not None:
            for one in () if hearing.conversation["held_by"] else joined:
                self._step(hearing, one)
            return
        if isinstance(heard, Said) and self._binding.bound(hearing.batch, hearing.conversation, heard.text):
            speak(hearing, Text("common.notices_bound"))
            return
        if hearing.conversation["held_by"]:
            keep_silent(hearing, heard, self._lines.on(in_japan(hearing.now).date()))
            return
        self._step(hearing, heard)
        if not hearing.reminded:
            reminders.forget(hearing)

    def _elapsed(self, hearing: Hearing, heard: Elapsed, reminder: str) -> None:
        """Nobody who wants quiet, talks with staff or blocked us is reminded; a human hears of the silence instead."""
        if reminders.too_early(hearing, reminder):
            return
        hearing.notes.pop(reminders.REMINDER, None)
        conversation = hearing.conversation
        if conversation["held_by"]:
            return
        reminders.call_today(hearing)
        if conversation["quiet"] or conversation["contact"] == "blocked":
            if open_task(hearing.batch, conversation["id"], "silence") is None:
                where = {"conversation_id": conversation["id"], "case_id": conversation["case_id"]}
                raise_task(hearing.batch, hearing.office, "silence", **where)
            return
        self._step(hearing, heard)

    def _step(self, hearing: Hearing, heard: Heard, facts: Facts = NONE_NEW) -> None:
        """Let the dialog hear, carry out its effects, and let it hear their answers. `facts`: kept elsewhere meanwhile."""
        waiting: deque[Heard] = deque((heard,))
        for _ in range(MAX_ROUNDS):
            if not waiting:
                return
            turn = step(self._book, hearing.session, waiting.popleft(), facts, self._setting(hearing))
            hearing.session, facts = turn.session, NONE_NEW
            for effect in turn.effects:
                answer = HANDLERS[type(effect)](hearing, effect)
                if answer is not None:
                    waiting.append(answer)
        if waiting:
            log.error("conversation %s: answers to effects did not end", hearing.conversation["id"])

    # --- around it ------------------------------------------------------------------------------------------

    def _hearing(
        self, batch: Batch, conversation: dict[str, Any], office: Office, event: Mapping[str, Any]
    ) -> Hearing:
        on_page = event["channel"] == "web" and conversation["channel"] != "web"
        kept = conversation["session"]
        notes: dict[str, Any] = {}
        if kept:
            # Small parts as if they had been read anew: a turn that fails has changed nothing of what others see.
            notes, memory = orjson.loads(orjson.dumps([kept.get("shell") or {}, kept["memory"]]))
            session = kept.session.with_memory(memory) if isinstance(kept, Kept) else Session.from_json(kept)
        else:
            known = facts_of(batch.connection, case_id=conversation["case_id"], conversation_id=conversation["id"])
            number = number_of(batch, conversation["case_id"]) if conversation["case_id"] else ""
            session = start(self._book, ids.new()[-8:], conversation["locale"], known, number)
            notes["saved"] = list(known)
            plan_due(batch, ERASE, conversation["id"], batch.now + AFTER, {})
        return Hearing(
            batch, conversation, office, self._words, self._public_url, session, session.locale,
            PAGE if on_page else CHAT, notes,
        )  # fmt: skip

    def _setting(self, hearing: Hearing) -> Setting:
        office = hearing.office
        home = office.limits(hearing.conversation["channel"])
        here = PAGE_LIMITS if hearing.surface == PAGE else home
        return Setting(
            now=hearing.now, locale=hearing.locale, municipality=office.about, max_in=here.max_in,
            max_out=here.max_out, home_max_in=home.max_in, on_page=hearing.surface == PAGE,
            hear=self._words.hear(hearing.locale), labels=self._labels,
            lines=self._lines.on(in_japan(hearing.now).date()), reminder_days=office.reminder_days,
        )  # fmt: skip

    def _keep(self, hearing: Hearing, event: Mapping[str, Any]) -> None:
        conversation = hearing.conversation
        conversation["session"] = Kept(hearing.session, hearing.notes)
        on_page = [(out, original) for surface, out, original in hearing.out if surface == PAGE]
        in_chat = [(out, original) for surface, out, original in hearing.out if surface == CHAT]
        post(hearing.batch, conversation, on_page, key="", surface=PAGE)
        reply, until = conversation["reply"], conversation["reply_until"]
        if until is not None and until <= hearing.now:
            reply = ""
        # The key is the event's: a turn that was somehow taken twice would break on it instead of being said twice.
        used = post(
            hearing.batch, conversation, in_chat, key=f"event-{event['id']}", reply=reply or "", reply_until=until
        )
        if used or not reply:
            conversation["reply"] = conversation["reply_until"] = None


def _contact(hearing: Hearing, incoming: Incoming) -> None:
    """A person who blocked the account is phoned instead, if anybody knows them; one who writes is there again."""
    conversation = hearing.conversation
    if incoming.contact == "blocked":
        conversation["contact"] = "blocked"
        known = conversation["case_id"] or hearing.notes.get("saved")
        if known and open_task(hearing.batch, conversation["id"], "blocked") is None:
            where = {"conversation_id": conversation["id"], "case_id": conversation["case_id"]}
            raise_task(hearing.batch, hearing.office, "blocked", **where)
    elif incoming.contact == "unblocked" or isinstance(incoming.heard, FROM_PERSON):
        conversation["contact"] = "ok"


class Kept(Recent):
    """What is stored of a conversation, and the session that it was written from."""

    __slots__ = ("session",)

    def __init__(self, session: Session, notes: dict[str, Any]) -> None:
        super().__init__(session.to_json(), shell=notes)
        self.session = session


class _Labels(Mapping[str, tuple[str, ...]]):
    """Every wording of a message that may be typed back as an answer, looked up when it is needed."""

    def __init__(self, words: Catalogues) -> None:
        self._words = words
        self._known: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, key: str) -> tuple[str, ...]:
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._words.labels(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._words.keys())

    def __len__(self) -> int:
        return len(list(self._words.keys()))
