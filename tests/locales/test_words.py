"""From a key to words: arguments, falling back, and what people may type."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backend.hotlines import Hotlines
from backend.words import Catalogues, MissingWords
from dialogs.core.words import Joined, Text, Words, Yen

WORDS = Catalogues(
    {
        "ja": {
            "plain": "こんにちは。",
            "only.ja": "日本語だけ",
            "gets": "{name}は、最大{amount}です。",
            "by": "{when}までに、{who}から連絡します。",
            "list": "足りないもの：{things}",
            "days": "あと{n}日",
            "house": "持ち家",
            "hear.yes": "はい|うん|ＯＫ",
        },
        "ja@simple": {"plain": "こんにちは。", "house": "自分（じぶん）の 家（いえ）", "hear.yes": "はい"},
        "en": {
            "plain": "Hello.",
            "gets": "{name}: up to {amount}.",
            "days": "{n} {n:day|days} left",
            "house": "My own house",
            "hear.yes": "yes|Yeah",
        },
    }
)


def test_arguments_are_worded_in_the_language_of_the_message() -> None:
    text = Text("gets", {"name": Words.of({"ja": "支援金", "en": "Support grant"}), "amount": Yen(3_000_000)})
    assert WORDS.render(text, "ja") == "支援金は、最大300万円です。"
    assert WORDS.render(text, "en") == "Support grant: up to ¥3,000,000."


def test_dates_nested_texts_and_lists() -> None:
    at = datetime(2026, 12, 4, 8, 15, tzinfo=UTC)
    assert WORDS.render(Text("by", {"when": at, "who": Text("house")}), "ja") == (
        "2026年12月4日（金）午後5時15分までに、持ち家から連絡します。"
    )
    things = Joined((Text("house"), date(2026, 12, 4), 3))
    assert WORDS.render(Text("list", {"things": things}), "ja") == "足りないもの：持ち家、2026年12月4日（金）、3"
    assert WORDS.word(Joined(("a", "b"), "lines"), "en") == "a\nb"
    assert WORDS.word(Joined(("a", "b")), "en") == "a, b"


@pytest.mark.parametrize(("n", "words"), [(1, "1 day left"), (2, "2 days left"), (0, "0 days left")])
def test_one_day_and_two_days(n: int, words: str) -> None:
    assert WORDS.render(Text("days", {"n": n}), "en") == words


def test_a_question_about_somebody_else() -> None:
    words = Catalogues({"ja": {"ask": "{about:|その方は、}眠れていますか。"}, "en": {"ask": "{about:Are you|Is that person} able to sleep?"}})
    said = [words.render(Text("ask", {"about": about}), locale) for about in ("self", "other") for locale in ("ja", "en")]
    assert said == ["眠れていますか。", "Are you able to sleep?", "その方は、眠れていますか。", "Is that person able to sleep?"]


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    words = Catalogues({"ja": {"card": "{name}\n・窓口：{desk}\n・期限：{until}"}})
    args = {"name": "支援金", "desk": Words.of(""), "until": "未定"}
    assert words.render(Text("card", args), "ja") == "支援金\n・期限：未定"
    assert words.render(Text("card", {**args, "desk": "福祉課"}), "ja") == "支援金\n・窓口：福祉課\n・期限：未定"


def test_a_language_without_the_message_falls_back() -> None:
    assert WORDS.render(Text("only.ja"), "ja@simple") == "日本語だけ"
    assert WORDS.render(Text("only.ja"), "en") == "日本語だけ"
    assert WORDS.render(Text("plain"), "vi") == "Hello."
    assert WORDS.render(Text("only.ja"), "vi") == "日本語だけ"


def test_a_key_never_reaches_a_person() -> None:
    with pytest.raises(MissingWords, match=r"no\.such\.key"):
        WORDS.render(Text("no.such.key"), "ja")
    with pytest.raises(MissingWords, match="amount"):
        WORDS.render(Text("gets", {"name": "x"}), "ja")


def test_what_a_person_wrote_is_never_read_as_a_template() -> None:
    assert WORDS.render(Text("gets", {"name": "{amount}{0}%s", "amount": "1"}), "ja") == "{amount}{0}%sは、最大1です。"


def test_words_of_every_language_are_understood_in_every_language() -> None:
    assert WORDS.hear("ja@simple")["yes"] == {"はい", "うん", "ok", "yes", "yeah"}


def test_a_label_may_be_typed_back_in_any_spelling() -> None:
    assert WORDS.labels("house") == ("持ち家", "自分（じぶん）の 家（いえ）", "自分の家", "じぶんのいえ", "My own house")


def test_only_a_crisis_text_finds_its_numbers_by_itself() -> None:
    with pytest.raises(MissingWords, match="lines"):
        Catalogues({"ja": {"notify.work": "{lines}"}}, hotlines=Hotlines.load()).render(Text("notify.work"), "ja")
