"""A resident talks on the web page, in a browser without JavaScript."""

import re

import pytest
from sqlalchemy import select, update

from backend.journal.models import attachment, conversation, message
from backend.staff.models import staff
from bots.web.forms import MOST_FORM
from tests.conftest import MONDAY_MORNING
from tests.web.conftest import Browser, conversations_of, events_of, messages_of


def test_the_first_page_says_what_it_is_and_stores_nothing(browser, shell):
    """SF-03: said first: hours, that this is not 119 / 110, and when others may be told without consent."""
    page = browser.open()
    assert browser.status == 200
    assert "つなぎ市" in page and "119" in page
    assert "相談を始める" in browser.buttons()
    assert events_of(shell) == 0 and conversations_of(shell) == []


def test_beginning_asks_for_the_language_in_each_language(browser):
    """UX-32: language is asked first, each name in its own script, and can be changed at any time."""
    browser.begin()
    assert "Please choose your language." in browser.asked()
    assert [label for label in browser.buttons() if label.startswith("3")] == ["3  English"]


def test_a_small_conversation_with_buttons_ticks_and_words(browser):
    browser.begin()
    browser.press("日本語")
    assert "安全" in browser.asked()
    browser.press("安全です")
    browser.tick("住まい", "お金")
    assert "住まい" in browser.bubbles()[-2] and "お金" in browser.bubbles()[-2]
    browser.press("自分のこと")
    browser.press("あとで決める")
    browser.write("山田 花子")
    assert "山田 花子" in browser.bubbles()


def test_one_tick_alone_is_an_answer_too(browser):
    browser.begin()
    browser.press("日本語")
    browser.press("安全です")
    before = browser.asked()
    browser.tick("お金")
    assert browser.asked() != before
    assert browser.bubbles()[-2] == "お金"


def test_what_was_ticked_can_also_be_said_in_words(browser):
    browser.begin()
    browser.press("日本語")
    browser.press("安全です")
    before = browser.asked()
    browser.write("1と2")
    assert browser.asked() != before


def test_no_ticks_and_no_words_say_nothing(browser, shell):
    browser.begin()
    browser.press("日本語")
    browser.press("安全です")
    before = events_of(shell)
    carried = re.search(r'name="carried" value="([^"]*)"', browser.html)[1]
    browser.post("/chat/say", {**browser.hidden(), "carried": carried})
    browser.write("   ")
    assert events_of(shell) == before


@pytest.mark.parametrize(
    ("tile", "bubble"),
    [("人と話す", "人と話す"), ("もどる", "もどる"), ("変更", "変更"), ("ことば", ""), ("私の相談", ""), ("止める", "")],
)
def test_every_button_of_the_menu_is_answered(browser, tile, bubble):
    browser.begin()
    browser.press("日本語")
    browser.press("安全です")
    before = len(browser.bubbles())
    browser.press(tile)
    bubbles = browser.bubbles()
    assert len(bubbles) >= before + 2, bubbles[before:]
    assert not any("古い" in words for words in bubbles[before:]), bubbles[before:]


def test_the_red_button_brings_119_first(browser):
    browser.begin()
    browser.press("日本語")
    browser.press("助けて")
    crisis = re.findall(r'<li class="said dialog crisis"', browser.html)
    assert crisis
    assert 'href="tel:119"' in browser.html


def test_the_red_button_works_before_anything_was_said(browser):
    browser.open()
    browser.press("助けて")
    assert 'href="tel:119"' in browser.html


def test_a_lively_119_does_not_stand_in_ordinary_messages(browser):
    browser.begin()
    browser.press("日本語")
    assert "119" in browser.html and 'href="tel:119"' not in browser.html


# --- once only, and always again ------------------------------------------------------------------------------------


def test_a_double_click_is_one_answer(browser, shell):
    browser.begin()
    data = {**browser.hidden(), "text": "日本語"}
    browser.post("/chat/say", data)
    before = events_of(shell)
    browser.post("/chat/say", data)
    assert events_of(shell) == before


def test_another_answer_after_the_back_button_is_heard(browser, shell):
    browser.begin()
    hidden = browser.hidden()
    browser.post("/chat/say", {**hidden, "text": "日本語"})
    before = events_of(shell)
    browser.post("/chat/say", {**hidden, "text": "English"})
    assert events_of(shell) == before + 1


