"""What the worker does for outreach: the ladder's clock, sending at a campaign's pace, the switch, the pulse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from backend.app import Shell
from backend.campaigns.calling_back import HELD, tell_held
from backend.campaigns.pacing import send_some
from backend.campaigns.restored import silence
from backend.campaigns.results import harvest
from backend.campaigns.run import LADDER, LadderClock
from backend.campaigns.switch import call_back_again
from backend.campaigns.watching import WATCHING, Watching, ensure
from backend.contacts.promises import PROMISE, Promises
from backend.followups.pulse import EVERY, beat
from backend.followups.run import Handler
from backend.messages import Channel
from backend.visits.appointments import APPOINTMENT, tell_due

PACING_EVERY, ENDS_EVERY, SWITCH_EVERY = 1.0, 2.0, 2.0
QUOTA_EVERY = timedelta(hours=1).total_seconds()


def handlers(shell: Shell) -> dict[str, Handler]:
    """What comes due."""
    return {LADDER: LadderClock(sms=bool(shell.settings.sms_url)), PROMISE: Promises(), WATCHING: Watching(),
            HELD: tell_held, APPOINTMENT: tell_due}


def parts(shell: Shell, channels: Mapping[str, Channel]) -> list[tuple[str, float, Callable[[], Awaitable[Any]]]]:
    """What is looked at again and again, with the seconds between."""
    engine, clock, sms = shell.engine, shell.clock, bool(shell.settings.sms_url)
    found: list[tuple[str, float, Callable[[], Awaitable[Any]]]] = [
        ("campaigns", PACING_EVERY, partial(asyncio.to_thread, partial(send_some, engine, clock, shell.words, sms=sms))),
        ("campaign ends", ENDS_EVERY, partial(asyncio.to_thread, harvest, engine, clock)),
        ("switch", SWITCH_EVERY, partial(asyncio.to_thread, call_back_again, engine, clock)),
        ("pulse", EVERY.total_seconds(), partial(asyncio.to_thread, wake, shell)),
    ]
    if "line" in channels:
        from bots.line.client import Line
        from bots.line.quota import keep_quota

        line = channels["line"]
        if isinstance(line, Line):
            found.append(("quota", QUOTA_EVERY, partial(keep_quota, line, engine, clock)))
    return found


def wake(shell: Shell) -> str:
    """Notice a restored database before anything is done with it; why everything was silenced, or ""."""
    why = beat(shell.engine, shell.clock, shell.settings.data_dir, silence)
    with shell.engine.begin() as connection:
        ensure(connection, shell.clock())
    return why
