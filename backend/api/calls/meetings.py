"""Case meetings: which there are, plan one, ask for a household to be talked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from backend.api import paging
from backend.api.bodies import AgendaItem, Decided, Meeting, Question
from backend.api.call import Asked, Call
from backend.api.problems import Problem
from backend.cases.models import case
from backend.meetings import service
from backend.meetings.models import meeting, meeting_item
from backend.meetings.service import MeetingTrouble, NoSuchMeeting
from backend.staff.access import NotForYou, case_for, visible
from backend.staff.roles import CARRIES_CASES, OPENS_CASES

T = TypeVar("T")


def listed(asked: Asked) -> dict[str, Any]:
    chosen = select(meeting).where(meeting.c.tenant_id == asked.staff.tenant_id)
    with asked.reading() as c:
        rows, after = paging.page(c, chosen, meeting.c.made_at, meeting.c.id, after=asked.query("after"), limit=asked.limit, newest=True)
    return {"items": [_brief(row) for row in rows], "next": after}


def read(asked: Asked) -> dict[str, Any]:
    """With the households on its agenda that the account may see, what was asked and decided."""
    with asked.reading() as c:
        try:
            row = service.find(c, asked.staff.tenant_id, asked.path("id"))
        except NoSuchMeeting:
            raise NotForYou from None
        mine = select(meeting_item, case.c.number).join(case, case.c.id == meeting_item.c.case_id).where(
            meeting_item.c.meeting_id == row["id"], visible(asked.staff))  # fmt: skip
        items = c.execute(mine.order_by(meeting_item.c.place, meeting_item.c.id)).all()
    return {**_brief(row), "agenda": [
        {"item": one.id, "version": one.version, "case": one.case_id, "number": one.number, "why": one.why, "question": one.question, "decision": one.decision}
        for one in items
    ]}  # fmt: skip


def put_on(asked: Asked) -> dict[str, Any]:
    """A household that the account may see; it waits for no other meeting then."""
    body: AgendaItem = asked.body

    def act(c: Connection) -> str:
        row = case_for(c, asked.staff, body.case, asked.now, viewing=False)
        return service.put_on(c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), case_id=row["id"], why=body.why,
                              question=body.question, by=asked.staff.id, at=asked.now)  # fmt: skip

    return {"item": _tried(asked, act)}


def decide(asked: Asked) -> None:
    """While the meeting is planned. Its minutes are written on the page, by those who sat there."""
    body: Decided = asked.body

    def act(c: Connection) -> None:
        there = next((one for one in service.items_of(c, asked.path("id")) if one.id == body.item), None)
        if there is None:
            raise Problem("invalid", errors=[{"field": "item", "kind": "unknown"}])
        case_for(c, asked.staff, there.case_id, asked.now, viewing=False)
        service.decide(c, tenant_id=asked.staff.tenant_id, meeting_id=asked.path("id"), item_id=body.item, decision=body.decision,
                       review_on=body.review_on, by=asked.staff.id, version=body.version, at=asked.now)  # fmt: skip

    _tried(asked, act)


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


def _brief(row: Any) -> dict[str, Any]:
    found = row if isinstance(row, dict) else row._mapping
    return {
        **{name: found[name] for name in ("id", "starts_at", "place", "state", "version")}, "held_on": found["held_on"].isoformat(),
    }  # fmt: skip


CALLS = (
    Call("GET", "/meetings", listed, "cases:read", CARRIES_CASES, "Case meetings, newest first", pages=True),
    Call("GET", "/meetings/{id}", read, "cases:read", CARRIES_CASES, "One case meeting with its agenda"),
    Call("POST", "/meetings/{id}/agenda", put_on, "cases:write", CARRIES_CASES, "Put a household on the agenda", body=AgendaItem, status=201),
    Call("POST", "/meetings/{id}/decisions", decide, "cases:write", CARRIES_CASES, "What was decided about a household", body=Decided,
         status=204),
    Call("POST", "/meetings", plan, "cases:write", CARRIES_CASES, "Plan a case meeting", body=Meeting, status=201),
    Call("POST", "/cases/{id}/flag", flag, "cases:write", OPENS_CASES, "Ask for the next meeting to talk about a household",
         body=Question, status=204),
)  # fmt: skip
