"""What another system of the municipality asks for beside cases: look somebody up, bring a list in, read figures and settings."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from backend.api.call import BASE
from backend.api.openapi import description
from backend.api.routes import CALLS
from backend.app import Shell
from backend.audit.models import audit
from backend.campaigns.models import campaign, outreach
from backend.cases.models import case
from backend.jobs.kinds import SLICES
from backend.jobs.run import run_slice
from backend.lists import service as lists
from backend.people import service as people
from backend.people.models import person
from backend.programs.editing import drafts
from backend.programs.sheet import importing
from backend.programs.sheet.changes import Change
from tests.api.program import Program, program_of
from tests.console.conftest import MakeStaff
from tests.console.lists_world import CSV, settle_lists
from tests.console.world import Home, settle
from tests.lists.conftest import HANAKO, HEADER, TARO
from tests.lists.test_files import book


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    for role in ("caseworker", "supervisor", "administrator"):
        make_staff(role, role)
    made = settle(shell, tenant_id, "山田 花子")
    with shell.engine.begin() as c:
        people.write(c, made.ids["person"], {"name": "山田 華子"}, source="console", by=None, at=shell.clock())
    return made


def put(program: Program, content: bytes, query: str = "?kind=visit&name=list.csv", **headers: str) -> httpx.Response:
    sent = {"Authorization": f"Bearer {program.token}", "Content-Type": "text/csv", **headers}
    answer: httpx.Response = program.client.post(f"{BASE}/imports{query}", content=content, headers=sent)
    return answer


def test_somebody_is_found_by_name_and_protected_people_by_their_handlers_alone(
    home: Home, shell: Shell, app: TestClient
) -> None:
    worker, chief = (program_of(shell, app, role) for role in ("caseworker", "supervisor"))
    (hit,) = worker.ask("POST", "/search", {"words": "山田 華子"}).json()["items"]
    assert (hit["case"], hit["name"], hit["main"]) == (home.ids["case"], "山田 華子", True)
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
        c.execute(update(person).values(restricted=True))
    assert worker.ask("POST", "/search", {"words": "山田 華子"}).json()["items"] == []
    assert len(chief.ask("POST", "/search", {"words": "山田 華子"}).json()["items"]) == 1
    assert worker.ask("POST", "/search", {"words": " "}).status_code == 422
    with shell.engine.begin() as c:
        kept = c.execute(select(audit.c.detail).where(audit.c.action == "case.searched")).scalars().all()
    assert len(kept) == 3 and "山田" not in str(kept)


def test_a_list_is_put_in_checked_and_taken_in(home: Home, shell: Shell, app: TestClient) -> None:
    chief = program_of(shell, app, "supervisor")
    made = put(chief, CSV)
    assert made.status_code == 201
    here, told = f"/imports/{made.json()['id']}", made.json()
    assert told["headers"] == ["管理番号", "氏名", "ふりがな", "住所"] and set(told["mapping"].values()) >= {"name", "kana"}
    assert "山田" not in made.text and "新栄町" not in made.text, "what the cells say stays on the page"
    assert chief.ask("POST", f"{here}/check", {}).status_code == 428, "without a version nothing is begun"
    assert chief.ask("POST", f"{here}/check", {"mapping": {"1": "shoe_size"}}, version=told["version"]).status_code == 422
    assert chief.ask("POST", f"{here}/check", {}, version=told["version"]).json()["state"] == "checking"
    _drain(shell)
    checked = chief.get(here).json()
    assert (checked["state"], checked["counts"]["new"], checked["job"]["state"]) == ("checked", 1, "done")
    assert chief.ask("POST", f"{here}/take-in", version=told["version"]).status_code == 409
    chief.ask("POST", f"{here}/take-in", version=checked["version"])
    _drain(shell)
    assert chief.get(here).json()["state"] == "applied"
    with shell.engine.connect() as c:
        assert len(c.execute(select(case.c.id).where(case.c.origin == "import")).all()) == 1
    assert [one["state"] for one in chief.get("/imports").json()["items"]] == ["applied"]


def test_a_list_says_which_sheet_it_is_and_which_others_there_are(home: Home, shell: Shell, app: TestClient) -> None:
    chief, content = program_of(shell, app, "supervisor"), book({"新栄": [HEADER, HANAKO, TARO], "三池": [HEADER, TARO]})
    first = put(chief, content).json()
    assert (first["sheet"], first["other_sheets"], first["hidden_rows"]) == ("新栄", [{"name": "三池", "rows": 2}], 0)
    assert put(chief, content, "?kind=visit&sheet=三池").json()["sheet"] == "三池"
    assert put(chief, content, "?kind=visit&sheet=x").json()["why"] == "no_sheet"


def test_residents_do_not_wait_while_a_list_or_a_sheet_is_read(home: Home, shell: Shell, app: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook may take minutes, and SQLite has one lock for everybody who writes."""
    written = []

    def meanwhile(read: Any) -> Any:
        def reads(*given: Any) -> Any:
            with shell.engine.begin() as c:  # somebody's message is stored
                written.append(c.execute(update(person).where(person.c.id == home.ids["person"]).values(version=person.c.version)).rowcount)
            return read(*given)

        return reads

    for module, name in ((lists, "read"), (importing, "opened")):
        monkeypatch.setattr(module, name, meanwhile(getattr(module, name)))
    chief = program_of(shell, app, "supervisor")
    assert put(chief, CSV).status_code == 201
    taken = chief.get("/sheet?format=xlsx").content
    headers = {"Authorization": f"Bearer {chief.token}"}
    assert chief.client.post(f"{BASE}/sheet?draft=yes", content=taken, headers=headers).status_code == 200
    assert written == [1, 1]


