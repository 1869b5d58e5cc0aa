"""The handover sheet (引継ぎ): what whoever goes on with a household must know, in one look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from backend.audit import service as audit
from backend.cases import closing, policy
from backend.cases.models import support_entry
from backend.db import Row
from backend.people.models import person
from backend.staff.access import case_for
from backend.staff.roles import Staff

MOST_ENTRIES = 300


@dataclass(frozen=True, slots=True)
class Handover:
    """Rows of the record: the newest version of the policy and the last end (None: there is none), entries newest first."""

    case: Row
    person: Any
    policy: Any
    end: Any
    entries: list[Any]


def look_at(connection: Connection, staff: Staff, case_id: str, at: datetime) -> Handover:
    """The sheet of a case, with at most `MOST_ENTRIES` entries that were not struck; who looked at it is in the trail.

    Raises `NotForYou`, `Restricted`.
    """
    found = case_for(connection, staff, case_id, at, viewing=False)
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="case.handover_viewed", object_kind="case",
                 object_id=found["id"], at=at)  # fmt: skip
    mine = select(support_entry).where(support_entry.c.case_id == found["id"], support_entry.c.struck_at.is_(None))
    return Handover(
        found, connection.execute(select(person).where(person.c.id == found["person_id"])).one(),
        next(iter(policy.versions_of(connection, found["id"])), None), next(iter(closing.closings_of(connection, found["id"])), None),
        list(connection.execute(mine.order_by(support_entry.c.at.desc(), support_entry.c.id.desc()).limit(MOST_ENTRIES))),
    )  # fmt: skip
