"""The clock's handler of ladders: each household whose turn has come takes one step, exactly once.

What the software says is only planned here (`approach`); `pacing.py` sends it at the campaign's pace. What a person
does is a task. A million households may be due at once: everything is read and written for a batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select, update

from backend import ids
from backend.campaigns.facts import cap_free, gather
from backend.campaigns.ladder import (
    LETTER,
    MEETING,
    MESSAGES,
    PHONE,
    VISIT,
    End,
    Hours,
    Ladders,
    Standing,
    Take,
    next_move,
)
from backend.campaigns.models import WEEKLY_CAP, approach, campaign, member, outreach
from backend.cases.models import case
from backend.contacts import rules
from backend.contacts.models import contact
from backend.conversations.offices import Office, Offices
from backend.db import is_postgres
from backend.followups.many import among, by_keys, listed, put_many, set_many
from backend.followups.run import Due
from backend.journal.batch import Batch
from backend.staff.models import notice
from backend.tasks.models import task
from backend.tasks.raising import tell
from backend.tasks.rules import RANKS
from backend.visits.models import visit

LADDER = "ladder"
"""Kind of the due rows; their subject is the campaign's member."""

TASKS = {PHONE: "call", LETTER: "letter", VISIT: "visit", MEETING: "meeting"}
TASK_DAYS = {PHONE: 2, LETTER: 3, VISIT: 5, MEETING: 10}
"""Working days until a person must have done it. A call that must be made at once is due today."""
PAUSED = timedelta(minutes=15)
"""A campaign that is paused, or a municipality that stopped everything, is looked at again so soon."""


class Rules(NamedTuple):
    """How a municipality does outreach, read for one batch."""

    office: Office
    hours: Hours
    cap: int
    stopped: bool


class Going(NamedTuple):
    """A member as the ladder needs it."""

    id: int
    tenant_id: str
    campaign_id: str
    case_id: str
    person_id: str
    state: str
    place: int
    rung: str
    since: datetime
    alone: bool
    wish: str