def _drain(shell: Shell) -> None:
    while run_slice(shell, SLICES):
        pass


@pytest.mark.parametrize(("content", "query", "status", "why"), [
    (CSV, "", 422, ""), (CSV, "?kind=shoes", 422, ""), (b"\x00\x01", "?kind=visit", 409, "encoding"), (b"", "?kind=visit", 409, ""),
])  # fmt: skip
def test_what_is_no_list_is_refused(content: bytes, query: str, status: int, why: str, home: Home, shell: Shell, app: TestClient) -> None:
    answer = put(program_of(shell, app, "supervisor"), content, query)
    assert answer.status_code == status and (not why or answer.json()["why"] == why)


def test_nothing_is_read_of_a_list_from_somebody_who_may_bring_none_in_nor_of_one_that_is_too_long(
    home: Home, shell: Shell, app: TestClient
) -> None:
    assert put(program_of(shell, app, "caseworker"), CSV).status_code == 403
    assert put(program_of(shell, app, "supervisor", scopes=("cases:read",)), CSV).status_code == 403
    longer = put(program_of(shell, app, "supervisor"), b"", **{"Content-Length": str(40 * 2**20)})
    assert longer.status_code == 413


def test_campaigns_and_consultation_days_are_told_in_numbers(home: Home, shell: Shell, app: TestClient) -> None:
    program = program_of(shell, app, "caseworker")
    (one,) = program.get("/campaigns").json()["items"]
    told = program.get(f"/campaigns/{one['id']}").json()
    assert told["households"] == one["households"] == sum(told["by_state"].values()) and "messages" in told
    (day,) = program.get("/days").json()["items"]
    summed = program.get(f"/days/{day['id']}").json()
    assert (summed["drawn"], summed["with_case"], [one["kind"] for one in summed["stations"]]) == (1, 1, ["reception", "lawyer"])
    assert "渡辺" not in str(summed), "a number's note is for the next station"


def test_a_household_comes_before_a_meeting_that_decides_about_it(home: Home, shell: Shell, app: TestClient) -> None:
    program = program_of(shell, app, "caseworker")
    here = f"/meetings/{program.ask('POST', '/meetings', {'held_on': '2026-07-20'}).json()['id']}"
    put_on = {"case": home.ids["case"], "question": "住まいをどうするか"}
    item = program.ask("POST", f"{here}/agenda", put_on).json()["item"]
    again = program.ask("POST", f"{here}/agenda", put_on)
    assert (again.status_code, again.json()["why"]) == (409, "there")
    decided = {"item": item, "version": 1, "decision": "弁護士に相談する", "review_on": "2026-08-20"}
    assert program.ask("POST", f"{here}/decisions", decided).status_code == 204
    assert program.ask("POST", f"{here}/decisions", decided).status_code == 409, "somebody was faster"
    (told,) = program.get(here).json()["agenda"]
    assert (told["question"], told["decision"], told["version"]) == ("住まいをどうするか", "弁護士に相談する", 2)
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
    assert program.get(here).json()["agenda"] == []
    assert program.ask("POST", f"{here}/decisions", {**decided, "version": 2}).status_code == 403


