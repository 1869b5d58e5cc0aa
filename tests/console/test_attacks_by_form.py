"""What a hostile outsider and a curious colleague of another town try with the console's forms."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from backend.app import Shell
from backend.cases.models import case
from backend.console.page import bounded
from backend.console.routes import PAGES
from backend.referrals.models import referral
from backend.staff.models import staff
from backend.staff.roles import ROLES
from backend.tenants.models import recipient
from tests.console.attacked import everything
from tests.console.attacked import homes as homes
from tests.console.conftest import NewBrowser
from tests.console.test_policy import filled
from tests.console.world import Home


@pytest.mark.parametrize("role", ROLES)
def test_no_form_does_anything_without_the_token_of_this_session(
    role: str, homes: dict[str, Home], new_browser: NewBrowser, shell: Shell
) -> None:
    browser, colleague = new_browser(role), new_browser("supervisor")
    stolen = colleague.open("/console/me").hidden("/console/logout")["csrf"]
    before = everything(shell)
    for page in PAGES:
        if page.method != "POST":
            continue
        for token in ("", "x", "日本語", "\x00", stolen if role != "supervisor" else "y"):
            sent = browser.client.post(filled(page.path, homes["tsunagi"]), data={"csrf": token, "form": "f1"},
                                       follow_redirects=False)
            assert sent.status_code == 403, page.path
    assert everything(shell) == before
    assert browser.open("/console/me").status == 200, "and the session goes on"


def test_a_login_form_with_any_text_for_a_token_is_refused(new_browser: NewBrowser, tenant_id: str) -> None:
    client = new_browser().open("/console/login").client
    for token in ("日本語", "\x00", "ÿ", "%ff"):
        assert client.post("/console/login", data={"csrf": token, "login": "a", "password": "b"}).status_code == 403


def test_a_form_that_is_larger_than_any_of_ours_is_refused_unread(homes: dict[str, Home], new_browser: NewBrowser) -> None:
    browser = new_browser("caseworker")
    for path, size in (("/console/login", 20_000), ("/console/language", 1_100_000)):
        assert browser.client.post(path, data={"csrf": "x" * size}).status_code == 413

    def endless() -> Any:
        while True:
            yield b"csrf=" + b"x" * 65536

    for path in ("/console/login", "/console/language"):
        kind = {"content-type": "application/x-www-form-urlencoded"}
        assert browser.client.post(path, content=endless(), headers=kind).status_code == 413


def test_nothing_is_read_of_what_somebody_sends_to_a_page_that_is_not_theirs(
    homes: dict[str, Home], new_browser: NewBrowser
) -> None:
    """31 MB per request, for any account at all, would fill a small server's disk and memory."""
    read = 0

    def large() -> Any:
        nonlocal read
        for _ in range(20):
            read += 65536
            yield b"x" * 65536

    booth = new_browser("booth").client
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(20 * 65536)}
    for page in PAGES:
        if page.files and "booth" not in page.roles:
            sent = asyncio.run(asked(booth, filled(page.path, homes["tsunagi"]), headers, large))
            assert sent == 403 and read == 0, page.path
    for claimed in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}):
        sent = asyncio.run(asked(new_browser("administrator").client, "/console/overview/map", {**headers, **claimed}, large))
        assert sent == 403 and read == 0, claimed


async def asked(client: TestClient, path: str, headers: dict[str, str], body: Any) -> int:
    """Send a body that is made as it is read, and say what came back."""
    pieces, status = body(), 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": next(pieces, b""), "more_body": True}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    raw = [(name.encode(), value.encode()) for name, value in {**headers, "cookie": cookie, "host": "testserver"}.items()]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw,
             "http_version": "1.1", "scheme": "http", "server": ("testserver", 80), "client": ("1.2.3.4", 1), "root_path": ""}  # fmt: skip
    await client.app(scope, receive, send)
    return status


def test_a_body_longer_than_it_promised_is_cut_off() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 600, "more_body": True}

    read = bounded(receive, 1000)

    async def twice() -> None:
        await read()
        await read()

    with pytest.raises(HTTPException) as cut:
        asyncio.run(twice())
    assert cut.value.status_code == 413


def test_ids_of_another_municipality_in_a_form_change_nothing_there(
    homes: dict[str, Home], new_browser: NewBrowser, shell: Shell
) -> None:
    """The addresses are covered by the matrix; this is what stands in the fields."""
    with shell.engine.begin() as c:
        c.execute(insert(recipient).values(id="theirs", tenant_id="tenant-tonari", kind="professional", profession="lawyer",
                                           name={"ja": "となりの弁護士"}, contact="tonari@example.jp", active=True))
        strangers = {row.login: row.id for row in c.execute(select(staff).where(staff.c.tenant_id == "tenant-tonari"))}
    there = {name: [row for row in rows if "tenant-tonari" in row] for name, rows in everything(shell).items()}
    mine = homes["tsunagi"].ids
    worker, admin = new_browser("caseworker"), new_browser("administrator")
    worker.open(f"/console/cases/{mine['case']}")
    worker.send(f"/console/cases/{mine['case']}/assign", to=strangers["caseworker-next-door"])
    worker.open(f"/console/cases/{mine['case']}")
    worker.send(f"/console/referrals/{mine['referral']}/mark", state="accepted", recipient="theirs")
    admin.open("/console/accounts")
    form = {"csrf": admin.hidden("/console/logout")["csrf"]}
    for number, (path, fields) in enumerate([
        ("/console/accounts/end", {"id": strangers["caseworker-next-door"]}),
        ("/console/accounts/reset", {"login": "caseworker-next-door"}),
        ("/console/settings/recipients", {"id": "theirs", "kind": "npo", "name_ja": "x", "active": "no"}),
        ("/console/settings/duty", {"duty": list(strangers.values())}),
    ]):  # fmt: skip
        admin.client.post(path, data={**form, "form": f"f{number}", **fields})
    after = {name: [row for row in rows if "tenant-tonari" in row] for name, rows in everything(shell).items()}
    assert after == there
    with shell.engine.connect() as c:
        assert c.execute(select(case.c.assigned_to).where(case.c.id == mine["case"])).scalar_one() is None
        assert c.execute(select(referral.c.recipient_id).where(referral.c.id == mine["referral"])).scalar_one() == mine["recipient"]
        assert not c.execute(select(staff.c.id).where(staff.c.on_duty.is_not(None))).all()