class LadderClock:
    """The handler of due rows of kind `ladder`. `sms`: whether this deployment can send any."""

    at_once = 1000
    """SQLite's lock is held for 30 ms then."""

    def __init__(self, *, sms: bool = False) -> None:
        self._sms = sms
        self._offices = Offices()

    def __call__(self, batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
        """Move every household by one step; returns when each is looked at again."""
        connection, now = batch.connection, batch.now
        by_keys(connection)
        turns = {int(row.subject): row.id for row in rows}
        members = [Going(*one) for one in connection.execute(
            _MEMBERS[is_postgres(connection)], {"ids": listed(connection, turns)}).all() if one.state == "going"]
        if not members:
            return {}
        running = {id: ladder for id, ladder in connection.execute(_CAMPAIGNS, {"ids": list({one.campaign_id for one in members})})}
        rules = self._rules(connection, {one.tenant_id for one in members}, now)
        again: dict[int, datetime] = {}
        active = []
        for one in members:
            if one.campaign_id in running and not rules[one.tenant_id].stopped:
                active.append(one)
            else:
                again[turns[one.id]] = now + PAUSED
        for tenant_id, rule in rules.items():
            mine = [one for one in active if one.tenant_id == tenant_id]
            if mine:
                again |= _Step(batch, rule, running, self._sms).take(mine, turns)
        return again

    def _rules(self, connection: Connection, tenants: set[str], now: datetime) -> dict[str, Rules]:
        kept = {row.tenant_id: row for row in connection.execute(select(outreach).where(outreach.c.tenant_id.in_(tenants)))}
        found = {}
        for id in sorted(tenants):
            office, row = self._offices.get(connection, id, now), kept.get(id)
            found[id] = Rules(office, hours_of(office, row), row.weekly_cap if row else WEEKLY_CAP,
                              row is not None and row.stopped_at is not None)
        return found


def hours_of(office: Office, row: Any) -> Hours:
    """When the software may write; `row` is the municipality's line in `outreach`, or None."""
    if row is None:
        return Hours(office.calendar)
    return Hours(office.calendar, time.fromisoformat(row.quiet_from), time.fromisoformat(row.quiet_until))


class _Step:
    """One batch of one municipality."""

    def __init__(self, batch: Batch, rules: Rules, running: Mapping[str, Any], sms: bool) -> None:
        self._batch, self._rules, self._sms = batch, rules, sms
        self._ladders = {id: Ladders.of(data) for id, data in running.items()}
        self._hours = _Remembered(rules.hours.calendar, rules.hours.quiet_from, rules.hours.quiet_until)

    def take(self, members: Sequence[Going], turns: Mapping[int, int]) -> dict[int, datetime]:
        connection, now = self._batch.connection, self._batch.now
        gathered = gather(connection, [one.case_id for one in members])
        capped = cap_free(connection, {id: known.person_id for id, known in gathered.items()}, now, self._rules.cap)
        again: dict[int, datetime] = {}
        plans: list[dict[str, Any]] = []
        work: list[tuple[Going, Take]] = []
        changes: list[dict[str, Any]] = []
        wrote: list[tuple[Going, datetime]] = []
        for one in members:
            known = gathered[one.case_id]
            house = known.household(now, sms=self._sms, alone=one.alone, wish=one.wish, cap_free_at=capped.get(one.case_id))
            ladder = self._ladders[one.campaign_id].for_category(known.category)
            move = next_move(ladder, Standing(one.place, one.since, one.rung), house, now, self._hours)
            if isinstance(move, Take):
                then = move.then
                if move.rung in MESSAGES:
                    plans.append(_plan(one, move, now))
                else:
                    work.append((one, move))
                if then is not None:
                    again[turns[one.id]] = then
                changes.append({
                    "id": one.id, "state": "going" if then else "finished", "reason": "" if then else move.rung,
                    "place": move.place + 1, "rung": move.rung, "last_at": now, "waits": ""})
            elif isinstance(move, End):
                if move.state == "answered" and known.heard_at is not None and known.heard_at >= one.since:
                    wrote.append((one, known.heard_at))
                changes.append({"id": one.id, "state": move.state, "reason": move.reason, "place": one.place,
                                "rung": one.rung, "last_at": now, "waits": ""})
            else:
                again[turns[one.id]] = move.until
                changes.append({"id": one.id, "state": "going", "reason": "", "place": one.place, "rung": one.rung,
                                "last_at": now, "waits": move.why})
        put_many(connection, approach, plans)
        set_many(connection, member, changes)
        self._hand_out(work)
        self._write_down(wrote)
        return again

    def _write_down(self, wrote: Sequence[tuple[Going, datetime]]) -> None:
        """Who answered in the chat is a contact that came in: the log and the figures know of it like of a visit."""
        if not wrote:
            return
        connection, now = self._batch.connection, self._batch.now
        put_many(connection, contact, [{
            "id": ids.new(), "tenant_id": one.tenant_id, "case_id": one.case_id, "person_id": one.person_id, "channel": "chat",
            "direction": rules.IN, "at": at, "campaign_id": one.campaign_id, "step": one.rung, "result": rules.ANSWERED,
            "source": f"answered:{one.id}", "made_at": now} for one, at in wrote])
        first = case.c.first_contact_at
        for one, at in wrote:
            connection.execute(update(case).where(case.c.id == one.case_id, (first.is_(None)) | (first > at)).values(first_contact_at=at))

    def _hand_out(self, work: Sequence[tuple[Going, Take]]) -> None:
        """A task for each; one that waits already is the same one. One notice for all of them."""
        if not work:
            return
        now, calendar = self._batch.now, self._rules.office.calendar
        connection = self._batch.connection
        asked = {"ids": listed(connection, (one.case_id for one, _ in work))}
        waiting = {(id, kind) for id, kind in connection.execute(_WAITING[is_postgres(connection)], asked)}
        rows, homes = [], []
        for one, move in work:
            kind = TASKS[move.rung]
            if (one.case_id, kind) in waiting:
                continue
            waiting.add((one.case_id, kind))
            due_at = calendar.due(now, 0 if move.at_once else TASK_DAYS[move.rung])
            rows.append({
                "id": ids.new(), "tenant_id": one.tenant_id, "kind": kind, "rank": RANKS[kind],
                "topic": "alone" if move.at_once else "ladder", "rule": "", "verdict": "", "case_id": one.case_id,
                "made_at": now, "due_at": due_at})
            if move.rung == VISIT:
                homes.append({
                    "id": ids.new(), "tenant_id": one.tenant_id, "case_id": one.case_id, "campaign_id": one.campaign_id,
                    "state": "wanted", "why": "ladder", "priority": 3 if one.alone else 5, "from_time": "",
                    "until_time": "", "place_in_day": 0, "interpreter": "", "made_at": now, "changed_at": now, "version": 1})
        put_many(self._batch.connection, task, rows)
        put_many(self._batch.connection, visit, homes)
        if rows:
            self._tell(rows[0])

    def _tell(self, first: Mapping[str, Any]) -> None:
        """Whoever is first on duty hears that there is work: one notice, however many households."""
        for someone in self._rules.office.on_duty[:1]:
            waits = select(notice.c.id).where(
                notice.c.staff_id == someone.id, notice.c.state == "pending", notice.c.urgency.in_(TASKS.values()))
            if self._batch.connection.execute(waits.limit(1)).first() is None:
                tell(self._batch, self._rules.office, someone, first["kind"], first["id"])


def _plan(one: Going, move: Take, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": one.tenant_id, "campaign_id": one.campaign_id, "member_id": one.id, "person_id": one.person_id,
        "step": move.place, "rung": move.rung, "state": "planned", "reason": "", "planned_at": now, "not_before": now}


@dataclass(frozen=True)
class _Remembered(Hours):
    """The same questions are asked about every household of a batch."""

    kept: dict[Any, Any] = field(default_factory=dict, compare=False)

    def open(self, moment: datetime) -> bool:
        if moment not in self.kept:
            self.kept[moment] = super().open(moment)
        return bool(self.kept[moment])

    def after(self, moment: datetime, days: int) -> datetime:
        if (moment, days) not in self.kept:
            self.kept[moment, days] = super().after(moment, days)
        found: datetime = self.kept[moment, days]
        return found


def _members(postgres: bool) -> Select[Any]:
    return select(
        member.c.id, member.c.tenant_id, member.c.campaign_id, member.c.case_id, member.c.person_id, member.c.state,
        member.c.place, member.c.rung, member.c.since, member.c.alone, member.c.wish,
    ).where(among(member.c.id, postgres))  # fmt: skip


def _waiting(postgres: bool) -> Select[Any]:
    return select(task.c.case_id, task.c.kind).where(
        among(task.c.case_id, postgres), task.c.kind.in_(TASKS.values()), task.c.done_at.is_(None))


_MEMBERS = {postgres: _members(postgres) for postgres in (True, False)}
_WAITING = {postgres: _waiting(postgres) for postgres in (True, False)}
_CAMPAIGNS = select(campaign.c.id, campaign.c.ladder).where(
    campaign.c.id.in_(bindparam("ids", expanding=True)), campaign.c.state == "running")
