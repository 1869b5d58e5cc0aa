"""One timeline of a case: everything that happened, whoever did it, newest first. A view over records; it keeps nothing.

What was done is in the support record already; messages and answers are counted by day and way, not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from backend.casefile.readable import readable
from backend.cases import record
from backend.cases.models import answer, case, internal_note, suggestion, support_entry
from backend.clock import in_japan
from backend.consent.models import consent_event
from backend.files.models import stored_file
from backend.journal.models import attachment, conversation, message
from backend.referrals.models import referral
from backend.tasks.models import task
from backend.visits.models import visit_request
from backend.words import Catalogues
from dialogs.core.words import Arg, Text

KINDS = ("done", "talk", "answers", "consent", "wishes", "tasks", "files", "notes")
"""What the timeline can be filtered by. `wishes` are referrals and visits that were asked for."""

PAGE = 60
_MOST = 2000
"""Rows read of one kind. More than any household has; what is older is left to the pages of its kind."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `text` are a person's own words, where there are any."""

    at: datetime
    kind: str
    what: Arg
    text: str = ""
    staff_id: str | None = None
    struck: bool = False


def timeline_of(
    connection: Connection, catalogues: Catalogues, case_id: str, kinds: Iterable[str] = KINDS, before: datetime | None = None
) -> tuple[list[Event], bool]:
    """The newest `PAGE` events of these kinds (earlier than `before`), and whether there are more."""
    events = [one for kind in KINDS if kind in set(kinds) for one in _SOURCES[kind](connection, case_id)]
    events.sort(key=lambda one: one.at, reverse=True)
    if before is not None:
        events = [one for one in events if one.at < before]
    return [replace(one, what=readable(catalogues, one.what)) for one in events[:PAGE]], len(events) > PAGE


def _done(c: Connection, case_id: str) -> list[Event]:
    opened = c.execute(select(case.c.opened_at, case.c.number, case.c.origin).where(case.c.id == case_id)).one()
    first = Event(opened.opened_at, "done", Text(f"console.timeline.opened.{opened.origin}", {"number": opened.number}))
    rows = c.execute(select(support_entry).where(support_entry.c.case_id == case_id).order_by(support_entry.c.at.desc()).limit(_MOST))
    return [first, *(
        Event(row.at, "done", record.worded(row.kind, row.args), row.text or "", row.staff_id, row.struck_at is not None)
        for row in rows
    )]  # fmt: skip


def _talk(c: Connection, case_id: str) -> list[Event]:
    """One line a day and conversation: how many messages came, how many people and how many the dialog wrote."""
    chosen = (
        select(message.c.at, message.c.conversation_id, message.c.author, conversation.c.channel)
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .where(conversation.c.case_id == case_id)
        .order_by(message.c.id.desc()).limit(_MOST)
    )  # fmt: skip
    rows = sorted(c.execute(chosen), key=_day_and_talk, reverse=True)
    events = []
    for _, some in groupby(rows, key=_day_and_talk):
        day = list(some)
        counted: dict[str, Arg] = {
            author: sum(row.author == author for row in day) for author in ("person", "dialog", "staff")
        }
        events.append(Event(max(row.at for row in day), "talk", Text(
            "console.timeline.talk", {"channel": Text(f"console.channel.{day[0].channel}"), **counted})))
    return events


def _day_and_talk(row: Any) -> tuple[str, str]:
    return in_japan(row.at).date().isoformat(), row.conversation_id


def _answers(c: Connection, case_id: str) -> list[Event]:
    """One line a day and source; which answers, the sheet says with their history."""
    chosen = select(answer.c.at, answer.c.source, answer.c.by).where(answer.c.case_id == case_id).order_by(answer.c.id.desc()).limit(_MOST)
    rows = sorted(c.execute(chosen), key=_day_and_source, reverse=True)
    events = [(list(some)) for _, some in groupby(rows, key=_day_and_source)]
    looked = select(suggestion.c.at, suggestion.c.catalogue).where(suggestion.c.case_id == case_id).order_by(suggestion.c.id.desc()).limit(_MOST)
    return [
        *(Event(max(row.at for row in day), "answers", Text(
            "console.timeline.answers", {"count": len(day), "source": Text(f"console.source.{day[0].source}")})) for day in events),
        *(Event(row.at, "answers", Text("console.timeline.looked")) for row in c.execute(looked)),
    ]  # fmt: skip


def _day_and_source(row: Any) -> tuple[str, str]:
    return in_japan(row.at).date().isoformat(), row.source


def _consent(c: Connection, case_id: str) -> list[Event]:
    rows = c.execute(select(consent_event).where(consent_event.c.case_id == case_id).order_by(consent_event.c.id.desc()).limit(_MOST))
    return [
        Event(row.at, "consent", Text("console.timeline.consent", {
            "recipient": Text(f"console.recipient.{row.recipient}"), "event": Text(f"console.consent.{row.event}")}),
            staff_id=row.recorded_by)
        for row in rows
    ]  # fmt: skip


def _wishes(c: Connection, case_id: str) -> list[Event]:
    referrals = c.execute(select(referral.c.made_at, referral.c.profession).where(referral.c.case_id == case_id))
    visits = c.execute(select(visit_request.c.made_at).where(visit_request.c.case_id == case_id))
    return [
        *(Event(row.made_at, "wishes", Text("console.timeline.referral", {"profession": Text(f"profession.{row.profession}")})) for row in referrals),
        *(Event(row.made_at, "wishes", Text("console.timeline.visit")) for row in visits),
    ]  # fmt: skip


def _tasks(c: Connection, case_id: str) -> list[Event]:
    rows = c.execute(select(task).where(task.c.case_id == case_id).order_by(task.c.made_at.desc()).limit(_MOST))
    events = []
    for row in rows:
        named: dict[str, Arg] = {"task": Text(f"console.task.{row.kind}")}
        events.append(Event(row.made_at, "tasks", Text("console.timeline.task", named)))
        if row.done_at is not None:
            events.append(Event(row.done_at, "tasks", Text("console.timeline.task_done", named), staff_id=row.done_by))
    return events


def _files(c: Connection, case_id: str) -> list[Event]:
    sent = (
        select(attachment.c.at, attachment.c.name).join(conversation, conversation.c.id == attachment.c.conversation_id)
        .where(conversation.c.case_id == case_id)
    )  # fmt: skip
    kept = select(stored_file.c.at, stored_file.c.name, stored_file.c.staff_id).where(stored_file.c.case_id == case_id)
    return [
        *(Event(row.at, "files", Text("console.timeline.attachment"), row.name or "") for row in c.execute(sent)),
        *(Event(row.at, "files", Text("console.timeline.file"), row.name, row.staff_id) for row in c.execute(kept)),
    ]


def _notes(c: Connection, case_id: str) -> list[Event]:
    rows = c.execute(select(internal_note).where(internal_note.c.case_id == case_id).order_by(internal_note.c.at.desc()).limit(_MOST))
    return [Event(row.at, "notes", Text("console.timeline.note"), row.text, row.staff_id) for row in rows]


_SOURCES: dict[str, Callable[[Connection, str], list[Event]]] = {
    "done": _done, "talk": _talk, "answers": _answers, "consent": _consent, "wishes": _wishes, "tasks": _tasks, "files": _files,
    "notes": _notes,
}  # fmt: skip
