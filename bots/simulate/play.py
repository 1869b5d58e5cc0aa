"""The clock that jumps from due to due: everything a worker does is done at each moment at which something happens."""

from __future__ import annotations

import heapq
import itertools
import logging
import multiprocessing
import sys
import tempfile
import time as real_time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from backend.calendar import Calendar
from backend.campaigns import service, switch
from backend.campaigns.audience import Audience, preview
from backend.campaigns.calling_back import KEY
from backend.campaigns.enrol import enrol
from backend.campaigns.ladder import (
    CHAT,
    LETTER,
    MEETING,
    OTHER,
    PHONE,
    REMIND,
    VISIT,
    Hours,
    Ladder,
    Ladders,
    Rung,
)
from backend.campaigns.models import approach, campaign
from backend.campaigns.pacing import TICK, send_some
from backend.campaigns.results import harvest
from backend.campaigns.service import ENROL, Plan
from backend.clock import JST, in_japan
from backend.contacts.models import contact
from backend.db import reading
from backend.followups.models import due
from backend.followups.run import run_due
from backend.jobs.run import run_slice
from backend.journal.ingest import Ingest
from backend.journal.models import outbox
from backend.journal.outbox import lease, mark
from backend.journal.process import process
from backend.messages import Accepted, Delivery, OutMessage, SendResult
from backend.overview.omuta import Approach, Tables, tables
from bots.simulate import published
from bots.simulate.field import Field
from bots.simulate.people import Home, Ways, homes
from bots.simulate.pretend import PretendLine, PretendSms
from bots.simulate.residents import Residents
from bots.simulate.town import SECRET, Town, build, district_of
from bots.simulate.watch import Watch
from bots.worker import due_handlers, hearer

_DOORS = (
    Rung(VISIT, 75), Rung(PHONE, 80), Rung(VISIT, 80), Rung(LETTER, 85), Rung(PHONE, 70), Rung(VISIT, 30), Rung(PHONE, 30), Rung(MEETING, 20),
)  # fmt: skip
"""Slow, as Omuta was: of the first contacts after the first approach, 862 came by another visit, 335 by telephone, 45 by letter."""
BY_FOOT = Ladders(Ladder((Rung(VISIT, 0), *_DOORS)))
"""As Omuta did it: the first approach is somebody at the door."""
WITH_CHAT = Ladders(Ladder((Rung(CHAT, 0), Rung(REMIND, 3), Rung(OTHER, 4), Rung(PHONE, 3), Rung(VISIT, 3), *_DOORS)))
"""The same, with a message, a reminder, an SMS and a call before it."""
PACE = 36_000
EVERY = 7
"""Days from one district's campaign to the next: 418 homes of 2,847 had not been visited by the end of FY2020."""
QUARTER = timedelta(minutes=15)
STOPPED = (timedelta(days=63), timedelta(days=66))
"""After so long somebody throws the switch, and releases it."""


@dataclass(slots=True)
class Outcome:
    """What came of one run. `before`: visits until the first contact; `chats`: households that answered in the chat."""

    tables: Tables
    visits: int
    before: int
    chats: int = 0
    through: int = 0
    messages: int = 0
    sms: int = 0
    calls: int = 0
    letters: int = 0
    jumps: int = 0
    seconds: float = 0.0
    log: list[tuple[int, str, str, str]] = field(default_factory=list)
    """(household, day, channel, result) of every contact: the same for the same seed."""


@contextmanager
def played(seed: str, households: int, months: int, *, chat: bool, ways: Ways | None = None, secret: str = SECRET,
           progress: Callable[[str], None] = lambda _: None) -> Iterator[tuple[Outcome, Town]]:
    """Play it, and keep the town until the block ends. Raises `watch.Broken`."""
    ways = ways or Ways()
    with tempfile.TemporaryDirectory(prefix="tsunagi-simulated-") as folder:
        town = build(Path(folder), list(homes(seed, households, ways)), secret=secret)
        try:
            yield _Play(town, ways, months, chat, progress).run(), town
        finally:
            town.shell.engine.dispose()


