"""The catalogues themselves: everything can be said, in every language, and no template shows through."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from backend.words import LOCALES, Catalogues, is_guarded, placeholders
from dialogs.core.check import keys_used
from dialogs.core.words import Arg, Text, Words, Yen
from dialogs.crisis import english, languages
from dialogs.crisis.orange import ORANGE
from dialogs.crisis.red import RED
from dialogs.crisis.yellow import YELLOW
from dialogs.registry import BOOK
from locales import check

WORDS = Catalogues.load(clock=lambda: datetime(2026, 12, 1, tzinfo=UTC))
KEYS = sorted(WORDS.keys())

SAMPLES: dict[str, Arg] = {
    "by": datetime(2026, 12, 4, 8, 15, tzinfo=UTC),
    "date": date(2026, 12, 4),
    "most": Yen(3_000_000),
    "least": Yen(375_000),
    "n": 2,
    "days": 1,
    "minutes": 30,
    "who": Words.of({"ja": "つなぎ市 福祉課", "en": "Tsunagi City, welfare section"}),
    "municipality": Words.of({"ja": "つなぎ市", "en": "Tsunagi City"}),
}


def said(key: str, locale: str) -> str:
    names = {name for own in ("ja", locale) for name in placeholders(WORDS.raw(key, own) or "")}
    return WORDS.render(Text(key, {name: SAMPLES.get(name, "見本") for name in names}), locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_can_be_said(locale: str) -> None:
    """R27: every text in every language renders."""
    for key in KEYS:
        words = said(key, locale)
        assert words.strip(), key
        assert not re.search(r"[{}]", words), f"{key}: a template shows through: {words}"
        assert key not in words, f"{key}: the raw key reaches a person"


def test_every_dialog_has_its_words() -> None:
    assert sorted(key for key in keys_used(BOOK) if not WORDS.has(key)) == []


def test_every_crisis_topic_has_its_answer() -> None:
    rules = (*RED, *ORANGE, *YELLOW, *english.RED, *english.ORANGE, *english.YELLOW, *languages.RULES)
    for level, topic in {(rule.level, rule.topic) for rule in rules}:
        assert WORDS.has(f"crisis.{level}.{topic}")


@pytest.mark.parametrize("locale", LOCALES)
def test_life_in_danger_is_told_the_number_first(locale: str) -> None:
    for key in KEYS:
        if key.startswith("crisis.red.") and not key.endswith(".again"):
            opening = said(key, locale).split("\n")
            assert any("119" in line or "110" in line for line in opening[:2]), f"{key}: {opening[0]}"


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_promised(locale: str) -> None:
    promises = re.compile(r"もらえます|受け取れます|必ず|支給されます|you will (?:get|receive)|guarantee", re.IGNORECASE)
    for key in KEYS:
        if key.startswith(("program", "field.", "intake.")):
            assert not promises.search(said(key, locale)), key


def test_a_notice_of_violence_says_nothing_to_somebody_looking_on() -> None:
    """SF-13: violence: short and neutral."""
    for key in ("crisis.orange.violence", "crisis.red.violence_now"):
        for locale in LOCALES:
            preview = said(key, locale)
            assert not re.search(r"DV|暴力|殴|violence|abuse", preview), f"{key} ({locale})"


def test_unreviewed_translations_stand_with_the_japanese() -> None:
    """UX-30: translation status per text."""
    for key in KEYS:
        if not is_guarded(key) or WORDS.reviewed(key, "en"):
            continue
        assert said(key, "ja") in said(key, "en"), key
        assert said(key, "ja") not in said("field.name.ask", "en")


def test_the_catalogues_keep_the_rules() -> None:
    assert check.problems() == []


def test_what_nobody_signed_off_is_listed() -> None:
    listed = check.needs_review()
    assert all(": " in line for line in listed)
    assert len(listed) == sum(
        not WORDS.reviewed(key, locale) for locale in LOCALES for key in KEYS if is_guarded(key)
    )
