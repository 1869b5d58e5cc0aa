"""What the ladder must know of many households at once: a handful of queries for a whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, select

from backend.campaigns.ladder import Household
from backend.campaigns.models import approach
from backend.cases.models import case
from backend.clock import JST
from backend.contacts import rules
from backend.contacts.models import contact, other_way
from backend.db import is_postgres
from backend.followups.many import among, listed
from backend.journal.models import conversation
from backend.matching.models import merge
from backend.people.models import person, person_change

PUSHED = frozenset({"line", "telegram"})
"""Chats that can be written to unasked. The web page is read when its person comes back."""
BESIDE = frozenset({"sms", "email"})
"""Conversations of these channels hold what was sent by them; nothing comes in there."""

TALKING = timedelta(hours=24)
"""Whoever wrote within this time is in a conversation, and is not interrupted."""
WEEK = timedelta(days=7)
MOST_MERGES = 10
"""A record that became part of another that became part of another … is followed so far."""


@dataclass(slots=True)
class Gathered:
    """Everything about one case, before it is judged."""

    status: str = "open"
    person_id: str = ""
    restricted: bool = False
    category: int | None = None
    phone: bool = False
    rings: bool = False
    """A telephone of any kind; SMS need the first number."""
    held: bool = False
    quiet: bool = False
    chat: bool = False
    beside: set[str] = field(default_factory=set)
    heard_at: datetime | None = None
    life_at: datetime | None = None
    refused_at: datetime | None = None
    again_at: datetime | None = None
    moved_at: datetime | None = None
    died: bool = False
    promised: datetime | None = None

    def household(self, now: datetime, *, sms: bool, alone: bool = False, wish: str = "", cap_free_at: datetime | None = None,
                  ) -> Household:
        """`sms`: whether this deployment can send any."""
        life = self.heard_at
        if self.life_at is not None and (life is None or self.life_at > life):
            life = self.life_at
        refused = self.refused_at is not None and (self.again_at is None or self.again_at < self.refused_at)
        return Household(
            life_at=life, refused=refused, moved=self.moved_at is not None, died=self.died, closed=self.status != "open",
            restricted=self.restricted, held=self.held, quiet=self.quiet, chat=self.chat, phone=self.rings,
            talking=self.heard_at is not None and now - TALKING < self.heard_at <= now, promised=self.promised,
            other="email" in self.beside or (sms and (self.phone or "sms" in self.beside)), elderly_alone=alone, wish=wish,
            cap_free_at=cap_free_at,
        )  # fmt: skip


def gather(connection: Connection, case_ids: Sequence[str]) -> dict[str, Gathered]:
    """By case id."""
    chosen, asked = {"ids": listed(connection, case_ids)}, _ASKED[is_postgres(connection)]
    found: dict[str, Gathered] = {}
    for id, status, who, shut, shielded, category, phone, landline in connection.execute(asked.cases, chosen).all():
        found[id] = Gathered(status, who, bool(shut or shielded), category, phone is not None, phone is not None or bool(landline))
    for id, channel, state, quiet, held_by, waits, heard_at in connection.execute(asked.chats, chosen).all():
        one = found[id]
        one.held = one.held or held_by is not None or waits is not None
        one.quiet = one.quiet or quiet
        if channel in PUSHED and state == "ok":
            one.chat = True
        if heard_at is not None and channel not in BESIDE and (one.heard_at is None or heard_at > one.heard_at):
            one.heard_at = heard_at
    for row in connection.execute(asked.contacts, chosen).all():
        _heed(found[row[0]], *row[1:])
    _found_again(connection, {id: one for id, one in found.items() if one.moved_at is not None})
    for id, kind in connection.execute(asked.ways, chosen).all():
        found[id].beside.add(kind)
    return found


def _found_again(connection: Connection, moved: dict[str, Gathered]) -> None:
    """An address that was written down since is where they live now. Few have moved: nobody else's history is read."""
    if not moved:
        return
    history = select(case.c.id, person_change.c.at, person_change.c.after).join(case, case.c.person_id == person_change.c.person_id)
    for id, at, after in connection.execute(history.where(case.c.id.in_(list(moved)))).all():
        since = moved[id].moved_at
        if since is not None and at > since and (after.get("current_address") or after.get("address")):
            moved[id].moved_at = None


