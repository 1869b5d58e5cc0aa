"""Simple Japanese: what the check lets through and what it does not."""

from __future__ import annotations

import pytest

from locales import simple


@pytest.mark.parametrize(
    "words",
    [
        "どこに 住（す）んで いますか。",
        "家（いえ）は どのくらい こわれましたか。",
        "{by}までに 連絡（れんらく）します。",
        "2026年12月4日までに 書（か）いて ください。",
        "罹災証明書（りさいしょうめいしょ）〈家（いえ）の 被害（ひがい）の 紙（かみ）〉を 見（み）て ください。",
        "午後（ごご）5時までです。",
    ],
)
def test_simple_enough(words: str) -> None:
    assert list(simple.problems(words)) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("どこに 住んで いますか。", "no reading after 住"),
        ("お名前（なまえ）を ご記入（きにゅう） ください。", "記入 is hard; say 書（か）く"),
        ("連絡（れんらく）が 送（おく）られ、家（いえ）が こわされました。", "passive"),
        ("令和（れいわ）8年12月4日です。", "令和 is hard; say a western year"),
        ("17時までに 来（き）て ください。", "24 hours"),
        ("17:15までに 来（き）て ください。", "24 hours"),
        ("できないわけでは ありません。", "double negative"),
        ("あなたのなまえとでんわばんごうをおしえてください。", "not set apart by spaces"),
        ("あ い う え お か き く け こ さ し す せ そ た ち つ て と な に ぬ ね の は ひ ふ へ ほ ま み む め も や ゆ よ ら り る です。", "characters (at most 40)"),
        ("生活支援（せいかつしえん） 住宅修理（じゅうたくしゅうり） 相談窓口（そうだんまどぐち） 電話（でんわ）です。", "14 kanji"),
    ],
)
def test_not_simple(words: str, why: str) -> None:
    """UX-40: やさしい日本語 is linted: sentence length, kanji with readings, banned words, western years, 12-hour time."""
    assert any(why in problem for problem in simple.problems(words)), list(simple.problems(words))


def test_in_danger_four_kanji_are_enough() -> None:
    words = "電話（でんわ）できない とき、近（ちか）くの 人（ひと）に 頼（たの）んで ください。"
    assert list(simple.problems(words)) == []
    assert any("5 kanji" in problem for problem in simple.problems(words, danger=True))


def test_a_reading_does_not_make_a_sentence_longer() -> None:
    words = "役所（やくしょ）の 人（ひと）が、電話（でんわ）か 手紙（てがみ）で あなたに 連絡（れんらく）を します。"
    assert len(words.replace(" ", "")) > simple.LONGEST_SENTENCE
    assert list(simple.problems(words)) == []
