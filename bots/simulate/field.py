"""The staff at work: they telephone, write letters, and stand at the doors of their day sheet."""

from __future__ import annotations

from collections import defaultdict
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
from backend.visits.models import visit
from backend.visits.reporting import AtTheDoor, report
from bots.simulate.people import Home, Ways
from bots.simulate.post import Post
from bots.simulate.rounds import Rounds
from bots.simulate.town import Town

CALLS = 60
"""Calls a working day."""
SURVEY = {"living_now": "home", "rebuild_method": "repair"}
"""What is filled in at the door, at the first talk with every tenth household: each lets all programs be looked at again, half of the
time of a report."""
TENTH = 10


class Field:
    """Everybody who works for the town. `refused` is told of a household that wants no more messages."""

    def __init__(self, town: Town, ways: Ways, refused: Callable[[Home, bool], None]) -> None:
        self._town, self._ways, self._refused = town, ways, refused
        self._homes = {home.case_id: home for home in town.homes}
        self._visitors = {one.id: one for one in town.visitors}
        self._rounds, self._post = Rounds(town), Post(town)
        self._mail: dict[date, list[Home]] = defaultdict(list)
        """Answers that are on their way."""
        self.visits = self.before_contact = 0
        self._share = len(town.homes) / 2847

    def works(self) -> None:
        """One working day: the desk, next week's plan, the doors."""
        today = in_japan(self._town.clock()).date()
        for home in self._mail.pop(today, ()):
            if not (home.reached or home.refused or home.over):
                home.reached = True
                self._note(home, self._town.planner, "letter", rules.ANSWERED, None)
        agreed = self._desk(today)
        put = self._rounds.plan(today, list(agreed))
        for case_id, row in agreed.items():
            if case_id in put:
                self._done(row, self._town.planner)
        for row in self._rounds.of_today():
            self._at_door(row, today)

    def rung(self, home: Home) -> None:
        """Somebody of a household telephones."""
        home.reached = True
        self._note(home, self._town.planner, "phone", rules.ANSWERED, None)

    # --- at the desk ------------------------------------------------------------------------------------------

    def _desk(self, today: date) -> dict[str, Any]:
        """Calls and letters, what waits longest first; the rows by case where somebody is to go instead."""
        town = self._town
        calls = max(1, round(CALLS * self._share))
        agreed: dict[str, Any] = {}
        write: list[str] = []
        for turn, row in enumerate(self._waiting()):
            home, by = self._homes.get(row.case_id), town.visitors[turn % len(town.visitors)]
            if home is None or home.over or (row.kind == CHECK and (row.topic != "moved" or home.reached)) or self._needless(row, home):
                self._done(row, by)
            elif row.kind == CHECK:
                if in_japan(row.made_at).date() + home.days("traced", home.visits, 40, 110) <= today:
                    agreed[home.case_id] = row  # the office found out where they are
            elif row.kind == "call" and row.topic == "promised":
                agreed[home.case_id] = row
            elif row.kind == "letter":
                write.append(home.case_id)
            elif calls > 0:
                calls -= 1
                self._note(home, by, "phone", home.called(self._ways), row)
                self._done(row, by)
        if write and self._rounds.ends_week(today):
            for home in map(self._homes.__getitem__, self._post.goes(write)):
                if home.got_letter(self._ways):
                    self._mail[self._rounds.working(today + home.days("mail", home.letters, 4, 14))].append(home)
        return agreed

    def _waiting(self) -> list[Any]:
        """Open tasks but the visits: those end with what is told of the visit."""
        chosen = select(task.c.id, task.c.kind, task.c.topic, task.c.case_id, task.c.made_at, task.c.due_at).where(
            task.c.tenant_id == self._town.tenant_id, task.c.done_at.is_(None), task.c.kind != "visit")
        with reading(self._town.shell.engine).connect() as c:
            rows = c.execute(chosen).all()
        return sorted(rows, key=lambda row: (row.due_at, self._homes[row.case_id].number if row.case_id in self._homes else -1, row.kind))

    def _needless(self, row: Any, home: Home) -> bool:
        """Nobody telephones or writes: the ladder asked for it, and they answered meanwhile."""
        return row.topic in ("ladder", "alone") and (home.reached or home.refused)

    def _note(self, home: Home, by: Staff, channel: str, result: str, row: Any) -> None:
        town = self._town
        now = town.clock()
        contacts.note(town.shell.engine, town.clock, by, home.case_id,
                      Told(channel, result, now, next_on=self._after_call(home, result, in_japan(now).date(), row)))
        self._heed(home, result)

    def _after_call(self, home: Home, result: str, today: date, row: Any) -> date | None:
        """The day that is agreed on, or set because nothing else would bring anybody there again."""
        if result in (rules.MET, rules.ANSWERED, rules.REFUSED):
            return self._next(home, result, today)
        if row is not None and (row.kind == "meeting" or not self._goes_on(home)):
            return today + home.days("again", home.visits + home.calls, 50, 110)
        return None

    # --- at the doors -----------------------------------------------------------------------------------------

    def _at_door(self, row: Any, today: date) -> None:
        town, home = self._town, self._homes[row.case_id]
        before = home.reached or home.refused or home.over
        result = home.opens(self._ways, today)
        home.other_day = False
        self.visits += 1
        self.before_contact += not before
        report(town.shell.engine, town.clock, self._visitors[row.first_worker], row.id, AtTheDoor(
            f"door{row.id}", row.version, result, town.clock(), next_on=self._next(home, result, today),
            answers=SURVEY if result == rules.MET and not before and home.number % TENTH == 0 else {}))
        self._heed(home, result)
        if result == rules.VACANT and not self._goes_on(home):
            self._rounds.go(home, self._rounds.working(today + home.days("again", home.visits, 50, 110)))

    def _next(self, home: Home, result: str, today: date) -> date | None:
        """When a household is visited again that was spoken with."""
        turn = home.visits + home.calls
        if result == rules.REFUSED and turn < 6:
            return self._rounds.working(today + home.days("refused", turn, 90, 200))
        if result in (rules.MET, rules.ANSWERED) and home.wants_more(self._ways):
            return self._rounds.working(today + home.days("follow", turn, 60, 240))
        return None

    def _heed(self, home: Home, result: str) -> None:
        if result == rules.DIED:
            home.over = True
        if result == rules.REFUSED:
            self._refused(home, True)
        elif home.reached:
            self._refused(home, False)

    def _goes_on(self, home: Home) -> bool:
        """Whether anything will bring somebody to this home: the ladder, a promise, a visit."""
        going = exists().where(member.c.case_id == home.case_id, member.c.state == "going")
        promised = exists().where(due.c.kind == PROMISE, due.c.subject == home.case_id)
        wanted = exists().where(visit.c.case_id == home.case_id, visit.c.state.in_(("wanted", "planned")))
        traced = exists().where(task.c.case_id == home.case_id, task.c.kind == CHECK, task.c.done_at.is_(None))
        with reading(self._town.shell.engine).connect() as c:
            return bool(c.execute(select(going | promised | wanted | traced)).scalar_one())

    def _done(self, row: Any, by: Staff) -> None:
        tasks.finish(self._town.shell.engine, self._town.clock, row.id, by.id)
