"""What waits and what became of it: tasks, referrals, requests for visits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, or_, select

from backend.api import paging
from backend.api.bodies import ReferralMark, Verdict, VisitMark
from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.cases.models import case
from backend.referrals import partner
from backend.referrals import service as referrals
from backend.referrals.models import referral
from backend.staff.access import referral_for, task_for, visible, visit_for
from backend.staff.roles import CARRIES_CASES, OPENS_CASES
from backend.tasks import service as tasks
from backend.tasks.models import task
from backend.tenants.models import recipient
from backend.visits import service as visits
from backend.visits.models import visit_request


def list_tasks(asked: Asked) -> dict[str, Any]:
    """What waits, most pressing day first; `done=yes` for what is over."""
    mine = visible(asked.staff)
    if asked.staff.role in CARRIES_CASES:
        mine = or_(mine, and_(task.c.case_id.is_(None), task.c.tenant_id == asked.staff.tenant_id))
    chosen = select(task).outerjoin(case, case.c.id == task.c.case_id).where(task.c.tenant_id == asked.staff.tenant_id, mine)
    chosen = chosen.where(task.c.done_at.is_not(None) if asked.query("done") == "yes" else task.c.done_at.is_(None))
    if said := asked.query("kind"):
        chosen = chosen.where(task.c.kind == said)
    with asked.reading() as c:
        rows, after = paging.page(c, chosen, task.c.due_at, task.c.id, after=asked.query("after"), limit=asked.limit)
    return {"items": [_task(row) for row in rows], "next": after}


def acknowledge(asked: Asked) -> dict[str, Any]:
    row = _locked_task(asked)
    tasks.acknowledge(asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id)
    return _task_again(asked)


def finish(asked: Asked) -> dict[str, Any]:
    row = _locked_task(asked)
    tasks.finish(asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id)
    return _task_again(asked)


def judge(asked: Asked) -> dict[str, Any]:
    """Whether the crisis rule was right; it may be changed."""
    body: Verdict = asked.body
    row = _locked_task(asked)
    tasks.verdict(asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id, body.verdict)
    return _task_again(asked)


def list_referrals(asked: Asked) -> dict[str, Any]:
    rows, after = _of_cases(asked, select(referral), referral)
    return {"items": [_referral(row) for row in rows], "next": after}


def mark_referral(asked: Asked) -> dict[str, Any]:
    body: ReferralMark = asked.body
    with asked.writing() as c:
        row = referral_for(c, asked.staff, asked.path("id"), asked.now)
        known = select(recipient.c.id).where(
            recipient.c.id == body.recipient, recipient.c.tenant_id == asked.staff.tenant_id, recipient.c.active)  # fmt: skip
        if body.recipient is not None and c.execute(known).first() is None:
            raise Problem("invalid", errors=[{"field": "recipient", "kind": "unknown"}])
    if body.state == "asked":
        if body.recipient is None:
            raise Problem("invalid", errors=[{"field": "recipient", "kind": "missing"}])
        partner.put_before(asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id, body.recipient, asked.version())
        return _referral_again(asked)
    referrals.mark(
        asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id, body.state, body.note, asked.version(),
        recipient_id=body.recipient,
    )  # fmt: skip
    return _referral_again(asked)


def list_visits(asked: Asked) -> dict[str, Any]:
    rows, after = _of_cases(asked, select(visit_request), visit_request)
    return {"items": [_visit(row) for row in rows], "next": after}


def mark_visit(asked: Asked) -> dict[str, Any]:
    body: VisitMark = asked.body
    with asked.writing() as c:
        row = visit_for(c, asked.staff, asked.path("id"), asked.now)
    visits.mark(asked.shell.engine, asked.shell.clock, row["id"], asked.staff.id, body.state, body.note, asked.version())
    with asked.reading() as c:
        return _visit(c.execute(select(visit_request).where(visit_request.c.id == row["id"])).one())


def _of_cases(asked: Asked, chosen: Select[Any], table: Any) -> tuple[list[Any], str]:
    chosen = chosen.join(case, case.c.id == table.c.case_id).where(visible(asked.staff))
    for name in ("state", "case_id"):
        if said := asked.query(name):
            chosen = chosen.where(table.c[name] == said)
    with asked.reading() as c:
        return paging.page(c, chosen, table.c.changed_at, table.c.id, after=asked.query("after"), limit=asked.limit, newest=True)


def _locked_task(asked: Asked) -> Any:
    with asked.writing() as c:
        return task_for(c, asked.staff, asked.path("id"), asked.now)


def _task_again(asked: Asked) -> dict[str, Any]:
    with asked.reading() as c:
        return _task(c.execute(select(task).where(task.c.id == asked.path("id"))).one())


def _referral_again(asked: Asked) -> dict[str, Any]:
    with asked.reading() as c:
        return _referral(c.execute(select(referral).where(referral.c.id == asked.path("id"))).one())


def _task(row: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("id", "kind", "rank", "topic", "rule", "verdict", "case_id", "conversation_id",
                                                 "referral_id", "visit_request_id", "acked_by", "done_by")},
        **{name: moment(getattr(row, name)) for name in ("made_at", "due_at", "acked_at", "done_at")},
    }  # fmt: skip


def _referral(row: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("id", "case_id", "profession", "recipient_id", "consent", "state", "note", "version")},
        **{name: moment(getattr(row, name)) for name in ("made_at", "due_at", "changed_at")},
    }  # fmt: skip


def _visit(row: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("id", "case_id", "state", "note", "version")},
        **{name: moment(getattr(row, name)) for name in ("made_at", "due_at", "changed_at")},
    }  # fmt: skip


CALLS = (
    Call("GET", "/tasks", list_tasks, "tasks:read", OPENS_CASES, "What waits, by its day", pages=True, queries=("done", "kind")),
    Call("POST", "/tasks/{id}/acknowledge", acknowledge, "tasks:write", OPENS_CASES, "Say that somebody has it"),
    Call("POST", "/tasks/{id}/finish", finish, "tasks:write", OPENS_CASES, "Say that it is done"),
    Call("POST", "/tasks/{id}/verdict", judge, "tasks:write", OPENS_CASES, "Say whether an alarm was right", body=Verdict),
    Call("GET", "/referrals", list_referrals, "referrals:read", OPENS_CASES, "Referrals, newest change first", pages=True,
         queries=("state", "case_id")),
    Call("POST", "/referrals/{id}/mark", mark_referral, "referrals:write", OPENS_CASES, "Say what became of a referral",
         body=ReferralMark, versioned=True),
    Call("GET", "/visits", list_visits, "visits:read", OPENS_CASES, "Requests for visits, newest change first", pages=True,
         queries=("state", "case_id")),
    Call("POST", "/visits/{id}/mark", mark_visit, "visits:write", OPENS_CASES, "Say what became of a request for a visit",
         body=VisitMark, versioned=True),
)  # fmt: skip
