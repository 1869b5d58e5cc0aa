"""What a hostile visitor tries at the resident's pages, and what comes of it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import insert, select, update
from starlette.testclient import TestClient

from backend import ids
from backend.db import reading
from backend.journal.models import attachment, conversation, page_link
from backend.tasks.models import task
from bots.web import forms, live
from bots.web.parse import MOST_TEXT
from bots.web.visitor import cookie_name
from tests.web.conftest import (
    AnsweredAtOnce,
    Browser,
    conversations_of,
    events_of,
    make_web_app,
    make_web_shell,
    messages_of,
)

FORMS = ("/chat/say", "/chat/leave", "/chat/return", "/chat/size", "/page/say", "/page/size", "/p/" + "x" * 43, "/c/" + "0" * 20)
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def other(app, worker):
    return Browser(app, worker)


# --- strange bodies ----------------------------------------------------------------------------------------------


PART = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
BODIES = {
    "urlencoded, bytes that are no text": ("application/x-www-form-urlencoded", b"csrf=%ff%fe%00&text=%ed%a0%80&form=%00"),
    "another charset": ("application/x-www-form-urlencoded; charset=utf-16", b"csrf=%ff%fe&text=a"),
    "surrogates by charset": (
        "multipart/form-data; boundary=x; charset=unicode_escape",
        b"".join(PART % (name, rb"\ud800") for name in (b"csrf", b"form", b"text", b"chose", b"number", b"code")) + b"--x--\r\n"),
    "no such charset": ("multipart/form-data; boundary=x; charset=nonsense", PART % (b"csrf", b"\xff") + b"--x--\r\n"),
    "no boundary": ("multipart/form-data", b"abc"),
    "cut off": ("multipart/form-data; boundary=x", PART % (b"csrf", b"abc")),
    "file where a word belongs": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="csrf"; filename="a"\r\n\r\nabc\r\n--x--\r\n'),
    "a thousand fields": ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(1000))),
    "not a form": ("application/json", b'{"csrf": 1}'),
}  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("name", BODIES)
def test_a_strange_body_is_the_senders_error_and_never_ours(browser, shell, path, name):
    browser.open()
    kind, body = BODIES[name]
    answer = browser.client.post(path, content=body, headers={"content-type": kind}, follow_redirects=False)
    assert answer.status_code < 500, answer.text
    assert events_of(shell) == 0


@pytest.mark.parametrize("path", ["/chat/say", "/chat/leave", "/chat/return"])
def test_a_body_of_unknown_length_is_refused_unread(browser, path):
    browser.open()

    def endless():
        while True:
            yield b"text=" + b"x" * 65536

    answer = browser.client.post(path, content=endless(), headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["0" * 5000 + "9", "9" * 5000, "1" * 13, "-1", "+1", "1.5", "1_0", "٣", ""])
@pytest.mark.parametrize("path", ["/chat/say", "/chat/leave", "/chat/return", "/c/" + "0" * 20])
def test_a_length_that_is_no_length_is_refused_too(browser, path, length):
    """HTTP allows zeros in front; a number of thousands of digits makes Python raise."""
    browser.open()
    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": length.encode()}
    assert browser.client.post(path, content=b"", headers=headers).status_code == 413


def test_a_file_that_another_site_sends_is_refused_unread(browser, monkeypatch):
    browser.open()

    async def read(_request):
        pytest.fail("it was read")

    monkeypatch.setattr(forms, "read", read)
    for site in ("cross-site", "same-site"):
        answer = browser.client.post("/chat/say", files={"file": ("a.jpg", b"x" * 100_000, "image/jpeg")}, headers={"sec-fetch-site": site})
        assert answer.status_code == 403


def test_a_made_up_button_is_stored_short(browser, shell):
    browser.begin()
    browser.post("/chat/say", {**browser.hidden(), "chose": "s|" + "t" * 50_000 + "|" + "o" * 50_000})
    assert browser.status == 200
    assert all(len(str(row["content"])) < 12_000 for row in messages_of(shell))


# --- somebody else's conversation ----------------------------------------------------------------------------------


def test_one_visitors_hidden_number_cannot_swallow_anothers_message(browser, other, shell):
    """The same page number and the same words from two people are two events."""
    browser.begin()
    other.begin()
    mine = browser.hidden()["form"]
    browser.post("/chat/say", {**browser.hidden(), "form": mine, "text": "家がこわれた"})
    before = events_of(shell)
    other.post("/chat/say", {**other.hidden(), "form": mine, "text": "家がこわれた"})
    assert events_of(shell) == before + 1 and "家がこわれた" in other.bubbles()


def test_a_form_without_its_token_or_with_anothers_says_nothing(browser, other, shell):
    browser.begin()
    other.begin()
    before = events_of(shell)
    for token in ("", "x", "日本", other.hidden()["csrf"]):
        browser.post("/chat/say", {**browser.hidden(), "csrf": token, "text": "だれかのことば"})
        assert browser.status == 403
        browser.open()
    assert events_of(shell) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_on_another_site_says_nothing_even_with_the_token(browser, shell, site):
    browser.begin()
    before = events_of(shell)
    browser.post("/chat/say", {**browser.hidden(), "text": "x"}, headers={"sec-fetch-site": site})
    assert browser.status == 403 and events_of(shell) == before


def test_an_older_browser_tells_another_site_by_its_origin(browser, shell):
    """As in the console: `Origin: null`, which our own pages send, proves nothing."""
    browser.begin()
    before = events_of(shell)
    browser.post("/chat/say", {**browser.hidden(), "text": "x"}, headers={"origin": "https://evil.example"})
    assert browser.status == 403 and events_of(shell) == before
    browser.open()
    browser.post("/chat/say", {**browser.hidden(), "text": "家がこわれた"}, headers={"origin": "null"})
    assert browser.status == 200 and events_of(shell) == before + 1


def test_no_field_of_a_form_names_a_conversation(browser, other, shell):
    browser.begin()
    victim = conversations_of(shell)[0]["id"]
    other.begin()
    for field in ("address", "conversation", "conversation_id", "channel", "to", "session", "form"):
        other.post("/chat/say", {**other.hidden(), field: f"page:{victim}", "text": f"from elsewhere {field}"})
    assert not [row for row in messages_of(shell) if row["conversation_id"] == victim and "elsewhere" in str(row["content"])]


def link_to(shell, clock, conversation_id, **columns):
    token = ids.token()
    row = {"id": ids.hashed(token), "conversation_id": conversation_id, "purpose": "secure", "made_at": clock(),
           "expires_at": clock.at.replace(hour=clock.at.hour + 1), **columns}
    with shell.engine.begin() as connection:
        connection.execute(insert(page_link).values(row))
    return token


def test_a_one_time_link_is_no_cookie_and_a_cookie_is_no_link(browser, app, shell, clock):
    browser.begin()
    home = conversations_of(shell)[0]["id"]
    token = link_to(shell, clock, home)
    for name in ("tsunagi_chat", "tsunagi_page"):
        thief = TestClient(app, cookies={name: token})
        for path in ("/chat", "/page"):
            assert 'class="bubble' not in thief.get(path).text
    cookie = browser.client.cookies["tsunagi_chat"]
    assert TestClient(app).post(f"/p/{cookie}").status_code == 404
    assert 'class="bubble' not in TestClient(app, cookies={"tsunagi_page": cookie}).get("/page").text


def test_the_chats_cookie_stays_a_secret_of_the_browser(browser, app, shell):
    """Neither what the database holds nor what the page says opens the conversation."""
    browser.begin()
    with shell.engine.connect() as connection:
        links = connection.execute(page_link.select()).mappings().all()
        home = connection.execute(conversation.select()).mappings().one()
    for known in (*(row["id"] for row in links), home["id"], home["address"], home["address_index"], browser.hidden()["csrf"]):
        assert 'class="bubble' not in TestClient(app, cookies={"tsunagi_chat": known}).get("/chat").text


def test_on_https_a_cookie_that_a_neighbouring_site_could_set_is_not_read(sqlite_engine, clock, tmp_path, make_tenant):
    make_tenant(sqlite_engine)
    shell = make_web_shell(sqlite_engine, clock, tmp_path, "https://tsunagi.example.jp")
    app = make_web_app(shell, AnsweredAtOnce(shell))
    planted = "attackers-own-token-attackers-own-token-43ch"
    client = TestClient(app, base_url="https://tsunagi.example.jp", cookies={"tsunagi_chat": planted})
    page = client.get("/chat")
    assert cookie_name(shell, "cookie") == "__Host-tsunagi_chat"
    assert client.cookies["__Host-tsunagi_chat"] != planted
    csrf, form = (re.search(rf'name="{name}" value="(\w+)"', page.text)[1] for name in ("csrf", "form"))
    client.post("/chat/say", data={"csrf": csrf, "form": form, "start": "1"})
    assert 'class="bubble' in client.get("/chat").text
    thief = TestClient(app, base_url="https://tsunagi.example.jp", cookies={"__Host-tsunagi_chat": planted})
    assert 'class="bubble' not in thief.get("/chat").text


def test_leaving_a_borrowed_phone_closes_the_secure_page_too(browser, app, shell, clock):
    browser.begin()
    with shell.engine.begin() as connection:
        connection.execute(update(conversation).values(channel="line"))
    token = link_to(shell, clock, conversations_of(shell)[0]["id"])
    browser.open(f"/p/{token}")
    browser.post(f"/p/{token}", {})
    page = browser.client.cookies["tsunagi_page"]
    assert browser.path == "/page" and browser.status == 200
    browser.open("/chat/leave")
    browser.post("/chat/leave", browser.hidden())
    assert browser.client.get("/page").status_code == 404
    assert TestClient(app, cookies={"tsunagi_page": page}).get("/page").status_code == 404


# --- what is shown back ---------------------------------------------------------------------------------------------


def test_nothing_that_is_typed_becomes_markup(browser, shell):
    browser.begin()
    browser.press("日本語")
    browser.write(SCRIPT)
    browser.post("/chat/say", {**browser.hidden(), "chose": f"{SCRIPT}|{SCRIPT}|{SCRIPT}".replace("|", "", 0)})
    browser.post("/chat/say", browser.hidden(), files={"file": (f"{SCRIPT}.svg", b"<svg onload=alert(1)>", "image/svg+xml")})
    browser.write("javascript:alert(1) https://example.jp/\"onmouseover=\"alert(1) 漢字（<b>）")
    browser.open()
    assert "&lt;script&gt;" in browser.html, "looked in the wrong place"
    assert "<script>alert" not in browser.html and "<img" not in browser.html
    for address in re.findall(r'href="([^"]*)"', browser.html):
        assert address.startswith(("/", "#", "https://", "tel:"))
    assert not re.search(r'<a [^>]*onmouseover="', browser.html)
    browser.open("/chat/return")
    browser.post("/chat/return", {**browser.hidden(), "number": SCRIPT, "code": SCRIPT})
    assert browser.status == 403 and "<script>alert" not in browser.html and "onerror=alert(1)>" not in browser.html


def test_no_upload_can_be_fetched_back_from_the_residents_pages(browser, app):
    """There is no address for it: a page with a script in it has nowhere to run."""
    assert not [route.path for route in app.routes if "attach" in route.path or "file" in route.path]
    browser.begin()
    browser.post("/chat/say", browser.hidden(), files={"file": ("a.html", b"<script>alert(1)</script>", "text/html")})
    assert "a.html" in browser.html and not re.search(r'href="[^"]*a\.html', browser.html)


@pytest.mark.parametrize("path", ["/chat?next=https://evil.example", "/?next=//evil.example", "/chat/", "/p/" + "x" * 43])
def test_no_answer_leads_to_another_host(app, path):
    answer = TestClient(app, base_url="http://evil.example").get(path, follow_redirects=False)
    assert "evil.example" not in answer.headers.get("location", "") + answer.text


# --- danger is heard, whatever stands in its way ----------------------------------------------------------------------


def dangers_of(shell):
    with reading(shell.engine).connect() as connection:
        return [row.kind for row in connection.execute(select(task.c.kind).where(task.c.kind.in_(("red", "orange"))))]


def in_the_talk(browser):
    browser.begin()
    browser.press("日本語")
    return browser


LONG = "家がこわれて、"


@pytest.mark.parametrize("text", [
    LONG * 715 + "もう死にたい",  # over the end of one message
    LONG * 4000 + "もう死にたい",
    LONG * 2000 + "もう死にたい" + LONG * 2000,
    "死にたい" + "あ" * 9_000,
    "あ" * 9_000 + "。死にたい",
    "a" * 20_000 + " i want to die",
])  # fmt: skip
def test_words_of_danger_are_heard_wherever_they_stand_in_a_long_text(browser, shell, text):
    in_the_talk(browser).write(text)
    assert browser.status == 200 and dangers_of(shell) == ["orange"]
    said = [row["content"]["shown"] for row in messages_of(shell) if row["direction"] == "in" and row["content"].get("kind") == "said"]
    assert re.sub(r"\s", "", "".join(said)) == re.sub(r"\s", "", text), "and nothing of it is lost"
    assert max(map(len, said)) <= MOST_TEXT


def test_a_text_that_repeats_itself_is_kept_whole_and_twice_pressed_once(browser, shell):
    in_the_talk(browser)
    form = {**browser.hidden(), "text": "あ" * MOST_TEXT * 3}
    before = events_of(shell)
    browser.post("/chat/say", form)
    browser.post("/chat/say", form)
    assert events_of(shell) == before + 3


def test_more_than_anybody_writes_is_refused_with_the_numbers_to_call(browser, shell):
    in_the_talk(browser)
    before = events_of(shell)
    browser.write("あ" * 60_000)
    assert browser.status == 413 and "119" in browser.html and events_of(shell) == before


def test_the_name_of_a_file_may_be_a_cry_for_help(browser, shell):
    in_the_talk(browser).post("/chat/say", browser.hidden(), files={"file": ("もう死にたい.jpg", b"x", "image/jpeg")})
    assert dangers_of(shell) == ["orange"]


def test_a_code_from_a_paper_holds_no_cry_for_help_up(browser, shell):
    in_the_talk(browser).write("0123456789abcdefghij 助けて、もう死にたい")
    assert dangers_of(shell)


def test_whoever_pressed_too_often_is_heard_in_danger(browser, shell):
    in_the_talk(browser)
    for _ in range(40):
        browser.post("/chat/say", {**browser.hidden(), "text": "まだですか"})
    assert browser.status == 429 and "119" in browser.html
    browser.open()
    browser.post("/chat/say", {**browser.hidden(), "sos": "1"})
    assert browser.status == 200 and dangers_of(shell) == ["red"]
    browser.write("死にたい")
    assert browser.status == 200 and dangers_of(shell) == ["red", "orange"]


def test_danger_is_no_way_round_the_limits(browser, shell):
    in_the_talk(browser)
    hidden = browser.hidden()
    for number in range(60):
        browser.post("/chat/say", {**hidden, "form": f"f{number}", "text": "死にたい"})
    assert browser.status == 429 and events_of(shell) < 50


def test_the_name_of_an_upload_keeps_no_my_number(browser, shell):
    in_the_talk(browser).post("/chat/say", browser.hidden(), files={"file": ("1234-5678-9018.jpg", b"x", "image/jpeg")})
    with reading(shell.engine).connect() as connection:
        kept = connection.execute(select(attachment.c.name)).scalars().all()
    assert kept == ["●●●●-●●●●-●●●●.jpg"] and "5678" not in browser.html


# --- too much of everything ---------------------------------------------------------------------------------------------


def sent_a_file(browser, size, **fields):
    return browser.post("/chat/say", {**browser.hidden(), **fields}, files={"file": ("a.jpg", b"x" * size, "image/jpeg")})


def files_of(shell):
    with reading(shell.engine).connect() as connection:
        return len(connection.execute(select(attachment.c.id)).all())


def test_nobody_fills_the_disk_and_danger_is_heard_all_the_same(shell, worker, clock, monkeypatch):
    monkeypatch.setattr("bots.web.desk.MIB", 1000)  # 300 kB of one browser, 3 MB of one address
    app = make_web_app(shell, worker)
    browsers = [in_the_talk(Browser(app, worker)) for _ in range(11)]
    for one in browsers:
        for size in (100_000, 150_000, 49_000):
            sent_a_file(one, size)
        kept = files_of(shell)
        sent_a_file(one, 100_000)
        assert one.status == 429 and "119" in one.html and files_of(shell) == kept
    assert files_of(shell) == 10 * 3
    sent_a_file(browsers[0], 100_000, text="もう死にたい")
    assert browsers[0].status == 200 and dangers_of(shell) == ["orange"] and files_of(shell) == 10 * 3
    clock.move(minutes=100)
    sent_a_file(browsers[0], 90_000)
    assert files_of(shell) == 10 * 3 + 1


async def test_the_other_tabs_of_a_phone_that_was_given_back_look_again(browser, shell, clock, monkeypatch):
    monkeypatch.setattr(live, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(live, "LONGEST", 0.01)
    browser.begin()
    token = browser.client.cookies["tsunagi_chat"]
    home = conversations_of(shell)[0]["id"]
    tab = live.Watchers(shell.engine, clock).changes(ids.hashed(token), home, "chat")
    assert (await anext(tab))["data"] != live.ENDED
    browser.open("/chat/leave")
    browser.post("/chat/leave", browser.hidden())
    assert [told["data"] async for told in tab] == [live.ENDED]
