"""What staff do on a case page: answer as a human, see to what waits, mark what became of referrals and visits,
record what somebody decided by word of mouth.
"""

from __future__ import annotations

from starlette.responses import Response

from backend.casefile import work
from backend.conflict import Conflict
from backend.consent import oral
from backend.consent.rules import RECIPIENTS
from backend.console.desk import Desk
from backend.console.page import Page
from backend.conversations import service as conversations
from backend.db import Row
from backend.referrals import partner
from backend.referrals import service as referrals
from backend.referrals.rules import NotAllowed
from backend.staff.access import case_for, conversation_for, referral_for, task_for, visit_for
from backend.staff.roles import OPENS_CASES
from backend.tasks import service as tasks
from backend.visits import service as visits


def hold(desk: Desk) -> Response:
    row = _conversation(desk)
    try:
        conversations.hold(desk.engine, desk.shell.clock, row["id"], desk.staff.id)
    except Conflict:
        return desk.page("trouble.html", 409, what="held")
    return desk.to(_home(row))


def reply(desk: Desk) -> Response:
    row = _conversation(desk)
    text = desk.sent("text", conversations.LONGEST)
    if not text:
        return desk.to(_home(row))
    try:
        conversations.reply(desk.engine, desk.shell.clock, row["id"], desk.staff.id, text)
    except Conflict as conflict:
        return desk.page("unsent.html", 409, why="blocked" if "contact" in conflict.now else "held", text=text, to=_home(row))
    return desk.to(_home(row))


def hand_back(desk: Desk) -> Response:
    row = _conversation(desk)
    conversations.hand_back(desk.engine, desk.shell.clock, row["id"], desk.staff.id)
    return desk.to(_home(row))


def acknowledge(desk: Desk) -> Response:
    row = _task(desk)
    tasks.acknowledge(desk.engine, desk.shell.clock, row["id"], desk.staff.id)
    return desk.to(_home(row))


def finish(desk: Desk) -> Response:
    row = _task(desk)
    try:
        tasks.finish(desk.engine, desk.shell.clock, row["id"], desk.staff.id, desk.number("heard"))
    except Conflict:
        return desk.page("trouble.html", 409, what="unread", back=_home(row))
    return desk.to(_home(row))


def judge(desk: Desk) -> Response:
    row = _task(desk)
    said = desk.sent("verdict")
    if said in tasks.VERDICTS:
        tasks.verdict(desk.engine, desk.shell.clock, row["id"], desk.staff.id, said)
    return desk.to(_home(row))


def mark_referral(desk: Desk) -> Response:
    with desk.writing() as c:
        row = referral_for(c, desk.staff, desk.path("id"), desk.now)
        known = {one.id for one in work.professionals(c, desk.staff.tenant_id)}
    chosen = desk.sent("recipient")
    try:
        if desk.sent("state") == "asked" and chosen in known:
            partner.put_before(desk.engine, desk.shell.clock, row["id"], desk.staff.id, chosen, desk.number("version"))
            return desk.to(_home(row))
        referrals.mark(
            desk.engine, desk.shell.clock, row["id"], desk.staff.id, desk.sent("state"), desk.sent("note", 2000),
            desk.number("version"), recipient_id=chosen if chosen in known else None,
        )  # fmt: skip
    except NotAllowed:
        return desk.page("trouble.html", 409, what="no_consent")
    return desk.to(_home(row))


def record_consent(desk: Desk) -> Response:
    """Keep a decision on sharing that was told face to face or on the phone."""
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
    recipient, event = desk.sent("recipient"), desk.sent("event")
    if recipient not in RECIPIENTS or event not in oral.EVENTS:
        return desk.page("trouble.html", 400, what="stale_form")
    oral.record_oral(
        desk.engine, desk.shell.clock, desk.shell.words, found["id"], desk.staff.id, recipient, event, desk.sent("read")
    )
    return desk.to(f"/console/cases/{found['id']}")


def mark_visit(desk: Desk) -> Response:
    with desk.writing() as c:
        row = visit_for(c, desk.staff, desk.path("id"), desk.now)
    visits.mark(
        desk.engine, desk.shell.clock, row["id"], desk.staff.id, desk.sent("state"), desk.sent("note", 2000),
        desk.number("version"),
    )  # fmt: skip
    return desk.to(_home(row))


def _conversation(desk: Desk) -> Row:
    with desk.writing() as c:
        found = conversation_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
    return {**found, "conversation_id": found["id"]}


def _task(desk: Desk) -> Row:
    with desk.writing() as c:
        return task_for(c, desk.staff, desk.path("id"), desk.now)


def _home(row: Row) -> str:
    """The page that this belongs to."""
    if row["case_id"]:
        talk = f"?talk={row['conversation_id']}" if row["conversation_id"] else ""
        return f"/console/cases/{row['case_id']}{talk}"
    return f"/console/conversations/{row['conversation_id']}"


PAGES = (
    Page("POST", "/console/conversations/{id}/hold", hold, OPENS_CASES),
    Page("POST", "/console/conversations/{id}/reply", reply, OPENS_CASES),
    Page("POST", "/console/conversations/{id}/hand-back", hand_back, OPENS_CASES),
    Page("POST", "/console/tasks/{id}/acknowledge", acknowledge, OPENS_CASES),
    Page("POST", "/console/tasks/{id}/finish", finish, OPENS_CASES),
    Page("POST", "/console/tasks/{id}/verdict", judge, OPENS_CASES),
    Page("POST", "/console/referrals/{id}/mark", mark_referral, OPENS_CASES),
    Page("POST", "/console/cases/{id}/consent", record_consent, OPENS_CASES),
    Page("POST", "/console/visits/{id}/mark", mark_visit, OPENS_CASES),
)
