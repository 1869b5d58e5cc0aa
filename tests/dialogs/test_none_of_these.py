"""Among several answers, "none of these" says all there is to say."""

from __future__ import annotations

import pytest

from dialogs.core.effects import SaveFacts
from dialogs.core.heard import Said
from dialogs.transcript import heard_of
from tests.dialogs.stage import rehearsal
from tests.dialogs.test_always import INTAKE


@pytest.mark.parametrize(("rows", "kept"), [
    (("[none]",), ("none",)),  # nobody has to press "that is all" after it
    (("どれもない",), ("none",)),
    (("6",), ("none",)),
    (("[business]", "[none]"), ("none",)),  # it takes the place of what was ticked by mistake
    (("[business]", "どれもない"), ("none",)),
    (("[business]", "[-done]"), ("business",)),
    (("1 6",), ("business",)),  # both cannot be true
])  # fmt: skip
def test_it_closes_the_question_and_stands_alone(rows: tuple[str, ...], kept: tuple[str, ...]) -> None:
    stage = rehearsal()
    stage.settling = ("household_includes",)
    stage.hear(Said("こんにちは"))
    for row in INTAKE[: INTAKE.index("[ok]") + 1]:
        stage.hear(heard_of(row, stage))
    assert stage.open is not None and stage.open.field == "household_includes"
    for row in rows:
        effects = stage.hear(heard_of(row, stage))
    assert [answer.value for one in effects if isinstance(one, SaveFacts) for answer in one.answers] == [kept]
    assert stage.open.field != "household_includes"
