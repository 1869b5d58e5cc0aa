"""Words on a page: escaped, linked, with readings, in the right language."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.web.words import written
from tests.web.conftest import Browser, plain


def test_simple_japanese_gets_its_readings_above_the_kanji():
    html = written("家（いえ）が 壊（こわ）れました（全部）", "ja@simple")
    assert html == (
        "<ruby>家<rp>（</rp><rt>いえ</rt><rp>）</rp></ruby>が "
        "<ruby>壊<rp>（</rp><rt>こわ</rt><rp>）</rp></ruby>れました（全部）"
    )


def test_ordinary_japanese_keeps_its_brackets():
    assert written("山田 花子（やまだ はなこ）", "ja") == "山田 花子（やまだ はなこ）"


@pytest.mark.parametrize("number", ["090-0000-0000", "03-0000-0000", "0120-000-000", "#8000"])
def test_a_phone_number_can_be_tapped(number):
    assert f'href="tel:{number.replace("-", "")}"' in written(f"電話は{number}です", "ja", "numbers")


@pytest.mark.parametrize("text", ["110万円", "119番", "T-2026-000123-7", "2026-07-06", "1955-05-03"])
def test_what_is_no_number_to_call_is_left_alone(text):
    assert "tel:" not in written(text, "ja", "numbers")


@given(st.text(max_size=200), st.sampled_from(["ja", "ja@simple", "en"]), st.sampled_from(["", "numbers", "emergency"]))
def test_nothing_that_people_write_becomes_markup(text, locale, calls):
    html = str(written(text, locale, calls))
    for tag in ("<a ", "</a>", "<br>", "<ruby>", "</ruby>", "<rp>", "</rp>", "<rt>", "</rt>"):
        html = html.replace(tag, "")
    opened = html.count("<")
    assert opened == 0


@pytest.mark.parametrize("unit", ["漢", "漢（", "漢（あ", "http://", "0120-", "110"])
def test_time_grows_with_the_length_only(unit):
    def best(size):
        text, times = (unit * size)[:size], []
        for _ in range(5):
            began = time.process_time()
            written(text, "ja@simple", "emergency")
            times.append(time.process_time() - began)
        return min(times)

    best(1000)
    assert best(9600) < 30 * best(1200) + 0.02


def test_a_web_link_keeps_its_address():
    assert 'href="https://example.jp/a?b=1&amp;c=2"' in written("https://example.jp/a?b=1&c=2 です", "ja")


@pytest.mark.parametrize(("asks", "begins"), [("ja", "相談を始める"), ("en-GB,en;q=0.9", "Start"), ("vi", "Start")])
def test_the_first_page_speaks_the_browsers_language(app, worker, asks, begins):
    browser = Browser(app, worker, language=asks)
    browser.open()
    assert begins in browser.buttons()


@pytest.mark.parametrize(("label", "lang", "register"), [("日本語", "ja", ""), ("やさしい", "ja", "simple"), ("English", "en", "")])
def test_the_page_says_which_language_it_is_in(browser, label, lang, register):
    browser.begin()
    browser.press(label)
    head = browser.html[: browser.html.index("<head>")]
    assert f'<html lang="{lang}"' in head
    assert ('data-register="simple"' in head) is (register == "simple")
    assert plain(browser.html).count("{") == 0
