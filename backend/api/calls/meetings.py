"""Case meetings: agenda, who takes part, what was decided and given to whom, minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.api import paging
from backend.api.bodies import AgendaItem, Decided, Meeting, Question
from backend.api.bodies_field import Given, Invited, Item, Minutes, Participant
from backend.api.call import Asked, Call, attached
from backend.api.problems import Problem
from backend.audit import service as audit
from backend.cases.models import case
from backend.clock import in_japan
from backend.forms.glyphs import CannotPrint
from backend.forms.meeting_paper import FORMATS, NobodyOnIt, meeting_paper
from backend.meetings import service
from backend.meetings.agenda import candidates
from backend.meetings.minutes import may_read
from backend.meetings.models import meeting, meeting_item
from backend.meetings.service import MeetingTrouble, NoSuchMeeting
from backend.meetings.sheet import Household, look_at
from backend.staff.access import NotForYou, case_for, visible
from backend.staff.roles import CARRIES_CASES, OPENS_CASES, TAKES_DATA_OUT

T = TypeVar("T")


def listed(asked: Asked) -> dict[str, Any]:
    chosen = select(meeting).where(meeting.c.tenant_id == asked.staff.tenant_id)
    with asked.reading() as c:
        rows, after = paging.page(c, chosen, meeting.c.made_at, meeting.c.id, after=asked.query("after"), limit=asked.limit, newest=True)
    return {"items": [_brief(row) for row in rows], "next": after}


def read(asked: Asked) -> dict[str, Any]:
    """With the households on its agenda that the account may see, what was asked, decided and given to whom; who takes part; and the
    minutes for whoever may read them (null: not for this account, or none yet)."""
    with asked.writing() as c:
        try:
            row = service.find(c, asked.staff.tenant_id, asked.path("id"))
        except NoSuchMeeting:
            raise NotForYou from None
        mine = select(meeting_item, case.c.number).join(case, case.c.id == meeting_item.c.case_id).where(
            meeting_item.c.meeting_id == row["id"], visible(asked.staff))  # fmt: skip
        items = c.execute(mine.order_by(meeting_item.c.place, meeting_item.c.id)).all()
        given = service.assignments_of(c, [one.id for one in items])
        people = service.participants_of(c, row["id"])
        minutes = row["minutes"] if may_read(c, asked.staff, row) else None
        audit.record(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, action="meeting.viewed", object_kind="meeting",
                     object_id=row["id"], at=asked.now)  # fmt: skip
    return {**_brief(row), "minutes": minutes, "participants": [
        {"participant": one.id, "name": one.name, "organisation": one.organisation, "colleague": one.staff_id, "recipient": one.recipient_id,
         "pledged_on": one.pledged_on.isoformat() if one.pledged_on else None, "present": {1: True, 2: False}.get(one.present)}
        for one in people
    ], "agenda": [
        {"item": one.id, "version": one.version, "case": one.case_id, "number": one.number, "why": one.why, "question": one.question,
         "decision": one.decision, "review_on": one.review_on.isoformat() if one.review_on else None, "given": [
             {"kind": each.kind, "what": each.what, "owner": each.owner, "due_on": each.due_on.isoformat() if each.due_on else None,
              "task": each.task_id, "referral": each.referral_id} for each in given[one.id]]}
        for one in items
    ]}  # fmt: skip


def read_sheet(asked: Asked) -> dict[str, Any]:
    """What one participant may see of each household (`for`, as the meeting names them), or the facts without names. `mode` of a household:
    all, cut (`withheld`: what and why) or plain (no name); `left_out` counts those that this reader, or the account, may not even be told of."""
    with asked.writing() as c:
        try:
            made = look_at(c, asked.staff, asked.path("id"), asked.query("for") or None, asked.now)
        except NoSuchMeeting:
            raise NotForYou from None
    reader = made.participant
    return {**_brief(made.meeting), "for": {"participant": reader.id, "name": reader.name} if reader else None, "left_out": made.left_out,
            "households": [_on_sheet(one) for one in made.households]}  # fmt: skip


def fetch_sheet(asked: Asked) -> Response:
    """The same as `format` pdf (unless told otherwise) or xlsx, a page per household. 409 with `why` nobody: there is none on it."""
    format = asked.query("format") or FORMATS[0]
    if format not in FORMATS:
        raise Problem("invalid", errors=[{"field": "format", "kind": "|".join(FORMATS)}])
    with asked.writing() as c:
        try:
            file = meeting_paper(c, asked.shell, asked.staff, asked.path("id"), asked.query("for") or None, format)
        except NoSuchMeeting:
            raise NotForYou from None
        except NobodyOnIt:
            raise Problem("refused", why="nobody") from None
        except CannotPrint:
            raise Problem("refused", why="cannot_print") from None
    return attached(file.content, file.media_type, file.name)


def waiting(asked: Asked) -> dict[str, Any]:
    """Households that should come before a meeting and are on no agenda, with why, the most urgent reason first: 300 at most."""
    with asked.reading() as c:
        found = candidates(c, asked.staff, asked.now, in_japan(asked.now).date())
    return {"next": "", "items": [
        {"case": one.row.id, "number": one.row.number, "name": one.row.name, "category": one.row.category, "district": one.row.district,
         "why": list(one.reasons), "question": one.question} for one in found
    ]}  # fmt: skip


def put_on(asked: Asked) -> dict[str, Any]:
    """A household that the account may see; it waits for no other meeting then."""
    body: AgendaItem = asked.body

    def act(c: Connection) -> str:
        row = case_for(c, asked.staff, body.case, asked.now, viewing=False)
        return service.put_on(c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), case_id=row["id"], why=body.why,
                              question=body.question, by=asked.staff.id, at=asked.now)  # fmt: skip

    return {"item": _tried(asked, act)}


def take_off(asked: Asked) -> None:
    """While nothing was decided about the household."""
    body: Item = asked.body
    _tried(asked, lambda c: service.take_off(
        c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), item_id=_item(c, asked, body.item), by=asked.staff.id, at=asked.now))


def invite(asked: Asked) -> dict[str, Any]:
    """A pledge is one that was given: a day to come counts as none."""
    body: Invited = asked.body
    day = body.pledged_on if body.pledged_on and body.pledged_on <= in_japan(asked.now).date() else None
    made = _tried(asked, lambda c: service.invite(
        c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), name=body.name, organisation=body.organisation,
        staff_id=body.colleague, recipient_id=body.recipient, pledged_on=day, by=asked.staff.id, at=asked.now))
    return {"participant": made}


def uninvite(asked: Asked) -> None:
    body: Participant = asked.body
    _tried(asked, lambda c: service.uninvite(c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"),
                                             participant_id=body.participant, by=asked.staff.id, at=asked.now))  # fmt: skip


def decide(asked: Asked) -> None:
    """While the meeting is planned."""
    body: Decided = asked.body
    _tried(asked, lambda c: service.decide(
        c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), item_id=_item(c, asked, body.item), decision=body.decision,
        review_on=body.review_on, by=asked.staff.id, version=body.version, at=asked.now))


def assign(asked: Asked) -> None:
    """It waits as a task at once; with a profession it is a referral, which keeps what the household decided on sharing."""
    body: Given = asked.body
    _tried(asked, lambda c: service.assign(
        c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), item_id=_item(c, asked, body.item), what=body.what, owner=body.owner,
        due_on=body.due_on, profession=body.profession, by=asked.staff.id, at=asked.now))


def hold(asked: Asked) -> None:
    """The meeting is over: minutes and who came; each household's support record and review date follow. For whoever may read them."""
    body: Minutes = asked.body

    def act(c: Connection) -> None:
        if not may_read(c, asked.staff, service.find(c, asked.staff.tenant_id, asked.path("id"))):
            raise MeetingTrouble("minutes")
        service.hold(c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), minutes=body.minutes, present=set(body.present),
                     by=asked.staff.id, version=asked.version(), at=asked.now)  # fmt: skip

    _tried(asked, act)


