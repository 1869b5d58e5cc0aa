"""What somebody asks back in the middle of a question is heard as that, and no answer ever is."""

from __future__ import annotations

import pytest

from dialogs.core import understand
from tests.understand.test_answers import TABLES, rows

ANSWERS = [path.stem for path in sorted(TABLES.glob("*.tsv")) if path.stem != "asked"]


@pytest.mark.parametrize(("said", "topic"), [row if len(row) > 1 else (*row, "") for row in rows("asked")])
def test_a_question_is_told_from_an_answer(said: str, topic: str) -> None:
    assert (understand.read_question(said) or understand.read_wish(said) or "") == topic


@pytest.mark.parametrize("table", ANSWERS)
def test_no_answer_is_taken_for_a_question(table: str) -> None:
    taken = {
        row[0] for row in rows(table) if understand.read_question(row[0]) or understand.read_wish(row[0])
    }
    assert taken <= {"半壊って何ですか"}  # which the table, too, says is no answer


@pytest.mark.parametrize(
    "said", ["修理にいくらかかるか心配です", "近所の人に知られたくない", "お金がかかるのがつらい"]
)
def test_a_worry_told_where_worries_are_asked_for_stays_an_answer(said: str) -> None:
    assert understand.read_question(said, only_asked=True) is None


@pytest.mark.parametrize("said", ["だれがこれを読むんですか", "who reads this?", "答えないとだめですか"])
def test_a_question_is_answered_where_any_words_would_do(said: str) -> None:
    assert understand.read_question(said, only_asked=True)


@pytest.mark.parametrize("said", ["水が出ません", "まだ誰も来てくれません", "食べ物がありません"])
def test_a_need_told_where_any_words_would_do_stays_told(said: str) -> None:
    assert understand.read_question(said) and understand.read_question(said, only_asked=True) is None


@pytest.mark.parametrize(("said", "asks"), [
    ("ペットも避難所に入れますか", True), ("もう片付けてしまいました、どうしたらいいですか", True), ("電話じゃなくてもいいですか", True),
    ("Is there a deadline?", True), ("what should I do", True),
    ("半壊か", False), ("判定に納得できません", False), ("はい", False), ("いつか直します", False), ("my phone is broken", False), ("can", False),
])  # fmt: skip
def test_a_question_is_told_from_everything_else(said: str, asks: bool) -> None:
    assert understand.is_question(said) is asks


@pytest.mark.parametrize(("said", "english"), [
    ("I don't understand", True), ("my house is flooded", True), ("can you help me", True), ("I want to die", True),
    ("hello", False), ("ok", False), ("nihongo wakarimasen", False), ("no me entiende", False), ("tôi cần giúp đỡ", False), ("助けてください", False),
])  # fmt: skip
def test_an_english_sentence_is_told_from_a_greeting_and_from_its_neighbours(
    said: str, english: bool
) -> None:
    assert understand.is_english(said) is english
