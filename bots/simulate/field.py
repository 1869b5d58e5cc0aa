"""The staff at work: they telephone, write letters and stand at doors, as the list of what waits says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import exists, select

from backend.campaigns.models import member
from backend.clock import in_japan
from backend.contacts import rules
from backend.contacts import service as contacts
from backend.contacts.consequences import CHECK
from backend.contacts.promises import PROMISE
from backend.contacts.service import Told
from backend.db import reading
from backend.followups.models import due
from backend.staff.roles import Staff
from backend.tasks import service as tasks
from backend.tasks.models import task
from backend.visits import service as requests
from backend.visits.models import visit_request
from bots.simulate.people import LOST, MOVED, Home, Ways
from bots.simulate.town import Town

PER_DAY = ((date(2021, 4, 1), 28), (date(2022, 4, 1), 22), (date.max, 10))
"""Homes visited a working day, until that day: Omuta's 2,723 visits of FY2020 in 98 working days, 3,528 and 762 in the years after."""
CALLS = 60


class Field:
    """Everybody who works for the town. `refused` is told of a household that wants no more messages."""

    def __init__(self, town: Town, ways: Ways, refused: Callable[[Home, bool], None]) -> None:
        self._town, self._ways, self._refused = town, ways, refused
        self._homes = {home.case_id: home for home in town.homes}
        self.visits = self.before_contact = 0
        self._share = len(town.homes) / 2847

    def works(self) -> None:
        """One working day: what waits longest first."""
        town, now = self._town, self._town.clock()
        visits = self._left(in_japan(now).date())
        calls = max(1, round(CALLS * self._share))
        turn = 0
        for row in self._waiting():
            home = self._homes.get(row.case_id)
            by = town.visitors[turn % len(town.visitors)]
            if home is None:
                tasks.finish(town.shell.engine, town.clock, row.id, town.planner.id)
                continue
            if self._needless(row, home):
                self._done(row, by)
                continue
            goes = row.kind == "visit" or (row.kind == "call" and row.topic == "promised")
            if (goes and visits <= 0) or (not goes and row.kind != "letter" and calls <= 0):
                continue
            visits, calls, turn = visits - goes, calls - (not goes), turn + 1
            self._does(row, home, by, goes)

    def rung(self, home: Home) -> None:
        """Somebody of a household telephones."""
        home.reached = True
        self._note(home, self._town.planner, "phone", rules.ANSWERED, None)

    def _left(self, day: date) -> int:
        return max(1, round(next(many for until, many in PER_DAY if day < until) * self._share))

    def _waiting(self) -> list[Any]:
        chosen = select(task).where(task.c.tenant_id == self._town.tenant_id, task.c.done_at.is_(None))
        with reading(self._town.shell.engine).connect() as c:
            rows = c.execute(chosen).all()
        return sorted(rows, key=lambda row: (row.due_at, self._homes[row.case_id].number if row.case_id in self._homes else -1, row.kind))

    def _needless(self, row: Any, home: Home) -> bool:
        """Nobody goes or telephones: the ladder asked for it, and they answered or died meanwhile; or it is looked up in the office."""
        return row.kind == CHECK or (row.topic in ("ladder", "alone") and (home.reached or home.over or home.refused))

    def _does(self, row: Any, home: Home, by: Staff, goes: bool) -> None:
        before = home.reached or home.refused or home.over
        if goes:
            self.visits += 1
            self.before_contact += not before
            self._note(home, by, "visit", home.opens(self._ways, in_japan(self._town.clock()).date()), row)
        elif row.kind == "letter":
            if answered := home.got_letter(self._ways):
                self._note(home, by, "letter", answered, row)
        else:
            self._note(home, by, "phone", home.called(self._ways), row)
        self._done(row, by)

    def _note(self, home: Home, by: Staff, channel: str, result: str, row: Any) -> None:
        town = self._town
        now = town.clock()
        contacts.note(town.shell.engine, town.clock, by, home.case_id,
                      Told(channel, result, now, next_on=self._next(home, result, in_japan(now).date(), row)))
        if result == rules.DIED:
            home.over = True
        if result == rules.REFUSED:
            self._refused(home, True)
        elif home.reached:
            self._refused(home, False)

    def _next(self, home: Home, result: str, day: date, row: Any) -> date | None:
        """The day that is agreed on with the household, or set because nothing else would bring anybody there again."""
        turn = home.visits + home.calls
        if result == rules.DIED:
            return None
        if result == rules.REFUSED:
            return day + home.days("refused", turn, 90, 200) if turn < 6 else None
        if result in (rules.MET, rules.ANSWERED):
            return day + home.days("follow", turn, 30, 180) if home.wants_more(self._ways) else None
        if home.kind in (MOVED, LOST):  # the ladder ends where somebody has moved: from here on a person keeps the date
            return day + home.days("traced", turn, 40, 110)
        if row is None or row.kind == "meeting" or not self._on_ladder(home):
            return day + home.days("again", turn, 50, 110)
        return None

    def _on_ladder(self, home: Home) -> bool:
        going = exists().where(member.c.case_id == home.case_id, member.c.state == "going")
        promised = exists().where(due.c.kind == PROMISE, due.c.subject == home.case_id)
        with reading(self._town.shell.engine).connect() as c:
            return bool(c.execute(select(going | promised)).scalar_one())

    def _done(self, row: Any, by: Staff) -> None:
        """Off the list; with the wish for a visit that stands behind it."""
        town = self._town
        if row.visit_request_id is not None:
            with reading(town.shell.engine).connect() as c:
                asked = c.execute(select(visit_request).where(visit_request.c.id == row.visit_request_id)).one()
            if asked.state in ("open", "planned"):
                requests.mark(town.shell.engine, town.clock, asked.id, by.id, "done", "", asked.version)
        tasks.finish(town.shell.engine, town.clock, row.id, by.id)
