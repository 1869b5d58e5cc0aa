"""The list: what waits for a person on top."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from backend.console import lists
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.queue import GROUPS, in_order
from backend.staff.roles import ADMINISTRATOR, AUDITOR, EVERYBODY, OPENS_CASES, PARTNER

_HOME = {ADMINISTRATOR: "/console/settings", AUDITOR: "/console/audit", PARTNER: "/console/referred"}
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
    mine = desk.request.query_params.get("whose") == "mine"
    with desk.reading() as c:
        found = lists.entries(c, desk.staff)
    if mine:
        found = [entry for entry in found if desk.staff.name in (entry.assigned, entry.held) or entry.dangers]
    groups = in_order(found, desk.now)
    urgent = sum(len(groups[name]) for name in GROUPS if name in ("danger", "overdue", "today"))
    return {"groups": groups, "urgent": urgent, "mine": mine}


PAGES = (
    Page("GET", "/console", home, EVERYBODY),
    Page("GET", "/console/live/entries", entries, OPENS_CASES, live=True),
)
