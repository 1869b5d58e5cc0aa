"""The people of a household: who lives together now, who is on the register, side by side; splitting off and coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import NoResultFound
from starlette.responses import Response

from backend.audit import service as audit
from backend.cases import record
from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.pages.support import day_of
from backend.db import Row
from backend.people import household
from backend.people.household import RELATIONS
from backend.people.models import person
from backend.staff.access import NotForYou, case_for, may_see
from backend.staff.names import names_of_staff
from backend.staff.roles import OPENS_CASES

SEXES = ("female", "male", "other")


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.writing() as c:
        found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=status == 200)
    today = in_japan(desk.now).date()
    with desk.reading() as c:
        members = household.household(c, found["id"], former=True)
        return desk.page(
            "household/household.html", status, case=found, who=c.execute(select(person).where(person.c.id == found["person_id"])).one(),
            members=members, ages={one.person["id"]: age_on(one.person["birth_date"], today) for one in members}, today=today,
            hidden={one.person["id"] for one in members if _is_hidden(desk, found, one)},
            changes=household.changes_of(c, found["id"]), names=names_of_staff(c, desk.staff.tenant_id), relations=RELATIONS, sexes=SEXES,
            tab="household", wrong=wrong,
        )  # fmt: skip


def add(desk: Desk) -> Response:
    name = desk.sent("name", 80)
    if not name:
        return show(desk, "name", 422)
    columns = {"name": name, "kana": desk.sent("kana", 80) or None, "sex": _sex(desk)}
    if born := day_of(desk.sent("birth_date")):
        columns["birth_date"] = born.isoformat()
    return _act(desk, lambda c, found: household.add_member(
        c, case_id=found["id"], columns=columns, by=desk.staff.id, at=desk.now, **_belongs(desk)))


def change(desk: Desk) -> Response:
    return _act(desk, lambda c, found: household.change_member(
        c, case_id=found["id"], member_id=_member(desk, c, found), values=_belongs(desk), version=desk.number("version"),
        by=desk.staff.id, at=desk.now))


def split(desk: Desk) -> Response:
    """These live somewhere else now; as a case of their own, or only apart."""
    on, own = day_of(desk.sent("on")) or in_japan(desk.now).date(), desk.sent("own") == "yes"

    def act(c: Connection, found: Row) -> None:
        chosen = _members(desk, c, found)
        made = household.split(c, case_id=found["id"], member_ids=chosen, own_case=own, on=on, by=desk.staff.id, at=desk.now)
        if made:
            record.add(c, tenant_id=desk.staff.tenant_id, case_id=found["id"], kind="household", state="split", at=desk.now,
                       staff_id=desk.staff.id, args={"count": len(chosen)}, about=("case", made))  # fmt: skip

    return _act(desk, act)


def rejoin(desk: Desk) -> Response:
    on = day_of(desk.sent("on")) or in_japan(desk.now).date()

    def act(c: Connection, found: Row) -> None:
        chosen = _members(desk, c, found)
        household.rejoin(c, case_id=found["id"], member_ids=chosen, on=on, by=desk.staff.id, at=desk.now)
        record.add(c, tenant_id=desk.staff.tenant_id, case_id=found["id"], kind="household", state="rejoined", at=desk.now,
                   staff_id=desk.staff.id, args={"count": len(chosen)})  # fmt: skip

    return _act(desk, act)


def age_on(birth_date: str | None, today: date) -> int | None:
    """Whole years; None when no day of birth is known."""
    born = day_of(birth_date or "")
    return None if born is None else today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _act(desk: Desk, act: Callable[[Connection, Row], object]) -> Response:
    try:
        with desk.writing() as c:
            found = case_for(c, desk.staff, desk.path("id"), desk.now, viewing=False)
            act(c, found)
            audit.record(c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="household.changed", object_kind="case",
                         object_id=found["id"], at=desk.now)  # fmt: skip
    except (ValueError, NoResultFound):
        return show(desk, "who", 422)
    return desk.to(f"/console/cases/{found['id']}/household")


def _member(desk: Desk, c: Connection, found: Row) -> str:
    """The member of the form; the case's own person is written down as one by the first change."""
    sent = desk.sent("member", 26)
    known = next((one for one in household.household(c, found["id"], former=True) if one.id == sent), None)
    if known is None or _is_hidden(desk, found, known):
        raise NotForYou if sent else ValueError("nobody was chosen")
    return sent or household.main_member(c, found["id"], desk.staff.id, desk.now)


def _members(desk: Desk, c: Connection, found: Row) -> list[str]:
    """The members of the form. A protected one is left to their handlers: coming back would change the case that protects them."""
    chosen = desk.sent_all("member")
    if any(one.id in chosen and _is_hidden(desk, found, one) for one in household.household(c, found["id"], former=True)):
        raise NotForYou
    return chosen


def _is_hidden(desk: Desk, found: Row, one: household.Member) -> bool:
    return not may_see(desk.staff, one.person["restricted"], found["assigned_to"])


def _belongs(desk: Desk) -> dict[str, Any]:
    relation, register = desk.sent("relation", 20), desk.sent("on_register")
    return {
        "relation": relation if relation in RELATIONS else "", "on_register": {"yes": True, "no": False}.get(register),
        "lives_together": desk.sent("lives_together") == "yes", "head": desk.sent("head") == "yes",
    }  # fmt: skip


def _sex(desk: Desk) -> str:
    return desk.sent("sex") if desk.sent("sex") in SEXES else ""


PAGES = (
    Page("GET", "/console/cases/{id}/household", show, OPENS_CASES),
    Page("POST", "/console/cases/{id}/household", add, OPENS_CASES),
    Page("POST", "/console/cases/{id}/household/change", change, OPENS_CASES),
    Page("POST", "/console/cases/{id}/household/split", split, OPENS_CASES),
    Page("POST", "/console/cases/{id}/household/rejoin", rejoin, OPENS_CASES),
)
