"""Yes, no, commands: whole messages only, however they are drawn out or punctuated."""

import pytest

from dialogs.core import understand

YES = frozenset({"はい", "うん", "ええ", "そうです", "お願いします", "yes", "ok", "y", "オーケー", "👍"})
NO = frozenset({"いいえ", "いや", "ううん", "違う", "ないです", "no", "n", "nope"})
COMMANDS = {
    "back": frozenset({"もどる", "戻る", "back", "go back"}),
    "stop": frozenset({"やめる", "終わり", "stop", "end"}),
    "human": frozenset({"人と話す", "talk to a person"}),
    "skip": frozenset({"とばす", "skip"}),
}


@pytest.mark.parametrize("said", ["はい", "ハイ", "はーい", "はい。", "はい！", "うん", "ｳﾝ", "そうです。", "OK", "ok!", "ｏｋ", "Yes.", "はい、大丈夫です", "はい お願いします", "👍", "オーケー", "y"])
def test_yes(said: str) -> None:
    assert understand.read_yes_no(said, YES, NO) is True


@pytest.mark.parametrize("said", ["いいえ", "イイエ", "いいえ。", "ううん", "いや", "違う", "No", "nope!", "いいえ、ありません", "いいえ 大丈夫です", "ないです"])
def test_no(said: str) -> None:
    assert understand.read_yes_no(said, YES, NO) is False


@pytest.mark.parametrize("said", ["", "うーん", "うーーん…", "んー", "はい、でも違う", "はい、でも不安です", "はい、安全ではないです", "わからない", "どちらでも", "はいいろの家", "いいえばかり", "yesterday", "north", "。。。"])
def test_neither_is_asked_again(said: str) -> None:
    assert understand.read_yes_no(said, YES, NO) is None


@pytest.mark.parametrize(
    ("said", "command"),
    [("もどる", "back"), ("もどる。", "back"), ("戻る！", "back"), ("モドル", "back"), ("ﾓﾄﾞﾙ", "back"), ("もどるー", "back"), ("「戻る」", "back"), ("  Back ", "back"), ("GO BACK", "back"), ("やめる〜", "stop"), ("END", "stop"), ("人と話す", "human"), ("人 と 話す", "human"), ("Talk to a person!", "human"), ("ＳＫＩＰ", "skip")],
)
def test_a_command_is_heard_however_it_is_written(said: str, command: str) -> None:
    assert understand.is_command(said, COMMANDS) == command


@pytest.mark.parametrize("said", ["end of the month", "The end of the month is fine", "家に戻ることはできますか", "もどるところがない", "仕事をやめる予定です", "", "！", "back pain", "友人と話す機会がない", "終わりの見えない避難生活"])
def test_a_word_inside_a_sentence_is_no_command(said: str) -> None:
    assert understand.is_command(said, COMMANDS) is None


def test_what_is_kept_keeps_the_writing_of_a_name() -> None:
    assert understand.clean("  髙橋 桜󠄀子\x00\u200b\r\nに\ud800 ") == "髙橋 桜󠄀子\nに"


def test_what_is_read_is_one_spelling() -> None:
    assert understand.normalise("　ＡＢＣ　　１２３－４５ ") == "abc 123-45"

EVERYWHERE = {**COMMANDS, "unknown": frozenset({"わからない", "i don't know"}), "change": frozenset({"変更"})}


@pytest.mark.parametrize(("said", "command"), [
    ("やくしょの ひとと はなしたい", "human"), ("だれかと話したいんですが", "human"), ("職員さんと話したい", "human"),
    ("I want to talk to a real person please", "human"), ("Can I speak with someone?", "human"), ("すみません、戻る", "back"),
    ("まだ わからない", "unknown"), ("わからないですけど", "unknown"), ("sorry, I don't know", "unknown"),
    ("名前をなおしたい", "change"), ("電話番号が間違っていました", "change"), ("I want to change my answer", "change"),
])  # fmt: skip
def test_a_wish_is_heard_with_whatever_politeness_around_it(said: str, command: str) -> None:
    assert understand.is_command(said, EVERYWHERE) == command


@pytest.mark.parametrize("said", ["友人と話したい", "my mother wants to talk to someone", "屋根を直したい", "人が話していたことを伝えてください", "すみません", "です", "please", "家に来てください"])
def test_what_only_looks_like_a_wish_is_not_one(said: str) -> None:
    assert understand.is_command(said, EVERYWHERE) is None


def test_not_knowing_at_length_and_thanks_are_told_from_answers() -> None:
    assert all(map(understand.is_unsure, ("まだ決めてない", "被害の区分がわかりません", "I don't know the grade", "Not sure about that")))
    assert not any(map(understand.is_unsure, ("全壊です", "知らない人の家にいる", "no water came in", "忘れ物")))
    assert all(map(understand.is_thanks, ("ありがとう", "どうもありがとうございます。", "Thank you so much!", "了解です")))
    assert not any(map(understand.is_thanks, ("ありがとう、でも家がない", "感謝していない", "thanks but no")))
