"""The labelled lines: nothing red or orange is missed, idioms and negation stay yellow (SF-10, SF-20)."""

from pathlib import Path

import pytest

from dialogs.crisis import check
from dialogs.crisis.candidates import LEVELS, RULES

HERE = Path(__file__).parent


def labelled() -> list[tuple[str, str, str]]:
    lines = (HERE / "labelled.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


@pytest.mark.parametrize(("level", "language", "said"), labelled())
def test_a_labelled_line_is_found_at_its_level(level: str, language: str, said: str) -> None:
    hit = check(said)
    assert hit is not None, "nothing found"
    assert hit.level == level, hit
    assert said[slice(*hit.span)].strip()


def test_the_labelled_set_is_large_enough_for_every_kind_of_japanese() -> None:
    languages = [language for _, language, _ in labelled()]
    assert len(languages) >= 250
    assert sum(language in ("kana", "dialect", "typo") for language in languages) >= 80
    assert {level for level, _, _ in labelled()} == set(LEVELS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_finds_the_lines_it_was_written_for(rule: object) -> None:
    for said in rule.says:  # type: ignore[attr-defined]
        hit = check(said)
        assert hit is not None, said
        assert hit.level == rule.level, (said, hit)  # type: ignore[attr-defined]


def test_rule_names_are_unique_and_carry_a_version() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.version >= 1 for rule in RULES)


@pytest.mark.parametrize("word", ["help", "sos", "助けて", "たすけて", "cứu", "tulong", "救命", "도와주세요", "मद्दत", "tolong", "ကူညီ", "ajuda", "ayuda"])
def test_a_help_word_as_a_whole_message_is_red(word: str) -> None:
    """SF-02."""
    for said in (word, word.upper(), f" {word} ", f"{word}!!", f"{word}。", f"{word}🙏"):
        hit = check(said)
        assert hit is not None
        assert (hit.level, hit.topic) == ("red", "help")


@pytest.mark.parametrize("said", ["助けてもらえる制度はありますか", "家の片付けを助けてほしい人がいます", "助けてくれた人にお礼がしたい", "can you help me find housing", "I need help with the forms", "救命講習を受けました", "Tolong beri tahu saya tentang bantuan", "preciso de ajuda com os documentos"])
def test_a_help_word_inside_an_ordinary_question_is_not_red(said: str) -> None:
    hit = check(said)
    assert hit is None or hit.level == "yellow"


@pytest.mark.parametrize(
    ("said", "topic"),
    [("意識がない", "medical"), ("家が燃えている", "fire"), ("今殴られている", "violence_now"), ("閉じ込められた", "trapped"), ("薬をたくさん飲んだ", "self_harm_now"), ("助けて", "help"), ("死にたい", "self_harm"), ("夫に殴られる", "violence"), ("子どもを叩いてしまう", "child"), ("痴漢にあった", "sexual"), ("三日食べていない", "need"), ("眠れない", "strain"), ("父は津波で死にました", "bereavement"), ("死にたいわけではない", "strain")],
)
def test_the_topic_says_which_lines_to_show(said: str, topic: str) -> None:
    hit = check(said)
    assert hit is not None
    assert hit.topic == topic


@pytest.mark.parametrize("said", ["意識がないわけではない", "今殴られているわけではない", "家が燃えているわけじゃない", "薬をたくさん飲んだわけではない", "首を吊るわけではない"])
def test_negation_never_lowers_red(said: str) -> None:
    """SF-10."""
    hit = check(said)
    assert hit is not None
    assert hit.level == "red"


def test_the_span_points_at_the_words_in_the_original_text() -> None:
    said = "こんにちは。家が壊れました。もう、シ ニ タ イ です"
    hit = check(said)
    assert hit is not None
    assert said[slice(*hit.span)] == "シ ニ タ イ"
