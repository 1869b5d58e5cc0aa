"""Adding words: merged, sorted, tied to the Japanese they were written from."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.words import Catalogues
from dialogs.core.words import Text
from locales import add, catalogue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "__init__.py").touch()
    return tmp_path


def test_words_come_back_as_they_were_written(folder: Path) -> None:
    words = {"b.two": {"ja": "一行目\n二行目「\\」\"引用\"", "en": "one\ntwo"}, "a.one": {"ja": "こんにちは"}}
    assert add.add(words, folder) == 3
    assert add.add(words, folder) == 0
    assert list(catalogue.read("ja", folder)) == ["a.one", "b.two"]
    loaded = Catalogues.load(folder)
    assert loaded.render(Text("b.two"), "ja") == "一行目\n二行目「\\」\"引用\""
    assert loaded.render(Text("b.two"), "en") == "one\ntwo"


def test_a_changed_source_makes_its_translations_stale_until_they_are_written_again(folder: Path) -> None:
    add.add({"a.one": {"ja": "家", "en": "house"}}, folder)
    add.add({"a.one": {"ja": "住まい"}}, folder)
    assert catalogue.read("en", folder)["a.one"].src != catalogue.digest("住まい")
    add.add({"a.one": {"en": "house"}}, folder)
    assert catalogue.read("en", folder)["a.one"].src == catalogue.digest("住まい")


def test_a_signed_translation_loses_its_signature_when_it_changes(folder: Path) -> None:
    add.add({"a.one": {"ja": "家", "en": "house"}}, folder)
    table = catalogue.read("en", folder)
    table["a.one"].status = "reviewed A. Reader, 2026-12-01"
    catalogue.write("en", table, folder)
    add.add({"a.one": {"en": "house"}}, folder)
    assert catalogue.read("en", folder)["a.one"].status.startswith("reviewed")
    add.add({"a.one": {"en": "home"}}, folder)
    assert catalogue.read("en", folder)["a.one"].status == "machine"


def test_keys_that_exist_can_be_left_alone(folder: Path) -> None:
    add.add({"a.one": {"ja": "家"}}, folder)
    assert add.add({"a.one": {"ja": "住まい"}, "a.two": {"ja": "水"}}, folder, keep=True) == 1
    assert catalogue.read("ja", folder)["a.one"].words == "家"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a", "expected a mapping"),
        ("a.one: words", "a.one: expected wordings"),
        ("a.one: {fr: mot}", "unknown language 'fr'"),
        ("a.one: {ja: yes}", "ja is not text"),
    ],
)
def test_a_file_that_is_not_words(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(text)
    with pytest.raises(add.BadWords, match=why):
        add.read_words(path)
