"""A link cut off in a message, a mistyped address: whoever comes that way finds the way on."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bots.app import make_app
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import make_test_shell


@pytest.fixture
def client(sqlite_engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant) -> TestClient:
    make_tenant(sqlite_engine)
    return TestClient(make_app(make_test_shell(sqlite_engine, clock, tmp_path)))


@pytest.mark.parametrize("address", ["/chta", "/chat/say", "/c/", "/page/x/y", "/favicon.png"])
def test_a_resident_gets_a_page_with_the_number_for_danger_and_the_way_to_the_chat(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"Accept-Language": "ja"})
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
    assert "このページは見つかりません" in answer.text and "119" in answer.text and 'href="/chat#now"' in answer.text


def test_it_speaks_the_language_of_the_browser(client: TestClient) -> None:
    assert "This page isn&#39;t here" in client.get("/chta", headers={"Accept-Language": "en"}).text


def test_nobody_learns_which_addresses_the_console_has(client: TestClient) -> None:
    answer = client.get("/console/nothing-here", follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/console/")


def test_programs_get_a_line_of_json(client: TestClient) -> None:
    answer = client.get("/webhooks/nobody")
    assert answer.status_code == 404 and answer.json() == {"detail": "Not Found"}
