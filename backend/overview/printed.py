"""What of Omuta's tables may leave the office: every line with its small counts hidden, and lines that share a sum together.

The tables hang together: first contacts are the sum by tries, by channel, by period, and of the states assessed, refused
and died; the households never contacted are the rest. Each of these sums is decided once, for all lines that add up to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from backend.overview.omuta import STATES, TRIES, Standing, Tables
from backend.overview.small import Line, hide

CONTACTED = ("assessed", "refused", "died")
NOT_CONTACTED = ("absent", "unknown", "vacant", "not_reached")


@dataclass(frozen=True, slots=True)
class PrintedStanding:
    """`states` in the order of `STATES`; `reached` and `not_reached` None where they would give a small count away."""

    until: date
    known: int | None
    reached: int | None
    states: Mapping[str, int | None]
    not_reached: int | None
    visits: int


@dataclass(frozen=True, slots=True)
class Printed:
    """`first` is how many were contacted at all, and the total of `channels` and `periods`."""

    households: int | None
    first: int | None
    tries: Mapping[str, int | None]
    channels: Mapping[str, int | None]
    periods: Mapping[tuple[date, date], int | None]
    standings: tuple[PrintedStanding, ...]


def printed(tables: Tables) -> Printed:
    """Every table as it may be printed."""
    never = tables.tries["never"]
    both = hide({"first": tables.households - never, "never": never})
    shut = both["first"] is None
    tries = hide({name: tables.tries[name] for name in TRIES if name != "never"}, total_is_hidden=shut)
    return Printed(
        both.total, both["first"], {**tries.cells, "never": both["never"]},
        hide(tables.channels, total_is_hidden=shut).cells, hide(tables.periods, total_is_hidden=shut).cells,
        tuple(_standing(one) for one in tables.standings),
    )


def _standing(one: Standing) -> PrintedStanding:
    counts = {**one.states, "not_reached": one.known - one.reached}
    sums = hide({"yes": sum(counts[name] for name in CONTACTED), "no": sum(counts[name] for name in NOT_CONTACTED)})
    lines: list[Line[str]] = [
        hide({name: counts[name] for name in names}, total_is_hidden=sums[key] is None)
        for key, names in (("yes", CONTACTED), ("no", NOT_CONTACTED))
    ]
    cells = {**lines[0].cells, **lines[1].cells}
    known = sums.total
    rest = cells["not_reached"]
    reached = known - rest if known is not None and rest is not None else None
    return PrintedStanding(one.until, known, reached, {name: cells[name] for name in STATES}, rest, one.visits)
