"""Decide the support category (支援区分) of a case; the decision, its author and what was proposed are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from backend import ids
from backend.audit import service as audit
from backend.cases import record
from backend.cases.carrying import change, newest
from backend.cases.category import NUMBERS, Proposal, propose
from backend.cases.models import category_decision
from backend.cases.service import facts_of_case
from dialogs.core.words import Text


def proposal_for(connection: Connection, case_id: str) -> Proposal:
    """What the answers of the case point to now."""
    return propose(facts_of_case(connection, case_id))


def decide(
    connection: Connection, *, case_id: str, category: int, note: str, by: str, version: int, at: datetime
) -> None:
    """Decide the category: 1–4, whatever was proposed. Raises `Conflict`, or `ValueError` for another number."""
    if category not in NUMBERS:
        raise ValueError("a category is 1, 2, 3 or 4")
    row = newest(connection, case_id, version)
    proposed = proposal_for(connection, case_id)
    change(connection, row, at, category=category)
    connection.execute(insert(category_decision).values(
        id=ids.new(), tenant_id=row.tenant_id, case_id=case_id, category=category, proposed=proposed.category,
        reasons=list(proposed.reasons), note=note.strip() or None, decided_by=by, at=at))  # fmt: skip
    record.add(connection, tenant_id=row.tenant_id, case_id=case_id, kind="category", at=at, staff_id=by,
               args={"category": Text(f"console.support.name.{category}")}, text=note)  # fmt: skip
    audit.record(
        connection, tenant_id=row.tenant_id, staff_id=by, action="case.categorised", object_kind="case", object_id=case_id,
        detail={"category": [row.category, category], "proposed": proposed.category}, at=at,
    )  # fmt: skip


def decisions_of(connection: Connection, case_id: str) -> list[Any]:
    """Every decision, newest first."""
    mine = select(category_decision).where(category_decision.c.case_id == case_id)
    return list(connection.execute(mine.order_by(category_decision.c.at.desc(), category_decision.c.id.desc())))
