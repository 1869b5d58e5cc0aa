"""What a program's card says, in the words that a person reads."""

from __future__ import annotations

import pytest

from backend.words import Catalogues
from dialogs.core.heard import FoundProgram
from dialogs.core.told import card
from dialogs.core.words import Text, Words

WORDS = Catalogues.load()
GRANT = Words.of({"ja": "災害弔慰金", "ja@simple": "災害（さいがい）の お金（かね）", "en": "Condolence grant"})


def said(locale: str) -> str:
    found = FoundProgram("disaster_condolence_grant", GRANT, "possible", "none")
    return WORDS.render(Text("programs.card", card(found, 1, 1)), locale)


@pytest.mark.parametrize("locale", ["ja@simple", "en"])
def test_whoever_reads_another_language_can_show_the_japanese_name_at_the_desk(locale: str) -> None:
    assert said(locale).count("災害弔慰金") == 1


def test_the_japanese_card_says_the_name_once_and_has_no_empty_line() -> None:
    assert said("ja").count("災害弔慰金") == 1
    assert not any(line.endswith("：") for line in said("ja").splitlines())
