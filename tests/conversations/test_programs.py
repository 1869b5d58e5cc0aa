"""Programs in a chat, on the real path: kept once, paged through, asked about, with the answers that settle most."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from backend.cases.models import suggestion
from backend.tenants.models import disaster
from tests.conversations.conftest import Town, complete_intake


@pytest.fixture
def here(small_town: Town) -> Town:
    with small_town.engine.begin() as connection:
        acts = {"relief_act_applied": True, "recovery_support_act_applied": True}
        connection.execute(update(disaster).values(acts=acts))
    return small_town


def test_paging_through_the_list_is_one_snapshot(here: Town) -> None:
    hanako = complete_intake(here.person()).says("支援制度")
    first = [button.label for button in hanako.messages()[-1].numbered[:3]]
    hanako.presses("-further")
    second = [button.label for button in hanako.messages()[-1].numbered[:3]]
    assert not set(first) & set(second)
    while any(button.data.endswith("|-further") for button in hanako.messages()[-1].numbered):
        hanako.presses("-further")
    hanako.presses("-others")
    assert hanako.messages()[-1].key == "programs.cards"
    assert len(here.rows(suggestion)) == 1


def test_the_number_on_the_card_is_the_number_in_the_list(here: Town) -> None:
    hanako = complete_intake(here.person()).says("支援制度").presses("-further")
    cards = [out.text for out in hanako.messages() if out.key == "programs.card"][-3:]
    listed = [button.label for button in hanako.messages()[-1].numbered[:3]]
    assert all(card.startswith(f"【{n}】{label}") for n, (card, label) in enumerate(zip(cards, listed, strict=True), 1))
    hanako.says("2")
    assert listed[1] in hanako.messages()[-1].text


def test_the_case_comes_first_then_what_settles_most_then_the_programs(here: Town) -> None:
    hanako = complete_intake(here.person(), household_includes=("business", "-done"))
    keys = [out.key for out in hanako.messages()]
    order = [keys.index(key) for key in ("case.opened", "programs.settle", "programs.intro", "field.program_news.ask", "intake.offers")]
    assert order == sorted(order)
    assert here.rows(suggestion)[0]["inputs"]["answers"]["household_includes"] == ["business"], "the answers count at once"


def test_a_chat_for_the_public_only_is_asked_nothing_personal_after_the_case(here: Town) -> None:
    """LINE carries personal questions, not sensitive ones: what is asked for by itself keeps to that, or goes to the page."""
    hanako = complete_intake(here.person())
    keys = [out.key for out in hanako.messages()]
    after = keys[keys.index("case.opened") :]
    assert not {"field.cannot_fund.ask", "field.income_year.ask", "field.debts.ask"} & set(after)


@pytest.mark.parametrize("channel", ["line", "telegram", "web"])
def test_why_and_what_do_i_need_by_button_number_and_words(here: Town, channel: str) -> None:
    hanako = complete_intake(here.person(channel=channel)).says("支援制度").presses("emergency_repair")
    for ask in (lambda: hanako.presses("why"), lambda: hanako.says("1"), lambda: hanako.says("どうしてですか")):
        hanako.new()
        ask()
        assert hanako.new() == ["programs.why", "card.card"]
    for ask in (lambda: hanako.presses("need"), lambda: hanako.says("2"), lambda: hanako.says("何がいりますか")):
        hanako.new()
        ask()
        assert hanako.new() == ["programs.need", "card.card"]
