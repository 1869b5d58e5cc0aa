"""Ids of another municipality in a body: nothing of theirs changes, and nothing of ours ever refers to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.api import pace
from backend.api.call import Call
from backend.api.examples import EXAMPLES, ID
from backend.api.routes import CALLS
from backend.app import Shell
from backend.db import metadata
from backend.staff.models import staff
from tests.api.program import program_of
from tests.api.test_policy import filled
from tests.console.attacked import homes as homes
from tests.console.world import Home

PLACES = (ID, "1" * 26)
"""What stands for an id in the examples."""


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.Pace, "wait", lambda *_: 0)


def with_id(value: Any, id_: str) -> Any:
    if isinstance(value, dict):
        return {name: with_id(one, id_) for name, one in value.items()}
    if isinstance(value, list):
        return [with_id(one, id_) for one in value]
    return id_ if value in PLACES else value


def bodies(call: Call, id_: str) -> Iterator[Any]:
    """The example with this id in place of each of its own; and in each field for ids that the example leaves out."""
    example = EXAMPLES[call.body.__name__] if call.body else {}
    if (spoilt := with_id(example, id_)) != example:
        yield spoilt
    named = call.body.model_json_schema()["properties"] if call.body else {}
    for name, told in named.items():
        if "0-9a-v" in str(told) and (name not in example or example[name] == []):
            yield from (example | {name: value} for value in (id_, [id_]))


def whole(shell: Shell, slug: str) -> dict[str, list[str]]:
    """Every row of a municipality, but for what says who looked at what, and when."""
    found = {}
    with shell.engine.connect() as c:
        for table in metadata.sorted_tables:
            if "tenant_id" in table.c and table.name != "audit":
                rows = c.execute(select(table).where(table.c.tenant_id == f"tenant-{slug}")).all()
                found[table.name] = [str(tuple(row)) for row in rows]
    return found


def test_ids_of_another_municipality_lead_nowhere(homes: dict[str, Home], shell: Shell, app: TestClient) -> None:
    with shell.engine.connect() as c:
        theirs = {row.login: row.id for row in c.execute(select(staff).where(staff.c.tenant_id == "tenant-tonari"))}
    strange = {name: id_ for name, id_ in homes["tonari"].ids.items() if len(id_) == 26} | {"staff": theirs["caseworker-next-door"]}
    programs = {role: program_of(shell, app, role) for role in ("supervisor", "administrator")}
    before, taken, tried = whole(shell, "tonari"), [], 0
    for call in CALLS:
        program = next((programs[role] for role in programs if role in call.roles), None)
        if program is None or call.body is None:
            continue
        for kind, id_ in strange.items():
            for body in bodies(call, id_):
                answer = program.ask(call.method, filled(call.path, homes["tsunagi"]), body, version=1)
                tried += answer.status_code != 422
                if answer.status_code < 300 and id_ in answer.text:
                    taken.append(f"{call.method} {call.path} {kind}: {answer.text[:200]}")
    assert tried > 100 and not taken, "\n".join(taken)
    assert whole(shell, "tonari") == before, "nothing of theirs changed"
    ours = [row for rows in whole(shell, "tsunagi").values() for row in rows]
    assert [(kind, row[:200]) for kind, id_ in strange.items() for row in ours if id_ in row] == []