def test_beginning_twice_opens_one_conversation(browser, shell):
    browser.open()
    data = {**browser.hidden(), "start": "1"}
    browser.post("/chat/say", data)
    browser.post("/chat/say", data)
    assert len(conversations_of(shell)) == 1
    assert events_of(shell) == 1


def test_the_page_goes_on_after_a_reload_and_after_a_month(browser, clock):
    """UX-05: saved after each answer."""
    browser.begin()
    browser.press("日本語")
    clock.move(days=29)
    browser.open()
    assert "安全" in browser.asked()
    clock.move(days=29)  # rolling: the visit in between counted
    browser.open()
    assert "安全" in browser.asked()


def test_after_long_silence_the_cookie_opens_nothing(browser, clock):
    browser.begin()
    browser.press("日本語")
    clock.move(days=41)
    browser.client.cookies = {name: value for name, value in browser.client.cookies.items()}
    browser.open()
    assert "相談を始める" in browser.buttons()


def test_another_browser_sees_nothing(app, worker, browser):
    browser.begin()
    browser.press("日本語")
    browser.write("山田 花子")
    stranger = Browser(app, worker)
    assert "山田" not in stranger.open()


def test_leaving_makes_the_device_a_stranger(browser):
    browser.begin()
    browser.press("日本語")
    kept = dict(browser.client.cookies)
    browser.open("/chat/leave")
    browser.post("/chat/leave", browser.hidden())
    assert "相談を始める" in browser.buttons()
    for name, value in kept.items():
        browser.client.cookies.set(name, value)
    browser.open()
    assert "相談を始める" in browser.buttons(), "the old cookie must not open the conversation any more"


# --- when things go wrong -------------------------------------------------------------------------------------------


def test_a_post_without_the_forms_token_is_refused_kindly(browser, shell):
    browser.begin()
    before = events_of(shell)
    browser.post("/chat/say", {**browser.hidden(), "csrf": "0" * 64, "text": "はい"})
    assert browser.status == 403 and "もう一度押してください" in browser.html
    assert events_of(shell) == before


def test_another_site_can_not_post_in_the_persons_name(browser, shell):
    browser.begin()
    before = events_of(shell)
    browser.post("/chat/say", {**browser.hidden(), "text": "はい"}, headers={"sec-fetch-site": "cross-site"})
    assert browser.status == 403 and events_of(shell) == before


def test_nothing_is_claimed_to_be_sent_while_the_database_is_away(browser, worker, shell):
    browser.begin()
    worker.away = True
    browser.write("助けてください")
    assert browser.status == 503 and "届いていません" in browser.html
    worker.away = False
    browser.open()
    assert "助けてください" not in browser.bubbles()


def test_while_the_worker_sleeps_the_page_says_that_it_was_received(browser, worker, monkeypatch):
    monkeypatch.setattr("bots.web.desk.WAIT_FOR_ANSWER", 0.05)
    browser.begin()
    worker.asleep = True
    browser.press("日本語")
    assert "受け取りました" in browser.html
    worker.asleep = False
    worker.work()
    browser.open()
    assert "受け取りました" not in browser.html and "安全" in browser.asked()


def test_too_many_posts_get_a_kind_sentence_and_the_phone(browser, shell, clock):
    browser.begin()
    for number in range(40):
        browser.write(f"{number}")
        if browser.status == 429:
            break
    assert browser.status == 429
    assert "少し待ってください" in browser.html and "000-000-0000" in browser.html
    clock.move(minutes=1)
    browser.open()
    browser.write("もういちど")
    assert browser.status == 200


def test_a_body_beyond_all_measure_is_not_read(browser):
    browser.begin()
    answer = browser.client.post("/chat/say", content=b"x", headers={"content-length": str(MOST_FORM + 1)})
    assert answer.status_code == 413


@pytest.mark.parametrize("text", ["\x00\x00", "😀" * 3000, "<script>alert(1)</script>", "|||", "-human|a|b"])
def test_strange_words_never_break_the_page(browser, text):
    browser.begin()
    browser.press("日本語")
    browser.write(text)
    assert browser.status == 200
    assert "<script>alert" not in browser.html


