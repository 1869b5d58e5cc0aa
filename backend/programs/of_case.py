"""What the rules find for a case on record: its answers, its municipality's disaster and catalogue, one look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from backend.cases.models import case
from backend.cases.rules import read_case_number
from backend.cases.service import facts_of
from backend.programs.answers import situation_of
from backend.programs.edition import Edition
from backend.programs.engine import Result, assess
from backend.programs.sheet.changes import Changes, with_changes
from backend.programs.sheet.store import changes_of
from backend.programs.situation import Disaster, Situation
from backend.tenants.models import disaster as disasters
from backend.tenants.models import tenant


class NotFound(LookupError):
    """There is no such case or municipality; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality as the rules want it: id, slug, names per language, the facts of its current disaster."""

    id: str
    slug: str
    name: Mapping[str, str]
    disaster: Disaster
    disaster_name: Mapping[str, str]
    changes: Changes

    def decided(self, edition: Edition) -> tuple[Edition, Disaster]:
        """Catalogue and disaster with what this municipality decided in them."""
        return with_changes(edition, self.disaster, self.changes)


@dataclass(frozen=True, slots=True)
class Looked:
    """One case, and every program of its jurisdiction, what helps most first."""

    case_id: str
    number: str
    situation: Situation
    results: tuple[Result, ...]
    catalogue: str
    """Version of the catalogue that answered."""


def place(connection: Connection, slug: str) -> Place:
    """The municipality by its short name; an empty one where there is only one. Raises `NotFound`."""
    rows = connection.execute(select(tenant.c.id, tenant.c.slug, tenant.c.name).order_by(tenant.c.slug)).all()
    chosen = [row for row in rows if slug in ("", row.slug)]
    if len(chosen) != 1:
        known = " | ".join(row.slug for row in rows) or "(none yet: ./run tenant create)"
        raise NotFound(f"Say which municipality: --tenant {known}")
    return _place(connection, chosen[0])


def place_of(connection: Connection, tenant_id: str) -> Place:
    """The municipality by its id. Raises `NoResultFound`."""
    return _place(connection, connection.execute(select(tenant.c.id, tenant.c.slug, tenant.c.name).where(tenant.c.id == tenant_id)).one())


def _place(connection: Connection, one: Any) -> Place:
    current = select(disasters).where(disasters.c.tenant_id == one.id, disasters.c.current)
    row = connection.execute(current.order_by(disasters.c.happened_on.desc(), disasters.c.id).limit(1)).mappings().first()
    facts = (
        Disaster.of(row["happened_on"], row["prefecture"], row["municipality"], row["acts"], row["extended_deadlines"])
        if row
        else Disaster()
    )
    return Place(one.id, one.slug, one.name, facts, row["name"] if row else {}, changes_of(connection, one.id))


def case_id_of(connection: Connection, where: Place, typed: str) -> tuple[str, str]:
    """Id and number of the case somebody typed the number of. Raises `NotFound`."""
    number = read_case_number(typed)
    if number is None:
        raise NotFound("That is no case number: check the figures (the last one is a check digit).")
    found = connection.execute(select(case.c.id).where(case.c.tenant_id == where.id, case.c.number == number)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"{where.slug} has no case {number}.")
    return str(found), number


def answers_of(connection: Connection, case_id: str | None, conversation_id: str = "") -> dict[str, Any]:
    """What was given, by field id; what is unknown, deferred or declined is absent. Of a conversation while there is no case."""
    facts = facts_of(connection, case_id=case_id, conversation_id=conversation_id)
    return {name: answer.value for name, answer in facts.items() if answer.given}


def look(connection: Connection, where: Place, typed: str, today: date, edition: Edition) -> Looked:
    """Assess one case as it stands now. Raises `NotFound`."""
    case_id, number = case_id_of(connection, where, typed)
    edition, disaster = where.decided(edition)
    situation = situation_of(answers_of(connection, case_id), disaster, today)
    return Looked(case_id, number, situation, assess(situation, edition), edition.version)
