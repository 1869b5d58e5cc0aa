"""What stands in a QR code, for each chat that a deployment has."""

import re
from urllib.parse import unquote

from backend.booth.links import TOKEN
from backend.console.booth.drawn import codes, drawn
from backend.ids import link
from backend.settings import Settings
from backend.words import Catalogues

WORDS = Catalogues.load()
CONNECTED = Settings(
    public_url="https://soudan.example.jp", line_channel_secret="s", line_channel_access_token="t", line_basic_id="@123abcde",
    telegram_bot_token="1:a", telegram_webhook_secret="w", telegram_bot_name="tsunagi_bot",
)  # fmt: skip


def test_each_chat_gets_the_code_in_its_own_way():
    token = link()
    found = {code.channel: code.address for code in codes(CONNECTED, WORDS, token, "ja")}
    assert found["web"] == f"https://soudan.example.jp/c/{token}"
    assert found["telegram"] == f"https://t.me/tsunagi_bot?start={token}" and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token)
    account, _, message = found["line"].removeprefix("https://line.me/R/oaMessage/").partition("/?")
    assert unquote(account) == "@123abcde" and TOKEN.search(unquote(message))[0] == token


def test_in_every_language_the_message_for_line_holds_the_code_where_it_is_found():
    for locale in WORDS.locales:
        token = link()
        line = next(code for code in codes(CONNECTED, WORDS, token, locale) if code.channel == "line")
        assert TOKEN.search(unquote(line.address.partition("/?")[2]))[0] == token


def test_a_chat_that_is_not_connected_or_has_no_name_gets_no_code():
    web_only = Settings(public_url="https://soudan.example.jp", line_channel_secret="s", line_channel_access_token="t")
    assert [code.channel for code in codes(web_only, WORDS, link(), "ja")] == ["web"]


def test_every_code_is_another_and_none_is_a_word():
    many = {link() for _ in range(2000)}
    assert len(many) == 2000 and all(TOKEN.fullmatch(one) for one in many)


def test_the_picture_is_plain_svg_without_style_or_script():
    svg = str(drawn("https://soudan.example.jp/c/x"))
    assert svg.startswith("<svg") and not re.search(r"style|script|href|onload", svg)
