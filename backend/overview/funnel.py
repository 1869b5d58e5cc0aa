"""known → reached → assessed → consented → plan → supported → closed: what of it may be shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.overview.small import hidden_alone, hide
from backend.overview.tally import STAGES


@dataclass(frozen=True, slots=True)
class Funnel:
    """`whole` and each row: stage -> households, None where hidden. `rows` by group value, "" for none (or protected)."""

    whole: Mapping[str, int | None]
    rows: Mapping[str, Mapping[str, int | None]]


def printed(counts: Mapping[str, Mapping[str, int]], order: Sequence[str] = ()) -> Funnel:
    """What may be shown: every stage is a line over the groups, with its total. Groups of `order` come first."""
    names = [*(name for name in order if name in counts), *sorted(set(counts) - set(order))]
    rows: dict[str, dict[str, int | None]] = {name: {} for name in names}
    whole: dict[str, int | None] = {}
    for stage in STAGES:
        line = hide({name: counts[name][stage] for name in names})
        # The whole is shown with other groupings too: whether it may be seen rests on nothing but itself.
        whole[stage] = hidden_alone(sum(counts[name][stage] for name in names))
        for name in names:
            rows[name][stage] = line[name]
    return Funnel(whole, rows)
