"""Every call × role × own and other municipality × other district, and what a token may do: generated from the table (R10)."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from backend.api.examples import EXAMPLES
from backend.api.hooks import make
from backend.api.routes import CALLS
from backend.app import Shell
from backend.forms.making import Order
from backend.jobs import service as jobs
from backend.meetings import service as meetings
from backend.staff.models import staff
from backend.staff.roles import OPERATOR, PARTNER, ROLES
from tests.api.program import program_of, token_for
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import MakeStaff
from tests.console.lists_world import settle_lists
from tests.console.world import Home, settle

KINDS = {"cases": "case", "tasks": "task", "referrals": "referral", "visits": "visit", "webhooks": "webhook", "meetings": "meeting",
         "exports": "export", "campaigns": "campaign", "days": "booth_day", "imports": "list_import",
         "planned": "planned", "program-drafts": "draft", "programs": "program", "stations": "booth_station", "tickets": "booth_ticket", "matching": "proposal", "merges": "merge", "conversations": "conversation", "attachments": "attachment", "sheets": "sheet"}
ABOUT_A_CASE = ("cases", "tasks", "referrals", "visits", "conversations", "attachments", "sheets", "planned")
FOR_SOME = {("GET", "/exports/{id}/file"): 404, ("PATCH", "/cases/{id}/people"): 422, ("POST", "/imports"): 422,
            ("POST", "/meetings/{id}/agenda"): 404, ("POST", "/meetings/{id}/decisions"): 422, ("POST", "/cases/{id}/people/split"): 422,
            ("POST", "/cases/{id}/people/rejoin"): 422, ("POST", "/cases/{id}/sheets"): 422,
            ("POST", "/meetings/{id}/agenda/remove"): 422, ("POST", "/meetings/{id}/assignments"): 422, ("POST", "/visit-days"): 404,
            ("POST", "/planned/{id}/move"): 422, ("POST", "/tickets/{id}/attach"): 422,
            ("GET", "/campaigns/{id}/letters/file"): 404, ("POST", "/staff/end"): 422, ("POST", "/programs"): 422, ("POST", "/sheet"): 422,
            ("GET", "/planned/sheets"): 404, ("PUT", "/settings/map"): 422, ("PUT", "/acts"): 409}
"""A file is for its maker, a change for somebody who is in the household: tests/api/test_seeding.py has those. A list is no list
without its kind and its rows, an agenda none without a household: tests/api/test_outside.py. Nor is nothing a picture, and a day without visits has no sheets."""


def filled(path: str, home: Home) -> str:
    return path.replace("{id}", home.ids.get(KINDS.get(path.split("/")[1], ""), "none"))


@pytest.fixture
def homes(shell: Shell, make_tenant: MakeTenant, make_staff: MakeStaff) -> dict[str, Home]:
    for slug in ("tsunagi", "tonari"):
        make_tenant(shell.engine, slug)
    made = {role: make_staff(role, role) for role in ROLES}
    found = {
        slug: settle(shell, f"tenant-{slug}", f"山田 花子{slug}", assigned_to=made[OPERATOR] if slug == "tsunagi" else None)
        for slug in ("tsunagi", "tonari")
    }
    for home in found.values():
        settle_lists(shell, home)
        home.ids["program"] = "emergency_repair" if home is found["tsunagi"] else "no_such_program"  # one catalogue for all
    with shell.engine.begin() as c:
        for home in found.values():
            home.ids["meeting"] = meetings.plan(c, tenant_id=home.tenant, held_on=shell.clock().date(), starts_at="", place="",
                                                by=made["supervisor"], at=shell.clock())  # fmt: skip
            detail = {"order": Order("supported_list", "xlsx").to_json()}
            home.ids["export"] = jobs.start(c, tenant_id=home.tenant, kind="export", staff_id=None, detail=detail, at=shell.clock())
            home.ids["webhook"], _ = make(c, tenant_id=home.tenant, url="https://hooks.example.jp/", chosen=["case.opened"],
                                          by=made["administrator"], at=shell.clock())  # fmt: skip
        c.execute(update(staff).where(staff.c.role == PARTNER).values(recipient_id=found["tsunagi"].ids["recipient"]))
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_call_for_every_role_own_and_other_municipality(
    role: str, homes: dict[str, Home], shell: Shell, app: TestClient
) -> None:
    wrong = []
    for place, call in enumerate(CALLS):
        if place % 40 == 0:  # each token has its own pace, and there are more calls than one minute's
            program = program_of(shell, app, role)
        body = EXAMPLES[call.body.__name__] if call.body else None
        own, other = (
            program.ask(call.method, filled(call.path, homes[slug]), body, version=1).status_code for slug in ("tsunagi", "tonari")
        )
        allowed = role in call.roles
        if allowed and own == FOR_SOME.get((call.method, call.path)):
            own = 200
        if allowed and (own in (401, 403, 404, 422) or own >= 500):
            wrong.append(f"{call.method} {call.path} own: {own}")
        if not allowed and own != 403:
            wrong.append(f"{call.method} {call.path} own: {own}, must be 403")
        if "{id}" in call.path and other != (404 if allowed else 403):
            wrong.append(f"{call.method} {call.path} other municipality: {other}")
    assert wrong == []


def test_no_call_answers_without_a_token_that_holds(
    homes: dict[str, Home], shell: Shell, app: TestClient, clock: MovableClock
) -> None:
    old = token_for(shell, "caseworker", days=1)
    clock.move(days=2)
    for call in CALLS:
        path = f"/api/v1{filled(call.path, homes['tsunagi'])}"
        for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {old}"}, {"Authorization": f"Bearer {old}"},
                       {"Authorization": "Bearer tsunagi_日本".encode()}):  # fmt: skip
            answer = app.request(call.method, path, headers=header, json={})
            assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer"), path
    assert app.get("/api/v1/openapi.json").status_code == 401


def test_every_call_needs_its_own_scope(homes: dict[str, Home], shell: Shell, app: TestClient) -> None:
    for call in CALLS:
        if not call.scope:
            continue
        role = next(iter(sorted(call.roles & {"caseworker", "supervisor", "auditor", "administrator"})))
        others = tuple(scope for scope in ("cases:read", "tasks:read", "audit:read") if scope != call.scope)
        program = program_of(shell, app, role, scopes=others)
        body = EXAMPLES[call.body.__name__] if call.body else None
        answer = program.ask(call.method, filled(call.path, homes["tsunagi"]), body, version=1)
        assert (answer.status_code, answer.json()["type"]) == (403, "tag:tsunagi,2026:problem/scope"), call.path
        with shell.engine.begin() as c:
            from backend.staff.models import api_token

            c.execute(update(api_token).values(revoked_at=shell.clock()))


def test_another_district_and_a_protected_person_are_not_there(
    shell: Shell, tenant_id: str, app: TestClient, make_staff: MakeStaff
) -> None:
    make_staff("midori", districts=["緑町"])
    far = settle(shell, tenant_id, "川上 花子", district="川上", number="T-1")
    hidden = settle(shell, tenant_id, "渡辺 久美", restricted=True, number="T-2")
    program = program_of(shell, app, "midori")
    for call in CALLS:
        if call.path.split("/")[1] not in ABOUT_A_CASE or "{id}" not in call.path:
            continue
        body = EXAMPLES[call.body.__name__] if call.body else None
        assert program.ask(call.method, filled(call.path, far), body, version=1).status_code == 404, call.path
        shut = program.ask(call.method, filled(call.path, hidden), body, version=1)
        assert shut.status_code == 403 and "渡辺" not in shut.text and "090" not in shut.text, call.path
    program = program_of(shell, app, "midori")  # the calls above have used up this minute's pace of the first token
    for path in ("/cases", "/tasks", "/referrals", "/visits", "/conversations"):
        assert program.pages(path) == [], path
