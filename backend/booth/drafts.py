"""A form that is being filled in at the booth: kept sealed, saved field by field, finished or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.booth import merge
from backend.booth.merge import Clashes
from backend.booth.models import booth_draft
from backend.booth.reading import Raw, raw_of
from backend.cases.models import case
from backend.cases.service import facts_of_case
from backend.clock import Clock, in_japan
from backend.consent.rules import standing
from backend.consent.service import decisions_of
from backend.db import Row
from backend.people.models import person
from backend.staff.access import Restricted, hidden_in, may_see, name_of
from backend.staff.roles import Staff
from backend.staff.seeded import draft_for, mine, seeded_for
from dialogs.fields import LOCALES

UNFINISHED_LASTS = timedelta(days=30)
"""A form that nobody finished is forgotten after this time, like a conversation that led to no case (PR-07)."""
ORIGINS = ("booth", "phone")
LONGEST = 2000
"""Characters of one field."""


class Clash(Exception):
    """Somebody else changed the same fields: nothing was saved. `fields` holds (mine, theirs) for each."""

    def __init__(self, fields: Clashes, version: int) -> None:
        super().__init__("changed by somebody else in the meantime")
        self.fields = fields
        self.version = version


class Finished(Exception):
    """The form was finished already; `case_id` is what came of it."""

    def __init__(self, case_id: str) -> None:
        super().__init__("finished")
        self.case_id = case_id


def begin(
    connection: Connection, staff: Staff, *, locale: str = "ja", origin: str = "booth", ticket_id: str | None = None, at: datetime
) -> str:
    """Open an empty form and return its id. `origin` is one of `ORIGINS`."""
    draft_id = _insert(connection, staff, {"language": [[1, locale]]} if locale != "ja" else {}, None, None, locale, ticket_id, at)
    if origin != "booth":
        connection.execute(update(booth_draft).where(booth_draft.c.id == draft_id).values(origin=origin))
    return draft_id


def begin_from_case(connection: Connection, staff: Staff, case_id: str, *, ticket_id: str | None = None, at: datetime) -> str:
    """Open the form with a case's answers in it. Raises `NotForYou` or `Restricted`: the latter too where somebody of the household
    is protected whom this account does not handle; the form cannot leave them out and keep what is known of them.
    """
    home = seeded_for(connection, staff, case_id, at)
    if hidden_in(connection, staff, home):
        raise Restricted(name_of(connection, home["assigned_to"]))
    taken = answers_as_raw(connection, case_id, at)
    locale = str(taken.get("language") or "ja")
    return _insert(connection, staff, {key: [[1, value]] for key, value in taken.items()}, taken, case_id, locale, ticket_id, at)


def answers_as_raw(connection: Connection, case_id: str, at: datetime) -> dict[str, Raw]:
    """What a case knows, as the form shows it; the decisions on sharing among it."""
    facts = {key: raw_of(answer) for key, answer in facts_of_case(connection, case_id).items()}
    if language := connection.execute(select(case.c.language).where(case.c.id == case_id)).scalar_one():
        facts["language"] = language
    decided = standing(decisions_of(connection, case_id=case_id), at)
    return facts | {f"share_{who}": "refused" if event == "withdrawn" else event for who, event in decided.items()}


def save(
    engine: Engine, clock: Clock, staff: Staff, draft_id: str, seen: int, sent: Mapping[str, Raw], locale: str = "",
    lately: Mapping[str, int] | None = None,
) -> int:
    """Save fields and return the version there is now. Raises `Clash`, `Finished`, `NotForYou` or `Restricted`.

    `seen` is the version the sender last saw, `lately` a later one for single fields. Sending the same once more changes nothing.
    """
    with engine.begin() as connection:
        row = draft_for(connection, staff, draft_id, clock(), lock=True)
        return save_in(connection, row, seen, sent, clock(), locale, lately)


def save_in(
    connection: Connection, row: Row, seen: int, sent: Mapping[str, Raw], at: datetime, locale: str = "",
    lately: Mapping[str, int] | None = None,
) -> int:
    """The same inside the caller's transaction, which holds the row's lock."""
    if row["finished_at"] is not None:
        raise Finished(row["case_id"])
    spoken = sent.get("language")
    if not locale and isinstance(spoken, str) and spoken in LOCALES:
        locale = spoken
    merged = merge.save(row["fields"], row["version"], seen, {key: _short(value) for key, value in sent.items()}, lately)
    if merged.clashes:
        raise Clash(merged.clashes, row["version"])
    if merged.version != row["version"] or (locale and locale != row["locale"]):
        connection.execute(update(booth_draft).where(booth_draft.c.id == row["id"]).values(
            fields=merged.history, version=merged.version, changed_at=at, locale=locale or row["locale"]))  # fmt: skip
    return merged.version


def throw_away(engine: Engine, clock: Clock, staff: Staff, draft_id: str) -> None:
    """Forget an unfinished form. Raises `NotForYou` or `Restricted`."""
    with engine.begin() as connection:
        now = clock()
        row = draft_for(connection, staff, draft_id, now, lock=True)
        if row["finished_at"] is None:
            connection.execute(delete(booth_draft).where(booth_draft.c.id == draft_id))
            audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="booth.thrown_away",
                         object_kind="booth_draft", object_id=draft_id, at=now)  # fmt: skip


def finished(connection: Connection, row: Row, case_id: str, seeded: bool, at: datetime) -> None:
    """Keep that the form was finished, by whom it was begun and what came of it; nothing of what stood in it."""
    connection.execute(update(booth_draft).where(booth_draft.c.id == row["id"]).values(
        fields={}, taken=None, case_id=case_id, finished_at=at, changed_at=at, seeded=seeded))  # fmt: skip


def unfinished(connection: Connection, staff: Staff) -> list[Any]:
    """The forms that wait to be finished, newest first. Those about a case are reached from that case."""
    chosen = (
        select(booth_draft.c.id, booth_draft.c.fields, booth_draft.c.changed_at, booth_draft.c.staff_id, booth_draft.c.ticket_id)
        .where(mine(staff), booth_draft.c.finished_at.is_(None), booth_draft.c.case_id.is_(None))
        .order_by(booth_draft.c.changed_at.desc(), booth_draft.c.id)
        .limit(50)
    )
    return [
        {**row, "name": str(merge.now(row["fields"]).get("name", ""))}
        for row in connection.execute(chosen).mappings()
    ]


def seeded_today(connection: Connection, staff: Staff, at: datetime) -> list[Any]:
    """The cases that this account made today, newest first: who they are, their number, when. Protected people left out."""
    morning = in_japan(at).replace(hour=0, minute=0, second=0, microsecond=0)
    chosen = (
        select(case.c.id, case.c.number, person.c.name, booth_draft.c.finished_at, case.c.restricted, case.c.assigned_to)
        .join(case, case.c.id == booth_draft.c.case_id)
        .join(person, person.c.id == case.c.person_id)
        .where(booth_draft.c.tenant_id == staff.tenant_id, booth_draft.c.staff_id == staff.id, booth_draft.c.seeded,
               booth_draft.c.finished_at >= morning)
        .order_by(booth_draft.c.finished_at.desc())
    )  # fmt: skip
    return [row for row in connection.execute(chosen) if may_see(staff, row.restricted, row.assigned_to)]


def drop_forgotten(engine: Engine, clock: Clock) -> int:
    """Delete forms that nobody finished in `UNFINISHED_LASTS`; returns how many."""
    with engine.begin() as connection:
        old = delete(booth_draft).where(
            booth_draft.c.finished_at.is_(None), booth_draft.c.changed_at < clock() - UNFINISHED_LASTS)  # fmt: skip
        return connection.execute(old).rowcount


def _insert(
    connection: Connection, staff: Staff, fields: merge.History, taken: Mapping[str, Raw] | None, case_id: str | None,
    locale: str, ticket_id: str | None, at: datetime,
) -> str:
    draft_id = ids.new()
    connection.execute(insert(booth_draft).values(
        id=draft_id, tenant_id=staff.tenant_id, staff_id=staff.id, case_id=case_id, ticket_id=ticket_id, locale=locale,
        fields=fields, taken=taken, made_at=at, changed_at=at))  # fmt: skip
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="booth.begun", object_kind="booth_draft",
                 object_id=draft_id, at=at)  # fmt: skip
    return draft_id


def _short(value: Raw) -> Raw:
    return value[:LONGEST] if isinstance(value, str) else [one[:60] for one in value[:30]]
