"""A list that this system gave out comes back: 管理番号 ① is the number of a case, and the row is that case's.

What the case says now stands in for what a list said last time. So a row that nobody touched is the same, and of one that
was worked on outside only the cells that say something else are taken in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from backend import ids
from backend.cases.models import case
from backend.cases.rules import read_case_number
from backend.clock import in_japan
from backend.db import reading
from backend.forms import columns as forms
from backend.forms.cells import text
from backend.forms.columns import SUPPORTED
from backend.forms.data import households
from backend.forms.lists import row_of
from backend.jobs.run import Work
from backend.lists.cells import plan, read_row
from backend.lists.header import propose
from backend.lists.models import list_row
from backend.lists.rows import digest_of, household_of

VISIT_KIND = "visit"


def adopt(work: Work, home: dict[str, Any], new: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Make rows of a list out of the cases whose numbers stand in it; returns key -> digest of them.

    `new` are keys that no list has brought in yet, with the number that was read. Only our own list is meant: the one of the manual.
    """
    if home["kind"] != VISIT_KIND:
        return {}
    numbers = {number: key for key, said in new if said and (number := read_case_number(said))}
    if not numbers:
        return {}
    with reading(work.shell.engine).connect() as connection:
        mine = select(case.c.id, case.c.number, case.c.person_id).where(case.c.tenant_id == work.tenant_id, case.c.number.in_(sorted(numbers)))
        cases = {row.id: row for row in connection.execute(mine)}
        found = households(connection, work.shell.words, list(cases), in_japan(work.shell.clock()).date())
    today, every = in_japan(work.shell.clock()).date(), forms.columns(SUPPORTED)
    mapping = plan(propose([one.heading for one in every], {}))
    made: list[dict[str, Any]] = []
    for one in found:
        draft = read_row([text(value) for value in row_of(one, every)], mapping, today)
        if draft is not None:
            made.append({
                "id": ids.new(), "tenant_id": work.tenant_id, "kind": home["kind"], "key": numbers[one.number],
                "household": household_of(work.tenant_id, home["kind"], draft), "number": draft.number, "case_id": one.case_id,
                "person_id": cases[one.case_id].person_id, "import_id": home["id"], "place": 0, "digest": digest_of(draft),
                "cells": draft.cells, "at": work.shell.clock(),
            })  # fmt: skip
    if made:
        with work.shell.engine.begin() as connection:
            connection.execute(list_row.insert(), made)
    return {row["key"]: row["digest"] for row in made}
