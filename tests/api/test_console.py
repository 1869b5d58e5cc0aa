"""Everything the console does under /api/v1 (issue 4): each of its acts has a call with the same roles, or a written reason why not."""

from __future__ import annotations

from typing import NamedTuple

from starlette.testclient import TestClient

from backend.api.routes import CALLS
from backend.console.routes import PAGES
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
    "/console/me/email": OWN_DEVICES, "/console/me/bind": OWN_DEVICES, "/console/me/elsewhere": IN_PERSON, "/console/me/drop": OWN_DEVICES,
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
    "/console/lists": "POST /imports", "/console/lists/{id}/sheet": "POST /imports", "/console/lists/{id}/check": "POST /imports/{id}/check",
    "/console/lists/{id}/take-in": "POST /imports/{id}/take-in", "/console/lists/{id}/stop": "POST /imports/{id}/stop",
    "/console/lists/{id}/find": "POST /imports/{id}/find",
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


SCREEN = Not("a form to fill in or a choice to make on the screen; its act has a call")
PAPER_FOR_PEOPLE = Not("an empty workbook for people to fill in; POST /imports reads any headings")

READS: dict[str, str | Not] = {
    # what waits
    "/console": Not("leads each role to its own first page; what waits is GET /tasks, with rank and time"), "/console/visits": "GET /visit-days", "/console/visits/day": "GET /planned",
    "/console/visits/day/sheet": "GET /planned/sheets", "/console/visits/field": "GET /planned",
    "/console/visits/field/offline": Not("the page of a telephone without a network; what it keeps comes from GET /planned"),
    "/console/conversations/{id}": "GET /conversations/{id}", "/console/attachments/{id}": "GET /attachments/{id}",
    # cases
    "/console/cases": "GET /cases", "/console/search": SCREEN, "/console/cases/{id}": "GET /cases/{id}",
    "/console/cases/{id}/contacts": "GET /cases/{id}/contacts", "/console/cases/{id}/household": "GET /cases/{id}/people",
    "/console/cases/{id}/notes": "GET /cases/{id}/notes", "/console/cases/{id}/programs": "GET /cases/{id}/programs",
    "/console/cases/{id}/support": "GET /cases/{id}/policies", "/console/cases/{id}/timeline": "GET /cases/{id}/timeline",
    "/console/cases/{id}/handover": "GET /cases/{id}/handover", "/console/cases/{id}/forms": SCREEN,
    "/console/lists": "GET /imports", "/console/lists/{id}": "GET /imports/{id}", "/console/lists/template": PAPER_FOR_PEOPLE,
    "/console/matching": "GET /matching", "/console/matching/{id}": "GET /matching",
    "/console/exports": "GET /exports", "/console/exports/{id}": "GET /exports/{id}", "/console/exports/{id}/file": "GET /exports/{id}/file",
    "/console/referred": PARTNERS, "/console/referred/{id}": PARTNERS,
    "/console/teams": "GET /teams", "/console/replies": "GET /reply-templates",
    # meetings
    "/console/meetings": "GET /meetings", "/console/meetings/{id}": "GET /meetings/{id}",
    "/console/meetings/{id}/sheet": "GET /meetings/{id}/sheet", "/console/meetings/{id}/paper": "GET /meetings/{id}/sheet/file",
    # outreach
    "/console/outreach": "GET /outreach", "/console/outreach/new": SCREEN, "/console/campaigns/{id}": "GET /campaigns/{id}",
    "/console/campaigns/{id}/edit": SCREEN, "/console/campaigns/{id}/letters": "GET /campaigns/{id}/letters",
    "/console/campaigns/{id}/letters/file": "GET /campaigns/{id}/letters/file",
    # programs
    "/console/programs": "GET /programs", "/console/programs/{program}": "GET /programs/{id}", "/console/programs/new": SCREEN,
    "/console/programs/{program}/edit": "GET /programs/{id}", "/console/program-drafts": "GET /program-drafts",
    "/console/program-drafts/{draft}": "GET /program-drafts/{id}", "/console/sheet": "GET /sheet", "/console/sheet/file": "GET /sheet",
    "/console/acts": "GET /acts",
    # booth
    "/console/booth": SCREEN, "/console/drafts/{id}": HALF_FILLED, "/console/drafts/{id}/ask": HALF_FILLED,
    "/console/seeded/{id}": "GET /cases/{id}/links", "/console/sheets/{id}": "GET /sheets/{id}",
    "/console/days": "GET /days", "/console/days/{id}": "GET /days/{id}", "/console/days/{id}/summary": "GET /days/{id}",
    "/console/days/{id}/summary.csv": "GET /days/{id}", "/console/days/{id}/display": Not("the numbers on the wall of the hall; GET /days/{id}/tickets tells them"),
    "/console/stations/{id}": "GET /days/{id}/tickets", "/console/tickets/{id}": "GET /tickets/{id}",
    # the municipality
    "/console/settings": "GET /settings", "/console/readiness": "GET /readiness", "/console/audit": "GET /audit",
    "/console/overview": "GET /figures/funnel", "/console/overview/csv": "GET /figures/outreach",
    "/console/overview/map": Not("shows whether the outlines that were sent are drawn; PUT /settings/map tells which districts are missing"),
    "/console/accounts": "GET /staff", "/console/me": OWN_DEVICES, "/console/password": IN_PERSON, "/console/second-step": IN_PERSON,
    "/console/api": Not("a token sees itself with GET /me, and never the account's other tokens"),
    "/console/api/openapi.json": Not("the description itself, which a token fetches as /api/v1/openapi.json"),
}  # fmt: skip
"""Address of a console page that is read, parts that fetch themselves anew left out -> the call that tells the same, or why there is none."""


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


def test_every_page_of_the_console_can_be_read_or_says_why_not(app: TestClient) -> None:
    there = {page.path for page in PAGES if page.method == "GET" and not page.live and not page.path.startswith("/console/log")}
    assert sorted(there - set(READS)) == [], "a page that is read: add its call to READS, or say why there is none"
    assert sorted(set(READS) - there) == [], "of a page that is gone"
    calls = {f"{call.method} {call.path}": call for call in CALLS}
    pages = {page.path: page for page in PAGES if page.method == "GET"}
    short = []
    for path, known in READS.items():
        if isinstance(known, str):
            missing = pages[path].roles & USES_PROGRAMS - (calls[known].roles if known in calls else frozenset())
            if missing:
                short.append(f"{path}: {known} is not there for {sorted(missing)}")
    assert short == []


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
    assert all(len(one.reason.split()) >= 6 for one in (*ACTS.values(), *READS.values()) if isinstance(one, Not))