@pytest.mark.parametrize("fields", [{"chose": "x"}, {"chose": "a|b|c"}, {"menu": "rm -rf"}, {"carried": "", "pick": "z"}])
def test_strange_fields_never_break_the_page(browser, fields):
    browser.begin()
    browser.press("日本語")
    browser.post("/chat/say", {**browser.hidden(), **fields})
    assert browser.status == 200


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_sealed_and_acknowledged(browser, shell):
    """UX-10: photos, voice, stickers, places are accepted and acknowledged, never "invalid"."""
    browser.begin()
    browser.press("日本語")
    picture = b"\x89PNG invented picture of a roof"
    browser.post("/chat/say", {**browser.hidden(), "text": ""}, files={"file": ("屋根.png", picture, "image/png")})
    with shell.engine.connect() as connection:
        rows = connection.execute(select(attachment)).mappings().all()
    assert [(row["kind"], row["state"], row["name"]) for row in rows] == [("photo", "kept", "屋根.png")]
    assert picture not in rows[0]["content"]
    assert shell.keyring.open(rows[0]["content"], "attachment.content") == picture
    assert any("屋根.png" in words for words in browser.bubbles())
    assert "受け取りました" in browser.bubbles()[-2]


def test_a_photo_that_is_the_first_thing_somebody_sends_is_kept(browser, shell):
    browser.open()
    browser.post("/chat/say", {**browser.hidden(), "text": "屋根が飛びました"}, files={"file": ("屋根.png", b"\x89PNG invented", "image/png")})
    with shell.engine.connect() as connection:
        rows = connection.execute(select(attachment)).mappings().all()
    assert [(row["kind"], row["state"], row["name"]) for row in rows] == [("photo", "kept", "屋根.png")]
    assert sum("屋根が飛びました" in words for words in browser.bubbles()) == 1, "what was said with it is said once"
    assert any("屋根.png" in words for words in browser.bubbles())


def test_words_and_a_photo_go_together(browser, shell):
    browser.begin()
    browser.press("日本語")
    browser.post("/chat/say", {**browser.hidden(), "text": "屋根です"}, files={"file": ("a.jpg", b"jpg", "image/jpeg")})
    said = [row["content"] for row in messages_of(shell) if row["direction"] == "in"]
    assert [content["kind"] for content in said][-2:] == ["said", "sentfile"]


# --- people ----------------------------------------------------------------------------------------------------------


def test_while_staff_hold_the_conversation_no_button_answers_for_them(browser, shell):
    browser.begin()
    browser.press("日本語")
    with shell.engine.begin() as connection:
        connection.execute(staff.insert().values(
            id="s", tenant_id="tenant-tsunagi", login="s", name="佐藤", password_hash="-", role="caseworker", created_at=MONDAY_MORNING))
        connection.execute(update(conversation).values(held_by="s"))
    browser.open()
    assert "職員がお返事します" in browser.html
    assert browser.asked() == ""
    browser.write("こんにちは")
    assert browser.bubbles()[-1] == "こんにちは"


def test_a_staff_reply_carries_its_author(browser, shell, clock):
    browser.begin()
    browser.press("日本語")
    with shell.engine.begin() as connection:
        connection.execute(
            message.insert().values(
                conversation_id=conversations_of(shell)[0]["id"], direction="out", author="staff",
                content={"text": "担当の佐藤です。", "locale": "ja"}, at=clock(), surface="chat",
            )
        )
    browser.open()
    assert re.search(r'class="said staff plain".*?<p class="by">職員</p>', browser.html, re.S)


def test_what_a_person_took_back_is_not_shown(browser, shell, clock):
    browser.begin()
    browser.press("日本語")
    browser.write("秘密のこと")
    with shell.engine.begin() as connection:
        newest = select(message.c.id).where(message.c.direction == "in").order_by(message.c.id.desc()).limit(1)
        connection.execute(
            update(message).where(message.c.id == newest.scalar_subquery()).values(content=None, hidden_at=clock())
        )
    browser.open()
    assert "秘密" not in browser.html and "取り消されました" in browser.html
