"""Putting in what a household told elsewhere: a new case, answers, people, approaches, wishes. The booth's services do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from backend.api.bodies import (
    Answers,
    Contact,
    Leaving,
    Member,
    MemberPatch,
    Members,
    NewCase,
    PersonData,
    Value,
    Way,
    WayId,
    Wish,
)
from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.api.problems import Problem, wrong
from backend.audit import service as audit
from backend.booth import drafts, intake, raising
from backend.booth.drafts import Clash
from backend.booth.intake import Explained, Wrong
from backend.cases import record
from backend.cases.models import case
from backend.clock import in_japan
from backend.contacts import service as contacts
from backend.contacts import ways
from backend.contacts.service import Told, WrongContact
from backend.db import Row
from backend.people import household
from backend.staff.access import case_for, may_see, visible
from backend.staff.roles import CARRIES_CASES, OPENS_CASES
from dialogs.fields import FIELDS


def new_case(asked: Asked) -> dict[str, Any]:
    """Consent is not among the answers: it is read out to a person and recorded by whoever did (PR-03)."""
    body: NewCase = asked.body
    _check(body.answers)
    with asked.writing() as c:
        draft = drafts.begin(c, asked.staff, locale=body.language, origin=body.origin, at=asked.now)
    case_id = _finish(asked, draft, body.answers)
    with asked.reading() as c:
        row = c.execute(case.select().where(case.c.id == case_id)).one()
    return {"id": case_id, "number": row.number, "version": row.version}


def change_answers(asked: Asked) -> dict[str, Any]:
    """What is not named stays, but for questions that another answer closes, as in the chat. What the case learned meanwhile is
    kept; 409 where the same question was answered anew by somebody else."""
    body: Answers = asked.body
    _check(body.answers)
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        draft = drafts.begin_from_case(c, asked.staff, row["id"], at=asked.now)
    _finish(asked, draft, body.answers)
    return {"id": row["id"], "changed": sorted(body.answers)}


def add_person(asked: Asked) -> dict[str, Any]:
    body: Member = asked.body
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        made = household.add_member(
            c, case_id=row["id"], columns=_columns(body), by=asked.staff.id, at=asked.now, source="api", relation=body.relation,
            lives_together=body.lives_together, on_register=body.on_register, head=body.head,
        )  # fmt: skip
        _changed(c, asked, row)
    return {"member": made}


def change_person(asked: Asked) -> dict[str, Any]:
    body: MemberPatch = asked.body
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        there = next((one for one in household.household(c, row["id"], former=True) if one.id == body.member), None)
        # A protected person in somebody else's household is changed in their own case, by their handlers.
        if there is None or (there.person["restricted"] and not there.main):
            raise Problem("invalid", errors=[{"field": "member", "kind": "unknown"}])
        values: dict[str, Any] = {
            name: getattr(body, name) for name in ("relation", "lives_together", "on_register", "head") if name in body.model_fields_set
        }
        household.change_member(c, case_id=row["id"], member_id=body.member, values=values, version=body.version, by=asked.staff.id,
                                at=asked.now, columns=_columns(body))  # fmt: skip
        _changed(c, asked, row)
    return {"member": body.member}


def split(asked: Asked) -> dict[str, Any]:
    """These live somewhere else now: with `own_case` as a case of their own, whose id comes back. The case's own person stays."""
    body: Leaving = asked.body

    def act(c: Connection, row: Row) -> dict[str, Any]:
        made = household.split(c, case_id=row["id"], member_ids=body.members, own_case=body.own_case, on=body.on or in_japan(asked.now).date(),
                               by=asked.staff.id, at=asked.now)  # fmt: skip
        if made:
            record.add(c, tenant_id=asked.staff.tenant_id, case_id=row["id"], kind="household", state="split", at=asked.now,
                       staff_id=asked.staff.id, args={"count": len(body.members)}, about=("case", made))  # fmt: skip
        return {"case": made}

    return _moved(asked, body, act)


def rejoin(asked: Asked) -> dict[str, Any]:
    """These live with the household again. `emptied`: cases in which nobody is left."""
    body: Members = asked.body

    def act(c: Connection, row: Row) -> dict[str, Any]:
        left = household.rejoin(c, case_id=row["id"], member_ids=body.members, on=body.on or in_japan(asked.now).date(), by=asked.staff.id,
                                at=asked.now)  # fmt: skip
        record.add(c, tenant_id=asked.staff.tenant_id, case_id=row["id"], kind="household", state="rejoined", at=asked.now,
                   staff_id=asked.staff.id, args={"count": len(body.members)})  # fmt: skip
        mine = select(case.c.id).where(case.c.id.in_(left), visible(asked.staff))
        return {"emptied": sorted(c.execute(mine).scalars())}

    return _moved(asked, body, act)


