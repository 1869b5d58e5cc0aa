"""Two hands on one case: what one has heard, the other does not ask again, and what was typed means what it was typed for."""

from __future__ import annotations

from sqlalchemy import insert

from backend.cases.models import answer, case
from backend.followups.run import run_due
from backend.journal.ingest import address_index
from backend.journal.models import conversation, inbox
from backend.programs.recompute import RECOMPUTE, recompute, soon
from dialogs.core.session import Session
from tests.conversations.conftest import Person, Town, complete_intake


def booth_writes(town: Town, case_id: str, **given: object) -> None:
    """A desk keeps answers in the case and says so, as every writer must."""
    with town.engine.begin() as connection:
        for field, value in given.items():
            connection.execute(answer.update().where(answer.c.case_id == case_id, answer.c.field == field).values(superseded_at=town.clock()))
            connection.execute(
                insert(answer).values(
                    tenant_id=town.tenant_id, case_id=case_id, field=field, state="given", value=value, by="staff", about="self",
                    source="booth", at=town.clock(),
                )
            )  # fmt: skip
        soon(connection, case_id, town.clock())


def minutes_pass(town: Town, minutes: float = 1) -> None:
    town.clock.move(minutes=minutes)
    while run_due(town.engine, town.clock, {RECOMPUTE: recompute}):
        pass
    town.work()


def begun(town: Town) -> tuple[Person, str]:
    """Somebody whose case a booth opened, half-way through the questions in a chat."""
    hanako = complete_intake(town.person())
    return hanako, town.row(case)["id"]


def session(person: Person) -> Session:
    return Session.from_json(person.conversation["session"])


def test_what_a_booth_has_heard_is_not_asked_again_in_the_chat(town: Town) -> None:
    hanako, case_id = begun(town)
    hanako.says("もっと").presses("home")
    assert hanako.messages()[-1].field == "tenure"
    booth_writes(town, case_id, home_habitable="no", demolished="no", rebuild_started="started")
    minutes_pass(town)
    hanako.presses("owned_house")
    assert hanako.messages()[-1].field == "moving", "the booth has heard that rebuilding has begun"


def test_nothing_is_said_when_somebody_else_writes(town: Town) -> None:
    hanako, case_id = begun(town)
    before = len(hanako.messages())
    booth_writes(town, case_id, household_size=4)
    minutes_pass(town)
    assert len(hanako.messages()) == before
    assert session(hanako).answers["household_size"].value == 4


def test_an_answer_typed_for_the_question_on_the_screen_is_taken_for_that_question(town: Town) -> None:
    hanako, case_id = begun(town)
    hanako.says("もっと").presses("home")
    booth_writes(town, case_id, tenure="rented")
    minutes_pass(town)
    hanako.says("1")
    assert session(hanako).answers["tenure"].value == "owned_house", "she read the question and answered it"
    assert hanako.messages()[-1].field == "home_habitable"


def test_a_question_that_others_answered_is_passed_over_by_whoever_comes_back(town: Town) -> None:
    hanako, case_id = begun(town)
    hanako.says("もっと").presses("home")
    booth_writes(town, case_id, tenure="rented", home_habitable="no", rebuild_started="started")
    minutes_pass(town, 60 * 24)
    hanako.came()
    assert hanako.messages()[-1].field == "moving"


def test_what_was_taken_back_elsewhere_is_asked_again(town: Town) -> None:
    hanako, case_id = begun(town)
    booth_writes(town, case_id, tenure="rented")
    minutes_pass(town)
    with town.engine.begin() as connection:
        connection.execute(answer.update().where(answer.c.field == "tenure").values(withdrawn=True))
        soon(connection, case_id, town.clock())
    minutes_pass(town)
    hanako.says("もっと").presses("home")
    assert hanako.messages()[-1].field == "tenure"


def test_what_staff_take_back_of_her_own_answers_is_forgotten_in_the_chat_too(town: Town) -> None:
    hanako, case_id = begun(town)
    with town.engine.begin() as connection:
        connection.execute(answer.update().where(answer.c.field == "household_size").values(withdrawn=True))
        soon(connection, case_id, town.clock())
    minutes_pass(town)
    assert session(hanako).answer("household_size") is None


def test_two_chats_of_one_case_do_not_ask_the_same(town: Town) -> None:
    hanako, case_id = begun(town)
    with town.engine.begin() as connection:
        connection.execute(
            conversation.insert().values(
                id="tablet", tenant_id=town.tenant_id, channel="web", address="tablet", address_index=address_index("tablet"),
                case_id=case_id, created_at=town.clock(),
            )
        )  # fmt: skip
    tablet = town.person("tablet", channel="web").came()
    hanako.says("もっと").presses("home").presses("owned_house")
    minutes_pass(town)
    assert session(tablet).known["tenure"].value == "owned_house"


def test_one_chat_alone_is_told_nothing_that_it_said_itself(town: Town) -> None:
    hanako, _ = begun(town)
    hanako.says("もっと").presses("home").presses("owned_house")
    minutes_pass(town)
    assert not [row for row in town.rows(inbox) if row["event_id"].startswith("learned:")]
