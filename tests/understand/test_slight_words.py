"""Yes, no, none and not yet are short: they stand inside other words, and a consent must not be found in one."""

from __future__ import annotations

import pytest

from dialogs.core.understand import read_choice

SHARE = (
    ("given", ("伝えてよい", "はい", "うん", "いい", "いいです", "よい", "大丈夫", "OK", "yes")),
    ("deferred", ("あとで決める", "まだ")),
    ("refused", ("伝えない", "いいえ", "いや", "だめ", "No")),
)
DAMAGE = (("total", ("全壊", "Destroyed")), ("none", ("被害なし", "なし", "ない", "ありません", "No damage", "none")))
PAPER = (("issued", ("受け取った", "ある")), ("planned", ("これから申請する", "まだ")))
SAFE = (("safe", ("安全です", "はい", "ええ")), ("danger", ("危険です", "いや")))
HOME = (("home", ("うち", "家（いえ）")), ("shelter", ("避難所",)))


@pytest.mark.parametrize(("said", "options", "meant"), [
    ("はい、お願いします", SHARE, "given"), ("はいお願いします", SHARE, "given"), ("うん、いいよ", SHARE, "given"),
    ("いいです", SHARE, "given"), ("yes please", SHARE, "given"), ("いいえ、結構です", SHARE, "refused"),
    ("No, thank you", SHARE, "refused"), ("まだです", SHARE, "deferred"), ("なしです", DAMAGE, "none"),
    ("there is no damage", DAMAGE, "none"), ("あるよ", PAPER, "issued"),
    ("ええ、そうです", SAFE, "safe"), ("うちにいます", HOME, "home"), ("いえのこと", HOME, "home"),
])  # fmt: skip
def test_said_by_itself_it_is_the_answer(said: str, options: tuple[tuple[str, tuple[str, ...]], ...], meant: str) -> None:
    assert read_choice(said, options) == meant


@pytest.mark.parametrize(("said", "options"), [
    ("どうでもいい", SHARE), ("もういいです", SHARE), ("どっちがいいの", SHARE), ("いいですか", SHARE), ("はい？", SHARE),
    ("ふうん", SHARE), ("大丈夫ですか", SHARE), ("no problem with my house", SHARE), ("まだ決めてない", DAMAGE),
    ("住むところがありません", DAMAGE), ("I have no idea", DAMAGE), ("山田花子（やまだはなこ）", PAPER), ("こええ", SAFE),
    ("ええと", SAFE), ("いいえ", HOME),
])  # fmt: skip
def test_inside_another_word_it_is_not(said: str, options: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    assert read_choice(said, options) is None
