"""Layout: nothing lost, nothing too long, nothing torn, a human always one tap away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.messages import Button, Capabilities, OutMessage
from bots.layout import graphemes, lay_out, shorten, size, split, written
from bots.line.draw import CAPABILITIES as LINE
from bots.telegram.draw import CAPABILITIES as TELEGRAM

CLUSTERS = st.sampled_from([
    "あ", "が", "か\u3099", "a", "\n", "\n\n", "。", " ", "、", "葛\U000e0100", "𠮷", "👨‍👩‍👧‍👦", "🇯🇵", "🇻🇳", "é", "e\u0301",
    "क्षि", "မြန်မာ", "ទី", "\r\n", "1️⃣",
])
TEXTS = st.lists(CLUSTERS, max_size=120).map("".join) | st.text(max_size=120)
UNITS = st.sampled_from(["utf16", "chars", "graphemes"])
BOTH = pytest.mark.parametrize("channel", [LINE, TELEGRAM], ids=lambda c: c.name)


def ask(text: str = "いまの住まいは、どれに近いですか。", answers: int = 3, aside: tuple[str, ...] = ("もどる", "人と話す"),
        **rest: object) -> OutMessage:
    numbered = tuple(Button(f"答え{n}", f"s1|home|o{n}") for n in range(1, answers + 1))
    return OutMessage(text, "ja", numbered=numbered, aside=tuple(Button(a, f"s1|home|{a}") for a in aside),
                      **rest)  # type: ignore[arg-type]


@given(TEXTS, st.integers(12, 40), UNITS)
def test_pieces_are_the_text_again_each_within_the_limit_and_never_inside_a_grapheme(
        text: str, limit: int, unit: str) -> None:
    pieces = split(text, limit, unit)
    assert "".join(pieces) == text
    assert all(size(piece, unit) <= limit for piece in pieces)
    whole = graphemes(text)
    if all(size(grapheme, unit) <= limit for grapheme in whole):
        assert [g for piece in pieces for g in graphemes(piece)] == whole


def test_a_grapheme_larger_than_the_limit_is_cut_rather_than_refused_by_the_platform() -> None:
    heap = "e" + "\u0301" * 30
    pieces = split(heap, 10, "chars")
    assert "".join(pieces) == heap and max(map(len, pieces)) <= 10


def test_a_long_text_is_cut_where_a_reader_would_pause() -> None:
    text = "家の写真があると、あとで役に立ちます。\n\n片づける前に、外から四方を撮ってください。"
    first, second = split(text, 30, "utf16")
    assert first.endswith("\n\n") and second.startswith("片づける")


@given(TEXTS, st.integers(2, 25))
def test_a_label_is_never_longer_than_allowed_nor_torn(label: str, limit: int) -> None:
    short = shorten(label, limit, "graphemes")
    assert len(graphemes(short)) <= limit
    assert short == label or short.endswith("…")


def test_characters_that_count_twice_are_counted_twice() -> None:
    assert size("𠮷野家", "utf16") == 4 and size("𠮷野家", "chars") == 3


@BOTH
def test_answers_are_a_numbered_list_and_buttons(channel: Capabilities) -> None:
    (part,) = lay_out([ask(answers=2)], channel)
    assert "1. 答え1\n2. 答え2" in part.text
    assert [b.label for b in part.buttons] == ["答え1", "答え2", "もどる", "人と話す"]
    assert part.buttons[0].data == "s1|home|o1"


def test_where_buttons_vanish_the_standing_words_are_written_too() -> None:
    assert lay_out([ask()], LINE)[0].text.endswith("［もどる］［人と話す］")
    assert "［" not in lay_out([ask()], TELEGRAM)[0].text


@BOTH
@given(answers=st.integers(0, 30), aside=st.integers(0, 6))
def test_a_human_is_one_tap_away_however_many_answers_there_are(channel: Capabilities, answers: int,
                                                                aside: int) -> None:
    words = tuple(f"立{n}" for n in range(aside))
    *_, last = lay_out([ask(answers=answers, aside=words)], channel)
    assert len(last.buttons) <= channel.max_buttons
    assert [b.label for b in last.buttons][-aside:] == list(words) or not aside
    assert all(f"{n}. 答え{n}" in last.text for n in range(1, answers + 1))


@BOTH
@given(messages=st.lists(TEXTS.filter(str.strip), min_size=1, max_size=12))
def test_any_turn_becomes_one_send_that_the_platform_takes(channel: Capabilities, messages: list[str]) -> None:
    parts = lay_out([OutMessage(text, "ja") for text in messages], channel)
    assert 1 <= len(parts) <= channel.max_messages_per_send
    assert all(part.text.strip() and size(part.text, channel.unit) <= channel.max_text for part in parts)


def test_a_turn_of_many_messages_keeps_the_question_apart() -> None:
    turn = [OutMessage(f"お知らせ{n}", "ja") for n in range(8)] + [ask()]
    parts = lay_out(turn, LINE)
    assert len(parts) == 5
    assert parts[-1].text.startswith("いまの住まい") and parts[-1].buttons
    assert not any(part.buttons for part in parts[:-1])


def test_what_does_not_fit_one_send_becomes_several_and_none_is_lost() -> None:
    turn = [OutMessage("あ" * 4900, "ja") for _ in range(7)]
    assert "".join(p.text for p in lay_out(turn, LINE)).count("あ") == 7 * 4900


def test_a_label_that_must_be_cut_carries_its_number() -> None:
    long = Button("津波で家の一階が天井まで水につかった", "s|d|flood")
    message = OutMessage("被害は？", "ja", numbered=(Button("ない", "s|d|none"), Button(long.label + "ことがある", long.data)))
    (part,) = lay_out([message], LINE)
    assert part.buttons[1].label.startswith("2. 津波で") and len(graphemes(part.buttons[1].label)) == 20
    assert "2. 津波で家の一階が天井まで水につかったことがある" in part.text


def test_what_is_ticked_shows_in_list_and_button() -> None:
    (part,) = lay_out([ask(answers=2, picked=("o2",))], LINE)
    assert "1. 答え1\u30002. ✓ 答え2" in part.text
    assert [b.label for b in part.buttons][:2] == ["答え1", "✓ 答え2"]


def test_progress_and_a_link_are_in_the_text() -> None:
    link = Button("ページを開く", "", "https://tsunagi.example/p/abc")
    message = OutMessage("つづきはこちらです。", "ja", progress=(3, 12), aside=(link,))
    text = written(message, LINE)
    assert text.startswith("(3/12) つづき") and "https://tsunagi.example/p/abc" in text
    already = OutMessage("https://tsunagi.example/p/abc を開いてください。", "ja", aside=(link,))
    assert written(already, LINE).count("https://") == 1


def test_text_that_no_platform_can_carry_is_made_fit() -> None:
    (part,) = lay_out([OutMessage("家\x00が\ud83d壊れた", "ja")], LINE)
    assert part.text == "家が\ufffd壊れた"


def test_nothing_to_say_is_no_part() -> None:
    assert lay_out([OutMessage(" \n", "ja")], LINE) == ()


@BOTH
def test_a_list_that_is_being_ticked_off_is_not_sent_again_in_full(channel: Capabilities) -> None:
    """Every tick is a message: the list stands above, so that the second one is three lines."""
    first = ask(answers=6, wants="multi")
    ticked = ask("選んだもの：答え2。", answers=6, wants="multi", picked=("o2",))
    assert written(first, channel).count("\n") >= 6
    again = written(ticked, channel)
    assert again.count("\n") <= 4 and "2. ✓ 答え2" in again and "6. 答え6" in again
