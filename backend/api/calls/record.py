"""What a case holds: answers, people of the household, notes, categories, policies, the support record, approaches."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, select

from backend.api import paging
from backend.api.bodies import Category, Entry, Note, NotePatch, Policy, ReminderId, Strike
from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.audit import service as audit
from backend.casefile.reminders import reminders_of
from backend.casefile.timeline import KINDS, timeline_of
from backend.cases import deciding, notes, policy
from backend.cases import record as entries
from backend.cases.models import answer, category_decision, internal_note, policy_version, support_entry
from backend.clock import JST, in_japan
from backend.consent.rules import standing
from backend.consent.service import decisions_of
from backend.contacts.models import contact
from backend.conversations.offices import read_office
from backend.db import Row
from backend.people.household import Member, household
from backend.programs.reminders import take_back
from backend.staff.access import case_for, hidden_in
from backend.staff.roles import CARRIES_CASES, OPENS_CASES


def answers(asked: Asked) -> dict[str, Any]:
    """What holds now; with `history=yes` what was said before as well. Declined, deferred and unknown are told apart."""
    chosen = select(answer)
    if asked.query("history") != "yes":
        chosen = chosen.where(answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False))
    with asked.writing() as c:
        row = _seen(asked, c)
        chosen = chosen.where(answer.c.case_id == row["id"], *(~answer.c.field.startswith(one) for one in hidden_in(c, asked.staff, row)))
        rows, after = paging.page(c, chosen, answer.c.at, answer.c.id, after=asked.query("after"), limit=asked.limit)
    return {"next": after, "items": [
        {"id": one.id, "field": one.field, "state": one.state, "value": one.value, "by": one.by, "about": one.about,
         "source": one.source, "at": moment(one.at), "superseded_at": moment(one.superseded_at), "withdrawn": one.withdrawn}
        for one in rows
    ]}  # fmt: skip


def people(asked: Asked) -> dict[str, Any]:
    """The household as it lives and as it is registered; `former=yes` with those who left. The first is the case's own person."""
    with asked.writing() as c:
        row = _seen(asked, c)
        found = household(c, row["id"], former=asked.query("former") == "yes")
    # Of a protected person who is not the case's own, it is told that there is somebody, and no more.
    return {"items": [_member(one, hidden=one.person["restricted"] and not one.main) for one in found]}


def consents(asked: Asked) -> dict[str, Any]:
    """What the household decided on sharing, oldest first, and what of it holds now (`standing`). Whether one category may go to one
    recipient is asked anew for every hand-over; consent alone does not say it (restriction, pledge, what the notice names)."""
    with asked.writing() as c:
        row = _seen(asked, c)
        made = decisions_of(c, case_id=row["id"])
    return {"standing": standing(made, asked.now), "items": [
        {"recipient": one.recipient, "event": one.event, "purpose": one.purpose, "at": moment(one.at)} for one in made
    ], "next": ""}  # fmt: skip


def read_notes(asked: Asked) -> dict[str, Any]:
    with asked.writing() as c:
        row = _seen(asked, c)
        chosen = select(internal_note).where(internal_note.c.case_id == row["id"])
        rows, after = paging.page(
            c, chosen, internal_note.c.at, internal_note.c.id, after=asked.query("after"), limit=asked.limit, newest=True
        )
    return {"next": after, "items": [
        {"id": one.id, "text": one.text, "staff_id": one.staff_id, "at": moment(one.at), "changed_at": moment(one.changed_at),
         "version": one.version} for one in rows
    ]}  # fmt: skip


def write_note(asked: Asked) -> dict[str, Any]:
    body: Note = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        made = notes.write(c, tenant_id=asked.staff.tenant_id, case_id=row["id"], text=body.text, by=asked.staff.id, at=asked.now)
    return {"id": made}


def read_categories(asked: Asked) -> dict[str, Any]:
    """Every decision, newest first, and what the rules propose now with their reasons."""
    with asked.writing() as c:
        row = _seen(asked, c)
        proposal = deciding.proposal_for(c, row["id"])
        chosen = select(category_decision).where(category_decision.c.case_id == row["id"])
        made = c.execute(chosen.order_by(category_decision.c.at.desc(), category_decision.c.id.desc())).all()
    return {"decided": row["category"], "proposed": proposal.category, "version": row["version"], "items": [
        {"id": one.id, "category": one.category, "proposed": one.proposed, "note": one.note, "decided_by": one.decided_by,
         "at": moment(one.at)} for one in made
    ]}  # fmt: skip


