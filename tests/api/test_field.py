"""A dispatch system plans visits and tells what was met; meetings, a consultation day and outreach are run without the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from backend.app import Shell
from backend.audit.models import audit
from backend.campaigns.models import campaign
from backend.cases.models import answer, case, support_entry
from backend.meetings.models import meeting
from backend.staff.models import staff
from backend.tasks.models import task
from backend.tenants.models import tenant
from backend.visits.models import visit, visit_request
from tests.api.program import Program, program_of
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.world import Home, settle


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    for login, role in (("hanako", "caseworker"), ("taro", "caseworker"), ("chief", "supervisor")):
        make_staff(login, role)
    return settle(shell, tenant_id, "山田 花子")


@pytest.fixture
def program(shell: Shell, home: Home, app: TestClient) -> Program:
    return program_of(shell, app, "hanako")


def pair(shell: Shell) -> tuple[str, str]:
    with shell.engine.begin() as c:
        ids = {row.login: row.id for row in c.execute(select(staff.c.login, staff.c.id))}
    return ids["hanako"], ids["taro"]


# --- visits ---------------------------------------------------------------------------------------------------------


def test_from_the_request_to_what_was_met_at_the_door(
    program: Program, home: Home, shell: Shell, clock: MovableClock, new_browser: NewBrowser
) -> None:
    first, second = pair(shell)
    day = clock().date() + timedelta(days=2)
    found = program.get(f"/visit-days?day={day}&worker={first},{second}").json()
    (waits,), (route,) = found["homes"], found["pairs"]
    assert (waits["case"], waits["why"], route["homes"][0]["case"]) == (home.ids["case"], "request", home.ids["case"])
    assert {one["id"] for one in found["workers"]} >= {first, second}
    one = {"case": waits["case"], "first": first, "second": second, "request": waits["request"], "visit": waits["visit"], "from_time": "10:00"}
    alone = program.ask("POST", "/visit-days", {"day": str(day), "homes": [{**one, "second": first}]})
    assert alone.status_code == 422 and alone.json()["detail"], "two people go, and the answer says so"
    (made,) = program.ask("POST", "/visit-days", {"day": str(day), "homes": [one]}).json()["visits"]
    assert program.ask("POST", "/visit-days", {"day": str(day), "homes": [one]}).status_code == 409, "it is on a day already"
    assert program.get(f"/visit-days?day={day}").json()["days"] == [{"day": str(day), "visits": 1}]
    (planned,) = program.get(f"/planned?on={day}&mine=yes").json()["items"]
    sheets = program.get(f"/planned/sheets?on={day}")
    assert sheets.content.startswith(b"%PDF") and program.get(f"/planned/sheets?on={day - timedelta(days=1)}").status_code == 404
    with shell.engine.begin() as c:
        assert c.execute(select(audit.c.object_id).where(audit.c.action == "visit.sheet_printed")).scalars().all() == [str(day)]
    moved = {"day": str(day + timedelta(days=1)), "first": first, "second": second, "from_time": "14:00"}
    assert program.ask("POST", f"/planned/{made}/move", moved, version=planned["version"]).status_code == 204
    assert program.ask("POST", f"/planned/{made}/move", moved, version=planned["version"]).status_code == 409
    clock.move(days=3)
    told = {"key": "tablet-1", "result": "met", "at": (clock() - timedelta(minutes=5)).isoformat(), "note": "お元気でした", "answers": {"household_size": "3"}}
    version = planned["version"] + 1
    reports = [program.ask("POST", f"/planned/{made}/report", told, version=version) for _ in range(2)]
    assert [one.status_code for one in reports] == [201, 201] and reports[0].json() == reports[1].json(), "the same key is the same report"
    other = program.ask("POST", f"/planned/{made}/report", {**told, "key": "tablet-2"}, version=version)
    assert other.status_code == 409, other.text
    with shell.engine.begin() as c:
        assert c.execute(select(visit_request.c.state)).scalars().all() == ["done"]
        assert c.execute(select(answer.c.value).where(answer.c.field == "household_size")).scalars().all() == [3]
    assert new_browser("hanako").open(f"/console/cases/{home.ids['case']}/contacts").has("お元気でした")


def test_a_visit_is_taken_off_and_a_protected_home_proposed_to_nobody(program: Program, home: Home, shell: Shell, clock: MovableClock) -> None:
    first, second = pair(shell)
    day = clock().date() + timedelta(days=2)
    one = {"case": home.ids["case"], "first": first, "second": second}
    (made,) = program.ask("POST", "/visit-days", {"day": str(day), "homes": [one]}).json()["visits"]
    version = program.get(f"/planned?on={day}").json()["items"][0]["version"]
    assert program.ask("POST", f"/planned/{made}/off", version=version).status_code == 204
    with shell.engine.begin() as c:
        assert c.execute(select(visit.c.state).where(visit.c.id == made)).scalar_one() == "wanted"
        c.execute(update(case).values(restricted=True))
    assert program.get(f"/visit-days?day={day}&worker={first},{second}").json()["homes"] == []
    assert program.ask("POST", "/visit-days", {"day": str(day), "homes": [one]}).status_code == 403
    assert program.get("/visit-days?worker=nobody").status_code == 422


# --- a meeting ------------------------------------------------------------------------------------------------------


def test_a_meeting_from_its_agenda_to_its_minutes(program: Program, home: Home, shell: Shell, app: TestClient) -> None:
    here = f"/meetings/{program.ask('POST', '/meetings', {'held_on': '2026-07-20'}).json()['id']}"
    item = program.ask("POST", f"{here}/agenda", {"case": home.ids["case"], "question": "住まいをどうするか"}).json()["item"]
    guest = program.ask("POST", f"{here}/participants", {"name": "鈴木 民生", "organisation": "民生委員協議会", "pledged_on": "2099-01-01"}).json()
    assert program.ask("POST", f"{here}/participants", {}).json()["why"] == "who"
    given = {"item": item, "what": "弁護士に相談する", "owner": "佐藤", "due_on": "2026-08-01", "profession": "lawyer"}
    assert program.ask("POST", f"{here}/assignments", given).status_code == 204
    assert program.ask("POST", f"{here}/agenda/remove", {"item": item}).json()["why"] == "held", "something was given already"
    told = program.get(here).json()
    assert told["participants"][0]["pledged_on"] is None, "a pledge of some day to come is none"
    assert told["agenda"][0]["given"][0]["kind"] == "referral" and told["agenda"][0]["given"][0]["referral"]
    held = program.ask("POST", f"{here}/hold", {"minutes": "一世帯を話し合った。", "present": [guest["participant"]]}, version=told["version"])
    assert held.status_code == 204
    after = program.get(here).json()
    assert (after["state"], after["minutes"], after["participants"][0]["present"]) == ("held", "一世帯を話し合った。", True)
    assert program_of(shell, app, "taro").get(here).json()["minutes"] is None, "minutes belong to those at the table"
    with shell.engine.begin() as c:
        assert "meeting" in c.execute(select(support_entry.c.kind)).scalars().all()


def test_minutes_are_written_by_those_who_may_read_them_and_a_meeting_is_cancelled(
    program: Program, home: Home, shell: Shell, app: TestClient
) -> None:
    here = f"/meetings/{program.ask('POST', '/meetings', {'held_on': '2026-07-20'}).json()['id']}"
    other = program_of(shell, app, "taro").ask("POST", f"{here}/hold", {"minutes": "よそから"}, version=1)
    assert (other.status_code, other.json()["why"]) == (409, "minutes")
    guest = program.ask("POST", f"{here}/participants", {"name": "鈴木 民生"}).json()["participant"]
    assert program.ask("POST", f"{here}/participants/remove", {"participant": guest}).status_code == 204
    assert program.ask("POST", f"{here}/cancel", version=1).status_code == 204
    with shell.engine.begin() as c:
        assert c.execute(select(meeting.c.state).where(meeting.c.id == here.rpartition("/")[2])).scalar_one() == "cancelled"


def test_the_sheet_of_a_meeting_is_cut_as_on_the_page(program: Program, home: Home, shell: Shell, app: TestClient) -> None:
    here = f"/meetings/{program.ask('POST', '/meetings', {'held_on': '2026-07-20'}).json()['id']}"
    assert program.get(f"{here}/sheet").json()["households"] == [] and program.get(f"{here}/sheet/file").json()["why"] == "nobody"
    item = program.ask("POST", f"{here}/agenda", {"case": home.ids["case"], "question": "住まいをどうするか"}).json()["item"]
    guest = program.ask("POST", f"{here}/participants", {"name": "鈴木 民生", "organisation": "民生委員協議会"}).json()["participant"]
    own = program.ask("POST", f"{here}/participants", {"colleague": pair(shell)[0]}).json()["participant"]
    (whole,) = program.get(f"{here}/sheet?for={own}").json()["households"]
    assert (whole["mode"], whole["item"], whole["case"], whole["name"], whole["question"]) == (
        "all", item, home.ids["case"], "山田 花子", "住まいをどうするか")
    for query in (f"?for={guest}", ""):
        told = program.get(f"{here}/sheet{query}")
        (plain,) = told.json()["households"]
        assert plain["mode"] == "plain" and {"field": "damage_level", "value": "half"} in plain["answers"]
        assert not {"item", "case"} & set(plain) and "山田" not in told.text and "住まいを" not in told.text and home.ids["case"] not in told.text
    paper = program.get(f"{here}/sheet/file?for={guest}")
    assert paper.content.startswith(b"%PDF") and paper.headers["content-disposition"].startswith("attachment; filename")
    assert program.get(f"{here}/sheet/file?format=xlsx").content.startswith(b"PK")
    assert program.get(f"{here}/sheet/file?format=csv").status_code == 422
    assert program.get(f"{here}/sheet?for={item}").status_code == 404, "nobody who takes part"
    reads = program_of(shell, app, "taro", scopes=("cases:read",))
    assert reads.get(f"{here}/sheet/file").status_code == 403 and reads.get(f"{here}/sheet").status_code == 200
    with shell.engine.begin() as c:
        done = c.execute(select(audit.c.action, audit.c.detail).where(audit.c.object_id == here.rpartition("/")[2])).all()
    assert [row.detail["format"] for row in done if row.action == "export.made"] == ["pdf", "xlsx"]
    assert [row.detail["for"] for row in done if row.action == "meeting.sheet_viewed"] == ["", own, guest, "", ""]


def test_what_should_come_before_a_meeting_is_told_with_why(program: Program, home: Home) -> None:
    case_id = home.ids["case"]
    program.ask("POST", f"/cases/{case_id}/flag", {"question": "住まいをどうするか"})
    (one,) = [one for one in program.get("/meetings/waiting").json()["items"] if one["case"] == case_id]
    assert one["why"][0] == "flagged" and one["question"] == "住まいをどうするか" and one["name"] == "山田 花子"
    here = f"/meetings/{program.ask('POST', '/meetings', {'held_on': '2026-07-20'}).json()['id']}"
    assert program.ask("POST", f"{here}/agenda", {"case": case_id, "why": "flagged"}).status_code == 201
    assert case_id not in program.get("/meetings/waiting").text, "it stands on an agenda now"


# --- a consultation day -----------------------------------------------------------------------------------------------


def test_a_consultation_day_is_prepared_run_and_ended(program: Program, home: Home, shell: Shell, app: TestClient) -> None:
    assert program.ask("POST", "/days", {"name": "相談会", "held_on": "2026-08-02", "kinds": ["owl"]}).status_code == 422
    day = program.ask("POST", "/days", {"name": "八月の相談会", "held_on": "2026-08-02", "kinds": ["lawyer"]}).json()["id"]
    own = program.ask("POST", f"/days/{day}/stations", {"kind": "own", "name": "心の相談"}).json()["station"]
    assert program.ask("POST", f"/days/{day}/stations", {"kind": "own"}).status_code == 422
    drawn = [program.ask("POST", f"/days/{day}/tickets", {"station": own}).json() for _ in range(2)]
    assert [one["number"] for one in drawn] == [1, 2]
    called = program.ask("POST", f"/stations/{own}/call").json()["ticket"]
    assert called == drawn[0]["ticket"]
    other = program_of(shell, app, "taro").ask("POST", f"/stations/{own}/call").json()["ticket"]
    assert other == drawn[1]["ticket"], "two at one station call two people"
    now = program.get(f"/tickets/{called}").json()
    with shell.engine.begin() as c:
        number = c.execute(select(case.c.number)).scalar_one()
    wrong = program.ask("POST", f"/tickets/{called}/attach", {"number": "T-9999"})
    assert wrong.status_code == 422 and number not in wrong.text
    done = program.ask("POST", f"/tickets/{called}/move", {"act": "finish", "done": "眠れていない"}, version=now["version"])
    assert done.json()["state"] == "done"
    assert program.ask("POST", f"/tickets/{called}/move", {"act": "finish"}, version=now["version"]).status_code == 409
    assert program.get(f"/tickets/{called}").json()["stops"][0]["done"] == "眠れていない"
    assert program.ask("POST", f"/days/{day}/close", {"closed": True}).json()["state"] == "closed"
    late = program.ask("POST", f"/days/{day}/tickets", {})
    assert (late.status_code, late.json()["why"]) == (409, "closed")


def test_what_is_said_of_a_protected_person_stays_with_their_handlers(program: Program, home: Home, shell: Shell, app: TestClient) -> None:
    here = f"/tickets/{home.ids['booth_ticket']}"
    assert program.get(here).json()["note"] == "渡辺さんは電話に出ない"
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
    told = program.get(here)
    assert told.json()["note"] is None and told.json()["case_id"] is None and "渡辺" not in told.text
    assert program_of(shell, app, "chief").get(here).json()["note"]


# --- outreach ---------------------------------------------------------------------------------------------------------


PLAN: dict[str, Any] = {"name": "秋の声かけ", "audience": {"damage": ["half"]}, "standard": [{"by": "chat", "days": 0}, {"by": "visit", "days": 10}]}


def test_a_campaign_is_drawn_up_looked_at_asked_for_and_approved_by_a_second_account(
    program: Program, home: Home, shell: Shell, app: TestClient
) -> None:
    chief = program_of(shell, app, "chief")
    habits = chief.get("/outreach").json()
    changed = {name: habits[name] for name in ("weekly_cap", "quiet_from", "quiet_until", "month_pushes")} | {"approve_over": 0}
    assert chief.ask("PUT", "/outreach/habits", changed, version=habits["version"]).json()["approve_over"] == 0
    assert chief.ask("PUT", "/outreach/habits", {**changed, "weekly_cap": 99}, version=habits["version"] + 1).json()["detail"]
    made = program.ask("POST", "/campaigns", PLAN).json()["id"]
    here = f"/campaigns/{made}"
    looked = program.get(f"{here}/preview").json()
    assert (looked["counting"], looked["counted"], looked["needs_second"]) == (None, 1, True) and looked["written"]["chat"]["ja"]
    renamed = program.ask("PUT", here, {**PLAN, "name": "冬の声かけ"}, version=looked["version"]).json()
    assert renamed["name"] == "冬の声かけ" and renamed["state"] == "draft"
    asked = program.ask("POST", f"{here}/ask", {"counted": 1}, version=renamed["version"]).json()
    assert asked["state"] == "asked"
    assert program.ask("POST", f"{here}/approve", version=asked["version"]).status_code == 403
    back = chief.ask("POST", f"{here}/back", version=asked["version"]).json()
    mine = chief.ask("POST", f"{here}/ask", {"counted": 1}, version=back["version"]).json()
    own = chief.ask("POST", f"{here}/approve", version=mine["version"])
    assert (own.status_code, own.json()["why"]) == (409, "second_person") and own.json()["detail"]


def test_beginning_and_approving_need_a_scope_of_their_own(home: Home, shell: Shell, app: TestClient) -> None:
    """A token that prepares campaigns lets none of them go out."""
    careful = program_of(shell, app, "chief", scopes=("campaigns:read", "campaigns:write"))
    made = careful.ask("POST", "/campaigns", PLAN).json()["id"]
    for path, body in ((f"/campaigns/{made}/ask", {"counted": 1}), (f"/campaigns/{made}/approve", None), (f"/campaigns/{made}/resume", None),
                       ("/outreach/release", None)):  # fmt: skip
        refused = careful.ask("POST", path, body, version=1)
        assert (refused.status_code, refused.json()["scope"]) == (403, "campaigns:approve"), path
    with shell.engine.begin() as c:
        assert c.execute(select(campaign.c.state).where(campaign.c.id == made)).scalar_one() == "draft"
    assert careful.ask("POST", "/outreach/stop").status_code == 200


def test_a_small_campaign_begins_pauses_and_everything_is_stopped_and_released(program: Program, home: Home, shell: Shell, app: TestClient) -> None:
    here = f"/campaigns/{program.ask('POST', '/campaigns', PLAN).json()['id']}"
    begun = program.ask("POST", f"{here}/ask", {"counted": 1}, version=1).json()
    assert begun["state"] == "running" and begun["households"] >= 0
    paused = program.ask("POST", f"{here}/pause", version=begun["version"]).json()
    assert program.ask("POST", f"{here}/resume", version=paused["version"]).json()["state"] == "running"
    program.ask("POST", "/outreach/stop")
    assert program.get("/outreach").json()["stopped_at"]
    chief = program_of(shell, app, "chief")
    assert chief.ask("POST", "/outreach/release").json() == {"released": True}
    assert chief.ask("POST", "/outreach/release").json() == {"released": False}


@pytest.mark.parametrize(("plan", "status"), [
    ({**PLAN, "name": " "}, 422), ({**PLAN, "pace": 7}, 422), ({**PLAN, "standard": []}, 422), ({**PLAN, "kind": "news"}, 422),
    ({**PLAN, "audience": {"damage": ["flat"]}}, 422), ({**PLAN, "words": {"ja": "あ" * 501}}, 422), ({**PLAN, "standard": [{"by": "owl", "days": 1}]}, 422),
])  # fmt: skip
def test_a_plan_that_cannot_be_is_refused(plan: dict[str, Any], status: int, program: Program) -> None:
    assert program.ask("POST", "/campaigns", plan).status_code == status


def test_letters_are_told_of_without_a_name_in_the_list(program: Program, home: Home) -> None:
    told = program.get(f"/campaigns/{home.ids['campaign']}/letters")
    assert told.json() == {"due": [], "printings": [], "posted": []}
    refused = program.ask("POST", f"/campaigns/{home.ids['campaign']}/letters", {"cases": [home.ids["case"]]})
    assert refused.status_code == 409 and refused.json()["detail"]


def test_the_municipality_and_the_tasks_of_the_world_are_as_they_were(program: Program, home: Home, shell: Shell) -> None:
    """Looking at a proposal or a preview writes nothing."""
    def counts() -> list[int]:
        with shell.engine.begin() as c:
            return [len(c.execute(select(table.c.id)).all()) for table in (tenant, task, visit, campaign)]

    before = counts()
    first, second = pair(shell)
    program.get(f"/visit-days?worker={first},{second}")
    program.get(f"/campaigns/{home.ids['campaign']}/preview")
    assert counts() == before
