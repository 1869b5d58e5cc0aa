"""Cases: page through them, read one, say where it belongs and who carries it, close and reopen it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.api import paging
from backend.api.bodies import CasePatch, Closing, NoteMaybe, Restriction, Review
from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.cases import carrying, closing, policy, record, review
from backend.cases.carrying import NotACarrier
from backend.cases.handover import look_at
from backend.cases.models import case
from backend.clock import in_japan
from backend.consent.rules import standing
from backend.consent.service import decisions_of
from backend.db import Row
from backend.people.models import person
from backend.staff.access import case_for, visible
from backend.staff.roles import CARRIES_CASES, OPENS_CASES

_CLEAR = (
    "id", "number", "status", "district", "damage_level", "category", "team", "assigned_to", "language", "origin", "close_reason",
    "restricted", "version",
)  # fmt: skip


def brief(row: Any) -> dict[str, Any]:
    """A case without anybody's name."""
    found = row if isinstance(row, dict) else row._mapping
    return {
        **{name: found[name] for name in _CLEAR}, "review_on": found["review_on"].isoformat() if found["review_on"] else None,
        **{name: moment(found[name]) for name in ("opened_at", "changed_at", "closed_at", "first_contact_at", "waiting_since")},
    }  # fmt: skip


def listed(asked: Asked) -> dict[str, Any]:
    """Newest change first. Restricted people are in nobody's list but their handlers'."""
    chosen = select(case).where(visible(asked.staff))
    for name in ("status", "district", "assigned_to", "team", "language", "origin"):
        if said := asked.query(name):
            chosen = chosen.where(case.c[name] == said)
    if said := asked.query("category"):
        chosen = chosen.where(case.c.category == (int(said) if said in "1234" else -1))
    if said := asked.query("number"):
        chosen = chosen.where(case.c.number == said)
    with asked.reading() as c:
        rows, after = paging.page(c, chosen, case.c.changed_at, case.c.id, after=asked.query("after"), limit=asked.limit, newest=True)
    return {"items": [brief(row) for row in rows], "next": after}


def read(asked: Asked) -> dict[str, Any]:
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now)
        who = c.execute(select(person).where(person.c.id == row["person_id"])).one()
    return {**brief(dict(row)), "person": {"id": who.id, "name": who.name, "kana": who.kana, "phone": who.phone}}


def read_handover(asked: Asked) -> dict[str, Any]:
    """What whoever goes on with the household must know: category, the newest policy, how it ended, the record without struck entries,
    newest first, and what was decided on sharing. On paper it is a form: POST /exports, `handover`."""
    words, locale = asked.shell.words, asked.staff.locale
    with asked.writing() as c:
        made = look_at(c, asked.staff, asked.path("id"), asked.now)
        decided = standing(decisions_of(c, case_id=made.case["id"]), asked.now)
    return {
        **brief(dict(made.case)), "person": {name: getattr(made.person, name) for name in ("id", "name", "kana", "phone")},
        "consents": decided, "policy": {name: getattr(made.policy, name) for name in policy.PARTS} if made.policy else None,
        "end": {"reason": made.end.reason, "at": moment(made.end.at), "handed_to": made.end.handed_to, "handover": made.end.handover}
        if made.end else None,
        "entries": [
            {"id": one.id, "kind": one.kind, "what": words.render(record.worded(one.kind, one.args), locale), "text": one.text,
             "at": moment(one.at)} for one in made.entries
        ],
    }  # fmt: skip


def patch(asked: Asked) -> dict[str, Any]:
    body: CasePatch = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        try:
            carrying.carry(
                c, case_id=row["id"], to=row["assigned_to"] if body.assigned_to is None else body.assigned_to or None,
                district=row["district"] if body.district is None else body.district, by=asked.staff.id,
                version=asked.version(), at=asked.now, team=body.team, note=body.note,
            )  # fmt: skip
        except NotACarrier:
            raise Problem("refused", why="not_a_carrier") from None
    return _again(asked)


def close(asked: Asked) -> dict[str, Any]:
    body: Closing = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        try:
            closing.close(
                c, case_id=row["id"], reason=body.reason, note=body.note, handed_to=body.handed_to, handover=body.handover,
                by=asked.staff.id, version=asked.version(), at=asked.now,
            )  # fmt: skip
        except closing.CannotClose as refused:
            raise Problem("refused", why=refused.why) from None
    return _again(asked)


def reopen(asked: Asked) -> dict[str, Any]:
    body: NoteMaybe = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        try:
            closing.reopen(c, case_id=row["id"], note=body.note, by=asked.staff.id, version=asked.version(), at=asked.now)
        except closing.CannotClose as refused:
            raise Problem("refused", why=refused.why) from None
    return _again(asked)


def claim(asked: Asked) -> dict[str, Any]:
    """Take a case that nobody carries, for the token's own account."""
    with asked.writing() as c:
        row = _case(asked, c)
        try:
            carrying.claim(c, case_id=row["id"], by=asked.staff.id, at=asked.now)
        except NotACarrier:
            raise Problem("refused", why="not_a_carrier") from None
    return _again(asked)


def restrict(asked: Asked) -> dict[str, Any]:
    """From now on only its handlers see who this is; nothing more is told to whoever is not one, this token among them."""
    body: Restriction = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        carrying.restrict(c, case_id=row["id"], restricted=body.restricted, by=asked.staff.id, version=asked.version(), at=asked.now)
    return {"id": row["id"], "restricted": body.restricted, "version": row["version"] + 1}


def set_review(asked: Asked) -> dict[str, Any]:
    """A day to come, or none."""
    body: Review = asked.body
    with asked.writing() as c:
        row = _case(asked, c)
        if body.on is not None and body.on <= in_japan(asked.now).date():
            raise Problem("invalid", errors=[{"field": "on", "kind": "not_ahead"}])
        review.set_review(c, case_id=row["id"], on=body.on, by=asked.staff.id, version=asked.version(), at=asked.now)
    return _again(asked)


def _case(asked: Asked, c: Any) -> Row:
    return case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)


def _again(asked: Asked) -> dict[str, Any]:
    with asked.reading() as c:
        return brief(c.execute(select(case).where(case.c.id == asked.path("id"))).one())


CALLS = (
    Call("GET", "/cases", listed, "cases:read", OPENS_CASES, "Cases, newest change first", pages=True,
         queries=("status", "district", "assigned_to", "team", "language", "origin", "category", "number")),
    Call("GET", "/cases/{id}", read, "cases:read", OPENS_CASES, "One case, with the person it is about"),
    Call("GET", "/cases/{id}/handover", read_handover, "cases:read", OPENS_CASES, "The handover sheet"),
    Call("PATCH", "/cases/{id}", patch, "cases:write", CARRIES_CASES, "Where a case belongs and who carries it",
         body=CasePatch, versioned=True),
    Call("POST", "/cases/{id}/close", close, "cases:write", CARRIES_CASES, "Close a case", body=Closing, versioned=True),
    Call("POST", "/cases/{id}/reopen", reopen, "cases:write", CARRIES_CASES, "Reopen a case", body=NoteMaybe, versioned=True),
    Call("POST", "/cases/{id}/claim", claim, "cases:write", CARRIES_CASES, "Take a case that nobody carries"),
    Call("PUT", "/cases/{id}/restriction", restrict, "cases:write", CARRIES_CASES, "Keep a case to its handlers, or lift that",
         body=Restriction, versioned=True),
    Call("PUT", "/cases/{id}/review", set_review, "cases:write", OPENS_CASES, "When the case is looked at anew",
         body=Review, versioned=True),
)  # fmt: skip