def cap_free(connection: Connection, people: Mapping[str, str], now: datetime, cap: int) -> dict[str, datetime]:
    """When the week of each case's person has room again, by case; those who have room now are left out.

    `people`: case -> its person. What was said to the people of records that became part of the case counts as well.
    """
    asked, recent = _ASKED[is_postgres(connection)], dict[str, list[datetime]]()
    others = _joined(connection, asked, people)
    chosen = {"ids": listed(connection, [*people.values(), *(who for some in others.values() for who in some)]), "since": now - WEEK}
    for id, at in connection.execute(asked.recent, chosen).all():
        recent.setdefault(id, []).append(at)
    if not recent:
        return {}
    full: dict[str, datetime] = {}
    for case_id, who in people.items():
        some = [*recent.get(who, ()), *(at for other in others.get(case_id, set()) - {who} for at in recent.get(other, ()))]
        if some and len(some) >= cap:
            full[case_id] = sorted(some)[-cap] + WEEK if cap else now + WEEK
    return full


def _joined(connection: Connection, asked: _Asked, case_ids: Iterable[str]) -> dict[str, set[str]]:
    """The people of the cases that became part of these, also through another one. Few have: one query, most often."""
    found: dict[str, set[str]] = {}
    into = {id: id for id in case_ids}
    for _ in range(MOST_MERGES):
        rows = connection.execute(asked.joined, {"ids": listed(connection, into)}).all() if into else []
        for kept, _, who in rows:
            found.setdefault(into[kept], set()).add(who)
        into = {gone: into[kept] for kept, gone, _ in rows}
    return found


def _heed(one: Gathered, direction: str, result: str, at: datetime, next_on: Any) -> None:
    if rules.is_life(direction, result):
        one.life_at = max(at, one.life_at or at)
        one.moved_at = None
    if result == rules.REFUSED:
        one.refused_at = max(at, one.refused_at or at)
    elif result == rules.AGAIN:
        one.again_at = max(at, one.again_at or at)
    elif result == rules.DIED:
        one.died = True
    elif result == rules.MOVED:
        one.moved_at = at
    if next_on is not None:
        day = datetime(next_on.year, next_on.month, next_on.day, tzinfo=JST)
        one.promised = max(day, one.promised or day)


class _Asked(NamedTuple):
    """The queries, for one kind of database."""

    cases: Select[Any]
    chats: Select[Any]
    contacts: Select[Any]
    ways: Select[Any]
    recent: CompoundSelect[Any]
    joined: Select[Any]


def _asked(postgres: bool) -> _Asked:
    cases = (
        select(case.c.id, case.c.status, case.c.person_id, case.c.restricted, person.c.restricted, case.c.category, person.c.phone_index,
               person.c.landline.is_not(None))
        .join(person, person.c.id == case.c.person_id).where(among(case.c.id, postgres))
    )  # fmt: skip
    chats = select(
        conversation.c.case_id, conversation.c.channel, conversation.c.contact, conversation.c.quiet, conversation.c.held_by,
        conversation.c.waiting_since, conversation.c.last_heard_at,
    ).where(among(conversation.c.case_id, postgres))  # fmt: skip
    contacts = select(contact.c.case_id, contact.c.direction, contact.c.result, contact.c.at, contact.c.next_on).where(
        among(contact.c.case_id, postgres), (contact.c.result.not_in(rules.MACHINE)) | (contact.c.direction == rules.IN),
    ).order_by(contact.c.at)  # fmt: skip
    ways = select(other_way.c.case_id, other_way.c.kind).where(among(other_way.c.case_id, postgres), other_way.c.good)
    recent = select(approach.c.person_id, approach.c.posted_at).where(
        among(approach.c.person_id, postgres), approach.c.posted_at.is_not(None), approach.c.posted_at > bindparam("since"),
    ).union_all(select(contact.c.person_id, contact.c.at).where(
        among(contact.c.person_id, postgres), contact.c.at > bindparam("since"), contact.c.step.in_(rules.BY_CLOCK),
        contact.c.result.in_((rules.SENT, rules.UNKNOWN))))  # fmt: skip
    joined = select(merge.c.kept_case, merge.c.gone_case, case.c.person_id).join(case, case.c.id == merge.c.gone_case).where(
        among(merge.c.kept_case, postgres), merge.c.undone_at.is_(None))
    return _Asked(cases, chats, contacts, ways, recent, joined)


_ASKED = {postgres: _asked(postgres) for postgres in (True, False)}
