"""What the ladder planned goes out at the campaign's pace: checked once more, worded, and queued for delivery.

One transaction holds the municipality's switch, the plans that go out now, and their deliveries. Whoever throws the
switch waits for it and then calls back what it queued, so that nothing slips through between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, exists, select, update

from backend import ids
from backend.campaigns.addresses import address_for
from backend.campaigns.calling_back import KEY
from backend.campaigns.costs import room
from backend.campaigns.facts import Gathered, cap_free, gather
from backend.campaigns.ladder import Household, Ladder, Rung, Standing, Wait, next_move
from backend.campaigns.models import WEEKLY_CAP, approach, campaign, member, outreach
from backend.campaigns.records import same_person
from backend.campaigns.run import LADDER, hours_of
from backend.campaigns.saying import said
from backend.clock import Clock
from backend.conversations.offices import Office, read_office
from backend.conversations.post import post
from backend.db import is_postgres, reading
from backend.followups.models import due
from backend.journal.batch import Batch
from backend.words import Catalogues

MOST = 200
"""Messages per transaction."""
LATELY = timedelta(days=90)
"""Whoever was heard under another record within this time is no silent household."""
TICK = timedelta(seconds=5)
"""A pace is kept over so long: 600 an hour are one every six seconds, 36,000 are fifty every five."""


def send_some(engine: Engine, clock: Clock, words: Catalogues, *, sms: bool = False) -> int:
    """Queue what every running campaign may send now; returns how many messages were queued."""
    with reading(engine).connect() as connection:
        ready = connection.execute(_READY, {"now": clock()}).scalars().all()
    queued = 0
    for campaign_id in ready:
        with engine.begin() as connection:
            queued += _send(connection, campaign_id, clock(), words, sms)
    return queued


def _send(connection: Connection, campaign_id: str, now: datetime, words: Catalogues, sms: bool) -> int:
    postgres = is_postgres(connection)
    home = connection.execute(select(campaign.c.tenant_id).where(campaign.c.id == campaign_id)).scalar_one()
    switch = select(outreach).where(outreach.c.tenant_id == home)
    kept = connection.execute(switch.with_for_update(read=True) if postgres else switch).first()
    if kept is not None and kept.stopped_at is not None:
        return 0
    mine = select(campaign).where(campaign.c.id == campaign_id, campaign.c.state == "running")
    found = connection.execute(mine.with_for_update(skip_locked=True, key_share=True) if postgres else mine).mappings().first()
    office = read_office(connection, home, now)
    if found is None or (found["send_from"] and found["send_from"] > now) or not hours_of(office, kept).open(now):
        return 0
    share = max(1, min(MOST, round(found["pace"] * TICK.total_seconds() / 3600)))
    planned = _PLANNED.with_for_update(of=approach, skip_locked=True, key_share=True) if postgres else _PLANNED
    rows = connection.execute(planned, {"campaign": campaign_id, "now": now, "limit": share}).mappings().all()
    sending = _Sending(connection, now, words, office, dict(found), kept, sms)
    queued = sending.all([dict(row) for row in rows])
    beginning = max(found["send_from"] or now, now - TICK)
    values: dict[str, Any] = {"send_from": beginning + timedelta(hours=queued / found["pace"])}
    if sending.out_of_quota:
        values |= {"state": "paused", "paused_why": "quota", "changed_at": now, "version": found["version"] + 1}
    connection.execute(update(campaign).where(campaign.c.id == campaign_id).values(**values))
    return queued


class _Sending:
    """One share of one campaign."""

    def __init__(self, connection: Connection, now: datetime, words: Catalogues, office: Office, about: dict[str, Any],
                 kept: Any, sms: bool) -> None:
        self._batch, self._words, self._office, self._about = Batch(connection, now), words, office, about
        self._connection, self._now, self._sms = connection, now, sms
        self._cap, self._hours = kept.weekly_cap if kept else WEEKLY_CAP, hours_of(office, kept)
        self._room = room(connection, office.id, now)
        self._targets: set[tuple[str, int]] = set()
        self.out_of_quota = False

    def all(self, rows: Sequence[dict[str, Any]]) -> int:
        gathered = gather(self._connection, [row["case_id"] for row in rows])
        capped = cap_free(self._connection, {id: known.person_id for id, known in gathered.items()}, self._now, self._cap)
        queued = 0
        said_to: set[str] = set()
        for row in rows:
            known = gathered[row["case_id"]]
            house = known.household(self._now, sms=self._sms, alone=row["alone"], wish=row["wish"],
                                    cap_free_at=capped.get(row["case_id"]))
            if row["person_id"] in said_to:  # two records of one person in the same share: the cap decides next time
                self._later(row, self._now + TICK)
            elif self._one(row, house, known):
                said_to.add(row["person_id"])
                queued += 1
            if self.out_of_quota:
                break
        self._batch.flush()
        return queued

    def _one(self, row: dict[str, Any], house: Household, known: Gathered) -> bool:
        """Send it, put it off, or leave it out, by the ladder's own rules."""
        only = Ladder((Rung(row["rung"], 0),))
        move = next_move(only, Standing(0, row["since"]), house, self._now, self._hours)
        if isinstance(move, Wait):
            self._later(row, move.until)
            return False
        if row["member_state"] != "going" and row["member_state"] != "finished":
            return self._skip(row, row["member_state"])
        if not hasattr(move, "rung"):
            return self._skip(row, move.reason if move.reason != "all_tried" else "no_channel")
        if self._known_elsewhere(row):
            return self._end(row)
        where = address_for(self._batch, self._office.id, row, self._sms)
        if where is None:
            return self._skip(row, "no_channel")
        if self._taken(where["address_index"], row):
            return self._skip(row, "same_address")
        if where["channel"] == "line":
            if self._room is not None and self._room <= 0:
                self.out_of_quota = True
                return False
            self._room = None if self._room is None else self._room - 1
        key = f"{KEY}{ids.new()}"
        message = said(self._words, self._office, row["rung"], self._about["words"], where["locale"], where["channel"])
        post(self._batch, where, [message], key=key, author="system")
        self._batch.set(approach, row["id"], {
            "state": "posted", "posted_at": self._now, "outbox_key": key, "conversation_id": where["id"],
            "target": where["address_index"]})
        return True

    def _taken(self, target: str, row: dict[str, Any]) -> bool:
        """Two records of one person, not merged yet, share a phone: it rings once."""
        if (target, row["step"]) in self._targets:
            return True
        self._targets.add((target, row["step"]))
        asked = {"campaign": row["campaign_id"], "target": target, "step": row["step"], "id": row["id"]}
        return self._connection.execute(_SAME_TARGET, asked).first() is not None

    def _known_elsewhere(self, row: Mapping[str, Any]) -> bool:
        """Another record of this person, not merged yet, says that they are well, or that they refused."""
        others = same_person(self._connection, row["person_id"], row["case_id"])
        return bool(others) and any(
            house.refused or house.died or (house.life_at is not None and house.life_at >= row["since"] - LATELY)
            for house in (known.household(self._now, sms=self._sms) for known in gather(self._connection, others).values()))

    def _end(self, row: Mapping[str, Any]) -> bool:
        self._batch.set(approach, row["id"], {"state": "skipped", "reason": "same_person", "ended_at": self._now})
        self._batch.set(member, row["member_id"], {"state": "finished", "reason": "same_person"})
        return False

    def _later(self, row: Mapping[str, Any], until: datetime) -> None:
        self._batch.set(approach, row["id"], {"not_before": until})

    def _skip(self, row: Mapping[str, Any], why: str) -> bool:
        """It does not go out; the ladder looks at the household again now, not in days."""
        self._batch.set(approach, row["id"], {"state": "skipped", "reason": why, "ended_at": self._now})
        hurry(self._connection, row["member_id"], self._now)
        return False


