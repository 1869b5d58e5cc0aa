"""The support page of a case: category, policy, review, support record, closing (支援区分・支援方針・支援記録・終了)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.audit import service as audit
from backend.casefile import consents, sheet
from backend.casefile.carried import carried
from backend.casefile.readable import readable
from backend.cases import closing, deciding, policy, record, review
from backend.cases.category import NUMBERS
from backend.cases.closing import REASONS, CannotClose
from backend.cases.handover import look_at
from backend.clock import JST, in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.db import Row
from backend.meetings.service import put_down
from backend.people.models import person
from backend.staff.access import case_for, hidden_in
from backend.staff.names import names_of_staff
from backend.staff.roles import CARRIES_CASES, OPENS_CASES


def show(desk: Desk) -> Response:
    return _page(desk)


def decide(desk: Desk) -> Response:
    number = desk.number("category")
    if number not in NUMBERS:
        return _page(desk, 422, "category")
    return _act(desk, lambda c, found: deciding.decide(
        c, case_id=found["id"], category=number, note=desk.sent("note", 2000), by=desk.staff.id, version=desk.number("version"),
        at=desk.now), "category")  # fmt: skip


def write_policy(desk: Desk) -> Response:
    parts = {name: desk.sent(name, policy.LONGEST) for name in policy.PARTS}
    as_of = day_of(desk.sent("as_of")) or in_japan(desk.now).date()
    if not any(parts.values()):
        return _page(desk, 422, "policy")
    return _act(desk, lambda c, found: policy.write(
        c, case_id=found["id"], based_on=desk.number("number"), as_of=as_of, by=desk.staff.id, at=desk.now, **parts), "policy")


def write_entry(desk: Desk) -> Response:
    """What somebody did and no part of the software saw; it may have been on an earlier day, never on a later one."""
    text, on = desk.sent("text", record.LONGEST), day_of(desk.sent("on"))
    today = in_japan(desk.now).date()
    if not text or (on is not None and on > today):
        return _page(desk, 422, "record")
    at = desk.now if on is None or on == today else datetime.combine(on, time(12), JST)

    def act(c: Connection, found: Row) -> None:
        entry = record.add(
            c, tenant_id=desk.staff.tenant_id, case_id=found["id"], kind="note", at=at, written_at=desk.now, text=text,
            staff_id=desk.staff.id,
        )  # fmt: skip
        audit.record(c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="entry.written", object_kind="support_entry",
                     object_id=entry, at=desk.now)  # fmt: skip

    return _act(desk, act, "record")


def strike_entry(desk: Desk) -> Response:
    return _act(desk, lambda c, found: record.strike(
        c, case_id=found["id"], entry_id=desk.sent("entry", 26), by=desk.staff.id, at=desk.now), "record")


def set_review(desk: Desk) -> Response:
    on = day_of(desk.sent("on"))
    if on is not None and on <= in_japan(desk.now).date():
        return _page(desk, 422, "review")
    return _act(desk, lambda c, found: review.set_review(
        c, case_id=found["id"], on=on, by=desk.staff.id, version=desk.number("version"), at=desk.now), "review")


def close(desk: Desk) -> Response:
    try:
        return _act(desk, lambda c, found: closing.close(
            c, case_id=found["id"], reason=desk.sent("reason", 20), note=desk.sent("note", 2000),
            handed_to=desk.sent("handed_to"), handover=desk.sent("handover", 4000), by=desk.staff.id,
            version=desk.number("version"), at=desk.now), "closing")  # fmt: skip
    except CannotClose as no:
        return _page(desk, 422, f"close_{no.why}")


def reopen(desk: Desk) -> Response:
    try:
        return _act(desk, lambda c, found: closing.reopen(
            c, case_id=found["id"], note=desk.sent("note", 2000), by=desk.staff.id, version=desk.number("version"), at=desk.now),
            "closing")  # fmt: skip
    except CannotClose:
        return _page(desk, 422, "close_open")


def handover(desk: Desk) -> Response:
    """The handover sheet (引継ぎ) as a page to print; who looked at it is in the trail."""
    with desk.writing() as c:
        made = look_at(c, desk.staff, desk.path("id"), desk.now)
        names = names_of_staff(c, desk.staff.tenant_id)
        decided = consents.consents_of(c, case_id=made.case["id"], conversation_id=None)
        told = sheet.sheet_of(c, case_id=made.case["id"], conversation_id=None, hidden=hidden_in(c, desk.staff, made.case))
    done = [(one, readable(desk.shell.words, record.worded(one.kind, one.args))) for one in made.entries]
    return desk.page("support/handover.html", made=made, case=made.case, who=made.person, names=names, consents=decided, done=done,
                     glance=sheet.glance_of(told))  # fmt: skip


def day_of(typed: str) -> date | None:
    """A day as a date field sends it; None when there is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _act(desk: Desk, act: Callable[[Connection, Row], object], part: str) -> Response:
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
        act(c, found)
    return desk.to(f"/console/cases/{found['id']}/support#{part}")


def _page(desk: Desk, status: int = 200, wrong: str = "") -> Response:
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=status == 200)
    return desk.page("support/support.html", status, wrong=wrong, **_values(desk, found))


def _values(desk: Desk, found: Row) -> dict[str, Any]:
    with desk.reading() as c:
        return {
            "case": found, "who": c.execute(select(person).where(person.c.id == found["person_id"])).one(),
            "carried": carried(c, desk.shell.words, found["id"]), "names": names_of_staff(c, desk.staff.tenant_id), "tab": "support",
            "consents": consents.consents_of(c, case_id=found["id"], conversation_id=None),
            "today": in_japan(desk.now).date(), "reasons": REASONS, "sent": dict(desk.form),
            "put_down": put_down(c, found["id"]),
            "stalled": found["status"] == "open" and review.stalled(
                found["category"], found["changed_at"], desk.now, review.stalled_after(c, desk.staff.tenant_id)),
        }  # fmt: skip


# What the municipality answers for (category, policy, closing) an outsourced operator reads and does not decide.
PAGES = (
    Page("GET", "/console/cases/{id}/support", show, OPENS_CASES),
    Page("POST", "/console/cases/{id}/category", decide, CARRIES_CASES),
    Page("POST", "/console/cases/{id}/policy", write_policy, CARRIES_CASES),
    Page("POST", "/console/cases/{id}/entries", write_entry, OPENS_CASES),
    Page("POST", "/console/cases/{id}/entries/strike", strike_entry, OPENS_CASES),
    Page("POST", "/console/cases/{id}/review", set_review, OPENS_CASES),
    Page("POST", "/console/cases/{id}/close", close, CARRIES_CASES),
    Page("POST", "/console/cases/{id}/reopen", reopen, CARRIES_CASES),
    Page("GET", "/console/cases/{id}/handover", handover, OPENS_CASES),
)
