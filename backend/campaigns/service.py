"""Use-cases of campaigns: draw up, ask, approve, begin, pause, end. Each owns its transaction and leaves a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend import ids
from backend.audit import service as audit
from backend.campaigns.audience import Audience
from backend.campaigns.ladder import NEWS, USUAL, Ladders
from backend.campaigns.models import campaign, member, outreach
from backend.campaigns.saying import LONGEST
from backend.campaigns.switch import standing
from backend.clock import Clock
from backend.conflict import Conflict
from backend.db import Row, is_postgres
from backend.jobs import service as jobs
from backend.staff.access import NotForYou
from backend.staff.roles import APPROVES, Staff
from backend.tasks import second_person

ENROL = "enrol"
"""Kind of the job that puts the households on the ladder."""
KINDS = ("outreach", "news")
PACES = (60, 600, 3600, 36_000)
"""Messages an hour: what four people can answer, what ten can, and news that nobody need answer."""
LONGEST_NAME = 80


class WrongCampaign(ValueError):
    """It cannot be done like this; `args[0]` is the key of a sentence."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided about a campaign. `words` by language; empty: the catalogue's."""

    name: str
    kind: str = "outreach"
    audience: Audience = field(default_factory=Audience)
    ladders: Ladders = USUAL
    words: Mapping[str, str] = field(default_factory=dict)
    pace: int = 600


def draw_up(engine: Engine, clock: Clock, staff: Staff, plan: Plan) -> str:
    """Keep a draft; returns its id. Raises `WrongCampaign`."""
    values = _values(plan)
    with engine.begin() as connection:
        now, id = clock(), ids.new()
        _line(connection, staff.tenant_id)
        connection.execute(insert(campaign).values(
            id=id, tenant_id=staff.tenant_id, made_by=staff.id, made_at=now, changed_at=now, **values))
        _trace(connection, staff, id, "campaign.drawn_up", now)
    return id


def change(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, plan: Plan, version: int) -> None:
    """Change a draft. Raises `WrongCampaign`, `NotForYou`, `Conflict`."""
    values = _values(plan)
    with engine.begin() as connection:
        row, now = _locked(connection, staff, campaign_id, version, "draft"), clock()
        _set(connection, row, now, **values)
        _trace(connection, staff, campaign_id, "campaign.changed", now)


def ask(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, counted: int, version: int) -> str:
    """Send it on its way as it was previewed, with `counted` households; returns the new state.

    Up to the municipality's limit it begins at once; above it, a second person must approve.
    """
    if counted <= 0:
        raise WrongCampaign("console.campaigns.nobody")
    with engine.begin() as connection:
        row, now = _locked(connection, staff, campaign_id, version, "draft"), clock()
        alone = counted <= standing(connection, staff.tenant_id)["approve_over"]
        if alone:
            _begin(connection, row, staff, counted, now)
        else:
            _set(connection, row, now, state="asked", asked_at=now, counted=counted, made_by=staff.id)
            second_person.tell(connection, staff.tenant_id, second_person.CAMPAIGN, staff.id, now)
        _trace(connection, staff, campaign_id, "campaign.begun" if alone else "campaign.asked", now, {"counted": counted})
    return "running" if alone else "asked"


def approve(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, version: int) -> None:
    """A second person lets it begin. Raises `WrongCampaign` for whoever asked, or has no right to approve."""
    if staff.role not in APPROVES:
        raise WrongCampaign("console.campaigns.not_yours_to_approve")
    with engine.begin() as connection:
        row, now = _locked(connection, staff, campaign_id, version, "asked"), clock()
        if row["made_by"] == staff.id:
            raise WrongCampaign("console.campaigns.second_person")
        _set(connection, row, now, approved_by=staff.id, approved_at=now)
        _answered(connection, row)
        _begin(connection, {**row, "version": row["version"] + 1}, staff, row["counted"], now)
        _trace(connection, staff, campaign_id, "campaign.approved", now, {"counted": row["counted"]})


def send_back(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, version: int) -> None:
    """Not like this: it is a draft again."""
    with engine.begin() as connection:
        row, now = _locked(connection, staff, campaign_id, version, "asked"), clock()
        _set(connection, row, now, state="draft", asked_at=None, counted=None)
        _answered(connection, row)
        _trace(connection, staff, campaign_id, "campaign.sent_back", now)


def _answered(connection: Connection, row: Row) -> None:
    """Whoever was not told yet that something waits need not be, where nothing else does."""
    others = select(campaign.c.id).where(campaign.c.tenant_id == row["tenant_id"], campaign.c.state == "asked", campaign.c.id != row["id"])
    if connection.execute(others.limit(1)).first() is None:
        second_person.settled(connection, row["tenant_id"], second_person.CAMPAIGN)


def pause(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, version: int) -> None:
    """Nothing more of it goes out, and no ladder of it moves."""
    _move(engine, clock, staff, campaign_id, version, "running", "campaign.paused", state="paused", paused_why="staff")


def resume(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, version: int) -> None:
    _move(engine, clock, staff, campaign_id, version, "paused", "campaign.resumed", state="running", paused_why="")


