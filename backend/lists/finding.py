"""By what somebody is found whom a list brought in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from backend.db import Row
from backend.lists.models import list_row
from backend.people.tokens import number_token, tokens_of


def found_by(connection: Connection, who: Row) -> set[int]:
    """Every token of a person's row: of what it says, and of the numbers that lists have given them, now or before."""
    chosen = select(list_row.c.number, list_row.c.before).where(list_row.c.person_id == who["id"])
    numbers: set[Any] = set()
    for row in connection.execute(chosen):
        numbers |= {row.number, *(one["cells"].get("number") for one in row.before or ())}
    return tokens_of(who["tenant_id"], who) | {number_token(who["tenant_id"], number) for number in numbers if number}
