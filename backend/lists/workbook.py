"""Reads one workbook, as a process of its own with a bound on its memory: a few bytes in a far corner claim 500 GB.

The library lays a sheet out whole, from its first cell to its last, and a process that cannot get the memory is ended by the
system: it must not be the one that people are talking to. Started as a script by `reading.py`: the name of a sheet comes in as
one line of JSON, then the file; a name and rows of text go out, or the reason why not. Nothing personal stands in the arguments.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

MOST_MEMORY = 4 * 1024**3
"""Bytes: enough for what `reading.MOST_UNPACKED` lets through."""
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200_000, 120, 2000
"""More than any municipality's list; a sheet that somebody formatted to its last row is cut at its last filled one."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]|_x000D_")


def plain(value: str) -> str:
    """Trimmed, without control characters; line breaks and characters of the user's own (外字) stay."""
    value = value.strip()
    if _CONTROL.search(value):
        value = value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
        value = _CONTROL.sub(lambda sign: "\n" if sign[0] == "\n" else "", value).strip()
    return value[:LONGEST_CELL]


def rows_of(content: bytes, wanted: str) -> dict[str, Any]:
    """{"name", "rows"} of the wanted sheet, or else of the fullest; {"refused": word} for what is no workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    found: tuple[int, str, Any] | None = None
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for name in [wanted] if wanted in book.sheet_names else list(book.sheet_names):
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS + 50)
            filled = sum(1 for row in rows if any(value not in ("", None) for value in row))
            if found is None or filled > found[0]:
                found = filled, name, rows
    except (CalamineError, OSError):
        # A workbook with a password is an OLE file without a workbook in it.
        return {"refused": "workbook"}
    if found is None:
        return {"refused": "empty"}
    return {"name": found[1], "rows": [[_text(value) for value in row[:MOST_COLUMNS]] for row in found[2]]}


def _text(value: Any) -> str:
    if type(value) is str:
        return plain(value) if value else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "○" if value else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _bounded() -> None:
    """Take no more memory than `MOST_MEMORY`, and leave no copy of it on the disk; where a system knows no such bounds, go on."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def main() -> None:
    import orjson

    _bounded()
    wanted = str(json.loads(sys.stdin.buffer.readline()))
    sys.stdout.buffer.write(orjson.dumps(rows_of(sys.stdin.buffer.read(), wanted)))


if __name__ == "__main__":
    main()