def hurry(connection: Connection, member_id: int, now: datetime) -> None:
    """Let the ladder look at a household now."""
    mine = update(due).where(due.c.kind == LADDER, due.c.subject == str(member_id), due.c.due_at > now)
    connection.execute(mine.values(due_at=now, turn=due.c.turn + 1))


_READY = select(campaign.c.id).where(
    campaign.c.state == "running", (campaign.c.send_from.is_(None)) | (campaign.c.send_from <= bindparam("now")),
    exists().where(approach.c.campaign_id == campaign.c.id, approach.c.state == "planned",
                   approach.c.not_before <= bindparam("now"))).order_by(campaign.c.id)
_PLANNED = (
    select(approach.c.id, approach.c.campaign_id, approach.c.member_id, approach.c.person_id, approach.c.step, approach.c.rung,
           member.c.case_id, member.c.since, member.c.alone, member.c.wish, member.c.state.label("member_state"))
    .join(member, member.c.id == approach.c.member_id)
    .where(approach.c.campaign_id == bindparam("campaign"), approach.c.state == "planned",
           approach.c.not_before <= bindparam("now"))
    .order_by(approach.c.not_before, approach.c.id).limit(bindparam("limit"))
)  # fmt: skip
_SAME_TARGET = select(approach.c.id).where(
    approach.c.campaign_id == bindparam("campaign"), approach.c.target == bindparam("target"),
    approach.c.step == bindparam("step"), approach.c.id != bindparam("id")).limit(1)
