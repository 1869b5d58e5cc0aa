"""How many messages LINE's account may still push this month, as LINE itself says it (channels.md §1, "Quota")."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from sqlalchemy import Engine, update

from backend.campaigns.models import outreach
from backend.clock import Clock
from bots.line.client import Line

log = logging.getLogger("tsunagi.line")

QUOTA, USED = "/v2/bot/message/quota", "/v2/bot/message/quota/consumption"


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` None: the plan has none (地方公共団体プラン). LINE counts with some delay: `used` is a lower bound."""

    limit: int | None
    used: int


async def read_quota(line: Line) -> Quota | None:
    """None when LINE does not answer, or not as its reference says."""
    try:
        status, limit = await line.call("GET", QUOTA)
        told, used = await line.call("GET", USED)
    except OSError:
        return None
    total = used.get("totalUsage")
    if status != 200 or told != 200 or not isinstance(total, int):
        return None
    most = limit.get("value")
    return Quota(most if limit.get("type") == "limited" and isinstance(most, int) else None, total)


async def keep_quota(line: Line, engine: Engine, clock: Clock) -> None:
    """Read it and keep it for every municipality of this deployment: they share the account."""
    found = await read_quota(line)
    if found is None:
        log.warning("LINE did not say how many messages are left")
        return
    await asyncio.to_thread(_keep, engine, clock, found)


def _keep(engine: Engine, clock: Clock, found: Quota) -> None:
    with engine.begin() as connection:
        connection.execute(update(outreach).values(quota_limit=found.limit, quota_used=found.used, quota_at=clock()))
