"""For a partner: the referrals made to them, what consent lets them see of the household, and what they answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.audit import service as audit
from backend.casefile.sheet import Item, sheet_of
from backend.cases import policy
from backend.cases.models import case
from backend.console.desk import Desk
from backend.console.page import Page
from backend.db import Row
from backend.people.models import person
from backend.referrals import partner, sharing
from backend.referrals.models import referral
from backend.referrals.rules import MOVES, NotAllowed
from backend.staff.access import hidden_in, name_of, referred, referred_for
from backend.staff.roles import TAKES_REFERRALS

HOME = "/console/referred"
MOST = 200
_OF_PERSON = {"identity": ("name", "kana", "birth_date", "sex"), "contact": ("phone", "landline"),
              "household": ("address",), "address_current": ("current_address",)}  # fmt: skip
"""Which category each of a person's own columns belongs to; the answers say theirs themselves."""


def show_list(desk: Desk) -> Response:
    rows = []
    with desk.writing() as c:
        for row in c.execute(referred(desk.staff).order_by(referral.c.made_at.desc(), referral.c.id).limit(MOST)).mappings().all():
            about = _case(c, row)
            may = sharing.shown(sharing.verdicts(c, about, desk.staff.recipient_id, desk.now))
            rows.append({**row, "name": _person(c, about, may).get("name", ""), "number": about["number"]})
        audit.record(
            c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="referral.listed", object_kind="recipient",
            object_id=desk.staff.recipient_id or "", detail={"count": len(rows)}, at=desk.now,
        )  # fmt: skip
    return desk.page("referred/list.html", rows=rows, back=HOME)


def show_one(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.writing() as c:
        row = referred_for(c, desk.staff, desk.path("id"), desk.now)
        about = _case(c, row)
        found = sharing.verdicts(c, about, desk.staff.recipient_id, desk.now)
        may = sharing.shown(found)
        # What was shown to whom, and when, is itself an item of the ledger (規則8条の5; PR-04).
        audit.record(
            c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="referral.shown", object_kind="referral",
            object_id=row["id"], detail={"recipient": desk.staff.recipient_id, "categories": sorted(may)}, at=desk.now,
        )  # fmt: skip
        answers: dict[str, list[Item]] = {
            category: [one for one in items if one.now]
            for category, items in sheet_of(c, case_id=about["id"], conversation_id=None, hidden=hidden_in(c, desk.staff, about)).items() if category in may
        }  # fmt: skip
        who = _person(c, about, may)
        # Free words, as on every paper for somebody outside: only where what they agreed to names them.
        plan = next(iter(policy.versions_of(c, about["id"])), None) if "notes" in may else None
        plan_by = name_of(c, plan.author) if plan else ""
    return desk.page(
        "referred/one.html", status, wrong=wrong, referral=row, number=about["number"], who=who, answers=answers, plan=plan, plan_by=plan_by,
        reason="" if may else found["identity"].reason, moves=MOVES[row["state"]], back=HOME,
    )  # fmt: skip


def answer(desk: Desk) -> Response:
    what = desk.sent("act")
    if what not in partner.ACTS:
        with desk.writing() as c:
            referred_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
        return desk.page("trouble.html", 400, what="stale_form")
    try:
        partner.act(
            desk.engine, desk.shell.clock, desk.staff, desk.path("id"), what, desk.sent("note", 2000), desk.number("version")
        )
    except partner.NothingSaid:
        return show_one(desk, "console.referred.say", 422)
    except NotAllowed:
        return show_one(desk, "console.referred.no_longer", 409)
    return desk.to(f"{HOME}/{desk.path('id')}")


def _case(c: Connection, row: Any) -> Row:
    return dict(c.execute(select(case).where(case.c.id == row["case_id"])).mappings().one())


def _person(c: Connection, about: Row, may: frozenset[str]) -> dict[str, str]:
    found = c.execute(select(person).where(person.c.id == about["person_id"])).mappings().one()
    return {
        column: found[column] for category, columns in _OF_PERSON.items() if category in may
        for column in columns if found[column]
    }  # fmt: skip


PAGES = (
    Page("GET", HOME, show_list, TAKES_REFERRALS),
    Page("GET", f"{HOME}/{{id}}", show_one, TAKES_REFERRALS),
    Page("POST", f"{HOME}/{{id}}/answer", answer, TAKES_REFERRALS),
)
