"""Live updates say that something changed, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import anyio
import pytest
from starlette.requests import Request

from backend.app import Shell
from backend.console.pages import live
from backend.console.pages.live import Pulse, change_number, changes
from backend.jobs import service as jobs
from backend.jobs.run import Work, run_slice
from tests.console.conftest import Browser, MakeStaff, NewBrowser
from tests.console.world import alert, settle, stranger


@pytest.fixture
def page(shell: Shell, tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser) -> Browser:
    make_staff("hanako")
    return new_browser("hanako")


def number(shell: Shell) -> str:
    with shell.engine.begin() as c:
        return change_number(c)


def test_the_number_changes_with_every_kind_of_news(shell: Shell, page: Browser) -> None:
    seen = [number(shell)]
    assert number(shell) == seen[0]
    home = settle(shell, "tenant-tsunagi", "山田 花子")
    seen.append(number(shell))
    alert(shell, home, "red")
    seen.append(number(shell))
    stranger(shell, "tenant-tsunagi", "水がない")
    seen.append(number(shell))
    page.open(f"/console/cases/{home.ids['case']}")
    seen.append(number(shell))
    assert len(set(seen)) == 5


def test_work_that_begins_and_ends_between_two_looks_is_news(shell: Shell, tenant_id: str) -> None:
    before = number(shell)
    with shell.engine.begin() as c:
        jobs.start(c, tenant_id=tenant_id, kind="short", staff_id=None, detail={}, at=shell.clock())

    def short(work: Work) -> None:
        with work.saving():
            pass
        work.result = {}
        with work.saving():
            pass

    assert run_slice(shell, {"short": short}) and not run_slice(shell, {"short": short})
    assert number(shell) != before


def test_polling_answers_with_the_number_alone(page: Browser) -> None:
    """SEC-02: one origin, plain HTTPS, polling where server-sent events do not pass."""
    answer = page.client.get("/console/live/number")
    assert re.fullmatch("[0-9a-f]{16}", answer.text) and answer.headers["cache-control"] == "no-store"


def test_the_stream_says_changed_at_once_and_at_each_change_and_ends_with_the_session(
    shell: Shell, page: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY", 0.0)
    monkeypatch.setattr(live, "CHECK_SESSION_EVERY", 3)
    token = page.client.cookies["tsunagi_staff"]
    request = Request({"type": "http", "headers": [(b"cookie", f"tsunagi_staff={token}".encode())]})

    async def listen() -> list[dict[str, Any]]:
        heard = []
        stream = changes(shell, Pulse(shell.engine), request, anyio.Event())
        heard.append(await anext(stream))
        stranger(shell, "tenant-tsunagi", "水がない")
        heard.append(await anext(stream))
        page.send("/console/logout")
        async for news in stream:
            heard.append(news)
        return heard

    heard = anyio.run(listen)
    assert [one["event"] for one in heard][:2] == ["changed", "changed"] and heard[-1]["event"] == "ended"
    assert all(re.fullmatch("[0-9a-f]{0,16}", one["data"]) for one in heard)


def test_an_open_stream_does_not_hold_up_a_server_that_stops(shell: Shell, page: Browser) -> None:
    async def listen() -> list[str]:
        closing = anyio.Event()
        stream = changes(shell, Pulse(shell.engine), Request({"type": "http", "headers": []}), closing)
        heard = [(await anext(stream))["event"]]
        closing.set()
        return heard + [news["event"] async for news in stream]

    assert anyio.run(listen) == ["changed"]


def test_fragments_are_parts_of_pages(shell: Shell, page: Browser) -> None:
    home = settle(shell, "tenant-tsunagi", "山田 花子")
    alert(shell, home, "orange")
    for path in re.findall(r'data-live="([^"]+)"', page.open(f"/console/cases/{home.ids['case']}").html):
        part = page.client.get(path.replace("&amp;", "&"))
        assert part.status_code == 200 and "<html" not in part.text, path
    assert "急ぎの知らせ" in page.client.get("/console/live/alarm").text
