"""Case meetings (ケース会議): what waits for one, agenda, participants and pledges, sheets, decisions, minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.audit import service as audit
from backend.casefile import work
from backend.casefile.sheet import in_words
from backend.cases.models import case
from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.pages.support import day_of
from backend.meetings import service
from backend.meetings.agenda import candidates
from backend.meetings.minutes import may_read
from backend.meetings.models import meeting
from backend.meetings.service import LONGEST, MeetingTrouble, NoSuchMeeting
from backend.meetings.sheet import look_at
from backend.people.models import person
from backend.staff.access import NotForYou, case_for, visible
from backend.staff.names import names_of_staff
from backend.staff.roles import CARRIES_CASES, OPENS_CASES
from backend.tenants.models import recipient
from dialogs.fields import PROFESSIONS

MEETINGS = "/console/meetings"
MOST = 50


def index(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    today = in_japan(desk.now).date()
    with desk.reading() as c:
        mine = select(meeting).where(meeting.c.tenant_id == desk.staff.tenant_id)
        found = list(c.execute(mine.order_by(meeting.c.held_on.desc(), meeting.c.id.desc()).limit(MOST)))
        waiting = candidates(c, desk.staff, desk.now, today)
    return desk.page("meetings/index.html", status, meetings=found, waiting=waiting, today=today, wrong=wrong)


def plan(desk: Desk) -> Response:
    on = day_of(desk.sent("held_on"))
    if on is None:
        return index(desk, "day", 422)
    with desk.writing() as c:
        id_ = service.plan(
            c, tenant_id=desk.staff.tenant_id, held_on=on, starts_at=desk.sent("starts_at", 5), place=desk.sent("place", 120),
            by=desk.staff.id, at=desk.now,
        )  # fmt: skip
    return desk.to(f"{MEETINGS}/{id_}")


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    meeting_id, tenant_id = desk.path("id"), desk.staff.tenant_id
    with desk.writing() as c:
        found = _find(c, desk)
        audit.record(c, tenant_id=tenant_id, staff_id=desk.staff.id, action="meeting.viewed", object_kind="meeting",
                     object_id=meeting_id, at=desk.now)  # fmt: skip
    with desk.reading() as c:
        items = service.items_of(c, meeting_id)
        theirs = select(recipient).where(recipient.c.tenant_id == tenant_id, recipient.c.active).order_by(recipient.c.kind, recipient.c.id)
        return desk.page(
            "meetings/meeting.html", status, meeting=found, items=items, cases=_cases(c, desk, [item.case_id for item in items]),
            given=service.assignments_of(c, [item.id for item in items]), participants=service.participants_of(c, meeting_id),
            waiting=candidates(c, desk.staff, desk.now, in_japan(desk.now).date()) if found["state"] == "planned" else [],
            colleagues=work.colleagues(c, tenant_id), recipients=list(c.execute(theirs)), names=names_of_staff(c, tenant_id),
            professions=PROFESSIONS, today=in_japan(desk.now).date(), wrong=wrong, reads_minutes=may_read(c, desk.staff, found),
        )  # fmt: skip


def sheet(desk: Desk) -> Response:
    """What one participant may see (`?for=`), or the facts without names; to print, or to show across the table."""
    meeting_id, reader = desk.path("id"), desk.request.query_params.get("for") or None
    with desk.writing() as c:
        try:
            made = look_at(c, desk.staff, meeting_id, reader, desk.now)
        except NoSuchMeeting:
            raise NotForYou from None
    return desk.page("meetings/sheet.html", made=made, households=made.households, said=in_words)


def put_on(desk: Desk) -> Response:
    def act(c: Connection, meeting_id: str) -> None:
        for chosen in desk.sent_all("case"):
            case_id, _, why = chosen.partition(" ")
            case_for(c, desk.staff, case_id, desk.now, viewing=False)
            service.put_on(
                c, tenant_id=desk.staff.tenant_id, meeting_id=meeting_id, case_id=case_id, why=why or "flagged", question="",
                by=desk.staff.id, at=desk.now,
            )  # fmt: skip

    return _act(desk, act)


def take_off(desk: Desk) -> Response:
    return _act(desk, lambda c, id_: service.take_off(
        c, tenant_id=desk.staff.tenant_id, meeting_id=id_, item_id=_item(desk, c, id_), by=desk.staff.id, at=desk.now))


def invite(desk: Desk) -> Response:
    return _act(desk, lambda c, id_: service.invite(
        c, tenant_id=desk.staff.tenant_id, meeting_id=id_, name=desk.sent("name", 120), organisation=desk.sent("organisation", 120),
        staff_id=desk.sent("colleague", 26) or None, recipient_id=desk.sent("recipient", 26) or None,
        pledged_on=_past(day_of(desk.sent("pledged_on")), in_japan(desk.now).date()), by=desk.staff.id, at=desk.now))


def uninvite(desk: Desk) -> Response:
    return _act(desk, lambda c, id_: service.uninvite(
        c, tenant_id=desk.staff.tenant_id, meeting_id=id_, participant_id=desk.sent("participant", 26), by=desk.staff.id, at=desk.now))


def decide(desk: Desk) -> Response:
    return _act(desk, lambda c, id_: service.decide(
        c, tenant_id=desk.staff.tenant_id, meeting_id=id_, item_id=_item(desk, c, id_), decision=desk.sent("decision", LONGEST),
        review_on=day_of(desk.sent("review_on")), by=desk.staff.id, version=desk.number("version"), at=desk.now))


def assign(desk: Desk) -> Response:
    return _act(desk, lambda c, id_: service.assign(
        c, tenant_id=desk.staff.tenant_id, meeting_id=id_, item_id=_item(desk, c, id_), what=desk.sent("what", LONGEST),
        owner=desk.sent("owner", 120), due_on=day_of(desk.sent("due_on")), profession=desk.sent("profession", 24), by=desk.staff.id,
        at=desk.now))


def hold(desk: Desk) -> Response:
    def act(c: Connection, meeting_id: str) -> None:
        if not may_read(c, desk.staff, _find(c, desk)):
            raise MeetingTrouble("minutes")  # nor does a late version of theirs show what somebody else wrote
        service.hold(
            c, tenant_id=desk.staff.tenant_id, meeting_id=meeting_id, minutes=desk.sent("minutes", LONGEST),
            present=set(desk.sent_all("present")), by=desk.staff.id, version=desk.number("version"), at=desk.now,
        )  # fmt: skip

    return _act(desk, act)


def cancel(desk: Desk) -> Response:
    return _act(desk, lambda c, id_: service.cancel(
        c, tenant_id=desk.staff.tenant_id, meeting_id=id_, by=desk.staff.id, version=desk.number("version"), at=desk.now))


def flag(desk: Desk) -> Response:
    """From the support page: the next meeting shall talk about this household."""
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
        service.flag(
            c, tenant_id=desk.staff.tenant_id, case_id=found["id"], question=desk.sent("question", 2000), by=desk.staff.id, at=desk.now)
    return desk.to(f"/console/cases/{found['id']}/support#meeting")


def _act(desk: Desk, act: Callable[[Connection, str], object]) -> Response:
    try:
        with desk.writing() as c:
            _find(c, desk)
            act(c, desk.path("id"))
    except NoSuchMeeting:
        raise NotForYou from None
    except MeetingTrouble as trouble:
        return show(desk, trouble.why, 422)
    return desk.to(f"{MEETINGS}/{desk.path('id')}")


def _find(c: Connection, desk: Desk) -> Any:
    try:
        return service.find(c, desk.staff.tenant_id, desk.path("id"))
    except NoSuchMeeting:
        raise NotForYou from None


def _item(desk: Desk, c: Connection, meeting_id: str) -> str:
    """The item that the form is about, of a household this account may open."""
    wanted = desk.sent("item", 26)
    found = next((item for item in service.items_of(c, meeting_id) if item.id == wanted), None)
    if found is None:
        raise MeetingTrouble("empty")
    case_for(c, desk.staff, found.case_id, desk.now, viewing=False)
    return wanted


def _cases(c: Connection, desk: Desk, ids: list[str]) -> dict[str, Any]:
    """The households of the agenda that this account may see, by case id."""
    chosen = select(case.c.id, case.c.number, case.c.category, case.c.district, person.c.name, person.c.kana).join(
        person, person.c.id == case.c.person_id).where(visible(desk.staff), case.c.id.in_(ids))
    return {row.id: row for row in c.execute(chosen)}


def _past(day: date | None, today: date) -> date | None:
    return day if day is not None and day <= today else None


PAGES = (
    Page("GET", MEETINGS, index, CARRIES_CASES),
    Page("POST", MEETINGS, plan, CARRIES_CASES),
    Page("GET", f"{MEETINGS}/{{id}}", show, CARRIES_CASES),
    Page("GET", f"{MEETINGS}/{{id}}/sheet", sheet, CARRIES_CASES),
    Page("POST", f"{MEETINGS}/{{id}}/items", put_on, CARRIES_CASES),
    Page("POST", f"{MEETINGS}/{{id}}/items/remove", take_off, CARRIES_CASES),
    Page("POST", f"{MEETINGS}/{{id}}/participants", invite, CARRIES_CASES),
    Page("POST", f"{MEETINGS}/{{id}}/participants/remove", uninvite, CARRIES_CASES),
    Page("POST", f"{MEETINGS}/{{id}}/decisions", decide, CARRIES_CASES),
    Page("POST", f"{MEETINGS}/{{id}}/assignments", assign, CARRIES_CASES),
    Page("POST", f"{MEETINGS}/{{id}}/hold", hold, CARRIES_CASES),
    Page("POST", f"{MEETINGS}/{{id}}/cancel", cancel, CARRIES_CASES),
    Page("POST", "/console/cases/{id}/flag", flag, OPENS_CASES),
)
