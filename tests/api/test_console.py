"""Everything the console does under /api/v1 (issue 4): each of its acts has a call with the same roles, or a written reason why not."""

from __future__ import annotations

from typing import NamedTuple

from starlette.testclient import TestClient

from backend.api.routes import CALLS
from backend.staff.policy import policy_of, routes_of
from backend.staff.roles import USES_PROGRAMS


class Not(NamedTuple):
    """Why an act of the console has no call."""

    reason: str


HALF_FILLED = Not("a form that is being filled in lives on the tablet; a program sends it whole: POST /cases, PATCH /cases/{id}/answers")
IN_PERSON = Not("signing in, passwords and one-time codes: proven by the person in front of the screen, never by a token")
ACCOUNTS = Not("a stolen token must not make itself another account, another role or a password; GET /staff tells who there is")
OWN_DEVICES = Not("where an account is rung is bound by the person who holds the telephone, and proves by it who they are")
PARTNERS = Not("people lent from outside sign in themselves (USES_PROGRAMS): no program works for them")

ACTS: dict[str, str | Not] = {
    # signing in, one's own account
    "/console/login": IN_PERSON, "/console/logout": IN_PERSON, "/console/password": IN_PERSON,
    "/console/second-step": IN_PERSON, "/console/second-step/stop": IN_PERSON,
    "/console/language": Not("the language in which somebody's own screen speaks"),
    "/console/me/email": OWN_DEVICES, "/console/me/bind": OWN_DEVICES, "/console/me/drop": OWN_DEVICES,
    "/console/accounts/create": ACCOUNTS, "/console/accounts/change": ACCOUNTS, "/console/accounts/reset": ACCOUNTS,
    "/console/accounts/reset-codes": ACCOUNTS, "/console/accounts/codes": ACCOUNTS, "/console/accounts/end": "POST /staff/end",
    "/console/api/create": Not("a token is made with the account's password"),
    "/console/api/revoke": "DELETE /me/token",
    "/console/api/hooks": "POST /webhooks", "/console/api/hooks/remove": "DELETE /webhooks/{id}",
    "/console/api/hooks/again": "POST /webhooks/again",
    # cases
    "/console/cases/filters": "POST /filters", "/console/cases/filters/drop": "POST /filters/drop",
    "/console/teams": "POST /teams", "/console/teams/drop": "POST /teams/drop", "/console/teams/absence": "PUT /absences",
    "/console/replies": "POST /reply-templates", "/console/replies/retire": "POST /reply-templates/retire",
    "/console/cases/{id}/household": "POST /cases/{id}/people", "/console/cases/{id}/household/change": "PATCH /cases/{id}/people",
    "/console/cases/{id}/household/split": "POST /cases/{id}/people/split",
    "/console/cases/{id}/household/rejoin": "POST /cases/{id}/people/rejoin",
    "/console/cases/{id}/category": "POST /cases/{id}/categories", "/console/cases/{id}/policy": "POST /cases/{id}/policies",
    "/console/cases/{id}/entries": "POST /cases/{id}/record", "/console/cases/{id}/entries/strike": "POST /cases/{id}/record/strike",
    "/console/cases/{id}/review": "PUT /cases/{id}/review", "/console/cases/{id}/close": "POST /cases/{id}/close",
    "/console/cases/{id}/reopen": "POST /cases/{id}/reopen", "/console/cases/{id}/notes": "POST /cases/{id}/notes",
    "/console/cases/{id}/notes/change": "PATCH /cases/{id}/notes", "/console/cases/{id}/contacts": "POST /cases/{id}/contacts",
    "/console/cases/{id}/ways": "POST /cases/{id}/ways", "/console/cases/{id}/ways/aside": "POST /cases/{id}/ways/aside",
    "/console/cases/{id}/reminders/cancel": "POST /cases/{id}/reminders/cancel", "/console/cases/{id}/forms": "POST /exports",
    "/console/cases/{id}/claim": "POST /cases/{id}/claim", "/console/cases/{id}/assign": "PATCH /cases/{id}",
    "/console/cases/{id}/restrict": "PUT /cases/{id}/restriction", "/console/cases/{id}/return-code": "POST /cases/{id}/return-code",
    "/console/cases/{id}/consent": "POST /cases/{id}/consents", "/console/cases/{id}/flag": "POST /cases/{id}/flag",
    "/console/search": "POST /search",
    "/console/lists": "POST /imports", "/console/lists/{id}/check": "POST /imports/{id}/check",
    "/console/lists/{id}/take-in": "POST /imports/{id}/take-in", "/console/lists/{id}/stop": "POST /imports/{id}/stop",
    "/console/matching/same": "POST /matching/{id}/decide", "/console/matching/{id}/decide": "POST /matching/{id}/decide",
    "/console/merges/{id}/undo": "POST /merges/{id}/undo",
    "/console/exports": "POST /exports", "/console/exports/{id}/stop": "POST /exports/{id}/stop",
    # what waits
    "/console/conversations/{id}/hold": "POST /conversations/{id}/hold", "/console/conversations/{id}/reply": "POST /conversations/{id}/replies",
    "/console/conversations/{id}/hand-back": "POST /conversations/{id}/hand-back",
    "/console/tasks/{id}/acknowledge": "POST /tasks/{id}/acknowledge", "/console/tasks/{id}/finish": "POST /tasks/{id}/finish",
    "/console/tasks/{id}/verdict": "POST /tasks/{id}/verdict", "/console/referrals/{id}/mark": "POST /referrals/{id}/mark",
    "/console/visits/{id}/mark": "POST /visits/{id}/mark", "/console/referred/{id}/answer": PARTNERS,
    # visits
    "/console/visits/day": "POST /visit-days", "/console/visits/times": "POST /visit-days/ask-times",
    "/console/planned/{id}/move": "POST /planned/{id}/move", "/console/planned/{id}/off": "POST /planned/{id}/off",
    "/console/planned/{id}/report": "POST /planned/{id}/report",
    # meetings
    "/console/meetings": "POST /meetings", "/console/meetings/{id}/items": "POST /meetings/{id}/agenda",
    "/console/meetings/{id}/items/remove": "POST /meetings/{id}/agenda/remove",
    "/console/meetings/{id}/participants": "POST /meetings/{id}/participants",
    "/console/meetings/{id}/participants/remove": "POST /meetings/{id}/participants/remove",
    "/console/meetings/{id}/decisions": "POST /meetings/{id}/decisions", "/console/meetings/{id}/assignments": "POST /meetings/{id}/assignments",
    "/console/meetings/{id}/hold": "POST /meetings/{id}/hold", "/console/meetings/{id}/cancel": "POST /meetings/{id}/cancel",
    # outreach
    "/console/outreach/new": "POST /campaigns", "/console/outreach/stop": "POST /outreach/stop", "/console/outreach/release": "POST /outreach/release",
    "/console/outreach/habits": "PUT /outreach/habits", "/console/campaigns/{id}/count": "POST /campaigns/{id}/count",
    "/console/campaigns/{id}/edit": "PUT /campaigns/{id}", "/console/campaigns/{id}/ask": "POST /campaigns/{id}/ask",
    "/console/campaigns/{id}/approve": "POST /campaigns/{id}/approve", "/console/campaigns/{id}/back": "POST /campaigns/{id}/back",
    "/console/campaigns/{id}/pause": "POST /campaigns/{id}/pause", "/console/campaigns/{id}/resume": "POST /campaigns/{id}/resume",
    "/console/campaigns/{id}/end": "POST /campaigns/{id}/end",
    "/console/campaigns/{id}/letters": "POST /campaigns/{id}/letters", "/console/campaigns/{id}/letters/posted": "POST /campaigns/{id}/letters/posted",
    "/console/campaigns/{id}/letters/drop": "POST /campaigns/{id}/letters/drop", "/console/campaigns/{id}/letters/back": "POST /campaigns/{id}/letters/back",
    "/console/campaigns/{id}/letters/off": "POST /campaigns/{id}/letters/off",
    # programs
    "/console/programs/count": "POST /programs/count", "/console/programs/new": "POST /programs",
    "/console/programs/{program}/edit": "PUT /programs/{id}",
    "/console/program-drafts/roll-back": "POST /program-drafts/roll-back", "/console/program-drafts/{draft}/preview": "POST /program-drafts/{id}/preview",
    "/console/program-drafts/{draft}/ask": "POST /program-drafts/{id}/ask", "/console/program-drafts/{draft}/take-back": "POST /program-drafts/{id}/take-back",
    "/console/program-drafts/{draft}/out": "POST /program-drafts/{id}/out", "/console/program-drafts/{draft}/drop": "POST /program-drafts/{id}/drop",
    "/console/program-drafts/{draft}/give-back": "POST /program-drafts/{id}/give-back",
    "/console/program-drafts/{draft}/approve": "POST /program-drafts/{id}/approve",
    "/console/sheet/bring": "POST /sheet", "/console/sheet/draft": "POST /sheet",
    "/console/acts": "PUT /acts",
    # booth
    "/console/booth": "POST /cases", "/console/drafts/{id}/autosave": HALF_FILLED, "/console/drafts/{id}/save": HALF_FILLED,
    "/console/drafts/{id}/finish": "POST /cases", "/console/drafts/{id}/throw-away": HALF_FILLED, "/console/drafts/{id}/ask": HALF_FILLED,
    "/console/seeded/{id}/edit": "PATCH /cases/{id}/answers", "/console/seeded/{id}/ask": "POST /cases/{id}/requests",
    "/console/seeded/{id}/link": "POST /cases/{id}/links", "/console/seeded/{id}/call-back": "POST /cases/{id}/links/call-back",
    "/console/seeded/{id}/unbind": "POST /cases/{id}/links/unbind", "/console/seeded/{id}/protect": "POST /cases/{id}/protect",
    "/console/seeded/{id}/sheet": "POST /cases/{id}/sheets",
    "/console/days": "POST /days", "/console/days/{id}/draw": "POST /days/{id}/tickets", "/console/days/{id}/station": "POST /days/{id}/stations",
    "/console/days/{id}/close": "POST /days/{id}/close", "/console/stations/{id}/call": "POST /stations/{id}/call",
    "/console/tickets/{id}/move": "POST /tickets/{id}/move", "/console/tickets/{id}/form": HALF_FILLED,
    "/console/tickets/{id}/attach": "POST /tickets/{id}/attach",
    # the municipality
    "/console/settings/office": "PUT /settings/office", "/console/settings/disaster": "PUT /settings/disaster",
    "/console/settings/districts": "PUT /settings/districts", "/console/settings/recipients": "POST /settings/recipients",
    "/console/settings/duty": "PUT /settings/duty", "/console/settings/promises": "PUT /settings/promises",
    "/console/settings/standstill": "PUT /settings/standstill", "/console/settings/channels": "PUT /settings/channels",
    "/console/readiness": Not("a person reads what the go-live check says and takes the step that residents notice; GET /readiness tells it"),
    "/console/audit/prove": "POST /audit/prove", "/console/overview/map": "PUT /settings/map",
    "/console/overview/again": "POST /figures/again",
}  # fmt: skip
"""Address of a console page that acts -> the call that does the same, or why there is none."""


