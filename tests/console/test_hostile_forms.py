"""Every form of the console filled in with what no column holds: nothing of it ends in an error of ours.

On PostgreSQL, the stricter: SQLite keeps words of any length. A browser's `maxlength` is a courtesy that nobody need keep to.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from backend.app import Shell, make_backend
from backend.console.routes import PAGES
from tests.conftest import MovableClock
from tests.console.attacked import homes as homes
from tests.console.conftest import Browser, make_test_shell
from tests.console.test_policy import filled
from tests.console.world import Home

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

LONG = "あ" * 3000
HOSTILE = {"text": (LONG, "a\x00b", "x" * 60), "textarea": (LONG, "\x00"), "date": ("9999-12-31", "0001-01-01"),
           "number": ("9" * 40, "99999999999"), "select": (LONG,), "hidden": (LONG, "99999999999")}  # fmt: skip
USUAL = {"date": "2026-07-20", "number": "3", "time": "10:00", "email": "hanako@example.jp", "tel": "090-1234-5678"}
SPARED = ("/console/logout", "/console/language", "/console/password", "/console/me")
"""What would end the session that tries the rest."""
FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.S)
FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>((?:\s*<option.*?(?=</select>))?)", re.S)


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, tmp_path: Any) -> Shell:
    return make_test_shell(engine, clock, tmp_path)


def forms_on(html: str) -> dict[str, list[tuple[str, str, str]]]:
    """Every form by its action: name, kind and a usual value of each field."""
    found = {}
    for action, inside in FORM.findall(html):
        fields = []
        for tag, said, rest in FIELD.findall(inside):
            told = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', said)}
            kind = told.get("type", "text" if tag == "input" else tag)
            choices = [one for one in re.findall(r'<option value="([^"]+)"', rest)] if tag == "select" else []
            value = choices[0] if choices else told.get("value") or USUAL.get(kind, "緑町")
            if told.get("name"):
                fields.append((told["name"], kind, value))
        if action.startswith("/console"):
            found[unescape(action)] = fields
    return found


@pytest.mark.parametrize("role", ["supervisor", "administrator"])
def test_no_form_ends_in_an_error_of_ours(role: str, homes: dict[str, Home], shell: Shell) -> None:
    broken: list[str] = []
    tried: set[tuple[str, str]] = set()
    with TestClient(make_backend(shell), raise_server_exceptions=False) as client:
        browser = Browser(client).log_in(role)
        for page in PAGES:
            if page.method != "GET" or "/live" in page.path or role not in page.roles:
                continue
            path = filled(page.path, homes["tsunagi"])
            for action, fields in forms_on(client.get(path).text).items():
                if action.split("?")[0] in SPARED or (action, str(fields)) in tried:
                    continue
                tried.add((action, str(fields)))
                for name, kind, _ in fields:
                    for value in HOSTILE.get(kind, ()) if name not in ("csrf", "form") else ():
                        # The page anew: what was sent before may have changed its versions.
                        usual = {field: said for field, _, said in forms_on(client.get(path).text).get(action, fields)}
                        if client.post(action, data=usual | {name: value}, follow_redirects=False).status_code >= 500:
                            broken.append(f"{page.path} → {action}: {name}={value[:12]!a}")
        assert browser.open("/console/me").status == 200, "and the session goes on"
    assert len(tried) > 20
    assert not broken, "\n".join(broken)
