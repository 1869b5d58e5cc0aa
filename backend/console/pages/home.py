"""My work today: what waits for a person, most urgent first; of everybody, of oneself, of a team."""

from __future__ import annotations

from itertools import islice
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from backend.clock import in_japan
from backend.console import lists
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.queue import in_order
from backend.staff.names import names_of_staff
from backend.staff.roles import ADMINISTRATOR, AUDITOR, BOOTH, EVERYBODY, OPENS_CASES, PARTNER, PREFECTURE
from backend.teams import service
from backend.teams.rules import Mine

URGENT = ("danger", "overdue", "waiting", "today")
"""The groups that are counted in the title."""

FIRST = 20
"""Entries of each group where all groups are shown; the others are counted, and a tap away."""
PAGE = 60
"""Entries of a group that is looked at by itself."""

_HOME = {ADMINISTRATOR: "/console/settings", AUDITOR: "/console/audit", PARTNER: "/console/referred", BOOTH: "/console/booth",
         PREFECTURE: "/console/overview"}
_NO_WORK_LIST = "/console/me"
"""Where a role begins that neither carries cases nor has a page of its own."""


def home(desk: Desk) -> Response:
    """The list for those who work on cases; the others start at their own work."""
    if desk.staff.role not in OPENS_CASES:
        return desk.to(_HOME.get(desk.staff.role, _NO_WORK_LIST))
    return desk.page("home.html", **_values(desk))


def entries(desk: Desk) -> Response:
    return desk.fragment("parts/entries.html", **_values(desk))


def _values(desk: Desk) -> dict[str, Any]:
    asked = desk.request.query_params
    team, mine = asked.get("team", "")[:40], asked.get("whose") == "mine"
    with desk.reading() as c:
        boxes = {row.name: members for row, members in service.teams_of(c, desk.staff.tenant_id)}
        own = service.mine(c, desk.staff.tenant_id, desk.staff.id, in_japan(desk.now).date())
        whose = own if mine else Mine(boxes[team], frozenset({team}), frozenset()) if team in boxes else None
        found = lists.places(c, desk.staff, whose)
        names = names_of_staff(c, desk.staff.tenant_id)
        groups = in_order(found, desk.now)
        only = asked.get("group", "") if asked.get("group", "") in groups else ""
        start = _start(asked.get("from", ""), len(groups[only])) if only else 0
        wanted = {only: groups[only][start : start + PAGE]} if only else {name: some[:FIRST] for name, some in groups.items()}
        told = iter(lists.told(c, desk.staff, [one for some in wanted.values() for one in some], names))
        shown = {name: list(islice(told, len(some))) for name, some in wanted.items()}
    whose_work = {"whose": "mine"} if mine else {"team": team} if team in boxes else {}
    return {
        "counts": {name: len(some) for name, some in groups.items()}, "shown": shown, "urgent": sum(len(groups[name]) for name in URGENT),
        "mine": mine, "boxes": sorted(boxes), "team": team if team in boxes else "", "standing_in": sorted(names[who] for who in own.standing_in),
        "only": only, "start": start, "first": FIRST, "page": PAGE, "base": f"/console?{urlencode(whose_work)}" if whose_work else "/console",
        "asked": "?" + urlencode(whose_work | ({"group": only, "from": start} if only else {})) if whose_work or only else "",
        "bounded": lists.MOST_TASKS if sum(len(one.tasks) for one in found) >= lists.MOST_TASKS else 0,
    }  # fmt: skip


def _start(typed: str, many: int) -> int:
    """Where a page of a group begins: the last page there is, where fewer wait by now."""
    wanted = int(typed[:6]) if typed.isascii() and typed.isdigit() else 0
    return min(wanted, max(many - 1, 0)) // PAGE * PAGE


PAGES = (
    Page("GET", "/console", home, EVERYBODY),
    Page("GET", "/console/live/entries", entries, OPENS_CASES, live=True),
)