def both(seed: str, households: int, months: int) -> tuple[Outcome, Outcome]:
    """The same town without chat and with it, in a process each; how far they are goes to standard error. Raises `watch.Broken`."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        two = [pool.submit(_one_of_both, seed, households, months, chat) for chat in (False, True)]
        try:
            for one in as_completed(two):
                one.result()
        except BaseException:
            for process in multiprocessing.active_children():  # a rule that breaks in one ends the other as well
                process.terminate()
            raise
    return two[0].result(), two[1].result()


def _one_of_both(seed: str, households: int, months: int, chat: bool) -> Outcome:
    logging.disable(logging.WARNING)
    name = "with chat   " if chat else "without chat"
    with played(seed, households, months, chat=chat, progress=lambda line: on_stderr(f"{name}  {line}")) as (came, _):
        return came


class _Play:
    def __init__(self, town: Town, ways: Ways, months: int, chat: bool, progress: Callable[[str], None]) -> None:
        self._town, self._chat, self._progress = town, chat, progress
        self._ways, self._clock, self._engine = ways, town.clock, town.shell.engine
        self._watch = Watch(town, Hours(Calendar()))
        self._line, self._sms = PretendLine(self._sent), PretendSms(self._sent)
        self._residents = Residents(self._line, self._watch, ways)
        self._field = Field(town, ways, self._refuses)
        self._handlers, self._hear = due_handlers(town.shell), hearer(town.shell)
        self._ingest = Ingest(self._engine, self._clock)
        self._by_address = {home.address: home for home in town.homes if home.address}
        self._by_phone = {f"+81{home.phone.replace('-', '')[1:]}": home for home in town.homes if home.mobile}
        self._plans: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._begun, self._texts, self._messages = 0, 0, 0
        self._start = datetime.combine(published.BEGAN, time(8, 0), JST)
        day = published.BEGAN.replace(day=1)
        last = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
        self._end = datetime.combine(last, time(0, 0), JST)

    def run(self) -> Outcome:
        began = real_time.monotonic()
        self._calendar()
        jumps = 0
        month = None
        while (moment := self._next()) < self._end:
            self._clock.at = max(moment, self._clock.at)
            while self._plans and self._plans[0][0] <= self._clock.at:
                heapq.heappop(self._plans)[2]()
            self._work()
            jumps += 1
            local = in_japan(self._clock.at)
            if month != (local.year, local.month):
                month = (local.year, local.month)
                self._watch.look(self._begun)
                self._progress(f"{local:%Y-%m}  {self._field.visits} visits, {self._messages + self._texts} messages, "
                               f"{sum(home.reached for home in self._town.homes)} reached")
        self._clock.at = self._end
        self._watch.look(self._begun)
        return self._outcome(jumps, real_time.monotonic() - began)

    # --- what happens when ------------------------------------------------------------------------------------

    def _calendar(self) -> None:
        """Campaigns district by district, the staff's days, and a switch that is thrown."""
        districts = list(dict.fromkeys(_districts(self._town)))
        for place, name in enumerate(districts):
            self._plan(self._start + timedelta(days=EVERY * place, hours=1), partial(self._begin, name))
        day = published.BEGAN
        office = Calendar()
        while datetime.combine(day, time(10, 0), JST) < self._end:
            if office.is_working_day(day):
                self._plan(datetime.combine(day, time(10, 0), JST), self._field.works)
            day += timedelta(days=1)
        if self._start + STOPPED[1] < self._end:
            self._plan(self._start + STOPPED[0] + timedelta(hours=2), self._stop)
            self._plan(self._start + STOPPED[1] + timedelta(hours=2), self._release)

    def _plan(self, at: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._plans, (at, next(self._order), do))

    def _begin(self, district: str) -> None:
        town, sms = self._town, bool(self._town.shell.settings.sms_url)
        plan = Plan(district, audience=Audience(districts=(district,)), ladders=WITH_CHAT if self._chat else BY_FOOT, pace=PACE)
        id = service.draw_up(self._engine, self._clock, town.planner, plan)
        with reading(self._engine).connect() as c:
            counted = preview(c, town.tenant_id, plan.audience, self._clock(), sms=sms).counted
        if service.ask(self._engine, self._clock, town.planner, id, counted, 1) == "asked":
            service.approve(self._engine, self._clock, town.second, id, 2)
        while run_slice(town.shell, {ENROL: enrol}):
            pass
        self._begun += 1

    def _stop(self) -> None:
        switch.stop(self._engine, self._clock, self._town.second)
        self._watch.stopped = True

    def _release(self) -> None:
        switch.release(self._engine, self._clock, self._town.tenant_id, self._town.second.id)
        self._watch.stopped = False

    def _next(self) -> datetime:
        """The next moment at which anything happens; what comes within a quarter of an hour is done together."""
        with reading(self._engine).connect() as c:
            found = [c.execute(one).scalar_one_or_none() for one in (_DUE, _WAITS, _PLANNED)]
        moments = [one for one in found if one is not None]
        rounded = min((_up(max(one, self._clock.at)) for one in moments), default=self._end)
        if rounded <= self._clock.at:  # due now and not done: the handler waits for something else
            rounded = self._clock.at + QUARTER
        return min(rounded, self._plans[0][0] if self._plans else self._end)

    # --- what a worker does -----------------------------------------------------------------------------------

    def _work(self) -> None:
        shell = self._town.shell
        while True:
            while run_due(self._engine, self._clock, self._handlers):
                pass
            done = self._turns()
            queued = send_some(self._engine, self._clock, shell.words, sms=bool(shell.settings.sms_url))
            sent = self._deliver()
            events = self._residents.answer(self._clock.at)
            if events:
                self._clock.at += timedelta(seconds=20)
                self._ingest.put_now(events)
            elif queued:
                self._clock.at += TICK
            elif not done and not sent:
                return

    def _turns(self) -> int:
        done = 0
        while many := process(self._engine, {"line": self._line, "sms": self._sms}, self._hear, self._clock):
            done += many
        return done

    def _deliver(self) -> int:
        sent = 0
        capabilities = {"line": self._line.capabilities, "sms": self._sms.capabilities}
        while leased := lease(self._engine, self._clock, 256, channels=capabilities):
            mark(self._engine, self._clock, [(one, self._take(one)) for one in leased])
            sent += len(leased)
        while harvest(self._engine, self._clock):
            pass
        return sent

    def _take(self, one: Delivery) -> SendResult:
        result = (self._line if one.channel == "line" else self._sms).take(one)
        assert isinstance(result, Accepted)
        return result

    def _sent(self, channel: str, address: str, key: str, messages: tuple[OutMessage, ...]) -> None:
        self._watch.sent(channel, address, key, messages)
        self._residents.reads(address, messages)
        home = self._by_address.get(address) if channel == "line" else self._by_phone.get(address)
        if home is None or not key.startswith(KEY):
            return
        if channel == "sms":
            self._texts += 1
            if home.answers(self._ways, "other"):
                self._plan(self._later(home, "other"), lambda: self._rings(home))
            return
        self._messages += 1
        rung = "chat" if messages[0].key == "outreach.first" else "remind"
        if home.answers(self._ways, rung):
            self._plan(self._later(home, rung), lambda: self._writes(home))

    def _later(self, home: Home, what: str) -> datetime:
        """Later the same day, or within two days: told from the day alone, so that a minute changes nothing."""
        day = in_japan(self._clock.at).date()
        hours = 20 if home.draw(f"{what}:soon", 0) < 0.6 else 30 + int(home.draw(f"{what}:late", 0) * 14)
        return datetime.combine(day, time(0, 0), JST) + timedelta(hours=hours, minutes=int(home.draw(what, 99) * 4) * 15)

    def _writes(self, home: Home) -> None:
        if not home.over and not home.refused:
            self._ingest.put_now([self._residents.begins(home, self._clock.at)])

    def _rings(self, home: Home) -> None:
        """They telephone, having read the SMS."""
        if not (home.reached or home.refused or home.over):
            self._field.rung(home)

    def _refuses(self, home: Home, yes: bool) -> None:
        if home.address and yes:
            self._watch.refused.setdefault(home.address, self._clock.at)

    # --- what came of it --------------------------------------------------------------------------------------

    def _outcome(self, jumps: int, seconds: float) -> Outcome:
        with reading(self._engine).connect() as c:
            rows = c.execute(_LOG).all()
        numbers = {home.case_id: home.number for home in self._town.homes}
        known = {id: published.BEGAN for id in numbers}
        approaches = [Approach(row.case_id, in_japan(row.at).date(), row.channel, row.result, row.direction) for row in rows]
        whole = tables(known, approaches, [day for day in published.STANDINGS if day < in_japan(self._end).date()] or [
            in_japan(self._end).date() - timedelta(days=1)], [(first, last) for first, last, _ in published.PERIODS])
        talks = self._residents.talks.values()
        return Outcome(
            whole, self._field.visits, self._field.before_contact, len(talks), self._residents.finished, self._messages, self._texts,
            sum(home.calls for home in self._town.homes), sum(home.letters for home in self._town.homes), jumps, seconds,
            sorted((numbers[row.case_id], in_japan(row.at).date().isoformat(), row.channel, row.result) for row in rows))


def _districts(town: Town) -> Iterator[str]:
    for home in town.homes:
        yield district_of(home.number, len(town.homes))


def _up(moment: datetime) -> datetime:
    """To the next full quarter of an hour, where it is not on one."""
    over = moment.timestamp() % QUARTER.total_seconds()
    return moment if over == 0 else moment + QUARTER - timedelta(seconds=over)


def on_stderr(line: str) -> None:
    """A progress line that is written over where somebody watches."""
    end = "\r" if sys.stderr.isatty() else "\n"
    print(f"{line}   ", end=end, file=sys.stderr, flush=True)


_DUE = select(func.min(due.c.due_at))
_WAITS = select(func.min(outbox.c.next_at)).where(outbox.c.state == "waiting")
_PLANNED = select(func.min(approach.c.not_before)).join(campaign, campaign.c.id == approach.c.campaign_id).where(
    approach.c.state == "planned", campaign.c.state == "running")
_LOG = select(contact.c.case_id, contact.c.at, contact.c.channel, contact.c.result, contact.c.direction).order_by(contact.c.at, contact.c.id)
