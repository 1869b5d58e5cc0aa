"""JSON lines in, JSON lines out: one household a line, as `./run programs assess` speaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from backend.programs.deadlines import Part
from backend.programs.edition import Edition, current
from backend.programs.engine import Result, assess
from backend.programs.reading import Unreadable, read_situation


def assess_lines(lines: Iterable[str | bytes], edition: Edition | None = None) -> Iterator[str]:
    """One result line per household line, in order; empty lines are passed over.

    A line that cannot be read gives `{"id", "error"}` with line number and field, and the rest goes on.
    """
    for answer, _ in answers(lines, edition or current()):
        yield answer.decode()


def answers(lines: Iterable[str | bytes], edition: Edition) -> Iterator[tuple[bytes, bool]]:
    """Each output line as UTF-8 and whether it is an answer rather than an error."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            answer = _answer(line, number, edition)
            yield orjson.dumps(answer), "error" not in answer


def _answer(line: str | bytes, number: int, edition: Edition) -> dict[str, Any]:
    name: Any = None
    try:
        data = _decoded(line)
        if isinstance(data, dict):
            name = _id_of(data.get("id"))
        return {"id": name, "programs": [as_json(result) for result in assess(read_situation(data), edition)]}
    except Unreadable as error:
        return {"id": name, "error": f"line {number}: {error}"}


def _decoded(line: str | bytes) -> Any:
    try:
        return orjson.loads(line)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise Unreadable("this is not JSON") from None


def _id_of(name: Any) -> str | int | None:
    if name is None or (isinstance(name, str | int) and not isinstance(name, bool)):
        return name
    raise Unreadable("id must be text or a whole number")


def as_json(result: Result) -> dict[str, Any]:
    """One program of an output line. Words are Japanese; ids and key paths are the format's."""
    entry = result.entry
    return {
        "program": entry.id,
        "name": entry.name.in_locale("ja"),
        "verdict": result.verdict,
        "amount": {"kind": result.amount.kind, "min_yen": result.amount.min_yen, "max_yen": result.amount.max_yen},
        "reasons": [{"field": reason.field, "condition": reason.condition, "met": reason.met} for reason in result.reasons],
        "missing": result.missing,
        "deadline": result.deadline,
        "deadlines": [_part(part) for part in result.deadlines],
        "days_left": result.days_left,
        "as_of": entry.as_of,
        "confirmed": entry.confirmed,
        "desk": entry.desk.in_locale("ja"),
        "documents": [words.in_locale("ja") for words in entry.documents],
        "professions": entry.professions,
        "source": " ".join(filter(None, (entry.source.text, entry.source.url, f"({entry.source.collected_on})"))),
    }


def _part(part: Part) -> dict[str, Any]:
    """A part without a date: its rule reads differently in its sources, or the day of the disaster is not known."""
    return {"part": part.part, "date": part.date} | ({} if part.date else {"confirmed": False})
