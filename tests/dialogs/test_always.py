"""What must hold for any conversation at all: any taps and words, in any order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.core.answers import Answer
from dialogs.core.conditions import holds
from dialogs.core.effects import Ask, CallHuman, OpenSecurePage, SaveFacts, Say, ShowNotice
from dialogs.core.engine import step as next_turn
from dialogs.core.flow import Flow
from dialogs.core.heard import Came, Chose, Elapsed, Learned, Said, SentFile
from dialogs.core.model import Question
from dialogs.core.open_step import find_open, open_id
from dialogs.core.words import Joined, Text, sensitivity_of
from dialogs.fields import FIELDS, field_of
from dialogs.transcript import Rehearsal, heard_of
from tests.dialogs.stage import rehearsal

WORDS = ["", "はい", "いいえ", "1", "２", "三", "もどる", "変更", "はじめから", "ことば", "私の相談", "止める", "あとで", "わからない",
         "山田 花子", "〒836-0041", "2人", "30万円", "昭和30年5月3日", "\ud83d", "\x00", "x" * 3000, "全壊", "メニュー", "同意をやめる", "支援制度", "なぜ", "何が必要", "リマインド", "お知らせの予定"]
MOVES = st.one_of(
    st.integers(0, 14).map(lambda n: ("tap", n)),
    st.sampled_from(WORDS).map(lambda text: ("say", text)),
    st.text(max_size=20).map(lambda text: ("say", text)),
    st.sampled_from(["photo", "sticker"]).map(lambda kind: ("send", kind)),
    st.sampled_from(["mid_way_1", "mid_way_2", "mid_way_task"]).map(lambda name: ("wait", name)),
    st.integers(0, 30).map(lambda n: ("old", n)),
)


INTAKE = ["[ja]", "[safe]", "[-unknown]", "[self]", "[nobody]", "山田 花子", "やまだ はなこ", "[phone]", "090-1234-5678", "新栄町1-2",
          "[half]", "[above_floor]", "[applied]", "3", "[shelter]", "[repair]", "[ok]", "[none]", "[-done]", "[-unknown]", "[livelihood_recovery_grant]",
          "[need]", "[remind]", "[list]", "[-leave]", "[yes]", "[more]", "[home]", "[owned_house]", "[yes]", "[no]", "[started]"]
"""A conversation as it usually goes; properties that need answers begin somewhere on this way."""


def play(moves: list[tuple[str, object]], level: int, after: int = 0) -> tuple[Rehearsal, list[list[object]]]:
    stage = rehearsal(level=level)
    stage.settling = ("household_includes", "cannot_fund")
    turns: list[list[object]] = [list(stage.hear(Said("こんにちは")))]
    asked: list[Ask] = []
    for row in INTAKE[:after]:
        if stage.open is not None:
            asked.append(stage.open)
        turns.append(list(stage.hear(heard_of(row, stage))))
    for kind, what in moves:
        if stage.open is not None:
            asked.append(stage.open)
        assert stage.session is not None
        if kind == "tap" and stage.open is not None:
            buttons = [*stage.open.options, *stage.open.aside]
            heard: object = Chose(stage.session.id, stage.open.step, buttons[int(what) % len(buttons)].id)  # type: ignore[call-overload]
        elif kind == "old" and asked:
            old = asked[int(what) % len(asked)]  # type: ignore[call-overload]
            heard = Chose(stage.session.id, old.step, [*old.options, *old.aside][0].id)
        elif kind == "send":
            heard = SentFile(str(what), "ref")
        elif kind == "wait":
            heard = Elapsed(str(what))
        else:
            heard = Said(str(what))
        turns.append(list(stage.hear(heard)))  # type: ignore[arg-type]
    return stage, turns


@given(st.lists(MOVES, max_size=60), st.sampled_from([0, 1, 2]))
@settings(max_examples=150, deadline=None)
def test_any_conversation_goes_on(moves: list[tuple[str, object]], level: int) -> None:
    """Never raises, the session survives JSON (the rehearsal checks), and there is always an open step."""
    stage, _ = play(moves, level)
    assert stage.session is not None
    assert find_open(Flow(stage.book, stage.session, stage.setting)) is not None


@given(st.lists(MOVES, max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_person_asking_for_a_human_always_gets_one(moves: list[tuple[str, object]]) -> None:
    """UX-11: a human one tap away everywhere, with phone and hours."""
    stage, _ = play(moves, 1)
    effects = stage.hear(Said("人と話す"))
    assert any(isinstance(effect, CallHuman) for effect in effects)
    assert any(isinstance(effect, Say) and effect.text.key.startswith("human.") for effect in effects)


@given(st.lists(MOVES, max_size=40))
@settings(max_examples=100, deadline=None)
def test_words_and_taps_of_a_person_are_never_met_with_silence(moves: list[tuple[str, object]]) -> None:
    """Only a tap on an old button with the same value, and a reminder after "no messages", may be silent."""
    _, turns = play([move for move in moves if move[0] in ("tap", "say", "send")], 1)
    for effects in turns:
        assert any(isinstance(effect, Say | Ask | ShowNotice | OpenSecurePage) for effect in effects)


@given(st.lists(MOVES, max_size=60), st.sampled_from([0, 1, 2]), st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_a_typed_number_is_the_button_under_it(moves: list[tuple[str, object]], level: int, number: int) -> None:
    """Buttons vanish, and LINE for PC has none: what is numbered on the screen must be what the number does."""
    stage, _ = play(moves, level)
    asked, session = stage.open, stage.session
    assert asked is not None and session is not None
    if not asked.options or session.waiting == "paused":
        return  # nothing is on the screen
    if asked.wants == "multi" and number <= len(asked.options) - 1:
        return  # a typed answer is the whole answer, a tap only ticks
    option = asked.options[min(number, len(asked.options)) - 1].id
    typed = stage.hear(Said(str(min(number, len(asked.options)))))
    stage.session = session
    assert typed == stage.hear(Chose(session.id, asked.step, option))


def quoted(arg: object) -> list[str]:
    """Every catalogue key inside an argument."""
    if isinstance(arg, Text):
        return [arg.key, *(key for inner in arg.args.values() for key in quoted(inner))]
    if isinstance(arg, Joined):
        return [key for inner in arg.parts for key in quoted(inner)]
    return []


@given(st.lists(MOVES, max_size=60), st.sampled_from([0, 1]))
@settings(max_examples=150, deadline=None)
def test_nothing_above_the_limit_is_asked_or_shown(moves: list[tuple[str, object]], level: int) -> None:
    """PR-20: no question and no value above the surface's sensitivity, in summaries and menus either."""
    _, turns = play(moves, level)
    for effects in turns:
        for effect in effects:
            if isinstance(effect, Ask):
                assert not effect.field or FIELDS[effect.field].sensitivity <= level
            if isinstance(effect, Ask | Say):
                assert sensitivity_of(effect.text) <= level
                for key in quoted(effect.text):
                    if key.startswith("field.") and ".option." in key:
                        assert FIELDS[key.split(".")[1]].sensitivity <= level


