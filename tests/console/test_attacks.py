"""What a hostile outsider, a curious colleague of another town and a stolen browser try at the console."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from backend.app import Shell, make_backend
from backend.audit.models import audit
from backend.cases.models import answer, case, suggestion
from backend.console.page import bounded
from backend.console.routes import PAGES
from backend.journal.models import attachment, conversation, message
from backend.people.models import person
from backend.referrals.models import referral
from backend.staff import accounts, sessions
from backend.staff.models import notice_route, staff, staff_session
from backend.staff.roles import ROLES
from backend.tenants.models import disaster, district, recipient, tenant
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import PASSWORD, Browser, MakeStaff, NewBrowser
from tests.console.lists_world import settle_lists
from tests.console.test_policy import filled
from tests.console.world import Home, alert, settle

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
HOMES = ("tsunagi", "tonari")


@pytest.fixture
def homes(shell: Shell, make_tenant: MakeTenant, make_staff: MakeStaff) -> dict[str, Home]:
    for slug in HOMES:
        make_tenant(shell.engine, slug)
    for role in ROLES:
        make_staff(role, role)
        make_staff(f"{role}-next-door", role, "tenant-tonari")
    homes = {slug: settle(shell, f"tenant-{slug}", f"山田 花子{slug}") for slug in HOMES}
    for home in homes.values():
        settle_lists(shell, home)
    return homes


def everything(shell: Shell) -> dict[str, list[Any]]:
    """What forms could change, without what only watching changes."""
    tables = (case, referral, conversation, message, person, answer, recipient, district, disaster, tenant, staff)
    with shell.engine.connect() as c:
        found = {table.name: [tuple(row) for row in c.execute(select(table)).all()] for table in tables}
        found["routes"] = [tuple(row) for row in c.execute(select(notice_route)).all()]
    return found


# --- forms -------------------------------------------------------------------------------------------------------


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


# --- sessions ----------------------------------------------------------------------------------------------------


def test_a_session_that_a_neighbouring_site_planted_is_neither_read_nor_used(
    homes: dict[str, Home], shell: Shell
) -> None:
    over_https = replace(shell, settings=replace(shell.settings, public_url="https://tsunagi.example.jp"))
    served = make_backend(over_https)
    done = sessions.sign_in(shell.engine, "caseworker-next-door", PASSWORD, shell.clock())
    assert done is not None
    planted = {"tsunagi_staff": done.token, "tsunagi_login": "x" * 43}
    victim = Browser(TestClient(served, base_url="https://tsunagi.example.jp", cookies=planted))
    assert victim.open("/console").path == "/console/login"
    assert victim.log_in("caseworker").has("caseworkerさん")
    mine = next(cookie for cookie in victim.client.cookies.jar if cookie.name == "__Host-tsunagi_staff")
    assert mine.secure and mine.path == "/" and mine.value != done.token
    victim.open("/console/me").send("/console/logout")
    assert victim.open("/console").path == "/console/login"


def test_signing_in_again_gives_another_session_and_the_cookie_is_shut_away(
    homes: dict[str, Home], new_browser: NewBrowser
) -> None:
    tokens = set()
    for _ in range(3):
        browser = new_browser()
        browser.open("/console/login")
        data = {**browser.hidden("/console/login"), "login": "caseworker", "password": PASSWORD}
        header = browser.client.post("/console/login", data=data, follow_redirects=False).headers["set-cookie"].lower()
        assert "httponly" in header and "samesite=lax" in header and "path=/console" in header
        tokens.add(re.search(r"tsunagi_staff=([^;]+)", header)[1])  # type: ignore[index]
    assert len(tokens) == 3


@pytest.mark.parametrize("what", ["ended", "reset", "password", "end date"])
def test_whatever_ends_an_account_ends_its_open_windows(
    what: str, homes: dict[str, Home], new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    browser = new_browser("caseworker")
    with shell.engine.begin() as c:
        mine = c.execute(select(staff).where(staff.c.login == "caseworker")).one()
        if what == "ended":
            accounts.end_staff(c, tenant_id=mine.tenant_id, staff_id=mine.id, at=clock(), by=None)
        elif what == "reset":
            accounts.reset_staff(c, login="caseworker", at=clock())
        elif what == "password":
            accounts.change_password(c, staff_id=mine.id, old=PASSWORD, new="あたらしい-ことば-です-よ", at=clock())
        else:
            c.execute(update(staff).where(staff.c.id == mine.id).values(ends_at=clock()))
    assert browser.open("/console").path == "/console/login"
    for path in ("/console/live", "/console/live/number", "/console/live/entries"):
        assert browser.client.get(path).status_code == 401


def test_before_the_first_password_is_changed_nothing_else_opens(
    homes: dict[str, Home], new_browser: NewBrowser, shell: Shell
) -> None:
    browser = new_browser("supervisor")
    with shell.engine.begin() as c:
        c.execute(update(staff).values(must_change=True))
    token = browser.open("/console/password").hidden("/console/logout")["csrf"]
    before = everything(shell)
    for number, page in enumerate(PAGES):
        if page.before_password or "supervisor" not in page.roles:
            continue
        sent = browser.client.request(page.method, filled(page.path, homes["tsunagi"]), follow_redirects=False,
                                      data={"csrf": token, "form": f"f{number}"} if page.method == "POST" else None)
        assert (sent.status_code, sent.headers.get("location")) == (303, "/console/password"), page.path
    assert everything(shell) == before


def test_a_lock_holds_for_the_right_password_and_from_every_browser(
    homes: dict[str, Home], new_browser: NewBrowser, clock: MovableClock
) -> None:
    for _ in range(5):
        new_browser().log_in("caseworker", "あてずっぽう")
    for login in ("caseworker", "Caseworker", " caseworker ", "ＣＡＳＥＷＯＲＫＥＲ"):
        assert new_browser().log_in(login).status == 401
    clock.move(minutes=14)
    assert new_browser().log_in("caseworker").status == 401


async def test_strangers_who_try_passwords_at_once_wait_for_each_other(
    homes: dict[str, Home], shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """argon2 takes 64 MB a try: forty at once would be two and a half gigabytes."""
    now, most, tried, lock = 0, 0, 0, threading.Lock()

    def slow(*_: Any) -> None:
        nonlocal now, most, tried
        with lock:
            now, tried = now + 1, tried + 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1

    monkeypatch.setattr(sessions, "sign_in", slow)
    transport = httpx.ASGITransport(app=make_backend(shell))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        page = Browser(client=None, html=(await client.get("/console/login")).text)  # type: ignore[arg-type]
        form = {**page.hidden("/console/login"), "login": "caseworker", "password": "あてずっぽう"}
        answers = await asyncio.gather(*(client.post("/console/login", data=form) for _ in range(12)))
    assert {one.status_code for one in answers} == {401}
    assert tried == 12 and most <= 2


# --- stored scripts ----------------------------------------------------------------------------------------------


def poison(shell: Shell, home: Home) -> None:
    """A script in every field that somebody outside or another member of staff can fill."""
    now = shell.clock()
    mine = home.ids
    with shell.engine.begin() as c:
        c.execute(update(person).values(name=SCRIPT, kana=SCRIPT, phone=SCRIPT))
        c.execute(update(case).values(district=SCRIPT[:80]))
        c.execute(update(attachment).values(name=SCRIPT, kind="file"))
        c.execute(update(referral).values(note=SCRIPT, recipient_id=None))
        c.execute(update(staff).values(name=SCRIPT[:80]))
        c.execute(update(tenant).values(name={"ja": SCRIPT, "en": SCRIPT}, phone=SCRIPT[:40], hours={"ja": SCRIPT}))
        for field in ("name", "kana", "phone", "address", "worries"):
            c.execute(insert(answer).values(
                tenant_id=home.tenant, conversation_id=mine["conversation"], case_id=mine["case"], field=field,
                state="given", value=SCRIPT, by="self", about="self", source="line", at=now))
        words = {"ja": SCRIPT, "en": SCRIPT}
        c.execute(insert(suggestion).values(
            tenant_id=home.tenant, case_id=mine["case"], at=now, catalogue="2026.1", inputs={}, result=[{
                "id": "livelihood_recovery_grant", "name": words, "verdict": "possible", "amount_kind": "range",
                "min_yen": 1, "max_yen": 2, "why": [], "missing": [], "desk": words, "deadline": None,
                "warnings": [words]}]))
        for author, key in (("person", "shown.file"), ("person", ""), ("person", "shown.chose"), ("person", SCRIPT)):
            c.execute(insert(message).values(
                conversation_id=mine["conversation"], direction="in", author=author, surface="chat",
                content={"shown": SCRIPT, "shown_key": key, "kind": "said"}, at=now))
        c.execute(insert(district).values(id="d", tenant_id=home.tenant, name=SCRIPT[:80]))
        c.execute(insert(disaster).values(id="x", tenant_id=home.tenant, name=words, happened_on=now.date(),
                                          prefecture="", municipality="", acts={}))
        c.execute(insert(recipient).values(id="r", tenant_id=home.tenant, kind="professional", profession="lawyer",
                                           name=words, contact=SCRIPT, active=True))
        lone = "lone-conversation"
        c.execute(insert(conversation).values(
            id=lone, tenant_id=home.tenant, channel="telegram", address_index="i", address=SCRIPT, created_at=now,
            last_heard_at=now))
        c.execute(insert(answer).values(tenant_id=home.tenant, conversation_id=lone, field="name", state="given",
                                        value=SCRIPT, by="self", about="self", source="line", at=now))
    alert(shell, home)


def foreign(text: str) -> list[Any]:
    """Tags, attributes and addresses that our templates do not write."""
    found: list[Any] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            for name, value in attrs:
                strange = name in ("href", "src", "action") and not (value or "").startswith(("/", "#", "tel:"))
                if strange or name.startswith("on") or name == "style":
                    found.append((tag, name, value))
            if tag == "img" or (tag == "script" and not dict(attrs).get("src")):
                found.append((tag, attrs))

    Reader().feed(text)
    return found


def test_no_stored_word_becomes_markup_on_any_page(
    homes: dict[str, Home], new_browser: NewBrowser, shell: Shell
) -> None:
    browsers = {role: new_browser(role) for role in ROLES}
    poison(shell, homes["tsunagi"])
    seen = 0
    for page in PAGES:
        if page.method != "GET" or "attachments" in page.path:
            continue
        paths = [filled(page.path, homes["tsunagi"])]
        if "/conversations/{id}" in page.path:
            paths.append(page.path.replace("{id}", "lone-conversation").replace("{part}", "record"))
        for part in ("todo", "talk", "hold") if "{part}" in page.path else ():
            paths.append(paths[0].replace("/record", f"/{part}"))
        for path in (f"{one}?talk={SCRIPT}&all=1&whose={SCRIPT}&before={SCRIPT}" for one in paths):
            for role in sorted(page.roles):
                text = browsers[role].client.get(path).text
                assert "<script>alert" not in text and "<img src=x" not in text, (role, path)
                assert foreign(text) == [], (role, path)
                seen += text.count("&lt;script&gt;alert")
    assert seen > 50, "looked in the wrong place"


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", "application/pdf", "",
                                  "image/png; charset=x", "IMAGE/JPEG\r\nX-Evil: 1"])
def test_a_file_that_could_hold_a_script_is_only_handed_over(
    kind: str, homes: dict[str, Home], new_browser: NewBrowser, shell: Shell
) -> None:
    with shell.engine.begin() as c:
        c.execute(update(attachment).values(media_type=kind, name="../../家\r\nX-Evil: 1.svg"))
    got = new_browser("caseworker").client.get(f"/console/attachments/{homes['tsunagi'].ids['attachment']}")
    assert got.headers["content-type"] == "application/octet-stream" and got.headers["content-disposition"] == "attachment"
    assert got.headers["x-content-type-options"] == "nosniff" and "sandbox" in got.headers["content-security-policy"]
    assert "x-evil" not in got.headers


# --- traces ------------------------------------------------------------------------------------------------------


NAME_NOBODY = {
    "/console/exports/{id}", "/console/exports/{id}/file", "/console/live/exports/{id}", "/console/days/{id}/display",
    "/console/live/days/{id}/display",
}  # fmt: skip
"""Pages about one thing that show no household: how far an export is (the one here has no file yet; fetching one is `export.fetched`), the called numbers."""


def test_every_page_about_a_person_leaves_a_trace_and_no_refused_one_does(
    homes: dict[str, Home], new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    worker, stranger = new_browser("caseworker"), new_browser("caseworker-next-door")

    def traces(of: str) -> set[str]:
        with shell.engine.connect() as c:
            who = c.execute(select(staff.c.id).where(staff.c.login == of)).scalar_one()
            rows = c.execute(select(audit.c.action).where(audit.c.staff_id == who, audit.c.action.like("%viewed"))).all()
        return {row.action for row in rows}

    untraced = set()
    for page in PAGES:
        if page.method == "GET" and "{id}" in page.path and "caseworker" in page.roles:
            assert stranger.client.get(filled(page.path, homes["tsunagi"])).status_code == 404
            clock.move(minutes=11)
            with shell.engine.begin() as c:
                c.execute(update(staff_session).values(seen_at=clock()))
                before = len(c.execute(select(audit.c.id)).all())
            assert worker.client.get(filled(page.path, homes["tsunagi"])).status_code == 200, page.path
            with shell.engine.connect() as c:
                if len(c.execute(select(audit.c.id)).all()) == before:
                    untraced.add(page.path)
    assert untraced == NAME_NOBODY
    assert traces("caseworker") >= {"case.viewed", "attachment.viewed", "campaign.viewed", "meeting.viewed"}
    assert traces("caseworker-next-door") == set()
