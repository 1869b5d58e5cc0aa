"""The description that goes along: every table and column, what refers to what, and what stayed behind and why."""

from __future__ import annotations

from typing import Any

from backend.relations import referred
from backend.takeout.tables import SECRET, STAYS, columns_of, taken
from backend.takeout.values import kind_of

VERSION = 1

READ_ME = """\
Tsunagi: everything that was kept for one municipality, decrypted. KEEP IT AS SAFE AS THE SYSTEM IT CAME FROM.

tables/NAME.jsonl  one record a line, UTF-8, JSON; a line for each row, in the order of its key
files/TABLE/ID     what was sent or put in (photos, scans), as it came; the record says name, media type and hash
schema.json        every table and column: how it is written, what it refers to; what was left out, and why
manifest.json      how many records and files there are, with SHA-256 of each file

Moments are ISO 8601 in UTC with milliseconds, days are YYYY-MM-DD, amounts whole yen, options the ids of the forms.
`./run export --check FOLDER` counts and compares all of it again.

この記録は、ひとつの自治体について保存していたすべてを、暗号化を解いて書き出したものです。元のシステムと同じように厳重に管理してください。
"""


def described() -> dict[str, Any]:
    """The schema as JSON."""
    return {
        "version": VERSION,
        "tables": {
            str(table.name): {
                "key": [str(column.name) for column in table.primary_key.columns],
                "columns": {
                    str(column.name): {
                        "type": kind_of(column.type),
                        "empty": bool(column.nullable),
                        **({"refers_to": f"{link.table.name}.{link.name}"} if (link := referred(column)) is not None else {}),
                    }
                    for column in columns_of(table)
                },
            }
            for table in taken()
        },
        "left_out": {"tables": STAYS, "columns": sorted(SECRET), "and": "columns ending in _index: keyed look-up values"},
    }
