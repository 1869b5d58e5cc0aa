"""Every rule of `./run locales check` can fail: bad catalogues, and the sentence each of them gets."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from locales import add, catalogue, check, uses
from locales.catalogue import Entry, digest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The real catalogues, to be spoilt."""
    copy = tmp_path / "locales"
    for locale in catalogue.LOCALES:
        path = catalogue.path_of(locale, copy)
        path.parent.mkdir(parents=True)
        shutil.copy(catalogue.path_of(locale), path)
    (copy / "__init__.py").touch()
    return copy


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source is read once for all tests; only the catalogues are spoilt."""
    read = cache(uses.find)
    monkeypatch.setattr(uses, "find", lambda root=uses.ROOT: SOURCE if root == uses.ROOT else read(root))


SOURCE = uses.find()


_known: dict[str, set[str]] = {}


def problems_before(folder: Path) -> set[str]:
    """What the check says of these very catalogues, asked once."""
    state = digest("".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*/LC_MESSAGES/*.po"))))
    if state not in _known:
        _known[state] = set(check.problems(folder))
    return _known[state]


def spoil(folder: Path, locale: str, key: str, words: str, **changes: str) -> list[str]:
    """What the check says when one entry is changed, beyond what it says now."""
    before = problems_before(folder)
    entries = catalogue.read(locale, folder)
    source = catalogue.read("ja", folder).get(key)
    old = entries.get(key) or Entry(key, "", digest(source.words) if source else "", "machine")
    entries[key] = Entry(key, words, changes.get("src", old.src), changes.get("status", old.status))
    catalogue.write(locale, entries, folder)
    return [line for line in check.problems(folder) if line not in before]


def test_a_missing_key(folder: Path) -> None:
    add.remove({"common.line"}, folder)
    found = check.problems(folder)
    assert "dialogs: common.line: is said by a dialog, and no catalogue has it" in found


def test_a_key_that_nobody_uses(folder: Path) -> None:
    found = spoil(folder, "ja", "common.never_said_anywhere", "だれも言わない")
    assert "locales/ja/LC_MESSAGES/messages.po: common.never_said_anywhere: is used nowhere" in found


def test_a_language_without_the_words(folder: Path) -> None:
    entries = catalogue.read("en", folder)
    del entries["intake.review"]
    catalogue.write("en", entries, folder)
    assert "locales/en/LC_MESSAGES/messages.po: intake.review: has no words in this language" in check.problems(folder)


def test_other_placeholders_than_the_japanese(folder: Path) -> None:
    (line,) = spoil(folder, "en", "case.updated", "Your case number stays {no}.")
    assert line.endswith("its placeholders differ from the Japanese: no, number")


def test_only_the_chooser_of_every_question_may_differ(folder: Path) -> None:
    assert spoil(folder, "en", "field.flood_level.ask", "Did {about:your|their} home take in water?") == []
    assert spoil(folder, "en", "field.flood_level.why", "For {n:one|several} of you.") != []


def test_a_translation_older_than_its_source(folder: Path) -> None:
    assert any("is older than its Japanese" in line for line in spoil(folder, "ja", "common.changed", "答えを変えました。"))


def test_a_status_that_does_not_exist(folder: Path) -> None:
    (line,) = spoil(folder, "en", "common.changed", "Changed.", status="fine")
    assert "status 'fine'" in line


def test_a_signed_status(folder: Path) -> None:
    before = check.needs_review(folder)
    assert "en: notice.purpose.1" in before
    entries = catalogue.read("en", folder)
    entries["notice.purpose.1"].status = "reviewed A. Reader, 2026-12-01"
    catalogue.write("en", entries, folder)
    assert "en: notice.purpose.1" not in check.needs_review(folder)
    assert not any("notice.purpose.1: status" in line for line in check.problems(folder))


def test_a_label_too_long_for_a_button(folder: Path) -> None:
    (line,) = spoil(folder, "en", "field.damage_level.option.total", "The home was totally destroyed")
    assert "a button holds 20 characters" in line


def test_a_brace_that_is_no_placeholder(folder: Path) -> None:
    assert any("no placeholder" in line for line in spoil(folder, "en", "common.changed", "Changed {Name}."))


def test_full_width_digits(folder: Path) -> None:
    assert any("full-width digits" in line for line in spoil(folder, "en", "common.changed", "Changed １."))


def test_a_word_for_two_commands(folder: Path) -> None:
    words = catalogue.read("ja", folder)["hear.skip"].words
    assert any("'もどる' already means hear.back" in line for line in spoil(folder, "ja", "hear.skip", words + "|もどる"))


def test_simple_japanese_that_is_not_simple(folder: Path) -> None:
    (line,) = spoil(folder, "ja@simple", "common.changed", "変更（へんこう） 申請（しんせい）を しました。")
    assert "申請 is hard" in line


def test_code_that_says_what_no_catalogue_has(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    source = tmp_path / "backend" / "greet.py"
    source.write_text('"""Says `no.such.docstring`."""\nsay(Text("common.hello_there", {"name": 1}))\n')
    found = uses.find(tmp_path)
    assert found.said == {"common.hello_there": "backend/greet.py:2"}
    assert found.given == [("common.hello_there", frozenset({"name"}), "backend/greet.py:2")]
    assert not found.uses("no.such.docstring")


def test_code_that_leaves_an_argument_out(tmp_path: Path) -> None:
    (tmp_path / "dialogs").mkdir()
    (tmp_path / "dialogs" / "x.py").write_text('flow.say("case.opened", {**flow.place_args()})\n')
    assert "dialogs/x.py:1: case.opened: is not given number" in check.problems(root=tmp_path)


def test_keys_put_together_at_run_time(tmp_path: Path) -> None:
    for name in ("bots", "backend"):
        (tmp_path / name).mkdir()
    (tmp_path / "bots" / "x.py").write_text('Text(f"human.{about}_out_of_hours")\nText("profession." + name)\n')
    (tmp_path / "backend" / "page.html").write_text("{{ words(\"console.task.\" ~ kind) }} {{ words('web.send') }}")
    found = uses.find(tmp_path)
    used = ["human.talk_out_of_hours", "profession.lawyer", "console.task.red", "web.send"]
    assert all(found.uses(key) for key in used)
    assert not any(found.uses(key) for key in ("human.talk", "web.sending", "console.nav"))
    assert found.said == {"web.send": "backend/page.html"}
