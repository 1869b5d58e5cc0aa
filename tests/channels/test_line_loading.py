"""The loading animation: for those who wait, never after the answer, never in the way."""

from __future__ import annotations

import asyncio

from sqlalchemy import Engine, update

from backend.clock import Clock
from backend.journal.ingest import Ingest
from backend.journal.models import inbox
from backend.messages import RawEvent
from bots.line.client import Line
from bots.line.loading import MOST_AT_ONCE, Loading, still_open
from bots.line.parse import NOBODY
from tests.channels.patience import HushedLine
from tests.conftest import MakeTenant
from tests.fakes import line_events as events
from tests.fakes.line import TOKEN, LineFake


def event(number: int, clock: Clock, address: str = "") -> RawEvent:
    return RawEvent("line", address or events.person(number), f"e{number}", clock(), b"{}")


async def looked(loading: Loading) -> None:
    assert loading._watch is not None
    async with asyncio.timeout(60):
        await loading._watch


async def test_only_those_whose_turn_is_still_open_see_it(line: LineFake, line_channel: Line, clock: Clock) -> None:
    loading = Loading(line_channel, lambda ids: {"e2"} & set(ids), patience=0.01)
    loading.expect([event(1, clock), event(2, clock), event(3, clock, NOBODY)])
    await looked(loading)
    assert line.loading == [events.person(2)]


async def test_in_a_surge_it_stays_below_lines_limit(line: LineFake, clock: Clock) -> None:
    # Forty at once on a busy machine: a send that ran out of time would be one animation fewer.
    loading = Loading(HushedLine(line, clock), set, patience=0.01)
    loading.expect([event(n, clock) for n in range(3000)])
    await looked(loading)
    # The newest; they go out side by side, so the order in which they arrive is nobody's.
    assert sorted(line.loading) == sorted(events.person(n) for n in range(3000 - MOST_AT_ONCE, 3000))


async def test_line_that_is_away_or_a_database_that_is_does_no_harm(clock: Clock) -> None:
    away = Loading(Line(TOKEN, "http://127.0.0.1:9", "http://127.0.0.1:9", clock), set, patience=0.01)
    away.expect([event(1, clock)])
    await looked(away)

    def broken(_: list[str]) -> set[str]:
        raise RuntimeError

    lost = Loading(Line(TOKEN, "http://127.0.0.1:9", "http://127.0.0.1:9", clock), broken, patience=0.01)
    lost.expect([event(1, clock)])
    await looked(lost)


def test_the_inbox_knows_which_turns_are_open(sqlite_engine: Engine, clock: Clock, make_tenant: MakeTenant) -> None:
    make_tenant(sqlite_engine)
    Ingest(sqlite_engine, clock).put_now([event(1, clock), event(2, clock)])
    with sqlite_engine.begin() as connection:
        connection.execute(update(inbox).where(inbox.c.event_id == "e1").values(done_at=clock()))
    assert still_open(sqlite_engine)(["e1", "e2", "e3"]) == {"e2"}
