"""Webhooks out: found in what was committed, signed, tried again, given up in the end, never to an address at home."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, update

from backend import ids
from backend.api import events, hooks
from backend.api.hooks import AGAIN, Guard, HookError, Resolver, is_public
from backend.api.models import webhook, webhook_delivery
from backend.app import Shell
from backend.audit import service as audit
from backend.cases.models import case
from tests.api.program import program_of
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import MakeStaff, NewBrowser, make_test_shell
from tests.console.world import settle

HOME = "tenant-tsunagi"
AT_HOME = Guard(frozenset({"http"}), lambda _: True)
"""For the tests alone: the fake stands on loopback."""


@pytest.fixture
def both(engine: Engine, clock: MovableClock, tmp_path: Any, make_tenant: MakeTenant) -> Shell:
    """On SQLite and on PostgreSQL."""
    make_tenant(engine)
    make_tenant(engine, "tonari")
    return make_test_shell(engine, clock, tmp_path)


@pytest.fixture
def shell(sqlite_engine: Engine, clock: MovableClock, tmp_path: Any, make_tenant: MakeTenant) -> Shell:
    make_tenant(sqlite_engine)
    return make_test_shell(sqlite_engine, clock, tmp_path)


@dataclass
class Receiver:
    """A municipality's own system: keeps what it was told and answers what it is set to."""

    url: str = ""
    status: int = 204
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.read()))
        headers = {"Location": "http://127.0.0.1:1/"} if 300 <= self.status < 400 else {}
        return web.Response(status=self.status, headers=headers)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    served = web.Application()
    served.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(served)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def hook(shell: Shell, url: str, chosen: tuple[str, ...] = events.EVENTS, tenant: str = HOME) -> str:
    """Written past the guard of `make`, which would refuse an address on loopback."""
    made = ids.new()
    with shell.engine.begin() as c:
        c.execute(insert(webhook).values(id=made, tenant_id=tenant, url=url, secret="geheim", events=list(chosen),
                                         made_at=shell.clock(), seen=events.beginning(c, tenant)))
    return made


def states(shell: Shell) -> list[str]:
    with shell.engine.begin() as c:
        return list(c.execute(select(webhook_delivery.c.state).order_by(webhook_delivery.c.id)).scalars())


def happens(shell: Shell, action: str, kind: str, id_: str) -> None:
    with shell.engine.begin() as c:
        audit.record(c, tenant_id=HOME, staff_id=None, action=action, object_kind=kind, object_id=id_, at=shell.clock())


async def test_a_case_that_opens_is_told_once_signed_and_without_a_name(both: Shell, clock: MovableClock) -> None:
    settle(both, HOME, "前から いた人")
    async with receiving() as receiver:
        hook(both, receiver.url)
        home = settle(both, HOME, "山田 花子", number="T-2")
        settle(both, "tenant-tonari", "隣の 人")
        while await hooks.send_due(both, AT_HOME):
            pass
        assert sorted(one["event"] for one in receiver.told) == ["case.opened", "referral.changed", "task.raised"]
        opened = next(one for one in receiver.told if one["event"] == "case.opened")
        assert opened["subject"] == opened["case"] == home.ids["case"] and opened["municipality"] == "tsunagi"
        assert opened["page"].endswith(f"/console/cases/{home.ids['case']}")
        for headers, body in receiver.heard:
            assert "山田".encode() not in body and "090-" not in body.decode() and "T-2" not in body.decode()
            at, code = (part.partition("=")[2] for part in headers["Tsunagi-Signature"].split(","))
            assert int(at) == int(clock().timestamp())
            assert hmac.compare_digest(code, hmac.new(b"geheim", f"{at}.".encode() + body, hashlib.sha256).hexdigest())
        assert await hooks.send_due(both, AT_HOME) == 0 and set(states(both)) == {"sent"}


async def test_closing_and_every_change_of_a_referral_are_events_of_their_own(shell: Shell) -> None:
    home = settle(shell, HOME, "山田 花子")
    async with receiving() as receiver:
        hook(shell, receiver.url)
        for action in ("referral.accepted", "referral.viewed", "referral.shown", "referral.done"):
            happens(shell, action, "referral", home.ids["referral"])
        happens(shell, "case.closed", "case", home.ids["case"])
        happens(shell, "case.viewed", "case", home.ids["case"])
        await hooks.send_due(shell, AT_HOME)
        assert [one["event"] for one in receiver.told].count("referral.changed") == 2
        assert [one["subject"] for one in receiver.told if one["event"] == "case.closed"] == [home.ids["case"]]
        assert all(one["case"] == home.ids["case"] for one in receiver.told)


async def test_only_the_chosen_events_are_told(shell: Shell) -> None:
    async with receiving() as receiver:
        hook(shell, receiver.url, ("case.opened",))
        settle(shell, HOME, "山田 花子")
        await hooks.send_due(shell, AT_HOME)
        assert [one["event"] for one in receiver.told] == ["case.opened"]