def decide(asked: Asked) -> dict[str, Any]:
    body: Category = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        deciding.decide(c, case_id=row["id"], category=body.category, note=body.note, by=asked.staff.id, version=asked.version(),
                        at=asked.now)  # fmt: skip
    return {"category": body.category}


def read_policies(asked: Asked) -> dict[str, Any]:
    with asked.writing() as c:
        row = _seen(asked, c)
        chosen = select(policy_version).where(policy_version.c.case_id == row["id"])
        made = c.execute(chosen.order_by(policy_version.c.number.desc())).all()
    return {"items": [
        {"number": one.number, "wish_home": one.wish_home, "wish_life": one.wish_life, "policy": one.policy,
         "as_of": one.as_of.isoformat(), "author": one.author, "at": moment(one.at)} for one in made
    ]}  # fmt: skip


def write_policy(asked: Asked) -> dict[str, Any]:
    body: Policy = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        number = policy.write(
            c, case_id=row["id"], based_on=body.based_on, wish_home=body.wish_home, wish_life=body.wish_life,
            policy=body.policy, as_of=body.as_of, by=asked.staff.id, at=asked.now,
        )  # fmt: skip
    return {"number": number}


def read_record(asked: Asked) -> dict[str, Any]:
    """The progress log, newest first: what was done, in words, and what somebody wrote about it."""
    words = asked.shell.words
    with asked.writing() as c:
        row = _seen(asked, c)
        chosen = select(support_entry).where(support_entry.c.case_id == row["id"])
        rows, after = paging.page(
            c, chosen, support_entry.c.at, support_entry.c.id, after=asked.query("after"), limit=asked.limit, newest=True
        )
    return {"next": after, "items": [
        {"id": one.id, "kind": one.kind, "what": words.render(entries.worded(one.kind, one.args), asked.staff.locale),
         "text": one.text, "about": {"kind": one.about_kind, "id": one.about_id}, "staff_id": one.staff_id, "at": moment(one.at),
         "struck_at": moment(one.struck_at)} for one in rows
    ]}  # fmt: skip


def write_record(asked: Asked) -> dict[str, Any]:
    """What somebody did and no part of the software saw; it may have been on an earlier day, never on a later one."""
    body: Entry = asked.body
    today = in_japan(asked.now).date()
    with asked.writing() as c:
        row = _case(asked, c)
        if row["status"] != "open":
            raise Problem("refused", why="closed")
        if body.on is not None and body.on > today:
            raise Problem("invalid", errors=[{"field": "on", "kind": "ahead"}])
        at = asked.now if body.on is None or body.on == today else datetime.combine(body.on, time(12), JST)
        made = entries.add(c, tenant_id=asked.staff.tenant_id, case_id=row["id"], kind="note", at=at, written_at=asked.now,
                           staff_id=asked.staff.id, text=body.text)  # fmt: skip
        audit.record(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, action="entry.written", object_kind="support_entry",
                     object_id=made, at=asked.now)  # fmt: skip
    return {"id": made}


def strike(asked: Asked) -> None:
    """It stays readable, struck through."""
    body: Strike = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        entries.strike(c, case_id=row["id"], entry_id=body.entry, by=asked.staff.id, at=asked.now)


def change_note(asked: Asked) -> None:
    """One's own or a colleague's."""
    body: NotePatch = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        notes.change(c, case_id=row["id"], note_id=body.note, text=body.text, by=asked.staff.id, version=body.version, at=asked.now)


def read_reminders(asked: Asked) -> dict[str, Any]:
    """Reminders of deadlines that the household wished for, the next first."""
    with asked.writing() as c:
        row = _seen(asked, c)
        found = reminders_of(c, read_office(c, asked.staff.tenant_id, asked.now), row["id"])
    return {"next": "", "items": [
        {"id": one.id, "program": one.name.in_locale(asked.staff.locale), "deadline": one.deadline.isoformat(),
         "next_on": one.next_on.isoformat()} for one in found
    ]}  # fmt: skip


def cancel_reminder(asked: Asked) -> None:
    """They have applied already, or staff remind them themselves. One that has gone meanwhile is left."""
    body: ReminderId = asked.body
    with asked.writing() as c:
        take_back(c, asked.staff, asked.path("id"), body.reminder, asked.now)


