"""Campaigns and what came of them, in numbers; paused, ended, and everything automatic stopped at once. They are planned, begun and
approved by people, on the page: nothing goes out because a program asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.campaigns import figures, service, switch
from backend.db import Row
from backend.staff.roles import PLANS_OUTREACH


def listed(asked: Asked) -> dict[str, Any]:
    """The newest hundred, each with how many households it has."""
    with asked.reading() as c:
        rows = figures.of_tenant(c, asked.staff.tenant_id)
    return {"items": [{**_brief(row), "households": row["households"]} for row in rows], "next": ""}


def read(asked: Asked) -> dict[str, Any]:
    """Households by state and by the reason they ended, messages by state, what waits as a task."""
    with asked.reading() as c:
        row = service.find(c, asked.staff, asked.path("id"))
        found = figures.figures(c, row["id"])
    return {
        **_brief(row), "audience": row["audience"], "ladder": row["ladder"], "households": found.total, "answered": found.answered,
        "waiting": found.waiting, "by_state": dict(found.members), "by_rung": dict(found.rungs), "by_reason": dict(found.reasons),
        "messages": dict(found.messages), "skipped": dict(found.skipped), "tasks": dict(found.tasks),
    }  # fmt: skip


def pause(asked: Asked) -> dict[str, Any]:
    return _moved(asked, service.pause)


def end(asked: Asked) -> dict[str, Any]:
    """For good."""
    return _moved(asked, service.end)


def stop(asked: Asked) -> dict[str, Any]:
    """Campaigns, reminders, deadlines and news of the municipality; a person lets them go on. Crisis words and answers are not stopped."""
    return {"called_back": switch.stop(asked.shell.engine, asked.shell.clock, asked.staff)}


def _moved(asked: Asked, act: Callable[..., None]) -> dict[str, Any]:
    act(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), asked.version())
    return read(asked)


def _brief(row: Row) -> dict[str, Any]:
    moments = {name: moment(row[name]) for name in ("made_at", "asked_at", "approved_at", "began_at", "ended_at")}
    return {**{name: row[name] for name in ("id", "name", "kind", "state", "pace", "paused_why", "version")}, **moments}


CALLS = (
    Call("GET", "/campaigns", listed, "campaigns:read", PLANS_OUTREACH, "Campaigns, newest first"),
    Call("GET", "/campaigns/{id}", read, "campaigns:read", PLANS_OUTREACH, "One campaign and what came of it"),
    Call("POST", "/campaigns/{id}/pause", pause, "campaigns:write", PLANS_OUTREACH, "Let nothing more of it go out", versioned=True),
    Call("POST", "/campaigns/{id}/end", end, "campaigns:write", PLANS_OUTREACH, "End it", versioned=True),
    Call("POST", "/outreach/stop", stop, "campaigns:write", PLANS_OUTREACH, "Stop everything automatic"),
)
