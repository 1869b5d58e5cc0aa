"""The programs that were suggested last, with why, how much at most, and what is still unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from backend.cases.models import suggestion
from backend.words import Catalogues
from dialogs.core.words import Arg, Text, Words, Yen


@dataclass(frozen=True, slots=True)
class Suggested:
    """One program, ready to be written: names and desks are data, reasons are message keys."""

    name: Words
    verdict: str
    amount: Text
    why: tuple[Text, ...]
    missing: tuple[Text, ...]
    desk: Words | None
    deadline: date | None
    warnings: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """One look for programs: when, with which version of the catalogue, and what it found, best first."""

    at: datetime
    catalogue: str
    programs: tuple[Suggested, ...]


def suggested_to(
    connection: Connection, catalogues: Catalogues, *, case_id: str | None, conversation_id: str | None
) -> Looked | None:
    mine = suggestion.c.case_id == case_id if case_id else suggestion.c.conversation_id == conversation_id
    row = connection.execute(select(suggestion).where(mine).order_by(suggestion.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return Looked(row.at, row.catalogue, tuple(_one(found, catalogues) for found in row.result))


def _one(found: dict[str, Any], catalogues: Catalogues) -> Suggested:
    return Suggested(
        name=Words.of(found["name"]),
        verdict=found["verdict"],
        amount=_amount(found),
        why=tuple(text for one in found.get("why", ()) if catalogues.has((text := _text(one)).key)),
        missing=tuple(Text(f"field.{name.rsplit('.', 1)[-1]}.label") for name in found.get("missing", ())),
        desk=Words.of(found["desk"]) if found.get("desk") else None,
        deadline=date.fromisoformat(found["deadline"]) if found.get("deadline") else None,
        warnings=tuple(Words.of(one) for one in found.get("warnings", ())),
    )


def _amount(found: dict[str, Any]) -> Text:
    """Always 最大…: what somebody gets is the desk's decision, never ours."""
    kind, low, high = found["amount_kind"], found.get("min_yen"), found.get("max_yen")
    if kind in ("none", "unknown") or high is None:
        return Text("console.amount.none" if kind == "none" else "console.amount.unknown")
    if kind == "range" and low and low != high:
        return Text("console.amount.range", {"low": Yen(low), "high": Yen(high)})
    return Text("console.amount.up_to", {"high": Yen(high)})


def _text(kept: dict[str, Any]) -> Text:
    return Text(kept["key"], {name: _arg(value) for name, value in kept.get("args", {}).items()})


def _arg(value: Any) -> Arg:
    if isinstance(value, dict):
        return _text(value) if "key" in value else Words.of(value)
    return value if isinstance(value, str | int) else str(value)
