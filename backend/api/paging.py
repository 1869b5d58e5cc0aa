"""Pages by keyset: a page ends with the place where the next begins, so that nothing is skipped or told twice while
others write, and page 20,000 is as fast as the first."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, literal, tuple_

from backend.api.problems import Problem
from backend.clock import in_japan

MOST = 200
USUAL = 50


def limit_of(given: str) -> int:
    """How many rows were asked for. Raises `Problem`."""
    if not given:
        return USUAL
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(MOST)) and 1 <= int(given) <= MOST):
        raise Problem("invalid", errors=[{"field": "limit", "kind": f"1..{MOST}"}])
    return int(given)


def page(
    connection: Connection, chosen: Select[Any], by: Column[Any], id_: Column[Any], *, after: str, limit: int, newest: bool = False
) -> tuple[list[Any], str]:
    """The rows after a place, in the order of (by, id), and where the next page begins ("" at the end)."""
    if after:
        first, second = _read(after, by, id_)
        place = tuple_(literal(first, by.type), literal(second, id_.type))
        here = tuple_(by, id_)
        chosen = chosen.where(here < place if newest else here > place)
    order = (by.desc(), id_.desc()) if newest else (by, id_)
    rows = list(connection.execute(chosen.order_by(*order).limit(limit + 1)))
    if len(rows) <= limit:
        return rows, ""
    last = rows[limit - 1]._mapping
    return rows[:limit], _write((last[by], last[id_]))


def _write(place: Sequence[Any]) -> str:
    said = "\n".join(str(round(one.timestamp() * 1000)) if isinstance(one, datetime) else str(one) for one in place)
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _read(after: str, by: Column[Any], id_: Column[Any]) -> tuple[Any, Any]:
    try:
        said = base64.urlsafe_b64decode(after[:400] + "=" * (-len(after[:400]) % 4)).decode()
        first, second = said.split("\n")
        return _typed(first, by), _typed(second, id_)
    except (ValueError, binascii.Error, UnicodeDecodeError, OverflowError):
        raise Problem("invalid", errors=[{"field": "after", "kind": "not a place that was given"}]) from None


def _typed(said: str, column: Column[Any]) -> Any:
    kind = column.type.python_type if hasattr(column.type, "python_type") else str
    if type(column.type).__name__ == "Moment":
        return datetime.fromtimestamp(int(said) / 1000, UTC)
    return int(said) if kind is int else said


def moment(at: datetime | None) -> str | None:
    """A moment as it is told: ISO 8601 on a Japanese wall clock, with its offset."""
    return in_japan(at).isoformat(timespec="seconds") if at is not None else None
