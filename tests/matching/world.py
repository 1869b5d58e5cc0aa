"""A town where a list and the chat have met the same people, and everything there is, to compare."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.db import metadata
from backend.matching import service as matching
from backend.matching.propose import propose_for
from backend.people.models import person
from backend.staff.roles import Staff
from tests.console.world import settle
from tests.lists.conftest import Town


def chat(town: Town, **columns: Any) -> str:
    """Somebody who told their story in the chat, has asked for a lawyer and a visit, and waits."""
    home = settle(town.shell, town.tenant_id, "山田 花子", waiting_since=town.clock(), opened_at=town.clock())
    with town.engine.begin() as c:
        from backend.people import service as people

        people.write(c, home.ids["person"], {"name": "山田 はな子", "kana": "やまだ はなこ", "birth_date": "1948-04-02", "phone": "090-1234-5678", **columns},
                     source="line", by=None, at=town.clock())
    return home.ids["case"]


def proposals(town: Town, staff: Staff, state: str = "open") -> list[Any]:
    with town.engine.connect() as c:
        return matching.waiting(c, staff, state=state)


def compared(town: Town) -> None:
    with town.engine.begin() as c:
        everybody = c.execute(select(person.c.id).where(person.c.tenant_id == town.tenant_id)).scalars().all()
        propose_for(c, town.tenant_id, everybody, town.clock())


def decide(town: Town, staff: Staff, decision: str = "same") -> str | None:
    (one,) = proposals(town, staff)
    with town.engine.begin() as c:
        return matching.decide(c, staff, one["id"], decision, version=one["version"], at=town.clock.move(minutes=1))


def everything(town: Town) -> dict[str, list[Any]]:
    """Every row there is, but for the traces of the acts themselves."""
    with town.engine.connect() as c:
        return {
            table.name: sorted(repr({key: value for key, value in row.items() if key not in ("version", "changed_at", "decided_at", "decided_by", "state")})
                               for row in c.execute(select(table)).mappings())
            for table in metadata.sorted_tables if table.name not in ("audit", "merge", "person_change", "due")
        }  # fmt: skip
