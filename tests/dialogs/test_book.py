"""What must hold for every dialog before anybody talks to it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import dialogs
from dialogs.core.check import problems
from dialogs.core.draw import draw
from dialogs.core.model import Dialog, Do, Is, Item, Menu, Question
from dialogs.core.session import Session
from dialogs.fields import FIELDS
from dialogs.publish import as_data, changed, lock_text
from dialogs.registry import BOOK, book_of

LOCK = Path(dialogs.__file__).parent / "published.lock"
SAVED = Path(__file__).parent / "sessions"


def test_the_book_is_sound() -> None:
    """UX-02: a question is data: why asked, used by whom, purpose, category, sensitivity, retention, trauma level."""
    assert problems(BOOK) == []


def test_published_dialogs_are_unchanged() -> None:
    assert changed(BOOK, LOCK.read_text()) == []


def test_every_dialog_is_published() -> None:
    published = {row.split(" ")[0] for row in LOCK.read_text().splitlines()}
    assert published == {f"{name}/{version}" for name, version in BOOK}


def test_a_changed_dialog_is_noticed() -> None:
    intake = BOOK["intake", 1]
    edited = {**BOOK, ("intake", 1): replace(intake, steps=intake.steps[1:])}
    assert "intake/1 was published and has changed" in changed(edited, lock_text(BOOK))[0]
    without = {key: dialog for key, dialog in BOOK.items() if key != ("intake", 1)}
    assert "is gone" in changed(without, lock_text(BOOK))[0]


def test_dialogs_are_data() -> None:
    assert json.loads(json.dumps(as_data(BOOK["intake", 1])))["name"] == "intake"


def test_the_checker_finds_what_is_wrong() -> None:
    bad = Dialog(
        "intake", 2,
        (
            Question("damage_level", when=Is("no_such_field", "x")),
            Question("no_question"),
            Menu("menu", (Item("x", Do("dance")),)),
            Question("certificate"),
        ),
    )
    found = " ".join(problems(book_of((*BOOK.values(), bad))))
    assert "names the field 'no_such_field'" in found
    assert "there is no such field" in found
    assert "no command 'dance'" in found
    assert "must be the last step" in found


def test_every_dialog_can_be_drawn() -> None:
    for dialog in BOOK.values():
        picture = draw(dialog)
        assert all(step.id in picture for step in dialog.steps)


def test_intake_asks_at_most_eight_questions_before_the_case() -> None:
    """UX-04: name, contact, where, damage, certificate, size, living now, rebuilding; the others only complete one."""
    completes = {"name_kana": "name", "phone": "contact_way", "flood_level": "damage_level"}
    steps = [step.id for step in BOOK["intake", 1].steps]
    asked = [name for name in steps[steps.index("eight") : steps.index("case")] if name in FIELDS and name not in completes]
    assert asked == [
        "name", "contact_way", "disaster_address", "damage_level", "certificate", "household_size", "living_now",
        "rebuild_method",
    ]


def test_saved_sessions_of_every_release_still_open() -> None:
    files = list(SAVED.glob("*.json"))
    assert files
    for path in files:
        session = Session.from_json(json.loads(path.read_text(encoding="utf-8")))
        assert all((frame.dialog, frame.version) in BOOK for frame in session.frames)
