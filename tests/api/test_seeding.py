"""A telephone desk's own program puts in what households tell; forms are made and fetched; nothing goes round the services."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.app import Shell
from backend.cases.models import answer, case
from backend.consent.models import consent_event
from backend.contacts.models import contact
from backend.jobs.kinds import SLICES
from backend.jobs.run import run_slice
from backend.people.models import person
from backend.visits.models import visit_request
from tests.api.program import Program, program_of
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.world import Home, settle


def test_what_was_told_on_the_telephone_becomes_a_case(program: Program, shell: Shell, new_browser: NewBrowser) -> None:
    told = {"name": "佐藤 一郎", "phone": "090-0000-1111", "damage_level": "half", "household_size": "３人", "debts": "-declined",
            "trouble": ["home", "money"]}  # fmt: skip
    made = program.ask("POST", "/cases", {"origin": "phone", "answers": told})
    assert made.status_code == 201
    got = program.get(f"/cases/{made.json()['id']}").json()
    assert (got["person"]["name"], got["origin"], got["damage_level"]) == ("佐藤 一郎", "phone", "half")
    said = {one["field"]: one for one in program.pages(f"/cases/{got['id']}/answers")}
    assert said["household_size"]["value"] == 3 and said["debts"]["state"] == "declined" and said["trouble"]["value"] == ["home", "money"]
    assert new_browser("hanako").open(f"/console/cases/{got['id']}").has("佐藤 一郎")


@pytest.mark.parametrize(
    "answers", [{"share_professional": "given"}, {"sharing": "each"}, {"king": "x"}, {}, {"m1.king": "x"}, {"language": "en"}]
)
def test_consent_and_unknown_questions_are_not_put_in_by_a_program(answers: dict[str, str], program: Program, shell: Shell) -> None:
    """A person hears the words and decides; a program cannot have read them out (PR-03)."""
    before = _decisions(shell)
    assert program.ask("POST", "/cases", {"origin": "booth", "answers": answers}).status_code == 422
    assert _decisions(shell) == before


def _decisions(shell: Shell) -> int:
    with shell.engine.begin() as c:
        return len(c.execute(select(consent_event.c.id)).all()) + len(c.execute(select(case.c.id)).all())


def test_an_answer_that_cannot_be_read_names_its_question_and_keeps_nothing(program: Program, shell: Shell) -> None:
    wrong = program.ask("POST", "/cases", {"origin": "booth", "answers": {"name": "佐藤 一郎", "birth_date": "いつか"}})
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "answers.birth_date" and "佐藤" not in wrong.text
    with shell.engine.begin() as c:
        assert len(c.execute(select(case.c.id)).all()) == 1


def test_answers_are_changed_with_their_history_and_others_stay(program: Program, home: Home, shell: Shell) -> None:
    path = f"/cases/{home.ids['case']}/answers"
    assert program.ask("PATCH", path, {"answers": {"damage_level": "total", "household_size": "4"}}).status_code == 200
    said = {one["field"]: one["value"] for one in program.pages(path)}
    assert said["damage_level"] == "total" and said["household_size"] == 4 and said["birth_date"] == "1948-04-02"
    with shell.engine.begin() as c:
        old = c.execute(select(answer.c.value).where(answer.c.field == "damage_level", answer.c.superseded_at.is_not(None))).scalars().all()
        assert old == ["half"] and c.execute(select(case.c.damage_level)).scalar_one() == "total"


def test_people_of_the_household(program: Program, home: Home, shell: Shell) -> None:
    path = f"/cases/{home.ids['case']}/people"
    spouse = {"name": "山田 太郎", "relation": "spouse", "birth_date": "1950-01-02"}
    made = program.ask("POST", path, spouse).json()["member"]
    found = {one["member"]: one for one in program.get(path).json()["items"]}
    assert found[made]["name"] == "山田 太郎" and found[made]["birth_date"] == "1950-01-02" and found[""]["main"]
    version = found[made]["member_version"]
    changed = program.ask("PATCH", path, {"member": made, "version": version, "on_register": True, "phone": "090-2222-3333"})
    assert changed.status_code == 200
    assert program.ask("PATCH", path, {"member": made, "version": version, "head": True}).status_code == 409
    assert program.ask("PATCH", path, {"member": "0" * 26, "version": 1}).status_code == 422
    now = next(one for one in program.get(path).json()["items"] if one["member"] == made)
    assert now["on_register"] is True and now["phone"] == "090-2222-3333" and now["name"] == "山田 太郎"


def test_a_protected_member_of_the_household_is_told_of_without_a_name(program: Program, home: Home, shell: Shell) -> None:
    path = f"/cases/{home.ids['case']}/people"
    made = program.ask("POST", path, {"name": "隠れ 春子", "relation": "child"}).json()["member"]
    with shell.engine.begin() as c:
        c.execute(person.update().where(person.c.id != home.ids["person"]).values(restricted=True))
    got = program.get(path)
    assert "隠れ" not in got.text and next(one for one in got.json()["items"] if one["member"] == made)["restricted"]
    assert program.ask("PATCH", path, {"member": made, "version": 1, "phone": "090"}).status_code == 422


def test_an_approach_and_a_wish(program: Program, home: Home, shell: Shell, clock: MovableClock) -> None:
    path = f"/cases/{home.ids['case']}"
    at = (clock() - timedelta(hours=2)).isoformat()
    assert program.ask("POST", f"{path}/contacts", {"channel": "visit", "result": "met", "at": at, "note": "お元気"}).status_code == 201
    assert program.ask("POST", f"{path}/contacts", {"channel": "owl", "result": "met", "at": at}).status_code == 422
    assert program.ask("POST", f"{path}/contacts", {"channel": "visit", "result": "met", "at": "2026-07-06T09:00"}).status_code == 422
    assert program.ask("POST", f"{path}/requests", {"kind": "visit"}).json() == {"made": False}, "one is open already"
    assert program.ask("POST", f"{path}/requests", {"kind": "refer", "profession": "architect"}).json() == {"made": True}
    assert program.ask("POST", f"{path}/requests", {"kind": "refer", "profession": "king"}).status_code == 422
    with shell.engine.begin() as c:
        assert c.execute(select(contact.c.result)).scalars().all() == ["met"] and len(c.execute(select(visit_request)).all()) == 1
    assert program.pages(f"{path}/contacts")[0]["note"] == "お元気"


def test_a_household_is_flagged_for_the_next_meeting_and_meetings_show_only_what_one_reaches(
    program: Program, home: Home, shell: Shell, tenant_id: str
) -> None:
    assert program.ask("POST", f"/cases/{home.ids['case']}/flag", {"question": "住まいをどうするか"}).status_code == 204
    made = program.ask("POST", "/meetings", {"held_on": "2026-07-20", "starts_at": "13:30", "place": "会議室"}).json()["id"]
    assert program.ask("POST", "/meetings", {"held_on": "2026-07-20", "starts_at": "25:00"}).status_code == 422
    hidden = settle(shell, tenant_id, "渡辺 久美", number="T-9", restricted=True)
    from backend.meetings import service

    with shell.engine.begin() as c:
        for case_id in (home.ids["case"], hidden.ids["case"]):
            service.put_on(c, tenant_id=tenant_id, meeting_id=made, case_id=case_id, why="flagged", question="", by=None,  # type: ignore[arg-type]
                           at=shell.clock())  # fmt: skip
    got = program.get(f"/meetings/{made}").json()
    assert [one["case"] for one in got["agenda"]] == [home.ids["case"]] and got["agenda"][0]["question"] == "住まいをどうするか"
    assert made in {one["id"] for one in program.pages("/meetings")}


def test_a_list_is_made_and_fetched_by_its_maker_alone(
    program: Program, home: Home, shell: Shell, app: TestClient, make_staff: MakeStaff
) -> None:
    assert program.ask("POST", "/exports", {"form": "king", "format": "xlsx"}).status_code == 422
    made = program.ask("POST", "/exports", {"form": "supported_list", "format": "csv"}).json()["id"]
    while run_slice(shell, SLICES):
        pass
    assert program.get(f"/exports/{made}").json()["state"] == "done"
    file = program.get(f"/exports/{made}/file")
    assert file.status_code == 200 and "attachment" in file.headers["content-disposition"] and "山田" in file.content.decode("utf-8-sig")
    make_staff("taro")
    other = program_of(shell, app, "taro")
    assert other.get(f"/exports/{made}/file").status_code == 404

