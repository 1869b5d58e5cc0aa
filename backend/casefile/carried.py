"""How a case is carried: the category proposed and decided, the policy in versions, the support record, notes, its ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from backend.casefile.readable import readable
from backend.cases import closing, deciding, policy, record
from backend.cases.category import Proposal
from backend.cases.models import support_entry
from backend.cases.policy import Line
from backend.words import Catalogues
from dialogs.core.words import Arg

MOST_ENTRIES = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the support record. `what` are the words of what was done, `text` what somebody wrote."""

    id: str
    at: datetime
    kind: str
    what: Arg
    text: str
    staff_id: str | None
    struck: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the policy and how it differs from the one before, part by part; the first one has no difference."""

    row: Any
    changed: dict[str, tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class Carried:
    """Everything of the support page."""

    proposal: Proposal
    decisions: list[Any]
    versions: list[Version]
    entries: list[Entry]
    closings: list[Any]

    @property
    def policy(self) -> Any:
        return self.versions[0].row if self.versions else None


def carried(connection: Connection, catalogues: Catalogues, case_id: str) -> Carried:
    return Carried(
        deciding.proposal_for(connection, case_id), deciding.decisions_of(connection, case_id),
        versions_of(connection, case_id), entries_of(connection, catalogues, case_id), closing.closings_of(connection, case_id),
    )  # fmt: skip


def versions_of(connection: Connection, case_id: str) -> list[Version]:
    """Newest first."""
    rows = policy.versions_of(connection, case_id)
    return [Version(row, _changed(before, row)) for row, before in zip(rows, [*rows[1:], None], strict=False)]


def entries_of(connection: Connection, catalogues: Catalogues, case_id: str, most: int = MOST_ENTRIES) -> list[Entry]:
    """The support record, newest first; struck entries are in it."""
    mine = select(support_entry).where(support_entry.c.case_id == case_id)
    rows = connection.execute(mine.order_by(support_entry.c.at.desc(), support_entry.c.id.desc()).limit(most))
    return [
        Entry(
            row.id, row.at, row.kind, readable(catalogues, record.worded(row.kind, row.args)), row.text or "", row.staff_id,
            row.struck_at is not None,
        )
        for row in rows
    ]


def _changed(before: Any, row: Any) -> dict[str, tuple[Line, ...]]:
    if before is None:
        return {}
    pairs = ((name, getattr(before, name), getattr(row, name)) for name in policy.PARTS)
    return {name: policy.difference(old, new) for name, old, new in pairs if old != new}
