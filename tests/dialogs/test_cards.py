"""What a program's card says, in the words that a person reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backend.programs.edition import current
from backend.words import Catalogues
from dialogs.core.answers import Answer
from dialogs.core.cards import (
    button_of,
    list_options,
    reminder_options,
    reminders_found,
    tap_list,
    tap_reminder,
)
from dialogs.core.check import MAX_POSTBACK
from dialogs.core.effects import CancelReminder, Remind, Say
from dialogs.core.flow import Flow
from dialogs.core.heard import Boundary, FoundProgram, KeptReminder, ProgramsFound, RemindersFound, Said
from dialogs.core.told import card, need, programs_found, reasons
from dialogs.core.words import Text, Words
from dialogs.transcript import heard_of
from tests.dialogs.stage import rehearsal
from tests.dialogs.test_always import INTAKE

WORDS = Catalogues.load()
GRANT = Words.of({"ja": "災害弔慰金", "ja@simple": "災害（さいがい）の お金（かね）", "en": "Condolence grant"})


def said(locale: str) -> str:
    found = FoundProgram("disaster_condolence_grant", GRANT, "possible", "none")
    return WORDS.render(Text("programs.card", card(found, 1, 1)), locale)


@pytest.mark.parametrize("locale", ["ja@simple", "en"])
def test_whoever_reads_another_language_can_show_the_japanese_name_at_the_desk(locale: str) -> None:
    assert said(locale).count("災害弔慰金") == 1


def test_the_japanese_card_says_the_name_once_and_has_no_empty_line() -> None:
    assert said("ja").count("災害弔慰金") == 1
    assert not any(line.endswith("：") for line in said("ja").splitlines())


def amount_of(locale: str, **more: object) -> str:
    lifted = (Text("program.lifted.demolished"), Text("program.lifted.long_term_evacuation"))
    found = FoundProgram(
        "livelihood_recovery_grant", GRANT, "eligible", "range", 500_000, 2_000_000, lifted_by=lifted, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return WORDS.render(Text("programs.card", card(found, 1, 1)), locale)


def test_a_sum_that_hangs_on_something_unusual_says_on_what() -> None:
    """中規模半壊 and repair: 50万円; 200万円 only for whoever had to tear the house down, or cannot go home for long."""
    said = amount_of("ja", usual_yen=500_000)
    assert "最大50万円" in said and "取り壊したとき" in said and "長いあいだ家に帰れないとき" in said and "最大200万円" in said
    assert said.index("50万円") < said.index("200万円")


def test_a_sum_that_nobody_has_without_the_unusual_is_not_promised() -> None:
    said = amount_of("ja", usual_yen=0)
    assert "家をやむを得ず取り壊したとき" in said and said.index("取り壊したとき") < said.index("最大200万円")


def test_what_must_not_be_done_first_stands_before_the_papers() -> None:
    warning = Words.of({"ja": "承認の前に業者へ払わないでください。"})
    papers = (Words.of({"ja": "見積書"}), Words.of({"ja": "罹災証明書"}))
    found = FoundProgram("emergency_repair", GRANT, "possible", "none", documents=papers, warnings=(warning,))
    said = WORDS.render(Text("programs.need", need(found)), "ja")
    assert said.index("業者へ払わない") < said.index("・見積書") < said.index("・罹災証明書")


def test_a_reason_that_a_chat_may_not_carry_is_only_hinted_at() -> None:
    why = (Text("program.why.cannot_fund", {"answer": Text("field.cannot_fund.option.yes")}, 2), Text("program.why.disaster"))
    found = FoundProgram("emergency_repair", GRANT, "possible", "none", why=why)
    assert "むずかしい" not in WORDS.render(Text("programs.why", reasons(found, 1)), "ja")
    assert "むずかしい" in WORDS.render(Text("programs.why", reasons(found, 2)), "ja")


BOUNDARY = ProgramsFound((FoundProgram("second_survey", GRANT, "eligible", "none"),), boundary=Boundary("half", ("architect", "lawyer", "builder")))


@pytest.mark.parametrize(("locale", "words"), [("ja", ("準半壊", "半壊", "二次調査", "建築士、弁護士")), ("en", ("Near-half", "second survey", "architect"))])
def test_one_grade_below_a_threshold_tells_the_second_survey_and_who_helps(locale: str, words: tuple[str, ...]) -> None:
    stage = rehearsal(locale)
    assert stage.session is not None
    answers = {"damage_level": Answer("damage_level", "quasi_half")}
    flow = Flow(stage.book, replace(stage.session, answers=answers), stage.setting)
    programs_found(flow, BOUNDARY)
    said = next(effect.text for effect in flow.effects if isinstance(effect, Say) and effect.text.key == "programs.boundary")
    told = WORDS.render(said, locale)
    assert all(word.lower() in told.lower() for word in words), told


def test_nothing_is_said_of_a_second_survey_that_would_change_nothing() -> None:
    stage = rehearsal()
    assert stage.session is not None
    flow = Flow(stage.book, stage.session, stage.setting)
    programs_found(flow, replace(BOUNDARY, boundary=None))
    assert not any(isinstance(effect, Say) and effect.text.key == "programs.boundary" for effect in flow.effects)


def test_what_waits_for_a_reason_is_counted_apart_and_one_tap_away() -> None:
    stage = rehearsal()
    assert stage.session is not None
    flow = Flow(stage.book, stage.session, stage.setting)
    many = tuple(FoundProgram(f"p{n}", GRANT, "possible", "none", likely=n < 2) for n in range(7))
    programs_found(flow, ProgramsFound(many))
    said = {effect.text.key: effect.text.args for effect in flow.effects if isinstance(effect, Say)}
    assert said["programs.intro"]["n"] == 2
    assert [option.id for option in list_options(flow)] == ["p0", "p1", "-others", "-leave"]


def test_buttons_of_programs_with_long_names_fit_telegram() -> None:
    """A municipality may name its programs with up to sixty letters."""
    stage = rehearsal()
    assert stage.session is not None
    flow = Flow(stage.book, stage.session, stage.setting)
    long = "hirokawa_rebuilding_interest_subsidy_for_those_who_moved_away"
    programs_found(flow, ProgramsFound((FoundProgram(long, GRANT, "possible", "none"),)))
    reminders_found(flow, RemindersFound((KeptReminder(long, GRANT, date(2027, 7, 31), date(2027, 7, 1)),)))
    for step, options in (("programs.cards", list_options(flow)), ("reminders.reminders", reminder_options(flow))):
        assert all(len(f"12345678|{step}|{option.id}".encode()) <= 64 for option in options)
    assert tap_reminder(flow, reminder_options(flow)[0].id)
    assert flow.effects[-1] == CancelReminder(long)


def test_who_leaves_a_question_by_the_way_open_after_the_case_is_not_missed() -> None:
    stage = rehearsal()
    stage.settling = ("household_includes",)
    effects = stage.hear(Said("こんにちは"))
    for row in INTAKE[: INTAKE.index("[ok]") + 1]:
        effects = stage.hear(heard_of(row, stage))
    assert stage.open is not None and stage.open.field == "household_includes"
    assert not any(isinstance(effect, Remind) for effect in effects)


def test_the_button_of_a_long_name_opens_its_own_program() -> None:
    stage = rehearsal()
    assert stage.session is not None
    flow = Flow(stage.book, stage.session, stage.setting)
    alike = [f"own_support_for_rebuilding_homes_after_floods_{tail}" for tail in ("owners", "tenants")]
    programs_found(flow, ProgramsFound(tuple(FoundProgram(one, GRANT, "possible", "none") for one in alike)))
    for option, program in zip(list_options(flow), alike, strict=False):
        assert tap_list(flow, option.id)
        assert flow.memory["card"][0] == program


def test_no_two_programs_share_a_button_and_each_fits_into_one() -> None:
    """Programs of one town may be called alike for forty letters; the municipality writes its own, too."""
    names = [entry.id for entry in current().all_entries()]
    names += [f"{one}_for_those_who_moved_away_{tail}"[-60:] for one in names for tail in "ab"]
    carried = {name: button_of(name) for name in names}
    assert len(set(carried.values())) == len(set(names))
    assert all(len(f"12345678|reminders.reminders|{one}".encode()) <= MAX_POSTBACK for one in carried.values())
    assert all("|" not in one and not one.startswith("-") for one in carried.values())
