"""Reads one workbook, as a process of its own with a bound on its memory: a few bytes in a far corner claim 500 GB.

The library lays a sheet out whole, from its first cell to its last, and a process that cannot get the memory is ended by the
system: it must not be the one that people are talking to. Started as a script by `reading.py`: the name of a sheet comes in as
one line of JSON, then the file; a name and rows of text go out, or the reason why not. Nothing personal stands in the arguments.
"""

from __future__ import annotations

import contextlib
import html
import json
import posixpath
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import IO, Any

MOST_MEMORY = 4 * 1024**3
"""Bytes: enough for what `reading.MOST_UNPACKED` lets through."""
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200_000, 120, 2000
"""More than any municipality's list; a sheet that somebody formatted to its last row is cut at its last filled one."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]|_x000D_")
_ELEMENT = re.compile(r"<(?:\w+:)?(?:sheet|Relationship)\s[^>]*>")
_HIDDEN = re.compile(rb"""<(?:\w+:)?row\s(?:[^>]*\s)?hidden=["'](?:1|true)["']""")


def plain(value: str) -> str:
    """Trimmed, without control characters; line breaks and characters of the user's own (外字) stay."""
    value = value.strip()
    if _CONTROL.search(value):
        value = value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
        value = _CONTROL.sub(lambda sign: "\n" if sign[0] == "\n" else "", value).strip()
    return value[:LONGEST_CELL]


def rows_of(content: bytes, wanted: str) -> dict[str, Any]:
    """{"name", "rows"} of the wanted sheet, or else of the fullest that is shown; {"refused": word} for what is no workbook.

    "others": [[name, rows], …] of the other sheets that are shown and hold more than a title; "hidden": how many rows Excel does not show.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    found: tuple[tuple[bool, int], str, Any] | None = None
    shown: dict[str, int] = {}
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        if wanted and wanted not in book.sheet_names:
            return {"refused": "no_sheet"}
        for sheet in book.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False, nrows=MOST_ROWS + 50)
            filled = sum(1 for row in rows if any(value not in ("", None) for value in row))
            visible = sheet.visible == SheetVisibleEnum.Visible
            if visible and filled > 1:
                shown[sheet.name] = filled
            if wanted in ("", sheet.name) and (found is None or (visible and filled > 0, filled) > found[0]):
                found = (visible and filled > 0, filled), sheet.name, rows
    except (CalamineError, OSError):
        # A workbook with a password is an OLE file without a workbook in it.
        return {"refused": "workbook"}
    if found is None:
        return {"refused": "empty"}
    _, name, rows = found
    return {
        "name": name, "rows": [[_text(value) for value in row[:MOST_COLUMNS]] for row in rows],
        "others": [[other, many] for other, many in shown.items() if other != name], "hidden": hidden_rows(content, name),
    }  # fmt: skip


def hidden_rows(content: bytes, name: str) -> int:
    """Rows of a sheet that Excel does not show, because of a filter or by hand; 0 for what is no xlsx."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            sheets = {html.unescape(_attribute(one, "name")): _attribute(one, "r:id") for one in _ELEMENT.findall(packed.read("xl/workbook.xml").decode())}
            targets = {_attribute(one, "Id"): _attribute(one, "Target") for one in _ELEMENT.findall(packed.read("xl/_rels/workbook.xml.rels").decode())}
            with packed.open(posixpath.normpath(posixpath.join("/xl", targets[sheets[name]])).lstrip("/")) as sheet:
                return _hidden_in(sheet)
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return 0


_LONGEST_ELEMENT = 1 << 16


def _hidden_in(sheet: IO[bytes], at_once: int = 1 << 20) -> int:
    many, rest = 0, b""
    while some := sheet.read(at_once):
        some = rest + some
        cut = some.rfind(b"<")  # an element is looked at whole
        many += len(_HIDDEN.findall(some, 0, cut)) if b"hidden=" in some else 0
        rest = some[cut:] if len(some) - cut < _LONGEST_ELEMENT else b""
    return many + len(_HIDDEN.findall(rest))


def _attribute(element: str, name: str) -> str:
    found = re.search(rf"""\s{name}=(?:"([^"]*)"|'([^']*)')""", element)
    return (found[1] or found[2] or "") if found else ""


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
