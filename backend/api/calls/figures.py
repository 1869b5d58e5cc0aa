"""Figures as they may leave the office: the same tables as the overview page, small counts hidden (null)."""

from __future__ import annotations

from typing import Any

from backend.api.call import Asked, Call
from backend.api.problems import Problem
from backend.clock import in_japan
from backend.overview import figures, funnel
from backend.overview.figures import Figures, Span
from backend.overview.printed import printed
from backend.overview.spans import settled
from backend.overview.tally import GROUPS, Tally
from backend.staff.roles import OPENS_CASES, SEES_FIGURES


def read_funnel(asked: Asked) -> dict[str, Any]:
    """Households that became known in a span, and how far they have come; `by` district, category or language."""
    by = asked.query("by") or "district"
    if by not in GROUPS:
        raise Problem("invalid", errors=[{"field": "by", "kind": "district|category|language"}])
    there, tally = _counted(asked, _span(asked))
    _taken(asked, "funnel", there.span, by)
    found, since = funnel.printed(tally.counted(by)), there.span.since
    return {"since": since.isoformat() if since else None, "until": there.span.until.isoformat(), "by": by, "whole": dict(found.whole),
            "rows": [{"group": name, **row} for name, row in found.rows.items()]}  # fmt: skip


def read_outreach(asked: Asked) -> dict[str, Any]:
    """Omuta's tables: approaches until first contact, by channel, by fiscal year, and how households stood at its end."""
    there, tally = _counted(asked, Span(None, _span(asked).until))
    until, made = there.span.until, tally.tables(there.span.until)
    _taken(asked, "outreach", there.span, "")
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


def again(asked: Asked) -> dict[str, Any]:
    """Count anew what is not old yet; ask for the figures then."""
    span = _span(asked)
    figures.of(asked.shell.engine, asked.staff.tenant_id, span, asked.now, staff_id=asked.staff.id, newer=True)
    return {"since": span.since.isoformat() if span.since else None, "until": span.until.isoformat()}


def _counted(asked: Asked, span: Span) -> tuple[Figures, Tally]:
    """The same count as the page's. A million households take the worker some seconds the first time: ask again then."""
    found = figures.of(asked.shell.engine, asked.staff.tenant_id, span, asked.now, staff_id=asked.staff.id)
    if found.tally is None:
        done, total = (found.progress.done, found.progress.total) if found.progress else (0, 0)
        raise Problem("refused", {"Retry-After": "30"}, why="counting", done=done, total=total)
    return found, found.tally


def _taken(asked: Asked, table: str, span: Span, by: str) -> None:
    with asked.writing() as c:
        figures.taken(c, asked.staff, table, span, by, asked.now)


def _span(asked: Asked) -> Span:
    """Whole months and weeks for whoever sees figures alone, as on the page."""
    today = in_japan(asked.now).date()
    since, until = asked.day("since"), min(asked.day("until") or today, today)
    if asked.staff.role not in OPENS_CASES:
        since, until = settled(since, until, today)
    if until.year < 2000 or (since is not None and since > until):
        raise Problem("invalid", errors=[{"field": "until", "kind": "before since"}])
    return Span(since, until)


CALLS = (
    Call("POST", "/figures/again", again, "figures:read", SEES_FIGURES, "Count the figures anew", queries=("since", "until")),
    Call("GET", "/figures/funnel", read_funnel, "figures:read", SEES_FIGURES, "From known to closed", queries=("since", "until", "by")),
    Call("GET", "/figures/outreach", read_outreach, "figures:read", SEES_FIGURES, "Omuta's outreach tables", queries=("until",)),
)