def end(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, version: int) -> None:
    """For good. Those who were on its ladder have no next step here any more: they are listed with that reason."""
    with engine.begin() as connection:
        row, now = _locked(connection, staff, campaign_id, version, "running", "paused"), clock()
        _set(connection, row, now, state="ended", ended_at=now)
        mine = update(member).where(member.c.campaign_id == campaign_id, member.c.state == "going")
        left = connection.execute(mine.values(state="finished", reason="campaign_ended")).rowcount
        _trace(connection, staff, campaign_id, "campaign.ended", now, {"left": left})


@dataclass(frozen=True, slots=True)
class Habits:
    """How a municipality does outreach. Times are Japanese wall clock, `month_pushes` None: no budget of its own."""

    approve_over: int
    weekly_cap: int
    quiet_from: str
    quiet_until: str
    month_pushes: int | None


def set_habits(engine: Engine, clock: Clock, staff: Staff, habits: Habits, version: int) -> None:
    """Raises `WrongCampaign`, `Conflict`."""
    right = (0 <= habits.approve_over <= 100_000 and 1 <= habits.weekly_cap <= 7
             and "06:00" <= habits.quiet_until < habits.quiet_from <= "22:00")
    if not right or (habits.month_pushes is not None and habits.month_pushes < 0):
        raise WrongCampaign("console.campaigns.wrong_habits")
    with engine.begin() as connection:
        _line(connection, staff.tenant_id)
        now = clock()
        values = {"approve_over": habits.approve_over, "weekly_cap": habits.weekly_cap, "quiet_from": habits.quiet_from,
                  "quiet_until": habits.quiet_until, "month_pushes": habits.month_pushes}
        mine = update(outreach).where(outreach.c.tenant_id == staff.tenant_id, outreach.c.version == version)
        if connection.execute(mine.values(version=version + 1, **values)).rowcount == 0:
            raise Conflict({name: standing(connection, staff.tenant_id)[name] for name in values})
        audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="outreach.changed", object_kind="tenant",
                     object_id=staff.tenant_id, detail=values, at=now)


def find(connection: Connection, staff: Staff, campaign_id: str) -> Row:
    """Raises `NotForYou`."""
    chosen = select(campaign).where(campaign.c.id == campaign_id, campaign.c.tenant_id == staff.tenant_id)
    found = connection.execute(chosen).mappings().one_or_none()
    if found is None:
        raise NotForYou
    return dict(found)


def _values(plan: Plan) -> dict[str, Any]:
    name = plan.name.strip()[:LONGEST_NAME]
    if not name or plan.kind not in KINDS or plan.pace not in PACES:
        raise WrongCampaign("console.campaigns.no_name" if not name else "console.campaigns.wrong")
    if any(len(said) > LONGEST for said in plan.words.values()):
        raise WrongCampaign("console.campaigns.too_long")
    if plan.kind == "news" and not plan.words.get("ja"):
        raise WrongCampaign("console.campaigns.no_words")
    ladders = plan.ladders if plan.kind == "outreach" else Ladders(NEWS)
    return {"name": name, "kind": plan.kind, "audience": plan.audience.to_json(), "ladder": ladders.to_json(),
            "words": {locale: said for locale, said in plan.words.items() if said}, "pace": plan.pace}


def _begin(connection: Connection, row: Row, staff: Staff, counted: int, now: datetime) -> None:
    _set(connection, row, now, state="running", began_at=now, counted=counted)
    jobs.start(connection, tenant_id=staff.tenant_id, kind=ENROL, staff_id=staff.id, at=now, total=counted,
               detail={"campaign": row["id"], "after": "", "enrolled": 0})


def _move(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, version: int, before: str, action: str, **values: Any,
          ) -> None:
    with engine.begin() as connection:
        row, now = _locked(connection, staff, campaign_id, version, before), clock()
        _set(connection, row, now, **values)
        _trace(connection, staff, campaign_id, action, now)


def _locked(connection: Connection, staff: Staff, campaign_id: str, version: int, *states: str) -> Row:
    chosen = select(campaign).where(campaign.c.id == campaign_id, campaign.c.tenant_id == staff.tenant_id)
    found = connection.execute(chosen.with_for_update(key_share=True)).mappings().one_or_none()
    if found is None:
        raise NotForYou
    if found["version"] != version or found["state"] not in states:
        raise Conflict({"state": found["state"], "name": found["name"]})
    return dict(found)


def _set(connection: Connection, row: Row, now: datetime, **values: Any) -> None:
    connection.execute(update(campaign).where(campaign.c.id == row["id"]).values(
        changed_at=now, version=row["version"] + 1, **values))


def _line(connection: Connection, tenant_id: str) -> None:
    """The municipality's line in `outreach` is there: whoever throws the switch locks it."""
    build: Any = pg_insert if is_postgres(connection) else sqlite_insert
    connection.execute(build(outreach).values(tenant_id=tenant_id).on_conflict_do_nothing())


def _trace(connection: Connection, staff: Staff, campaign_id: str, action: str, now: datetime, detail: Any = None) -> None:
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=action, object_kind="campaign",
                 object_id=campaign_id, detail=detail, at=now)
