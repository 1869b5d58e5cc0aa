"""Who may open what, generated from the route table: a new route is in here by itself (R10)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from starlette.routing import Route

from backend.app import Shell
from backend.console.routes import PAGES
from backend.staff.models import staff
from backend.staff.policy import policy_of, routes_of
from backend.staff.roles import OPENS_CASES, OPERATOR, PARTNER, ROLES
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import Browser, MakeStaff, NewBrowser, make_test_shell
from tests.console.lists_world import settle_lists
from tests.console.world import Home, settle

KINDS = {
    "cases": "case", "conversations": "conversation", "tasks": "task", "referrals": "referral", "visits": "visit",
    "attachments": "attachment", "exports": "export", "planned": "planned",
}  # fmt: skip
"""What hangs on a household: for those who work on cases, and hidden where the person is protected."""
OTHERS = {
    "referred": "referral", "meetings": "meeting", "campaigns": "campaign",
    # The booth's: whoever seeded it today sees it, too (tests/booth/test_pages.py).
    "drafts": "booth_draft", "seeded": "case", "sheets": "sheet", "days": "booth_day", "stations": "booth_station",
    "tickets": "booth_ticket",
    # Bringing lists in is a supervisor's; two cases stand behind a proposal (tests/matching/test_protected.py).
    "lists": "list_import", "matching": "proposal", "merges": "merge",
}  # fmt: skip
"""What has its own rule of who may see it."""
OPEN = {"/", "/chat/", "/console/", "/healthz", "/look", "/web", "/console/login", "/console/static/{name}"}


@pytest.fixture
def whole_app(sqlite_engine: Any, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant) -> Any:
    from dataclasses import replace

    from bots.app import make_app

    make_tenant(sqlite_engine)
    shell = make_test_shell(sqlite_engine, clock, tmp_path)
    settings = replace(
        shell.settings, line_channel_secret="s" * 32, line_channel_access_token="t" * 32, telegram_bot_token="1:x",
        telegram_webhook_secret="w",
    )  # fmt: skip
    return make_app(replace(shell, settings=settings))


def test_every_route_of_the_whole_application_says_who_may_use_it(whole_app: Any) -> None:
    undeclared = [route for route in routes_of(whole_app) if policy_of(route) is None]
    assert undeclared == []


def test_what_is_open_to_everybody_is_a_short_known_list(whole_app: Any) -> None:
    found = {route.path for route in routes_of(whole_app) if (policy := policy_of(route)) and policy.kind == "public"}
    assert found == OPEN


def test_only_the_two_webhooks_are_for_platforms(whole_app: Any) -> None:
    found = {route.path for route in routes_of(whole_app) if (policy := policy_of(route)) and policy.kind == "platform"}
    assert found == {"/webhooks/line", "/webhooks/telegram"}


def test_a_route_without_a_policy_would_be_seen() -> None:
    async def forgotten(request: object) -> None: ...

    assert policy_of(Route("/console/forgotten", forgotten)) is None


# --- the matrix -----------------------------------------------------------------------------------------------


@pytest.fixture
def homes(shell: Shell, make_tenant: MakeTenant, make_staff: MakeStaff) -> dict[str, Home]:
    for slug in ("tsunagi", "tonari"):
        make_tenant(shell.engine, slug)
    made = {role: make_staff(role, role) for role in ROLES}
    homes = {
        slug: settle(shell, f"tenant-{slug}", f"山田 花子{slug}", assigned_to=made[OPERATOR] if slug == "tsunagi" else None)
        for slug in ("tsunagi", "tonari")
    }
    with shell.engine.begin() as c:
        partner = update(staff).where(staff.c.role == PARTNER)
        c.execute(partner.values(recipient_id=homes["tsunagi"].ids["recipient"]))
    for home in homes.values():
        settle_lists(shell, home)
    return homes


def ask(browser: Browser, method: str, path: str) -> int:
    if method == "GET":
        return int(browser.client.get(path, follow_redirects=False).status_code)
    page = browser.client.get("/console/me").text
    browser.html = page
    hidden = browser.hidden("/console/logout")
    return int(browser.client.post(path, data=hidden, follow_redirects=False).status_code)


def filled(path: str, home: Home) -> str:
    kind = path.removeprefix("/console/").removeprefix("live/").split("/")[0]
    return path.replace("{id}", home.ids.get((KINDS | OTHERS).get(kind, ""), "")).replace("{part}", "record").replace(
        "{draft}", home.ids["draft"]).replace("{program}", "emergency_repair")  # fmt: skip


# What is assigned to nobody an operator does not know of: the cases of this world are given to the operator first.
@pytest.mark.parametrize("role", ROLES)
def test_every_page_for_every_role_own_and_other_municipality(
    role: str, homes: dict[str, Home], new_browser: NewBrowser
) -> None:
    browser = new_browser(role)
    wrong: list[str] = []
    for page in PAGES:
        if page.path == "/console/logout":
            continue
        own, other = (ask(browser, page.method, filled(page.path, homes[slug])) for slug in ("tsunagi", "tonari"))
        allowed = role in page.roles
        if allowed and (own in (401, 403, 404) or own >= 500):
            wrong.append(f"{page.method} {page.path} own: {own}")
        if not allowed and own != 403:
            wrong.append(f"{page.method} {page.path} own: {own}, must be 403")
        if ("{id}" in page.path or "{draft}" in page.path) and other != (404 if allowed else 403):
            wrong.append(f"{page.method} {page.path} other municipality: {other}")
    assert wrong == []


def test_nobody_gets_anywhere_without_signing_in(homes: dict[str, Home], new_browser: NewBrowser) -> None:
    client = new_browser().client
    for page in PAGES:
        answer = client.request(page.method, filled(page.path, homes["tsunagi"]), follow_redirects=False)
        if page.live:
            assert answer.status_code == 401, page.path
        else:
            assert (answer.status_code, answer.headers["location"]) == (303, "/console/login"), page.path
    for path in ("/console/live", "/console/live/number"):
        assert client.get(path).status_code == 401


def test_cases_are_for_those_who_carry_them() -> None:
    for page in PAGES:
        if any(f"/{kind}/" in page.path for kind in KINDS):
            assert page.roles <= OPENS_CASES, page.path


def test_a_restricted_person_is_seen_by_handlers_alone(
    shell: Shell, make_tenant: MakeTenant, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    """PR-31: others see that care is needed and whom to ask, not who it is."""
    make_tenant(shell.engine)
    handler = make_staff("handler")
    make_staff("colleague")
    make_staff("supervisor", "supervisor")
    home = settle(shell, "tenant-tsunagi", "渡辺 久美", restricted=True, assigned_to=handler)
    browsers = {login: new_browser(login) for login in ("handler", "colleague", "supervisor")}
    for page in PAGES:
        if "{id}" not in page.path or any(f"/{kind}/" in page.path for kind in OTHERS):
            continue
        path = filled(page.path, home)
        answer = browsers["colleague"].client.get(path) if page.method == "GET" else None
        if answer is not None:
            assert answer.status_code == 403 and "渡辺" not in answer.text and "090-1234" not in answer.text, path
            assert "handlerさん" in answer.text
        else:
            assert ask(browsers["colleague"], "POST", path) == 403, path
    assert not browsers["colleague"].open("/console").has("渡辺")
    assert browsers["colleague"].has("※取扱注意", "handlerさん")
    for login in ("handler", "supervisor"):
        assert browsers[login].open(f"/console/cases/{home.ids['case']}").has("渡辺 久美", "※取扱注意")