def test_a_case_is_taken_kept_to_its_handlers_and_not_reopened_twice(home: Home, shell: Shell, app: TestClient) -> None:
    program, chief = program_of(shell, app, "caseworker"), program_of(shell, app, "supervisor")
    here = f"/cases/{home.ids['case']}"
    reopened = program.ask("POST", f"{here}/reopen", {}, version=program.get(here).json()["version"])
    assert (reopened.status_code, reopened.json()["why"]) == (409, "open")
    assert program.ask("POST", f"{here}/claim").status_code == 200 and chief.ask("POST", f"{here}/claim").status_code == 409
    version = chief.get(here).json()["version"]
    assert chief.ask("PUT", f"{here}/restriction", {"restricted": True}, version=version - 1).status_code == 409
    assert chief.ask("PUT", f"{here}/restriction", {"restricted": True}, version=version).json()["version"] == version + 1
    assert program.get(here).status_code == 200, "who carries it handles it"
    with shell.engine.begin() as c:
        c.execute(update(case).values(assigned_to=None))
    assert program.get(here).status_code == 403 and chief.get(here).status_code == 200


def test_two_records_are_told_apart_and_campaigns_stopped(home: Home, shell: Shell, app: TestClient) -> None:
    settle_lists(shell, home)
    program = program_of(shell, app, "caseworker")
    (one,) = program.get("/matching").json()["items"]
    assert one["score"] == 80 and program.get("/matching?after=x").status_code == 422 and program.get("/matching?state=x").status_code == 422
    assert program.ask("POST", f"/matching/{one['id']}/decide", {"decision": "later"}).status_code == 428
    assert program.ask("POST", f"/matching/{one['id']}/decide", {"decision": "later"}, version=one["version"]).json() == {"merge": None}
    assert program.get("/matching").json()["items"] == [] and len(program.get("/matching?state=later").json()["items"]) == 1
    assert program.ask("POST", "/outreach/stop").json() == {"called_back": 0}
    with shell.engine.begin() as c:
        assert c.execute(select(outreach.c.stopped_at)).scalar_one() is not None
        c.execute(update(campaign).values(state="running"))
    (going,) = program.get("/campaigns").json()["items"]
    paused = program.ask("POST", f"/campaigns/{going['id']}/pause", version=going["version"]).json()
    assert paused["state"] == "paused"
    assert program.ask("POST", f"/campaigns/{going['id']}/end", version=going["version"]).status_code == 409
    assert program.ask("POST", f"/campaigns/{going['id']}/end", version=paused["version"]).json()["state"] == "ended"


def test_the_catalogue_its_decisions_and_a_households_consent(home: Home, shell: Shell, app: TestClient) -> None:
    program = program_of(shell, app, "caseworker")
    found = {one["id"]: one for one in program.get("/programs").json()["items"]}
    assert found["emergency_repair"]["name"] == "住宅の応急修理" and not found["emergency_repair"]["off"]
    assert {one["id"]: one for one in program.get("/programs?locale=en").json()["items"]}["emergency_repair"]["name"].isascii()
    with shell.engine.begin() as c:
        drafts.begin(c, "tenant-tsunagi", None, {"emergency_repair": Change(off=True)}, origin="command", at=shell.clock(), waiting=True)
    told = program.get("/program-drafts").json()["items"]
    assert ("waiting", "command", ["emergency_repair"]) in [(one["state"], one["origin"], one["programs"]) for one in told]
    agreed = program.get(f"/cases/{home.ids['case']}/consents").json()
    assert agreed["standing"]["professional"] == "given" and agreed["items"][-1]["event"] == "given"


def test_settings_are_told_to_administrators_without_anybodys_address(home: Home, shell: Shell, app: TestClient) -> None:
    told: dict[str, Any] = program_of(shell, app, "administrator").get("/settings").json()
    assert told["contact_days"]["visit"] == 3 and told["stalled_days"]["3"] == 45 and told["channels"]["line"]["max_in"] in (0, 1)
    assert told["recipients"] and "contact" not in told["recipients"][0] and "@" not in str(told)
    assert program_of(shell, app, "caseworker").get("/settings").status_code == 403


def test_they_are_described_with_their_scopes() -> None:
    paths = description(CALLS)["paths"]
    for path, method, scope in (("/search", "post", "people:read"), ("/campaigns/{id}", "get", "campaigns:read"),
                                ("/days/{id}", "get", "booth:read"), ("/settings", "get", "settings:read"),
                                ("/imports/{id}/take-in", "post", "imports:write")):  # fmt: skip
        assert f"`{scope}`" in paths[f"{BASE}{path}"][method]["description"]
    assert paths[f"{BASE}/imports"]["post"]["requestBody"]["content"]["application/octet-stream"]["schema"]["format"] == "binary"