def test_a_record_that_was_committed_late_is_found_and_none_is_found_twice(both: Shell) -> None:
    """Its id is older than one that was told already: a long transaction ended after a short one."""
    made = hook(both, "https://hooks.example.jp/", ("case.opened",))
    late_id = ids.new()
    settle(both, HOME, "先の 人", number="T-1")
    assert events.collect(both.engine, both.clock) == 1
    home = settle(both, HOME, "後の 人", number="T-2")
    with both.engine.begin() as c:
        row = dict(c.execute(select(case).where(case.c.id == home.ids["case"])).mappings().one())
        c.execute(insert(case).values({**row, "id": late_id, "number": "T-3"}))
    assert events.collect(both.engine, both.clock) == 2
    assert events.collect(both.engine, both.clock) == 0
    with both.engine.begin() as c:
        told = c.execute(select(webhook_delivery.c.subject).where(webhook_delivery.c.webhook_id == made)).scalars().all()
    assert len(told) == 3 and late_id in told


def test_a_record_of_the_same_millisecond_is_told(both: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids of one millisecond differ by chance alone: the webhook's moment has the highest, the case the lowest."""
    made = ids.new()
    monkeypatch.setattr(events.ids, "new", lambda: made[:10] + "v" * 15 + "s")
    hook(both, "https://hooks.example.jp/", ("case.opened",))
    monkeypatch.undo()
    home = settle(both, HOME, "山田 花子")
    with both.engine.begin() as c:
        row = dict(c.execute(select(case).where(case.c.id == home.ids["case"])).mappings().one())
        c.execute(insert(case).values({**row, "id": made[:10] + "0" * 14 + "10", "number": "T-2"}))
    assert events.collect(both.engine, both.clock) == 2


async def test_a_receiver_that_is_down_is_tried_again_with_longer_pauses_and_given_up_in_the_end(
    both: Shell, clock: MovableClock
) -> None:
    async with receiving() as receiver:
        hook(both, receiver.url, ("case.opened",))
        settle(both, HOME, "山田 花子")
        receiver.status = 503
        for pause in AGAIN:
            assert await hooks.send_due(both, AT_HOME) == 1
            clock.move(pause - timedelta(seconds=1))
            assert await hooks.send_due(both, AT_HOME) == 0, "not before its time"
            clock.move(seconds=1)
        assert await hooks.send_due(both, AT_HOME) == 1
        assert states(both) == ["dead"] and len(receiver.heard) == len(AGAIN) + 1
        assert len({one["id"] for one in receiver.told}) == 1, "the same event has the same id"
        clock.move(days=3)
        assert await hooks.send_due(both, AT_HOME) == 0
        with both.engine.begin() as c:
            assert hooks.dead(c, HOME) == 1 and hooks.dead(c, "tenant-tonari") == 0
            assert hooks.try_again(c, tenant_id=HOME, at=clock()) == 1
        receiver.status = 200
        assert await hooks.send_due(both, AT_HOME) == 1 and states(both) == ["sent"]
        clock.move(days=8)
        assert events.forget_told(both.engine, clock) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 500])
async def test_nothing_but_a_2xx_is_taken_and_no_redirect_is_followed(status: int, shell: Shell) -> None:
    async with receiving() as receiver:
        hook(shell, receiver.url, ("case.opened",))
        settle(shell, HOME, "山田 花子")
        receiver.status = status
        await hooks.send_due(shell, AT_HOME)
        assert states(shell) == ["pending"] and len(receiver.heard) == 1


async def test_a_worker_that_died_while_telling_leaves_it_to_the_next(shell: Shell, clock: MovableClock) -> None:
    async with receiving() as receiver:
        hook(shell, receiver.url, ("case.opened",))
        settle(shell, HOME, "山田 花子")
        events.collect(shell.engine, clock)
        assert len(hooks._lease(shell)) == 1
        assert await hooks.send_due(shell, AT_HOME) == 0, "it is leased"
        clock.move(minutes=3)
        assert await hooks.send_due(shell, AT_HOME) == 1 and states(shell) == ["sent"]


# --- where it may not go -------------------------------------------------------------------------------------------

INSIDE = [
    "127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "fec0::1",
    "2002:a00:1::", "2002:7f00:1::", "ff02::1", "192.0.2.1", "198.18.0.1", "nonsense",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_at_home_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.1", "2400:4050::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.jp/", "not_https"), ("ftp://hooks.example.jp/", "not_https"), ("gopher://hooks.example.jp/", "not_https"),
        ("https://", "wrong_url"), ("https://user:pw@hooks.example.jp/", "wrong_url"), ("https://hooks.example.jp/#x", "wrong_url"),
        ("https://hooks.example.jp:0/", "wrong_url"), ("https://hooks.example.jp:99999/", "wrong_url"), ("https://[::1", "wrong_url"),
        ("https://localhost/", "not_public"), ("https://printer.local/", "not_public"), ("https://db.internal/", "not_public"),
        ("https://127.0.0.1/", "not_public"), ("https://[::1]/", "not_public"), ("https://[::ffff:127.0.0.1]/", "not_public"),
        ("https://169.254.169.254/latest/meta-data", "not_public"), ("https://127.1/", "not_public"),
        ("https://2130706433/", "not_public"), ("https://0x7f.1/", "not_public"), ("https://127.0.0.1./", "not_public"),
        ("https://hooks.example.jp./", "not_public"), ("https://１２７.0.0.1/", "not_public"), ("", "not_https"), ("日本", "not_https"),
    ],
)  # fmt: skip
def test_an_address_that_must_not_be_talked_to_is_refused_before_anything_is_looked_up(url: str, why: str) -> None:
    with pytest.raises(HookError) as refused:
        Guard().check(url)
    assert refused.value.args[0] == f"console.hooks.{why}"


