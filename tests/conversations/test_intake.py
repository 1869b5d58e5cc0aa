"""A resident's chat becomes a case: the real dialog, the real journal, both databases."""

from backend.cases.models import answer, case
from backend.cases.rules import read_case_number
from backend.journal.ingest import address_index
from backend.journal.models import conversation
from backend.people.models import person as people
from tests.conversations.conftest import Town, complete_intake


def test_the_first_word_is_answered_with_the_first_question(town: Town) -> None:
    hanako = town.person().came()
    (asked,) = hanako.messages()
    assert asked.key == "field.language.ask"
    assert [button.label for button in asked.numbered][:1] == ["日本語"]
    (delivery,) = hanako.deliveries()
    assert delivery["state"] == "pending"
    assert {row["outbox_key"] for row in hanako.history() if row["direction"] == "out"} == {delivery["key"]}


def test_a_whole_intake_ends_in_a_case_with_a_number_and_a_person(town: Town) -> None:
    hanako = complete_intake(town.person())
    opened = town.row(case)
    assert hanako.conversation["case_id"] == opened["id"]
    assert read_case_number(opened["number"]) == opened["number"]
    assert any(opened["number"] in out.text and out.kind == "case_number" for out in hanako.messages())
    assert opened["damage_level"] == "half"
    who = town.row(people)
    assert (who["name"], who["kana"]) == ("山田 花子", "やまだ はなこ")
    kept = {row["field"]: row for row in town.rows(answer)}
    assert kept["household_size"]["value"] == 3
    assert {row["case_id"] for row in kept.values()} == {opened["id"]}


def test_a_reading_or_a_number_that_no_longer_applies_leaves_the_person_too(town: Town) -> None:
    hanako = complete_intake(town.person())
    who = town.row(people)
    assert (who["kana"], who["phone"]) == ("やまだ はなこ", "090-1234-5678")
    hanako.says("変更").presses("-further").presses("contact_way").presses("here")
    hanako.says("変更").presses("-further").presses("name").says("Nguyen Van A")
    who = town.row(people)
    assert (who["name"], who["kana"], who["phone"], who["phone_index"]) == ("Nguyen Van A", None, None, None)


def test_a_number_that_somebody_would_rather_not_give_after_all_is_called_no_more(town: Town) -> None:
    hanako = complete_intake(town.person())
    hanako.says("変更").presses("-further").presses("phone").says("答えたくない")
    who = town.row(people)
    assert (who["phone"], who["phone_index"], who["name"]) == (None, None, "山田 花子")


def test_whoever_comes_back_on_another_device_finds_their_case(town: Town) -> None:
    hanako = complete_intake(town.person())
    tablet, case_id = town.person("tablet", channel="web"), hanako.conversation["case_id"]
    with town.engine.begin() as connection:
        connection.execute(
            conversation.insert().values(
                id="tablet", tenant_id=town.tenant_id, channel="web", address="tablet", address_index=address_index("tablet"),
                case_id=case_id, created_at=town.clock(),
            )
        )  # fmt: skip
    tablet.came().says("私の相談")
    summary = next(out for out in tablet.messages() if out.key == "my_case.summary")
    assert town.row(case)["number"] in summary.text
    assert "山田 花子" in summary.text