def timeline(asked: Asked) -> dict[str, Any]:
    """Everything that happened, newest first, in words: `kind` (of those named there, divided by commas) and `before` (a moment) choose.
    `more`: there are earlier ones."""
    kinds = [one for one in asked.query("kind").split(",") if one]
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise Problem("invalid", errors=[{"field": "kind", "kind": "|".join(KINDS)} for _ in unknown[:1]])
    with asked.writing() as c:
        row = _seen(asked, c)
    with asked.reading() as c:
        events, more = timeline_of(c, asked.shell.words, row["id"], kinds or KINDS, asked.moment("before"))
    words, locale = asked.shell.words, asked.staff.locale
    return {"more": more, "items": [
        {"at": moment(one.at), "kind": one.kind, "what": words.word(one.what, locale), "text": one.text, "staff_id": one.staff_id,
         "struck": one.struck} for one in events
    ]}  # fmt: skip


def contacts(asked: Asked) -> dict[str, Any]:
    """Every approach to the household, newest first."""
    with asked.writing() as c:
        row = _seen(asked, c)
        chosen = select(contact).where(contact.c.case_id == row["id"])
        rows, after = paging.page(c, chosen, contact.c.at, contact.c.id, after=asked.query("after"), limit=asked.limit, newest=True)
    return {"next": after, "items": [
        {"id": one.id, "channel": one.channel, "direction": one.direction, "result": one.result, "note": one.note,
         "staff_id": one.staff_id, "at": moment(one.at), "next_on": one.next_on.isoformat() if one.next_on else None}
        for one in rows
    ]}  # fmt: skip


_OF_PERSON = ("name", "kana", "phone", "landline", "birth_date", "sex", "address", "current_address")


def _member(one: Member, *, hidden: bool) -> dict[str, Any]:
    return {
        "member": one.id, "person": one.person["id"], "main": one.main, "relation": one.relation, "lives_together": one.lives_together,
        "on_register": one.on_register, "head": one.head, "restricted": bool(one.person["restricted"]),
        "joined_on": one.joined_on.isoformat() if one.joined_on else None, "left_on": one.left_on.isoformat() if one.left_on else None,
        "member_version": one.version, **({} if hidden else {name: one.person[name] for name in _OF_PERSON}),
    }  # fmt: skip


def _seen(asked: Asked, c: Connection) -> Row:
    return case_for(c, asked.staff, asked.path("id"), asked.now)


def _case(asked: Asked, c: Connection) -> Row:
    return case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)


CALLS = (
    Call("GET", "/cases/{id}/answers", answers, "cases:read", OPENS_CASES, "Answers of a case", pages=True, queries=("history",)),
    Call("GET", "/cases/{id}/people", people, "people:read", OPENS_CASES, "The household", queries=("former",)),
    Call("GET", "/cases/{id}/consents", consents, "people:read", OPENS_CASES, "Decisions on sharing"),
    Call("GET", "/cases/{id}/notes", read_notes, "cases:read", OPENS_CASES, "Internal notes", pages=True),
    Call("POST", "/cases/{id}/notes", write_note, "cases:write", OPENS_CASES, "Write an internal note", body=Note, status=201),
    Call("GET", "/cases/{id}/categories", read_categories, "cases:read", OPENS_CASES, "Support category: decisions and proposal"),
    Call("POST", "/cases/{id}/categories", decide, "cases:write", CARRIES_CASES, "Decide the support category", body=Category,
         status=201, versioned=True),
    Call("GET", "/cases/{id}/policies", read_policies, "cases:read", OPENS_CASES, "Versions of the support policy"),
    Call("POST", "/cases/{id}/policies", write_policy, "cases:write", CARRIES_CASES, "Write the next version of the support policy",
         body=Policy, status=201),
    Call("GET", "/cases/{id}/record", read_record, "cases:read", OPENS_CASES, "The support record", pages=True),
    Call("POST", "/cases/{id}/record", write_record, "cases:write", OPENS_CASES, "Add to the support record", body=Entry, status=201),
    Call("POST", "/cases/{id}/record/strike", strike, "cases:write", OPENS_CASES, "Strike an entry that was wrong", body=Strike, status=204),
    Call("PATCH", "/cases/{id}/notes", change_note, "cases:write", OPENS_CASES, "Change an internal note", body=NotePatch, status=204),
    Call("GET", "/cases/{id}/reminders", read_reminders, "programs:read", OPENS_CASES, "Reminders of deadlines that are set"),
    Call("POST", "/cases/{id}/reminders/cancel", cancel_reminder, "cases:write", OPENS_CASES, "Cancel a reminder", body=ReminderId,
         status=204),
    Call("GET", "/cases/{id}/timeline", timeline, "cases:read", OPENS_CASES, "Everything that happened", queries=("kind", "before")),
    Call("GET", "/cases/{id}/contacts", contacts, "visits:read", OPENS_CASES, "Approaches to the household", pages=True),
)  # fmt: skip
