"""What the case knows before the first word."""

from __future__ import annotations

from dialogs.core.answers import Answer
from dialogs.core.effects import Remind, SaveFacts
from dialogs.core.heard import Chose, HandedBack, Said
from dialogs.transcript import Rehearsal
from tests.dialogs.stage import rehearsal, setting


def first_saved(stage: Rehearsal) -> Answer:
    stage.hear(Said("こんにちは"))
    for option in ("ja", "safe"):
        assert stage.session is not None and stage.open is not None
        effects = stage.hear(Chose(stage.session.id, stage.open.step, option))
    return next(effect for effect in effects if isinstance(effect, SaveFacts)).answers[0]


def test_who_spoke_for_somebody_else_still_does() -> None:
    known = {"for_whom": Answer("for_whom", "family", by="proxy", about="other")}
    saved = first_saved(Rehearsal(setting(), facts=known))
    assert (saved.by, saved.about) == ("proxy", "other")


def test_who_is_new_speaks_for_themselves() -> None:
    saved = first_saved(rehearsal())
    assert (saved.by, saved.about) == ("self", "self")


def test_silence_counts_again_when_staff_hand_the_conversation_back() -> None:
    stage = rehearsal()
    first_saved(stage)
    assert any(isinstance(effect, Remind) for effect in stage.hear(HandedBack()))
