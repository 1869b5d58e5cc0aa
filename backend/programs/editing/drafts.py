"""Change what a municipality decides about programs: a draft, the second person's yes, an edition that holds at once.

A draft says for each program what it finds and what it wants. Published, it becomes the next edition: chat, console, sheet and
command line read nothing else. Nobody publishes what they wrote; going back to an earlier edition is a draft as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.conflict import Conflict
from backend.db import Row
from backend.programs import recompute
from backend.programs.edition import current
from backend.programs.models import program_edition
from backend.programs.of_case import place_of
from backend.programs.sheet.changes import NOTHING, Change, Changes, misfits
from backend.programs.sheet.store import changes_of
from backend.tasks import second_person
from backend.tenants.models import tenant

OPEN = ("draft", "waiting")
LONGEST_REASON = 500


class NotAllowed(ValueError):
    """It cannot be done; `args[0]` is the key of a sentence for the staff."""


def draft_of(connection: Connection, tenant_id: str, draft_id: str) -> Row:
    """A draft or edition of this municipality. Raises `LookupError`."""
    chosen = select(program_edition).where(program_edition.c.id == draft_id, program_edition.c.tenant_id == tenant_id)
    found = connection.execute(chosen).mappings().one_or_none()
    if found is None:
        raise LookupError("no such draft")
    return dict(found)


def open_drafts(connection: Connection, tenant_id: str) -> list[Row]:
    """What is being written or waits for the second person, newest first."""
    chosen = select(program_edition).where(program_edition.c.tenant_id == tenant_id, program_edition.c.state.in_(OPEN))
    return [dict(row) for row in connection.execute(chosen.order_by(program_edition.c.made_at.desc(), program_edition.c.id)).mappings()]


def published(connection: Connection, tenant_id: str) -> list[Row]:
    """Every edition that held or holds, newest first."""
    chosen = select(program_edition).where(program_edition.c.tenant_id == tenant_id, program_edition.c.state == "published")
    return [dict(row) for row in connection.execute(chosen.order_by(program_edition.c.number.desc())).mappings()]


def mine(connection: Connection, tenant_id: str, staff_id: str) -> Row | None:
    """The draft that this person is writing in the form."""
    chosen = select(program_edition).where(
        program_edition.c.tenant_id == tenant_id, program_edition.c.made_by == staff_id,
        program_edition.c.state == "draft", program_edition.c.origin == "form",
    )  # fmt: skip
    found = connection.execute(chosen.order_by(program_edition.c.made_at.desc()).limit(1)).mappings().first()
    return dict(found) if found else None


def wanted(row: Mapping[str, Any]) -> dict[str, Change]:
    """What a draft wants of each program it touches."""
    return {program: Change.from_json(one["after"]) for program, one in row["touched"].items()}


def found(row: Mapping[str, Any]) -> dict[str, Change]:
    """What it found there when it was written."""
    return {program: Change.from_json(one["before"]) for program, one in row["touched"].items()}


def begin(
    connection: Connection, tenant_id: str, staff_id: str | None, changes: Changes, *, origin: str, at: datetime,
    reason: str = "", restores: int | None = None, waiting: bool = False,
) -> str:  # fmt: skip
    """Write a draft that wants `changes`; with `waiting` it goes to the second person at once. Returns its id."""
    draft_id = ids.new()
    touched = _touched(changes_of(connection, tenant_id), changes)
    if not touched:
        raise NotAllowed("console.programs.wrong.nothing")
    connection.execute(insert(program_edition).values(
        id=draft_id, tenant_id=tenant_id, state="waiting" if waiting else "draft", origin=origin, touched=touched,
        reason=reason[:LONGEST_REASON], restores=restores, made_by=staff_id, made_at=at, asked_at=at if waiting else None))
    _noted(connection, tenant_id, staff_id, "programs.drafted", draft_id, {"origin": origin, "programs": sorted(touched)}, at)
    if waiting:
        second_person.tell(connection, tenant_id, second_person.PROGRAMS, staff_id, at)
    return draft_id


def put(connection: Connection, tenant_id: str, staff_id: str, program: str, change: Change, at: datetime) -> str:
    """Write into this person's draft what they want of one program; begins one where there is none. Returns its id, or
    nothing when the draft wants nothing any more."""
    draft = mine(connection, tenant_id, staff_id)
    if draft is None:
        return begin(connection, tenant_id, staff_id, {program: change}, origin="form", at=at)
    # What the others of the draft found stays as it was: only who looks at a program again has seen what holds now.
    touched = {name: one for name, one in draft["touched"].items() if name != program}
    touched |= _touched(changes_of(connection, tenant_id), {program: change})
    _write(connection, draft, draft["version"], touched=touched, preview_id=None, **({} if touched else {"state": "dropped"}))
    _noted(connection, tenant_id, staff_id, "programs.drafted", draft["id"], {"origin": "form", "programs": sorted(touched)}, at)
    return str(draft["id"]) if touched else ""


def take_out(connection: Connection, draft: Row, staff_id: str, version: int, program: str, at: datetime) -> None:
    """Leave one program as it is; a draft that wants nothing any more is dropped."""
    _only(draft, "draft")
    _author(draft, staff_id)
    touched = {name: one for name, one in draft["touched"].items() if name != program}
    _write(connection, draft, version, touched=touched, preview_id=None, **({} if touched else {"state": "dropped"}))
    _noted(connection, draft["tenant_id"], staff_id, "programs.drafted", draft["id"], {"origin": draft["origin"], "programs": sorted(touched)}, at)


def _touched(now: Changes, changes: Changes) -> dict[str, Any]:
    return {
        program: {"before": now.get(program, NOTHING).to_json(), "after": change.to_json()}
        for program, change in sorted(changes.items())
        if now.get(program, NOTHING) != change
    }


def ask(connection: Connection, draft: Row, staff_id: str, version: int, reason: str, at: datetime) -> None:
    """Its author asks the second person. Raises `Conflict` or `NotAllowed`."""
    _only(draft, "draft")
    _author(draft, staff_id)
    _write(connection, draft, version, state="waiting", reason=reason[:LONGEST_REASON], asked_at=at)
    _noted(connection, draft["tenant_id"], staff_id, "programs.asked", draft["id"], {}, at)
    second_person.tell(connection, draft["tenant_id"], second_person.PROGRAMS, staff_id, at)


def take_back(connection: Connection, draft: Row, staff_id: str, version: int, at: datetime) -> None:
    """Its author goes on writing what was waiting already."""
    _only(draft, "waiting")
    _author(draft, staff_id)
    _write(connection, draft, version, state="draft", asked_at=None)
    _noted(connection, draft["tenant_id"], staff_id, "programs.taken_back", draft["id"], {}, at)


def give_back(connection: Connection, draft: Row, staff_id: str, version: int, answer: str, at: datetime) -> None:
    """The second person says what to mend; what the command line brought in has no author to mend it and is dropped."""
    _only(draft, "waiting")
    _another(draft, staff_id)
    state = "draft" if draft["made_by"] else "dropped"
    _write(connection, draft, version, state=state, answer=answer[:LONGEST_REASON], decided_by=staff_id, decided_at=at, asked_at=None)
    _noted(connection, draft["tenant_id"], staff_id, "programs.given_back", draft["id"], {}, at)


def drop(connection: Connection, draft: Row, staff_id: str, version: int, at: datetime) -> None:
    """Its author throws it away; it stays on record."""
    if draft["state"] not in OPEN:
        raise NotAllowed("console.programs.wrong.state")
    _author(draft, staff_id)
    _write(connection, draft, version, state="dropped")
    _noted(connection, draft["tenant_id"], staff_id, "programs.dropped", draft["id"], {}, at)


def approve(connection: Connection, draft: Row, staff_id: str, version: int, at: datetime) -> int:
    """The second person publishes it; from here on it holds. Returns the edition's number. Raises `Conflict` or `NotAllowed`.

    What somebody else published meanwhile about the same program is never overwritten: then it has to be written anew. Neither is
    published what the catalogue of today cannot read: an old edition's words, or those of a draft that waited long.
    """
    _only(draft, "waiting")
    _another(draft, staff_id)
    tenant_id = draft["tenant_id"]
    # One publication after the other: each builds on the one before it.
    connection.execute(select(tenant.c.id).where(tenant.c.id == tenant_id).with_for_update(key_share=True)).one()
    now = changes_of(connection, tenant_id)
    if any(now.get(program, NOTHING) != before for program, before in found(draft).items()):
        raise NotAllowed("console.programs.wrong.overtaken")
    where = place_of(connection, tenant_id)
    if any(program in draft["touched"] for program in misfits(current(), where.disaster, {**now, **wanted(draft)})):
        raise NotAllowed("console.programs.wrong.misfit")
    holds = {program: change for program, change in {**now, **wanted(draft)}.items() if not change.is_nothing}
    last = connection.execute(select(func.max(program_edition.c.number)).where(program_edition.c.tenant_id == tenant_id)).scalar_one()
    number = (last or 0) + 1
    _write(
        connection, draft, version, state="published", number=number, decided_by=staff_id, decided_at=at,
        changes={program: change.to_json() for program, change in sorted(holds.items())},
    )  # fmt: skip
    recompute.all_soon(connection, tenant_id, at)
    detail = {"edition": number, "origin": draft["origin"], "restores": draft["restores"], "touched": draft["touched"]}
    _noted(connection, tenant_id, staff_id, "programs.changed", draft["id"], detail, at)
    return number


def roll_back(connection: Connection, tenant_id: str, staff_id: str, number: int, at: datetime) -> str:
    """A draft that makes everything as edition `number` had it (0: as the catalogue came). Returns its id. Raises `LookupError`."""
    now = changes_of(connection, tenant_id)
    then: dict[str, Change] = {}
    if number:
        chosen = select(program_edition.c.changes).where(program_edition.c.tenant_id == tenant_id, program_edition.c.number == number)
        changes = connection.execute(chosen).scalar_one_or_none()
        if changes is None:
            raise LookupError("no such edition")
        then = {program: Change.from_json(one) for program, one in changes.items()}
    back = {program: then.get(program, NOTHING) for program in now.keys() | then.keys()}
    return begin(connection, tenant_id, staff_id, back, origin="rollback", at=at, restores=number)


def _only(draft: Row, state: str) -> None:
    if draft["state"] != state:
        raise NotAllowed("console.programs.wrong.state")


def _author(draft: Row, staff_id: str) -> None:
    if draft["made_by"] != staff_id:
        raise NotAllowed("console.programs.wrong.author")


def _another(draft: Row, staff_id: str) -> None:
    if draft["made_by"] == staff_id:
        raise NotAllowed("console.programs.wrong.second")


def _write(connection: Connection, draft: Row, version: int, **values: Any) -> None:
    same = update(program_edition).where(program_edition.c.id == draft["id"], program_edition.c.version == version, program_edition.c.state == draft["state"])
    if connection.execute(same.values(**values, version=version + 1)).rowcount != 1:
        raise Conflict({"state": draft["state"]})
    others = select(program_edition.c.id).where(program_edition.c.tenant_id == draft["tenant_id"], program_edition.c.state == "waiting")
    if draft["state"] == "waiting" and connection.execute(others.limit(1)).first() is None:
        second_person.settled(connection, draft["tenant_id"], second_person.PROGRAMS)


def previewed(connection: Connection, draft: Row, job_id: str) -> None:
    """Remember the job that works out what it would mean."""
    connection.execute(update(program_edition).where(program_edition.c.id == draft["id"]).values(preview_id=job_id))


def _noted(connection: Connection, tenant_id: str, staff_id: str | None, action: str, draft_id: str, detail: Mapping[str, Any], at: datetime) -> None:
    audit.record(
        connection, tenant_id=tenant_id, staff_id=staff_id, action=action, object_kind="programs", object_id=draft_id, detail=detail, at=at,
    )  # fmt: skip
