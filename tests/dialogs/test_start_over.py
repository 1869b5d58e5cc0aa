"""Starting over asks everything again; it takes back nothing that was decided."""

from __future__ import annotations

from dialogs.core.effects import Remind, StopMessages
from dialogs.core.heard import Chose, Said
from dialogs.transcript import Rehearsal
from tests.dialogs.stage import rehearsal


def say(stage: Rehearsal, *rows: str) -> list[object]:
    effects: list[object] = []
    for row in rows:
        assert stage.session is not None
        heard = Chose(stage.session.id, stage.open.step, row[1:-1]) if row.startswith("[") and stage.open else Said(row)
        effects = list(stage.hear(heard))
    return effects


def test_the_wish_for_quiet_outlives_starting_over() -> None:
    stage = rehearsal()
    stopped = say(stage, "こんにちは", "[ja]", "[safe]", "止める", "[quiet]")
    assert any(isinstance(effect, StopMessages) for effect in stopped)
    assert not any(isinstance(effect, Remind) for effect in say(stage, "最初から", "[yes]"))
    assert not any(isinstance(effect, Remind) for effect in say(stage, "[safe]"))


def test_the_place_of_a_removed_member_is_given_to_nobody_else() -> None:
    stage = rehearsal()
    say(stage, "こんにちは", "[ja]", "[safe]", "[-unknown]", "[self]", "[later]", "[-declined]", "[none]")
    say(stage, *["[-unknown]"] * 7, "[ok]", "[-leave]", "[more]", "[members]", "[add]", "山田 太郎", "[spouse]", "72", "[none]")
    say(stage, "[remove]", "[m1]", "最初から", "[yes]", "[safe]", "[-unknown]", "[-same]", "[later]", "[-declined]", "[-same]")
    say(stage, *["[-unknown]"] * 7, "[ok]", "[-leave]", "[more]", "[members]", "[add]")
    assert stage.open is not None and stage.open.step == "members.m2.member_name"