def acts(app: TestClient) -> dict[str, frozenset[str]]:
    """The console's addresses that something can be sent to, with the roles that may."""
    found = {}
    for route in routes_of(app.app):
        if route.path.startswith("/console") and "POST" in (route.methods or ()):
            policy = policy_of(route)
            found[route.path] = frozenset(policy.roles) if policy else frozenset()
    return found


def test_every_act_of_the_console_has_a_call_or_a_reason(app: TestClient) -> None:
    there = set(acts(app))
    assert sorted(there - set(ACTS)) == [], "a page that acts: add its call to ACTS, or say why there is none"
    assert sorted(set(ACTS) - there) == [], "of a page that is gone"


def test_each_call_of_the_list_is_there_for_the_same_roles(app: TestClient) -> None:
    calls, wrong = {f"{call.method} {call.path}": call for call in CALLS}, []
    for path, roles in acts(app).items():
        known = ACTS.get(path)
        if isinstance(known, str):
            call = calls.get(known)
            if call is None:
                wrong.append(f"{path}: no {known}")
            elif call.roles & USES_PROGRAMS != roles & USES_PROGRAMS:
                wrong.append(f"{path}: {sorted(roles & USES_PROGRAMS)}, but {known}: {sorted(call.roles & USES_PROGRAMS)}")
    assert wrong == []


def test_a_reason_is_a_sentence_that_somebody_can_judge() -> None:
    assert all(len(one.reason.split()) >= 6 for one in ACTS.values() if isinstance(one, Not))
