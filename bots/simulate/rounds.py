"""Who is visited when: the planner takes the software's own proposal for next week, and what a day cannot hold goes to the next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from backend.calendar import Calendar
from backend.clock import in_japan
from backend.db import reading
from backend.visits import planning
from backend.visits.models import visit
from backend.visits.plan import HALVES, Route, propose
from backend.visits.plan import Home as Waits
from backend.visits.planning import Decided
from backend.visits.waiting import Waiting, pressing, told
from bots.simulate.people import Home
from bots.simulate.town import Town, district_of

PER_DAY = ((date(2021, 8, 1), 28), (date(2022, 4, 1), 16), (date.max, 10))
"""Homes visited a working day at the most, until that day: Omuta's 2,723 visits of FY2020 in 98 working days, and 1,083 first contacts
from April to July 2021, when the second round was walked; after it there were fewer."""
MOST_READ = 1500
"""Homes that the planner looks through each week."""
RESTS = ((date(2021, 4, 1), 130), (date.max, 45))
"""Days until somebody stands again at a door that stayed shut, until that day: the second round begins when the first is nearly over."""
LATER_REST = 400
"""The same for a door that stayed shut twice: telephone and letter come between."""


class Rounds:
    """The days of those who visit. What is planned is planned a week ahead, as far as a week's days have room."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._homes = {home.case_id: home for home in town.homes}
        self._office = Calendar()
        self._share = len(town.homes) / 2847
        self._until = date.min

    def plan(self, today: date, agreed: Collection[str]) -> set[str]:
        """On the last working day of a week: fill the next one's days. `agreed`: cases where a visit was agreed on beside the list.

        Returns those of them that have a day.
        """
        tomorrow = self._office.working_days_after(today, 1)
        if tomorrow <= self._until:
            return set()
        first, last = (today if self._until == date.min else tomorrow), tomorrow + timedelta(days=6 - tomorrow.weekday())
        self._until = last
        town = self._town
        with reading(town.shell.engine).connect() as c:
            found = pressing(c, town.planner, first, most=MOST_READ)
            standing = set(c.execute(select(visit.c.case_id).where(visit.c.state == planning.PLANNED)).scalars())
            counted = dict(planning.days(c, town.planner, first))
        wanted = [one for one in found if one.home.case_id not in standing and (one.home.case_id in agreed or self._goes(one, today))]
        with reading(town.shell.engine).connect() as c:
            homes = [one.home for one in told(c, wanted)]
        there = {home.case_id for home in homes} | standing
        homes += [Waits(id, district_of(self._homes[id].number, len(self._homes)), reasons=("promised",)) for id in agreed if id not in there]
        day, put = first, set[str]()
        while day <= last and homes:
            if self._office.is_working_day(day):
                chosen = self._day(day, homes, self.room(day) - counted.get(day, 0))
                put |= chosen
                homes = [home for home in homes if home.case_id not in chosen]
            day += timedelta(days=1)
        return {id for id in agreed if id in put or id in standing}

    def ends_week(self, day: date) -> bool:
        return self._office.working_days_after(day, 1).isocalendar().week != day.isocalendar().week

    def room(self, day: date) -> int:
        """Homes that are visited on a day."""
        return max(1, round(next(many for until, many in PER_DAY if day < until) * self._share))

    def of_today(self) -> list[Any]:
        """The day sheets, pair by pair in walking order; what is too much for the day is moved to the next."""
        town, today = self._town, in_japan(self._town.clock()).date()
        with reading(town.shell.engine).connect() as c:
            rows = [row for row in planning.of_day(c, town.planner, today) if row.state == planning.PLANNED]
        late = sorted(rows, key=lambda row: (row.made_at, self._homes[row.case_id].number))[self.room(today):]
        tomorrow = self._office.working_days_after(today, 1)
        for row in late:
            planning.move(town.shell.engine, town.clock, town.planner, row.id, row.version, Decided(
                row.case_id, row.first_worker, row.second_worker, row.place_in_day, from_time=row.from_time, until_time=row.until_time), tomorrow)
        gone = {row.id for row in late}
        return [row for row in rows if row.id not in gone]

    def go(self, home: Home, day: date) -> None:
        """Somebody decides that this home is visited on a day, though nobody asked and the ladder is over."""
        town = self._town
        planning.decide(town.shell.engine, town.clock, town.planner, day, [Decided(home.case_id, town.visitors[0].id, town.visitors[1].id)])

    def working(self, day: date) -> date:
        """`day`, or the next on which anybody works."""
        return self._office.working_days_after(day - timedelta(days=1), 1)

    def _goes(self, one: Waiting, today: date) -> bool:
        """Whether somebody need go there now. Who was reached in another way meanwhile is taken off the list."""
        home = self._homes[one.home.case_id]
        if one.why == "request" or home.other_day:
            return True
        if home.reached or home.over or home.refused:
            planning.take_off(self._town.shell.engine, self._town.clock, self._town.planner, one.home.visit_id, one.version)
            return False
        if one.why != "again":
            return True
        rest = LATER_REST if home.visits > 1 else next(days for until, days in RESTS if today < until)
        return in_japan(one.since).date() + home.days("rest", home.visits, rest, rest + 20) <= today

    def _day(self, day: date, homes: Sequence[Waits], room: int) -> set[str]:
        visitors = [one.id for one in self._town.visitors]
        if room < 1:
            return set()
        routes = propose(homes, visitors, day, -(-room // (len(visitors) // 2)))
        chosen = [one for route in routes for one in _decided(route)][:room]
        planning.decide(self._town.shell.engine, self._town.clock, self._town.planner, day, chosen)
        return {one.case_id for one in chosen}


def _decided(route: Route) -> list[Decided]:
    return [Decided(stop.home.case_id, route.first, route.second, place, stop.home.visit_id, stop.home.request_id,
                    *HALVES.get(stop.half, ("", "")), stop.home.interpreter) for place, stop in enumerate(route.stops, 1)]
