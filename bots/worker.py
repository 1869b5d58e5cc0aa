"""The worker: turns, deliveries, the clock, notices to staff, attachments. It stops cleanly when it is told to.

Each part is a loop of its own that outlives its failures: a database that is away for an hour, or a fault in one
part, is logged and tried again, and the other parts go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy.exc import OperationalError

from backend.app import Shell, check_key
from backend.db import is_postgres
from backend.followups.run import Handler, remind, run_due
from backend.journal.outbox import LEASE, Results, lease, mark, sweep
from backend.journal.process import AHEAD, ALL, BATCH, Hear, Share, process, waiting
from backend.messages import Channel
from bots import outreach
from bots.channels import configured_channels, paces
from bots.deliver import Sender
from bots.memory import settled
from dialogs.core.words import Text

log = logging.getLogger("tsunagi.worker")

Part: TypeAlias = tuple[str, float, Callable[[], Awaitable[Any]]]
"""Its name, the pause between two times, and what it does."""

LOOK = 0.02
"""Seconds between looks at an empty inbox: what a person waits at most before their turn begins."""
ENOUGH = BATCH // 2
"""Turns in a batch from which on the next one is not waited for."""
SWITCH = 0.0005
"""Seconds a thread may keep the interpreter from another: the turns hold SQLite's lock while they wait for it."""
PARENT_EVERY = 1.0
CLOCK_EVERY, NOTICES_EVERY, ATTACHMENTS_EVERY, SWEEP_EVERY = 1.0, 2.0, 2.0, 60.0
JOBS_EVERY, HOOKS_EVERY, FILES_EVERY = 1.0, 2.0, 600.0
LONGEST_PAUSE = 15.0
"""Seconds after repeated failures, so that a database that comes back is used again soon."""


TURNS, SENDING = "turns", "sending"
"""The parts of a worker: what is said and decided, and whatever talks to the outside. A processor core each: one
process for both ends where one core does (stack.md §1)."""


async def run(shell: Shell, stop: asyncio.Event | None = None, *, only: str = "", share: Share = ALL, parent: int = 0) -> None:
    """Work until `stop` is set, or SIGTERM or SIGINT comes; what is under way is finished and written down.

    `only` is the one part to do, `TURNS` or `SENDING`; of turns it takes its `share`, and the first one minds the clock.
    With the process id of a `parent`, it also ends when that is gone.
    """
    check_key(shell)
    if why := outreach.wake(shell):
        log.warning("this database was %s: nothing goes out by itself until somebody releases it", why)
    sys.setswitchinterval(SWITCH)
    stop = stop or asyncio.Event()
    _listen(stop)
    channels = configured_channels(shell.settings, shell.clock)
    hear = hearer(shell) if only != SENDING else None
    handlers = due_handlers(shell) if only != SENDING and share.number == 0 else {}
    also = others(shell, channels) if only != TURNS else []
    if parent:
        also.append(("parent", PARENT_EVERY, partial(_stop_alone, parent, stop)))
    settled()
    await work(shell, stop, channels, hear, handlers, also, share=share, sends=only != TURNS)


async def _stop_alone(parent: int, stop: asyncio.Event) -> None:
    if os.getppid() != parent:
        log.warning("the process that started this one is gone: stopping")
        stop.set()


def hearer(shell: Shell) -> Hear:
    """The real turn, with the programs read beforehand: not inside the first transaction that needs them."""
    from backend.conversations.hear import Conversations
    from backend.programs.edition import current

    current()
    return Conversations(shell.words, shell.book, shell.settings).hear


def due_handlers(shell: Shell) -> dict[str, Handler]:
    """Everything the clock does."""
    from backend.cases.review import REVIEW, review_due
    from backend.conversations.erase import ERASE, erase
    from backend.matching.propose import match_due
    from backend.overview import figures
    from backend.people.service import MATCH
    from backend.programs.logged import LOGGED, log_due
    from backend.programs.news import NEWS, tell_due
    from backend.programs.recompute import REASSESS, RECOMPUTE, reassess, recompute
    from backend.programs.reminders import DEADLINE, remind_due
    from backend.staff.terms import ENDS, end_due
    from backend.tasks.clock import CLOCK, TaskClock

    return {ENDS: end_due, MATCH: match_due, "reminder": remind, RECOMPUTE: recompute, REASSESS: reassess, DEADLINE: remind_due, NEWS: tell_due, LOGGED: log_due, CLOCK: TaskClock(shell.words), ERASE: erase, REVIEW: review_due, figures.KIND: figures.nightly,
            **outreach.handlers(shell)}