def cancel(asked: Asked) -> None:
    """It does not take place: its households wait for the next one."""
    _tried(asked, lambda c: service.cancel(c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), by=asked.staff.id,
                                           version=asked.version(), at=asked.now))  # fmt: skip


def _item(c: Connection, asked: Asked, item: str) -> str:
    """An item of the agenda, of a household that this account may open."""
    there = next((one for one in service.items_of(c, asked.path("id")) if one.id == item), None)
    if there is None:
        raise Problem("invalid", errors=[{"field": "item", "kind": "unknown"}])
    case_for(c, asked.staff, there.case_id, asked.now, viewing=False)
    return item


def _tried(asked: Asked, act: Callable[[Connection], T]) -> T:
    try:
        with asked.writing() as c:
            service.find(c, asked.staff.tenant_id, asked.path("id"))
            return act(c)
    except NoSuchMeeting:
        raise NotForYou from None
    except MeetingTrouble as trouble:
        raise Problem("refused", why=trouble.why) from None


def plan(asked: Asked) -> dict[str, Any]:
    body: Meeting = asked.body
    with asked.writing() as c:
        made = service.plan(c, tenant_id=asked.staff.tenant_id, held_on=body.held_on, starts_at=body.starts_at, place=body.place,
                            by=asked.staff.id, at=asked.now)  # fmt: skip
    return {"id": made}