def _moved(asked: Asked, body: Members, act: Callable[[Connection, Row], dict[str, Any]]) -> dict[str, Any]:
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        there = {one.id: one for one in household.household(c, row["id"], former=True)}
        # A protected member is left to their handlers: coming back would change the case that protects them.
        if any(id_ not in there or not may_see(asked.staff, there[id_].person["restricted"], row["assigned_to"]) for id_ in body.members):
            raise Problem("invalid", errors=[{"field": "members", "kind": "unknown"}])
        try:
            made = act(c, row)
        except ValueError:
            raise Problem("refused", why="own_person") from None
        _changed(c, asked, row)
    return made


def _changed(c: Connection, asked: Asked, row: Row) -> None:
    audit.record(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, action="household.changed", object_kind="case",
                 object_id=row["id"], at=asked.now)  # fmt: skip


def read_ways(asked: Asked) -> dict[str, Any]:
    """Numbers and addresses beside the chat that are good, newest first."""
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now)
        found = ways.of_case(c, row["id"])
    return {"items": [{"id": one["id"], "kind": one["kind"], "address": one["address"], "made_at": moment(one["made_at"])} for one in found],
            "next": ""}  # fmt: skip


def add_way(asked: Asked) -> None:
    """One that was set aside is good again."""
    body: Way = asked.body
    with asked.reading() as c:
        case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
    try:
        ways.add(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), body.kind, body.address)
    except WrongContact as unusable:
        raise wrong(unusable, "address") from None


def set_way_aside(asked: Asked) -> None:
    """It is not theirs, or does not exist: nothing is sent there any more."""
    body: WayId = asked.body
    ways.set_aside(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), body.way)


def note_contact(asked: Asked) -> dict[str, Any]:
    body: Contact = asked.body
    if body.at.tzinfo is None:
        raise Problem("invalid", errors=[{"field": "at", "kind": "timezone_missing"}])
    try:
        told = Told(body.channel, body.result, body.at, body.note, body.next_on)
        made = contacts.note(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), told)
    except WrongContact as unusable:
        raise wrong(unusable) from None
    return {"id": made}


def wish(asked: Asked) -> dict[str, Any]:
    """`made` is false where the same was asked for and is open."""
    body: Wish = asked.body
    with asked.reading() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
    try:
        made = raising.ask_for(asked.shell.engine, asked.shell.clock, asked.staff, row["id"], body.kind, body.profession)
    except ValueError:
        raise Problem("invalid", errors=[{"field": "profession", "kind": "unknown"}]) from None
    return {"made": made}


def _finish(asked: Asked, draft: str, answers: Mapping[str, Value]) -> str:
    try:
        return intake.finish(
            asked.shell.engine, asked.shell.clock, asked.shell.words, asked.staff, draft, 1, dict(answers),
            Explained(asked.staff.id, "oral"),
        )  # fmt: skip
    except Clash:
        raise Problem("conflict") from None
    except Wrong as unread:
        raise Problem("invalid", errors=[{"field": f"answers.{name}", "kind": "not_readable"} for name in unread.fields[:20]]) from None


def _check(answers: Mapping[str, Value]) -> None:
    """Only questions of the vocabulary, and none about sharing."""
    unknown = [
        name for name in answers if (known := FIELDS.get(name.rsplit(".", 1)[-1])) is None or known.consent or name == "language"
    ]
    if unknown or not answers:
        raise Problem("invalid", errors=[{"field": f"answers.{name}", "kind": "unknown"} for name in unknown[:20]])


def _columns(body: PersonData) -> dict[str, Any]:
    said = {name: getattr(body, name) for name in PersonData.model_fields if name in body.model_fields_set}
    return said | ({"birth_date": body.birth_date.isoformat()} if body.birth_date else {})


CALLS = (
    Call("POST", "/cases", new_case, "cases:write", CARRIES_CASES, "Open a case for a household", body=NewCase, status=201),
    Call("PATCH", "/cases/{id}/answers", change_answers, "cases:write", CARRIES_CASES, "Change answers", body=Answers),
    Call("POST", "/cases/{id}/people", add_person, "people:write", OPENS_CASES, "Add somebody to the household", body=Member,
         status=201),
    Call("PATCH", "/cases/{id}/people", change_person, "people:write", OPENS_CASES, "Change somebody of the household",
         body=MemberPatch),
    Call("POST", "/cases/{id}/people/split", split, "people:write", OPENS_CASES, "Members of the household live somewhere else", body=Leaving),
    Call("POST", "/cases/{id}/people/rejoin", rejoin, "people:write", OPENS_CASES, "Members of the household are back", body=Members),
    Call("GET", "/cases/{id}/ways", read_ways, "people:read", OPENS_CASES, "Numbers and addresses beside the chat"),
    Call("POST", "/cases/{id}/ways", add_way, "people:write", OPENS_CASES, "Keep a number or address", body=Way, status=204),
    Call("POST", "/cases/{id}/ways/aside", set_way_aside, "people:write", OPENS_CASES, "Set a number or address aside", body=WayId,
         status=204),
    Call("POST", "/cases/{id}/contacts", note_contact, "visits:write", OPENS_CASES, "Note an approach", body=Contact, status=201),
    Call("POST", "/cases/{id}/requests", wish, "visits:write", CARRIES_CASES, "Ask for a visit, a professional or a call back",
         body=Wish, status=201),
)  # fmt: skip
