"""What came of a day: numbers per station, how long people waited, what was done. Pure over the rows of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from backend.booth import queue
from backend.db import Row


@dataclass(frozen=True, slots=True)
class AtStation:
    """One station's day. Minutes are whole, rounded; None where nobody was called."""

    station_id: str
    done: int
    handed_on: int
    absent: int
    waiting: int
    waited: int | None
    """Half of the people waited no longer than this."""
    longest: int | None
    took: int | None

    @property
    def met(self) -> int:
        return self.done + self.handed_on


@dataclass(frozen=True, slots=True)
class Day:
    """The whole day. `drawn` numbers; of them `finished`, `absent`, and `left` who still waited at its end."""

    drawn: int
    finished: int
    absent: int
    left: int
    with_case: int
    first_call: int | None
    """Minutes from drawing a number to being called for the first time, for half of the people."""
    stations: tuple[AtStation, ...]


def summary_of(stations: Sequence[Row], tickets: Sequence[Row], stops: Sequence[Row]) -> Day:
    """Sum up a day."""
    drawn = {one["id"]: one["taken_at"] for one in tickets}
    first: dict[str, datetime] = {}
    for stop in stops:
        first[stop["ticket_id"]] = min(first.get(stop["ticket_id"], stop["called_at"]), stop["called_at"])
    until_first = [minutes(drawn[ticket], called) for ticket, called in first.items() if ticket in drawn]
    states = [one["state"] for one in tickets]
    return Day(
        drawn=len(tickets), finished=states.count(queue.DONE), absent=states.count(queue.ABSENT),
        left=sum(state not in queue.ENDED for state in states), with_case=sum(bool(one["case_id"]) for one in tickets),
        first_call=_half(until_first), stations=tuple(_at(station["id"], tickets, stops) for station in stations),
    )  # fmt: skip


def _at(station_id: str, tickets: Sequence[Row], stops: Sequence[Row]) -> AtStation:
    here = [stop for stop in stops if stop["station_id"] == station_id]
    came = [stop for stop in here if stop["result"] != "absent"]
    waits = [minutes(stop["waited_from"], stop["called_at"]) for stop in came]
    results = [stop["result"] for stop in here]
    return AtStation(
        station_id, results.count("done"), results.count("handed_on"), results.count("absent"),
        sum(one["station_id"] == station_id and one["state"] not in queue.ENDED for one in tickets),
        _half(waits), max(waits, default=None), _half([minutes(stop["called_at"], stop["ended_at"]) for stop in came]),
    )  # fmt: skip


def minutes(begin: datetime, end: datetime) -> int:
    """Whole minutes between two moments, never less than none."""
    return max(0, round((end - begin).total_seconds() / 60))


def _half(values: list[int]) -> int | None:
    return round(median(values)) if values else None