@given(st.lists(MOVES, max_size=40), st.sampled_from([1, 2]))
@settings(max_examples=100, deadline=None)
def test_buttons_fit_every_channel(moves: list[tuple[str, object]], level: int) -> None:
    """UX-01: one question a message."""
    _, turns = play(moves, level)
    for effects in turns:
        for effect in effects:
            if isinstance(effect, Ask):
                assert len(effect.options) + len(effect.aside) <= 13
                for option in (*effect.options, *effect.aside):
                    assert len(f"{effect.session:8}|{effect.step}|{option.id}".encode()) <= 64


@given(st.lists(MOVES, max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_personal_answer_before_the_purpose_was_shown(moves: list[tuple[str, object]]) -> None:
    _, turns = play(moves, 2)
    shown = False
    for effects in turns:
        for effect in effects:
            shown = shown or (isinstance(effect, ShowNotice) and effect.notice == "purpose")
            if isinstance(effect, SaveFacts) and not shown:
                assert all(field_of(answer.field).sensitivity == 0 for answer in effect.answers)


@given(st.lists(MOVES, max_size=20), st.integers(0, len(INTAKE)))
@settings(max_examples=150, deadline=None)
def test_no_answer_outlives_its_question(moves: list[tuple[str, object]], after: int) -> None:
    """What was answered to a question that would no longer be asked is in no rule and no case."""
    stage, _ = play(moves, 2, after)
    assert stage.session is not None
    flow = Flow(stage.book, stage.session, stage.setting)
    for dialog in stage.book.values():
        for step in dialog.steps:
            # A reading may be given along with a name that does not ask for one; a decision stands until it is withdrawn.
            may_stand = step.id == "name_kana" or (step.id in FIELDS and FIELDS[step.id].consent)
            if isinstance(step, Question) and not may_stand and flow.answer(step.id) is not None:
                assert holds(step.when, flow.look), step.id


@given(st.lists(MOVES, max_size=5), st.integers(0, len(INTAKE)), st.sampled_from(["メニュー", "止める", "はじめから", "変更", "私の相談", "もどる", "お知らせの予定", "何が必要"]))
@settings(max_examples=150, deadline=None)
def test_a_command_is_nobody_s_name(moves: list[tuple[str, object]], after: int, word: str) -> None:
    stage, _ = play(moves, 2, after)
    for effect in stage.hear(Said(word)):
        if isinstance(effect, SaveFacts):
            assert all(answer.value != word for answer in effect.answers)


ELSEWHERE = st.dictionaries(
    st.sampled_from(["damage_level", "flood_level", "certificate", "living_now", "rebuild_method", "tenure", "home_habitable", "demolished"]),
    st.integers(0, 6), min_size=1, max_size=4,
).map(lambda picked: {
    name: Answer(name, FIELDS[name].options[number % len(FIELDS[name].options)], by="staff") for name, number in picked.items()
})  # fmt: skip


@given(st.lists(MOVES, max_size=15), st.integers(0, len(INTAKE)), ELSEWHERE)
@settings(max_examples=120, deadline=None)
def test_what_others_keep_in_the_case_is_taken_over_without_a_word(
    moves: list[tuple[str, object]], after: int, facts: dict[str, Answer]
) -> None:
    """Nothing is said, the question on the screen stays the open one, and whoever comes back is asked none of it."""
    stage, _ = play(moves, 2, after)
    assert stage.session is not None
    before = Flow(stage.book, stage.session, stage.setting)
    on_screen = open_id(before)
    turn = next_turn(stage.book, stage.session, Learned(), facts, stage.setting)
    flow = Flow(stage.book, turn.session, stage.setting)
    assert turn.effects == ()
    assert open_id(flow) == on_screen or on_screen not in FIELDS
    assert all(flow.answer(key) == answer for key, answer in facts.items())
    stage.session = turn.session
    for _ in range(3):
        stage.hear(Came())
    asked = stage.open
    assert asked is not None
    if before.frame.at == "" and turn.session.confirm is False:
        assert asked.field not in facts


@given(st.lists(MOVES, max_size=15), st.integers(0, len(INTAKE)), st.sampled_from(["damage_level", "certificate", "tenure", "name"]))
@settings(max_examples=60, deadline=None)
def test_what_others_take_back_is_gone(moves: list[tuple[str, object]], after: int, key: str) -> None:
    stage, _ = play(moves, 2, after)
    assert stage.session is not None
    turn = next_turn(stage.book, stage.session, Learned((key,)), {}, stage.setting)
    assert turn.effects == () and turn.session.answer(key) is None
    assert find_open(Flow(stage.book, turn.session, stage.setting)) is not None
