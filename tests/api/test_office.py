"""A town hall's own systems keep settings, teams, programs and deadlines; a second account says yes."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from backend.api.bodies import Body
from backend.api.call import BASE
from backend.api.examples import EXAMPLES
from backend.api.routes import CALLS
from backend.app import Shell
from backend.audit.models import audit
from backend.jobs.kinds import SLICES
from backend.jobs.run import run_slice
from backend.programs.models import program_edition
from backend.staff.models import staff
from backend.tenants.models import disaster, tenant
from tests.api.program import Program, program_of
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.world import Home, settle


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    for login, role in (("hanako", "caseworker"), ("chief", "supervisor"), ("admin", "administrator"), ("check", "auditor")):
        make_staff(login, role)
    return settle(shell, tenant_id, "山田 花子")


@pytest.fixture
def admin(shell: Shell, home: Home, app: TestClient) -> Program:
    return program_of(shell, app, "admin")


@pytest.fixture
def program(shell: Shell, home: Home, app: TestClient) -> Program:
    return program_of(shell, app, "hanako")


# --- settings -------------------------------------------------------------------------------------------------------


def test_each_section_is_kept_as_on_the_page_and_told_again(admin: Program, new_browser: NewBrowser) -> None:
    version = admin.get("/settings").json()["version"]
    kept = admin.ask("PUT", "/settings/office", EXAMPLES["Office"], version=version).json()
    assert (kept["phone"], kept["opens_at"], kept["version"]) == ("0943-00-0000", "08:30", version + 1)
    assert admin.ask("PUT", "/settings/office", {**EXAMPLES["Office"], "phone": "1"}, version=version).status_code == 409
    for path, body, name, value in (
        ("promises", EXAMPLES["Promises"] | {"visit": 5}, "contact_days", {"talk": 1, "visit": 5, "refer": 3}),
        ("standstill", {"days": {"1": 80, "2": 60, "3": 40, "4": 30, "none": 70}}, "stalled_days", {"1": 80, "2": 60, "3": 40, "4": 30, "none": 70}),
    ):  # fmt: skip
        kept = admin.ask("PUT", f"/settings/{path}", body, version=kept["version"]).json()
        assert kept[name] == value, path
    assert admin.ask("PUT", "/settings/districts", {"districts": ["川上", "緑町", "川上", " "]}).json()["districts"] == ["川上", "緑町"]
    assert new_browser("admin").open("/console/settings").has("0943-00-0000", "川上")


@pytest.mark.parametrize(("path", "body", "field"), [
    ("office", {**EXAMPLES["Office"], "opens_at": "18:00"}, "closes_at"), ("office", {**EXAMPLES["Office"], "opens_at": "8:30"}, "opens_at"),
    ("office", {**EXAMPLES["Office"], "name": {"en": "Hirokawa"}}, "name.ja"),
    ("disaster", {**EXAMPLES["Disaster"], "municipality": "13101"}, "municipality"),
    ("disaster", {**EXAMPLES["Disaster"], "acts": {"royal_act": True}}, "acts.royal_act"),
    ("promises", {**EXAMPLES["Promises"], "reminders": [14, 3]}, "reminders"), ("promises", {**EXAMPLES["Promises"], "visit": 61}, "visit"),
    ("standstill", {"days": {"1": 10}}, "days"), ("standstill", {"days": {"1": 0}}, "days.1"), ("channels", {"line": {"level": 1, "confirmed": True}}, "telegram"),
])  # fmt: skip
def test_what_the_page_refuses_is_refused_here_with_its_field(path: str, body: dict[str, Any], field: str, admin: Program, shell: Shell) -> None:
    version = admin.get("/settings").json()["version"]
    answer = admin.ask("PUT", f"/settings/{path}", body, version=version)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field
    with shell.engine.begin() as c:
        assert c.execute(select(tenant.c.version)).scalar_one() == version


def test_a_chat_of_another_company_never_carries_more_than_the_software_lets_it(admin: Program) -> None:
    version = admin.get("/settings").json()["version"]
    kept = admin.ask("PUT", "/settings/channels", {"line": {"level": 2, "confirmed": True}, "telegram": {"level": 0, "confirmed": False}}, version=version)
    assert kept.json()["channels"]["line"]["max_in"] == 1 and kept.json()["channels"]["telegram"]["max_in"] == 0


def test_the_disaster_partners_and_duty(admin: Program, shell: Shell) -> None:
    there = admin.get("/settings").json()["disaster"]
    kept = admin.ask("PUT", "/settings/disaster", EXAMPLES["Disaster"], version=there["version"] if there else 0).json()["disaster"]
    assert (kept["happened_on"], kept["acts"]) == ("2026-07-01", {"relief_act_applied": True})
    assert admin.ask("PUT", "/settings/disaster", EXAMPLES["Disaster"], version=99).status_code == 409
    made = admin.ask("POST", "/settings/recipients", EXAMPLES["Recipient"]).json()["recipient"]
    closed = admin.ask("POST", "/settings/recipients", {**EXAMPLES["Recipient"], "recipient": made, "active": False})
    assert closed.json() == {"recipient": made}
    unknown = admin.ask("POST", "/settings/recipients", {**EXAMPLES["Recipient"], "recipient": "0" * 26})
    assert unknown.status_code == 422 and unknown.json()["detail"] and "midori" not in unknown.text
    with shell.engine.begin() as c:
        ids = {row.login: row.id for row in c.execute(select(staff.c.login, staff.c.id))}
    assert admin.ask("PUT", "/settings/duty", {"order": [ids["chief"], ids["admin"], ids["hanako"]]}).json()["duty"] == [ids["chief"], ids["hanako"]]


def test_a_map_needs_areas_that_are_called_like_the_districts(admin: Program) -> None:
    admin.ask("PUT", "/settings/districts", {"districts": ["緑町"]})

    def put(content: bytes) -> httpx.Response:
        answer: httpx.Response = admin.client.put(f"{BASE}/settings/map", content=content, headers={"Authorization": f"Bearer {admin.token}"})
        return answer

    square = [[[130.0, 33.0], [130.1, 33.0], [130.1, 33.1], [130.0, 33.0]]]
    area = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "緑町"}, "geometry": {"type": "Polygon", "coordinates": square}}]}
    assert put(json.dumps(area).encode()).json() == {"districts": ["緑町"]}
    refused = put(b"{}")
    assert refused.status_code == 422 and refused.json()["detail"]


def test_what_is_missing_before_going_live_is_told_in_sentences_and_taken_by_a_person(admin: Program, program: Program) -> None:
    found = admin.get("/readiness").json()["items"]
    assert any(one["blocks"] for one in found) and all(len(one["what"]) > 5 for one in found)
    assert program.get("/readiness").status_code == 403


@pytest.mark.parametrize(("section", "changed", "typed", "field"), [
    ("office", {"opens_at": "17:00", "closes_at": "08:30"}, {"opens_at": "17:00", "closes_at": "08:30"}, "closes_at"),
    ("disaster", {"prefecture": "40", "municipality": "13101"}, {"prefecture": "40", "municipality": "13101"}, "municipality"),
    ("promises", {"reminders": [9, 3]}, {"reminder_1": "9", "reminder_2": "3"}, "reminders"),
])  # fmt: skip
def test_what_the_page_refuses_is_refused_with_the_same_sentence(
    section: str, changed: dict[str, Any], typed: dict[str, str], field: str, admin: Program, new_browser: NewBrowser
) -> None:
    body = {**EXAMPLES[section.capitalize()], **changed}
    refused = admin.ask("PUT", f"/settings/{section}", body, version=1)
    assert refused.status_code == 422 and refused.json()["errors"] == [{"field": field, "kind": "wrong"}]
    whole = {"name_ja": "つなぎ市", "hours_ja": "平日", "opens_at": "08:30", "closes_at": "17:15", "happened_on": "2026-07-01", "version": "1",
             "talk": "1", "visit": "5", "refer": "3"}  # fmt: skip
    page = new_browser("admin").open("/console/settings").send(f"/console/settings/{section}", **{**whole, **typed})
    assert page.status == 422 and page.has(refused.json()["detail"])


# --- staff ----------------------------------------------------------------------------------------------------------


def test_teams_absences_templates_and_kept_selections(program: Program, shell: Shell, app: TestClient) -> None:
    chief = program_of(shell, app, "chief")
    people = {one["name"]: one["id"] for one in program.get("/staff").json()["items"]}
    assert "@" not in program.get("/staff").text and "password" not in program.get("/staff").text
    one = next(iter(people.values()))
    made = chief.ask("POST", "/teams", {"name": "訪問班", "members": [one]}).json()["team"]
    assert chief.ask("POST", "/teams", {"name": "訪問班"}).status_code == 422 and program.ask("POST", "/teams", {"name": "別"}).status_code == 403
    version = program.get("/teams").json()["items"][0]["version"]
    assert chief.ask("POST", "/teams", {"team": made, "version": version + 7, "name": "新"}).status_code == 409
    assert chief.ask("POST", "/teams/drop", {"team": made, "version": version}).status_code == 204
    assert program.ask("PUT", "/absences", {"until": "2026-08-15"}).status_code == 204
    with shell.engine.begin() as c:
        ids = {row.login: row.id for row in c.execute(select(staff.c.login, staff.c.id))}
    assert program.ask("PUT", "/absences", {"who": ids["chief"], "until": "2026-08-15"}).status_code == 403
    assert chief.ask("PUT", "/absences", {"who": ids["hanako"], "until": None}).status_code == 204 and program.get("/absences").json()["items"] == []
    template = program.ask("POST", "/reply-templates", EXAMPLES["ReplyTemplate"]).json()["template"]
    assert program.ask("POST", "/reply-templates", {"name": "x", "texts": {"en": "Hello"}}).status_code == 422
    version = program.get("/reply-templates").json()["items"][0]["version"]
    assert program.ask("POST", "/reply-templates/retire", {"template": template, "version": version}).status_code == 204
    assert program.ask("POST", "/filters", EXAMPLES["Filter"]).status_code == 204
    assert program.ask("POST", "/filters", {"name": "x", "chosen": {"name": "山田"}}).status_code == 422, "nothing about a person is a filter"
    (kept,) = program.get("/filters").json()["items"]
    assert kept["chosen"] == {"category": "3", "district": "緑町"} and chief.get("/filters").json()["items"] == []
    assert program.ask("POST", "/filters/drop", {"filter": kept["filter"]}).status_code == 204 and program.get("/filters").json()["items"] == []


def test_whoever_leaves_is_closed_and_a_token_ends_itself(admin: Program, program: Program, shell: Shell) -> None:
    with shell.engine.begin() as c:
        ids = {row.login: row.id for row in c.execute(select(staff.c.login, staff.c.id))}
    assert admin.ask("POST", "/staff/end", {"id": "0" * 26}).status_code == 422
    assert admin.ask("POST", "/staff/end", {"id": ids["hanako"]}).status_code == 204 and program.get("/me").status_code == 401
    assert admin.ask("DELETE", "/me/token").status_code == 204 and admin.get("/me").status_code == 401


def test_the_trail_is_proven_and_an_export_stopped(program: Program, shell: Shell, app: TestClient) -> None:
    auditor = program_of(shell, app, "check")
    proof = auditor.ask("POST", "/audit/prove").json()
    assert proof["holds"] and proof["entries"] > 0 and proof["broken"] is None
    assert proof["consents"]["holds"] and proof["consents"]["broken"] is None
    with shell.engine.begin() as c:
        wrong = c.execute(select(audit.c.id).order_by(audit.c.id).limit(1)).scalar_one()
        c.execute(update(audit).where(audit.c.id == wrong).values(action="case.forgotten"))
    proof = auditor.ask("POST", "/audit/prove").json()
    assert not proof["holds"] and proof["broken"] == wrong
    made = program.ask("POST", "/exports", {"form": "supported_list", "format": "csv"}).json()["id"]
    assert program.ask("POST", f"/exports/{made}/stop").json()["state"] in ("stopped", "done")
    assert program_of(shell, app, "admin").ask("POST", "/webhooks/again").json() == {"again": 0}


# --- programs -------------------------------------------------------------------------------------------------------


def test_a_program_is_changed_in_a_draft_asked_for_and_approved_by_a_second_account(program: Program, shell: Shell, app: TestClient) -> None:
    here = "/programs/emergency_repair"
    form = program.get(here).json()
    changed = program.ask("PUT", here, {"seen": form["seen"], "texts": {"desk": "復興支援課"}})
    draft = f"/program-drafts/{changed.json()['draft']}"
    assert program.ask("PUT", here, {"seen": form["seen"], "texts": {"desk": "別の課"}}).status_code == 409, "it stands otherwise by now"
    assert program.get(here).json()["texts"]["desk"] == "復興支援課"
    told = program.get(draft).json()
    assert [(one["field"], one["new"]) for one in told["changes"]] == [("desk", "復興支援課")] and told["state"] == "draft"
    asked = program.ask("POST", f"{draft}/ask", {"reason": "窓口が変わった"}, version=told["version"]).json()
    while run_slice(shell, SLICES):
        pass
    chief = program_of(shell, app, "chief")
    seen = chief.get(draft).json()
    assert seen["preview"]["state"] == "done" and seen["fresh"] and seen["reason"] == "窓口が変わった"
    assert chief.ask("POST", f"{draft}/approve", version=seen["version"] + 1).status_code == 409
    assert chief.ask("POST", f"{draft}/approve", version=seen["version"]).json()["state"] == "published" and asked["state"] == "waiting"
    listed = {one["id"]: one for one in program.get("/programs").json()["items"]}
    assert listed["emergency_repair"]["changed_here"] and "復興支援課" in listed["emergency_repair"]["desk"]
    back = program.ask("POST", "/program-drafts/roll-back", {"number": 0}).json()["draft"]
    assert program.get(f"/program-drafts/{back}").json()["origin"] == "rollback"
    assert program.ask("POST", "/program-drafts/roll-back", {"number": 77}).status_code == 422


def test_the_author_is_never_the_second_person_and_approving_has_a_scope_of_its_own(shell: Shell, home: Home, app: TestClient) -> None:
    chief = program_of(shell, app, "chief")
    form = chief.get("/programs/emergency_repair").json()
    draft = f"/program-drafts/{chief.ask('PUT', '/programs/emergency_repair', {'seen': form['seen'], 'texts': {'desk': '新しい課'}}).json()['draft']}"
    version = chief.ask("POST", f"{draft}/ask", {}, version=chief.get(draft).json()["version"]).json()["version"]
    own = chief.ask("POST", f"{draft}/approve", version=chief.get(draft).json()["version"])
    assert own.status_code == 409 and own.json()["detail"], "the sentence of the page"
    careful = program_of(shell, app, "chief", scopes=("programs:read", "programs:write"))
    assert careful.ask("POST", f"{draft}/approve", version=version).json()["scope"] == "programs:approve"
    with shell.engine.begin() as c:
        assert c.execute(select(func.count()).where(program_edition.c.state == "published")).scalar_one() == 0


def test_what_cannot_be_read_names_its_field_in_a_sentence(program: Program, shell: Shell) -> None:
    form = program.get("/programs/emergency_repair").json()
    for texts, field in (({"conditions": "{king: x}"}, "conditions"), ({"shoe": "x"}, "texts.shoe")):
        wrong = program.ask("PUT", "/programs/emergency_repair", {"seen": form["seen"], "texts": texts})
        assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == field
    assert program.ask("POST", "/programs", {"texts": {"name_ja": ""}}).status_code == 422
    assert program.ask("PUT", "/programs/no_such", {"seen": "", "texts": {}}).status_code == 404


def test_the_sheet_goes_out_and_an_edited_one_comes_back(program: Program) -> None:
    taken = program.get("/sheet?format=xlsx")
    assert taken.status_code == 200 and taken.content[:2] == b"PK" and program.get("/sheet?format=doc").status_code == 422
    headers = {"Authorization": f"Bearer {program.token}"}
    back = program.client.post(f"{BASE}/sheet?draft=yes", content=taken.content, headers=headers)
    assert back.json() == {"draft": "", "changes": []}, "what nobody edited changes nothing"
    wrong = program.client.post(f"{BASE}/sheet", content=b"PK no sheet", headers=headers)
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["detail"]


def test_acts_and_deadlines_are_written_down_with_their_source(admin: Program, shell: Shell) -> None:
    version = admin.get("/settings").json()["disaster"]
    admin.ask("PUT", "/settings/disaster", EXAMPLES["Disaster"], version=version["version"] if version else 0)
    now = admin.get("/acts").json()
    kept = admin.ask("PUT", "/acts", EXAMPLES["Decisions"], version=now["version"]).json()
    assert kept["extended"] == {"emergency_repair": "2026-12-31"} and kept["changes"][0]["source"] == "内閣府告示"
    for body in ({"acts": {"royal_act": True}}, {"acts": {}, "extended": {"no_such": "2026-12-31"}}, {"acts": {}, "extended": {"emergency_repair.king": "2026-12-31"}}):
        assert admin.ask("PUT", "/acts", body, version=kept["version"]).status_code == 422
    with shell.engine.begin() as c:
        assert c.execute(select(disaster.c.version)).scalar_one() == kept["version"]
        assert "disaster.decided" in c.execute(select(audit.c.action)).scalars().all()


# --- the description --------------------------------------------------------------------------------------------------


def test_every_body_has_an_example_that_fits_and_no_example_is_left_over() -> None:
    bodies = {call.body.__name__: call.body for call in CALLS if call.body is not None}
    assert set(bodies) == set(EXAMPLES)
    for name, body in bodies.items():
        assert issubclass(body, Body) and isinstance(body.model_validate(EXAMPLES[name]), Body)


def test_the_description_shows_them(admin: Program) -> None:
    told = admin.get("/openapi.json").json()
    for path, methods in told["paths"].items():
        for one in methods.values():
            for kind, content in one.get("requestBody", {}).get("content", {}).items():
                assert kind == "application/octet-stream" or "example" in content, path