def test_a_usual_address_is_taken() -> None:
    Guard().check("https://hooks.city.example.jp:8443/tsunagi?key=1")


@given(st.text(max_size=60))
def test_no_text_breaks_the_guard(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/x"):
        try:
            Guard().check(url)
        except HookError:
            continue


@pytest.mark.parametrize("resolved", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], []])
async def test_a_name_that_means_a_machine_at_home_is_not_connected_to(
    resolved: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it meant when the webhook was made (DNS rebinding)."""

    async def lookup(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", (address, 443)) for address in resolved]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    with pytest.raises(OSError, match="not a public address"):
        await Resolver(Guard()).resolve("hooks.example.jp", 443)


async def test_what_was_checked_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lookup(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", ("8.8.8.8", 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    found = await Resolver(Guard()).resolve("hooks.example.jp", 443)
    assert [(one["host"], one["hostname"]) for one in found] == [("8.8.8.8", "hooks.example.jp")]


async def test_with_the_real_guard_the_fake_at_home_is_never_reached(shell: Shell) -> None:
    async with receiving() as receiver:
        hook(shell, receiver.url, ("case.opened",))
        hook(shell, receiver.url.replace("http://", "https://"), ("case.opened",))
        settle(shell, HOME, "山田 花子")
        assert await hooks.send_due(shell) == 2
        assert receiver.heard == [] and set(states(shell)) == {"pending"}


# --- the console and the API -----------------------------------------------------------------------------------------


def test_an_administrator_makes_one_sees_its_secret_once_and_removes_it(
    shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    make_staff("admin", "administrator")
    page = new_browser("admin").open("/console/api")
    assert page.send("/console/api/hooks", url="http://x.example.jp/", event="case.opened").has("https:// で始まる")
    page.open("/console/api").send("/console/api/hooks", url="https://x.example.jp/h?token=hidden", event="case.opened")
    secret = page.html.split('class="one-time small">')[1].split("<")[0]
    assert len(secret) > 30
    listed = page.open("/console/api")
    assert listed.has("x.example.jp", "ケースの開始") and secret not in listed.html and "token=hidden" not in listed.html
    with shell.engine.begin() as c:
        assert c.execute(select(webhook.c.secret)).scalar_one() == secret
    listed.send("/console/api/hooks/remove")
    with shell.engine.begin() as c:
        assert c.execute(select(webhook)).first() is None


def test_what_was_given_up_is_said_on_the_settings_page(
    shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser, clock: MovableClock
) -> None:
    make_staff("admin", "administrator")
    made = hook(shell, "https://x.example.jp/")
    settle(shell, HOME, "山田 花子")
    events.collect(shell.engine, clock)
    admin = new_browser("admin").open("/console/settings")
    assert not admin.has("届かなかった通知")
    with shell.engine.begin() as c:
        c.execute(update(webhook_delivery).where(webhook_delivery.c.webhook_id == made).values(state="dead"))
    assert admin.open("/console/settings").has("届かなかった通知（Webhook）が3件")
    admin.open("/console/api").send("/console/api/hooks/again")
    assert set(states(shell)) == {"pending"}


def test_over_the_api(shell: Shell, make_staff: MakeStaff, app: Any) -> None:
    make_staff("admin", "administrator")
    program = program_of(shell, app, "admin")
    assert program.ask("POST", "/webhooks", {"url": "https://10.0.0.1/", "events": ["case.opened"]}).status_code == 422
    assert program.ask("POST", "/webhooks", {"url": "https://x.example.jp/", "events": ["king.crowned"]}).status_code == 422
    made = program.ask("POST", "/webhooks", {"url": "https://x.example.jp/", "events": ["case.closed"]}).json()
    assert made["secret"] and program.get("/webhooks").json()["items"][0]["host"] == "x.example.jp"
    assert program.ask("DELETE", f"/webhooks/{made['id']}").status_code == 204
    assert program.ask("DELETE", f"/webhooks/{made['id']}").status_code == 404


def test_the_worker_has_it_among_its_parts(shell: Shell) -> None:
    from bots.worker import others

    assert "webhooks" in {name for name, _, _ in others(shell, {})}


def test_earlier_ids_sort_before() -> None:
    one = ids.new()
    assert ids.earlier(one, 0) <= one and ids.earlier(one, 60_000) < ids.earlier(one, 1) < ids.new() and len(ids.earlier(one, 5)) == 26
