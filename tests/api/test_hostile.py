"""Nothing that a program sends ends in our own error: every field of every body, every query, every place in a path."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from backend.api import pace
from backend.api.call import Call
from backend.api.examples import EXAMPLES
from backend.api.routes import CALLS
from backend.app import Shell, make_backend
from tests.api.program import Program, program_of
from tests.api.test_policy import filled
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, make_test_shell
from tests.console.lists_world import settle_lists
from tests.console.world import Home, settle

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
"""The stricter of the two: no NUL, no number beyond 32 bits, no word longer than its column."""

HUGE = 2**63
HOSTILE: dict[type, tuple[Any, ...]] = {
    str: ("\x00", "a\x00b", "\ud800", "x" * 100_000, "あ" * 200, "9999-12-31", "0001-01-01", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00Z", "'\"%_\\", "-unknown"),
    int: (HUGE, -HUGE - 1, 10**30, 2**31, -1, 0, 1.5, "1", None),
    bool: (None, "yes", 2), list: ([], {}, [None], [[]], None), dict: ({}, [], {"x": None}, {"\x00": "\x00"}, None), type(None): ("", 0),
}  # fmt: skip
QUERIES = ("\x00", "0010000", "a" * 3000, "9" * 30, "-1", "9999-12-31", "0001-01-01", "٣", "%", "[]", "0000019999999", "1" * 5000)


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.Pace, "wait", lambda *_: 0)


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, tmp_path: Any) -> Shell:
    return make_test_shell(engine, clock, tmp_path)


@pytest.fixture
def home(shell: Shell, tenant_id: str) -> Home:
    home = settle(shell, tenant_id, "山田 花子")
    settle_lists(shell, home)
    return home


@pytest.fixture
def programs(shell: Shell, home: Home, make_staff: MakeStaff) -> Iterator[dict[str, Program]]:
    with TestClient(make_backend(shell), raise_server_exceptions=False) as client:
        found = {}
        for role in ("supervisor", "administrator"):
            make_staff(role, role)
            found[role] = program_of(shell, client, role)
        yield found


def spoilt(body: Any) -> Iterator[Any]:
    """The body with one thing in it turned into something else, for each thing in it."""
    for value in HOSTILE[type(body)]:
        yield copy.deepcopy(value)
    for place in body if isinstance(body, dict) else range(len(body)) if isinstance(body, list) else ():
        for instead in spoilt(body[place]):
            yield (body | {place: instead}) if isinstance(body, dict) else [*body[:place], instead, *body[place + 1:]]


def asked_by(call: Call, programs: dict[str, Program]) -> Program:
    return next(programs[role] for role in programs if role in call.roles)


def whole(call: Call) -> Any:
    return EXAMPLES[call.body.__name__] if call.body else None


def hostile(call: Call) -> Iterator[Any]:
    """Its example spoilt; and with what the example leaves out."""
    example = whole(call)
    yield from spoilt(example)
    for name in call.body.model_fields if call.body else ():
        if name not in example:
            yield from (example | {name: value} for value in ("a\x00b", "\ud800", "あ" * 200, HUGE, 2**31, [HUGE], {"\x00": "\x00"}))


def test_no_body_ends_in_an_error_of_ours(programs: dict[str, Program], home: Home) -> None:
    broken = []
    for call in CALLS:
        if call.body is None or not call.roles & set(programs):
            continue
        for body in hostile(call):
            program = asked_by(call, programs)
            answer = program.client.request(call.method, f"/api/v1{filled(call.path, home)}", content=json.dumps(body), headers={
                "Authorization": f"Bearer {program.token}", "If-Match": '"1"'})
            if answer.status_code >= 500:
                broken.append(f"{call.method} {call.path}: {ascii(body)[:150]}")
    assert not broken, "\n".join(broken)


def test_no_query_or_path_ends_in_an_error_of_ours(programs: dict[str, Program], home: Home) -> None:
    broken = []
    for call in CALLS:
        if not call.roles & set(programs):
            continue
        program, path = asked_by(call, programs), filled(call.path, home)
        for value in QUERIES:
            for name in (*call.queries, *(("limit", "after") if call.pages else ())):
                answer = program.client.request(call.method, f"/api/v1{path}", params={name: value}, json=whole(call), headers={
                    "Authorization": f"Bearer {program.token}", "If-Match": '"1"'})
                if answer.status_code >= 500 or (name == "limit" and value != "\x00" and answer.status_code != 422):
                    broken.append(f"{call.method} {call.path}?{name}={value[:20]} {answer.status_code}")
        if "{id}" in call.path:
            for value in ("%00", "a" * 3000, "%2e%2e%2f", "9" * 30, "%F0%9F%98%80", "'"):
                answer = program.ask(call.method, call.path.replace("{id}", value), whole(call), version=1)
                if answer.status_code >= 500 or answer.status_code < 300:
                    broken.append(f"{call.method} {call.path} {value[:20]} {answer.status_code}")
    assert not broken, "\n".join(broken)