def others(shell: Shell, channels: Mapping[str, Channel]) -> list[Part]:
    """What is done now and then beside: tell staff what waits, fetch what people sent along."""
    from backend.api.events import forget_told
    from backend.api.hooks import send_due as tell_hooks
    from backend.booth.drafts import drop_forgotten
    from backend.conversations.fetching import fetch_waiting
    from backend.files.service import drop_expired
    from backend.jobs.kinds import SLICES
    from backend.jobs.run import run_slice
    from backend.tasks.notices import send_due

    return [
        ("notices", NOTICES_EVERY, partial(send_due, shell, channels, shell.clock)),
        ("attachments", ATTACHMENTS_EVERY, partial(fetch_waiting, shell.engine, channels, shell.clock)),
        ("jobs", JOBS_EVERY, partial(_drained, partial(run_slice, shell, SLICES))),
        ("webhooks", HOOKS_EVERY, partial(tell_hooks, shell)),
        ("told webhooks", FILES_EVERY, partial(asyncio.to_thread, forget_told, shell.engine, shell.clock)),
        ("forms", FILES_EVERY, partial(asyncio.to_thread, drop_forgotten, shell.engine, shell.clock)),
        ("files", FILES_EVERY, partial(asyncio.to_thread, drop_expired, shell.engine, shell.clock)),
        *outreach.parts(shell, channels),
    ]


async def work(shell: Shell, stop: asyncio.Event, channels: Mapping[str, Channel], hear: Hear | None,
               handlers: Mapping[str, Handler], also: Sequence[Part] = (), *, share: Share = ALL,
               sends: bool = True, hold: timedelta = LEASE) -> None:
    """The loops, over given channels and turn; `run` gives the real ones. `hold`: how long a send may take.

    Without `hear` it takes no turns, without `handlers` it leaves the clock alone; without `sends` it delivers nothing.
    """
    engine, clock = shell.engine, shell.clock
    senders = {name: channel.capabilities for name, channel in channels.items() if channel.capabilities.sends}

    def resent(locale: str) -> str:
        return str(shell.words.render(Text("delivery.again"), locale))

    take = partial(lease, engine, clock, channels=senders, hold=hold, resent=resent)
    note = partial(_surely, partial(mark, engine, clock, resent=resent))
    loops = [_kept_up(name, _every(pause, do), stop) for name, pause, do in also]
    if hear is not None:
        loops.append(_kept_up("inbox", partial(_in_thread, partial(_turns, shell, channels, hear, share)), stop))
    if handlers:
        loops.append(_kept_up("clock", _every(CLOCK_EVERY, partial(_drained, partial(run_due, engine, clock, handlers))), stop))
    if sends:
        loops += [
            _kept_up("outbox", partial(_sending, shell, channels, take, note), stop),
            _kept_up("sweep", _every(SWEEP_EVERY, partial(_drained, partial(sweep, engine, clock))), stop),
        ]
    try:
        await asyncio.gather(*loops)
    finally:
        for channel in channels.values():
            with contextlib.suppress(Exception):
                await channel.close()


def _listen(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows; or not the main thread
            with contextlib.suppress(ValueError):
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


# --- loops --------------------------------------------------------------------------------------------------


async def _kept_up(name: str, loop: Callable[[asyncio.Event], Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Run `loop` until `stop`; after a failure again, a little later each time it fails at once."""
    pause = 0.1
    while not stop.is_set():
        began = time.monotonic()
        try:
            await loop(stop)
        except Exception as error:
            log.error("%s: %s; trying again", name, type(error).__name__)
            if time.monotonic() - began > LONGEST_PAUSE * 2:
                pause = 0.1
            await _rest(stop, pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


def _every(seconds: float, do: Callable[[], Awaitable[Any]]) -> Callable[[asyncio.Event], Coroutine[Any, Any, None]]:
    async def loop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await do()
            await _rest(stop, seconds)

    return loop


async def _in_thread(do: Callable[[Callable[[], bool]], None], stop: asyncio.Event) -> None:
    """`do` asks again and again whether it should stop: it is told also when whoever waits for it goes away."""
    gone = threading.Event()
    try:
        await asyncio.to_thread(do, lambda: stop.is_set() or gone.is_set())
    finally:
        gone.set()


async def _drained(do: Callable[[], int]) -> None:
    while await asyncio.to_thread(do):
        pass


async def _sending(shell: Shell, channels: Mapping[str, Channel], take: Any, note: Any, stop: asyncio.Event) -> None:
    await Sender(channels, take, note, paces(shell.settings)).run(stop)


def _turns(shell: Shell, channels: Mapping[str, Channel], hear: Hear, share: Share, stopping: Callable[[], bool]) -> None:
    batch = BATCH if is_postgres(shell.engine) else AHEAD
    while not stopping():
        # A small batch gets a moment to grow: a commit is shared, and others may write meanwhile.
        if not waiting(shell.engine) or process(shell.engine, channels, hear, shell.clock, batch, share) < ENOUGH:
            time.sleep(LOOK)


def _surely(write: Callable[[Results], None], results: Results) -> None:
    """Write down how sends ended, whatever the database does: what is forgotten here could be sent again."""
    for pause in (0.1, 0.5, 1, 2, 4, 8, 16):
        try:
            return write(results)
        except OperationalError as error:
            log.warning("outbox: results wait for the database: %s", type(error).__name__)
            time.sleep(pause)
    write(results)
