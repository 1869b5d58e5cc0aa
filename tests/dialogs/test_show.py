"""What somebody told is shown back once, however it was written."""

from __future__ import annotations

import pytest

from dialogs.core.answers import Answer
from dialogs.core.show import line
from dialogs.core.words import Joined


@pytest.mark.parametrize(("name", "kana", "shown"), [
    ("山田 花子", "やまだ はなこ", Joined(("山田 花子", "やまだ はなこ"))),
    ("やまだ はなこ", "やまだ はなこ", "やまだ はなこ"),
    ("グエン ヴァン アン", "ぐえん ゔぁん あん", "グエン ヴァン アン"),
])  # fmt: skip
def test_a_name_in_kana_is_not_read_out_twice(name: str, kana: str, shown: object) -> None:
    answers: dict[str, Answer | None] = {"name": Answer("name", name), "name_kana": Answer("name_kana", kana)}
    assert line(("name", "name_kana"), answers, 2).args["value"] == shown
