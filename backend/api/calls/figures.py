"""Figures as they may leave the office: the same tables as the overview page, small counts hidden (null)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from backend.api.call import Asked, Call
from backend.api.problems import Problem
from backend.clock import JST, in_japan
from backend.overview import funnel, load
from backend.overview.printed import printed
from backend.overview.spans import settled
from backend.staff.roles import OPENS_CASES, SEES_FIGURES


def read_funnel(asked: Asked) -> dict[str, Any]:
    """Households that became known in a span, and how far they have come; `by` district, category or language."""
    by = asked.query("by") or "district"
    if by not in funnel.GROUPS:
        raise Problem("invalid", errors=[{"field": "by", "kind": "district|category|language"}])
    since, until = _span(asked)
    with asked.reading() as c:
        counts = funnel.counted(c, asked.staff.tenant_id, _midnight(since) if since else None, _midnight(until + timedelta(days=1)), by)
    found = funnel.printed(counts)
    return {"since": since.isoformat() if since else None, "until": until.isoformat(), "by": by, "whole": dict(found.whole),
            "rows": [{"group": name, **row} for name, row in found.rows.items()]}  # fmt: skip


def read_outreach(asked: Asked) -> dict[str, Any]:
    """Omuta's tables: approaches until first contact, by channel, by fiscal year, and how households stood at its end."""
    _, until = _span(asked)
    with asked.reading() as c:
        made = load.outreach(c, asked.staff.tenant_id, _midnight(until + timedelta(days=1)))
    if made is None:
        return {"until": until.isoformat(), "households": 0, "tries": {}, "channels": {}, "periods": [], "standings": []}
    shown = printed(made)
    return {
        "until": until.isoformat(), "households": shown.households, "tries": dict(shown.tries), "channels": dict(shown.channels),
        "periods": [{"from": a.isoformat(), "to": b.isoformat(), "count": count} for (a, b), count in shown.periods.items()],
        "standings": [
            {"until": one.until.isoformat(), "known": one.known, "reached": one.reached, **one.states, "visits": one.visits}
            for one in shown.standings
        ],
    }  # fmt: skip


def _span(asked: Asked) -> tuple[date | None, date]:
    """Whole months and weeks for whoever sees figures alone, as on the page."""
    today = in_japan(asked.now).date()
    since, until = asked.day("since"), min(asked.day("until") or today, today)
    if asked.staff.role not in OPENS_CASES:
        since, until = settled(since, until, today)
    if until.year < 2000 or (since is not None and since > until):
        raise Problem("invalid", errors=[{"field": "until", "kind": "before since"}])
    return since, until


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=JST)


CALLS = (
    Call("GET", "/figures/funnel", read_funnel, "figures:read", SEES_FIGURES, "From known to closed", queries=("since", "until", "by")),
    Call("GET", "/figures/outreach", read_outreach, "figures:read", SEES_FIGURES, "Omuta's outreach tables", queries=("until",)),
)
