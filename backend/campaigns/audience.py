"""Whom a campaign is for: filters, and for every household why it is in or out. Lists never name anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from backend.campaigns.facts import Gathered, gather
from backend.campaigns.ladder import CHAT, OTHER, PHONE
from backend.campaigns.models import campaign, member
from backend.cases.models import answer, case
from backend.people.models import person

PAGE = 500
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Audience:
    """Filters, all of which must hold; an empty one lets everybody through. `silent_days`: no sign of life since then."""

    districts: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()
    origins: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    never_reached: bool = False
    alone: bool = False
    silent_days: int = 0

    def to_json(self) -> dict[str, Any]:
        return {f.name: list(v) if isinstance(v := getattr(self, f.name), tuple) else v for f in fields(self) if getattr(self, f.name)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Audience:
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Seen:
    """One household and why it is in (`in_by` names the first rung that reaches it) or `out`."""

    case_id: str
    person_id: str
    number: str
    restricted: bool
    in_by: str
    out: str
    alone: bool
    wish: str
    category: int | None


@dataclass(slots=True)
class Preview:
    """The whole audience in figures, and some of it to look at. Nobody who is restricted is in either."""

    counted: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    out: Counter[str] = field(default_factory=Counter)
    categories: Counter[int] = field(default_factory=Counter)
    sample: list[Seen] = field(default_factory=list)
    left_out: list[Seen] = field(default_factory=list)

    @property
    def pushes(self) -> int:
        """Messages to chats that the first rung sends: what it costs on LINE at most."""
        return self.ways[CHAT]


def preview(connection: Connection, tenant_id: str, audience: Audience, now: datetime, *, sms: bool, news: bool = False,
            campaign_id: str = "") -> Preview:
    """Look at everybody whom the filters let through; nothing is written. `news`: one message, and nothing after it.

    Large audiences are a job (`counting.py`).
    """
    found = Preview()
    for page in pages(connection, tenant_id, audience, now, sms=sms, news=news, campaign_id=campaign_id):
        take_in(found, page)
    return found


def take_in(found: Preview, page: list[Seen]) -> None:
    """Add a page of households to the figures."""
    for one in page:
        if one.restricted:  # not even counted: with narrow filters a number would say where somebody lives
            continue
        if one.out:
            found.out[one.out] += 1
            if len(found.left_out) < MOST_SHOWN:
                found.left_out.append(one)
            continue
        found.counted += 1
        found.ways[one.in_by] += 1
        found.categories[one.category or 0] += 1
        if len(found.sample) < MOST_SHOWN:
            found.sample.append(one)


def pages(connection: Connection, tenant_id: str, audience: Audience, now: datetime, *, sms: bool, news: bool = False,
          campaign_id: str = "", after: str = "") -> Iterator[list[Seen]]:
    """Everybody whom the filters let through, in and out, 500 at a time in the order of their case's id."""
    while rows := connection.execute(chosen(tenant_id, audience).where(case.c.id > after).limit(PAGE)).mappings().all():
        yield _judged(connection, [dict(row) for row in rows], audience, now, sms, news, campaign_id)
        after = rows[-1]["id"]


def chosen(tenant_id: str, audience: Audience) -> Select[Any]:
    """Whom the filters let through that a column of the case answers, in the order of their case's id."""
    wanted: list[ColumnElement[bool]] = [case.c.tenant_id == tenant_id]
    for column, values in ((case.c.district, audience.districts), (case.c.damage_level, audience.damage),
                           (case.c.category, audience.categories), (case.c.origin, audience.origins),
                           (case.c.language, audience.languages)):
        if values:
            wanted.append(column.in_(values))
    if audience.never_reached:
        wanted.append(case.c.first_contact_at.is_(None))
    return (
        select(case.c.id, case.c.number, case.c.person_id, case.c.category, case.c.restricted, person.c.restricted.label("shielded"))
        .join(person, person.c.id == case.c.person_id).where(and_(*wanted)).order_by(case.c.id)
    )  # fmt: skip


def _judged(connection: Connection, rows: list[dict[str, Any]], audience: Audience, now: datetime, sms: bool, news: bool,
            campaign_id: str) -> list[Seen]:
    cases = [row["id"] for row in rows]
    gathered, said = gather(connection, cases), _answers(connection, cases)
    others, here = _elsewhere(connection, cases, campaign_id)
    people: set[str] = set()
    seen = []
    for row in rows:
        known, told = gathered[row["id"]], said.get(row["id"], {})
        alone, wish = told.get("household_situation") == "elderly_single", str(told.get("contact_way", ""))
        why = _out(known, audience, now, alone=alone, wish=wish, sms=sms)
        if not why and row["id"] in here:
            why = "in_it"
        house = known.household(now, sms=sms, wish=wish)
        if not why and news and not house.reached_by(CHAT):
            why = "no_channel"
        elif not why and row["id"] in others and not news:
            why = "other_campaign"
        elif not why and row["person_id"] in people:
            why = "same_person"
        if not why:
            people.add(row["person_id"])
        first = next((by for by in (CHAT, OTHER, PHONE) if house.reached_by(by)), "letter")
        seen.append(Seen(row["id"], row["person_id"], row["number"], bool(row["restricted"] or row["shielded"]),
                         "" if why else first, why, alone, wish, row["category"]))
    return seen


def _out(known: Gathered, audience: Audience, now: datetime, *, alone: bool, wish: str, sms: bool) -> str:
    """Why a household is left out, or ""."""
    house = known.household(now, sms=sms, wish=wish)
    if house.restricted:
        return "restricted"
    if house.died:
        return "died"
    if house.closed:
        return "closed"
    if house.refused or wish == "none":
        return "refused"
    if audience.alone and not alone:
        return "not_alone"
    if audience.silent_days and house.life_at is not None and house.life_at > now - timedelta(days=audience.silent_days):
        return "heard_lately"
    return ""


def _answers(connection: Connection, cases: list[str]) -> dict[str, dict[str, Any]]:
    asked = select(answer.c.case_id, answer.c.field, answer.c.value).where(
        answer.c.case_id.in_(cases), answer.c.field.in_(("household_situation", "contact_way")), answer.c.state == "given",
        answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False)).order_by(answer.c.id)
    found: dict[str, dict[str, Any]] = {}
    for case_id, name, value in connection.execute(asked):
        found.setdefault(case_id, {})[name] = value
    return found


def _elsewhere(connection: Connection, cases: list[str], campaign_id: str) -> tuple[set[str], set[str]]:
    """Cases that another outreach is just climbing to, and those that are in this campaign already."""
    asked = (
        select(member.c.case_id, member.c.campaign_id).join(campaign, campaign.c.id == member.c.campaign_id)
        .where(member.c.case_id.in_(cases), (member.c.campaign_id == campaign_id) | (
            (member.c.state == "going") & campaign.c.state.in_(("running", "paused")) & (campaign.c.kind == "outreach")))
    )  # fmt: skip
    rows = connection.execute(asked).all()
    return ({row.case_id for row in rows if row.campaign_id != campaign_id}, {row.case_id for row in rows if row.campaign_id == campaign_id})