def flag(asked: Asked) -> None:
    """Asked twice it waits once, with the newer question."""
    body: Question = asked.body
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        service.flag(c, tenant_id=asked.staff.tenant_id, case_id=row["id"], question=body.question, by=asked.staff.id, at=asked.now)


def _on_sheet(one: Household) -> dict[str, Any]:
    """Without a name, nothing that leads to the record either."""
    named = {"item": one.item_id, "case": one.case_id} if one.view.mode != "plain" else {}
    return {
        "called": one.called, "mode": one.view.mode, "why": one.why, **named,
        **{name: getattr(one, name) for name in ("category", "name", "number", "district", "policy", "question", "decision")},
        "age_from": one.decade, "review_on": one.review_on.isoformat() if one.review_on else None,
        "answers": [{"field": field, "value": value} for field, value in one.answers],
        "given": [{"what": what, "owner": owner, "due_on": due.isoformat() if due else None} for what, owner, due in one.assignments],
        "withheld": [{"category": category, "reason": reason} for category, reason in one.view.withheld],
    }  # fmt: skip


def _brief(row: Any) -> dict[str, Any]:
    found = row if isinstance(row, dict) else row._mapping
    return {
        **{name: found[name] for name in ("id", "starts_at", "place", "state", "version")}, "held_on": found["held_on"].isoformat(),
    }  # fmt: skip


CALLS = (
    Call("GET", "/meetings", listed, "cases:read", CARRIES_CASES, "Case meetings, newest first", pages=True),
    Call("GET", "/meetings/waiting", waiting, "cases:read", CARRIES_CASES, "Households that should come before a meeting"),
    Call("GET", "/meetings/{id}", read, "cases:read", CARRIES_CASES, "One case meeting with its agenda"),
    Call("GET", "/meetings/{id}/sheet", read_sheet, "cases:read", CARRIES_CASES, "The sheet for one participant, or without names",
         queries=("for",)),
    Call("GET", "/meetings/{id}/sheet/file", fetch_sheet, "exports:read", TAKES_DATA_OUT, "The sheet as a PDF or workbook",
         queries=("for", "format")),
    Call("POST", "/meetings/{id}/agenda", put_on, "cases:write", CARRIES_CASES, "Put a household on the agenda", body=AgendaItem, status=201),
    Call("POST", "/meetings/{id}/decisions", decide, "cases:write", CARRIES_CASES, "What was decided about a household", body=Decided,
         status=204),
    Call("POST", "/meetings/{id}/agenda/remove", take_off, "cases:write", CARRIES_CASES, "Take a household off the agenda", body=Item, status=204),
    Call("POST", "/meetings/{id}/participants", invite, "cases:write", CARRIES_CASES, "Somebody takes part", body=Invited, status=201),
    Call("POST", "/meetings/{id}/participants/remove", uninvite, "cases:write", CARRIES_CASES, "Somebody takes part no more", body=Participant,
         status=204),
    Call("POST", "/meetings/{id}/assignments", assign, "cases:write", CARRIES_CASES, "Give something to somebody", body=Given, status=204),
    Call("POST", "/meetings/{id}/hold", hold, "cases:write", CARRIES_CASES, "The meeting is over", body=Minutes, status=204, versioned=True),
    Call("POST", "/meetings/{id}/cancel", cancel, "cases:write", CARRIES_CASES, "The meeting does not take place", status=204, versioned=True),
    Call("POST", "/meetings", plan, "cases:write", CARRIES_CASES, "Plan a case meeting", body=Meeting, status=201),
    Call("POST", "/cases/{id}/flag", flag, "cases:write", OPENS_CASES, "Ask for the next meeting to talk about a household",
         body=Question, status=204),
)  # fmt: skip
