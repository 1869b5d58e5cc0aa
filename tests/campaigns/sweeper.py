"""Schedulers that are killed at their work: `python -m tests.campaigns.sweeper URL SIDE_BY_SIDE KILLS SEED`.

One process imports everything and forks so many schedulers that sweep beside each other. Each dies of SIGKILL by its own hand at
a moment chosen beforehand (before or after a statement, before or after a commit), and the next takes its place, until KILLS have
died; those who follow live until nothing is due. A line for each death says where it was. No waiting, and no luck: the moments
follow from the seed.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event, func, select

import backend.models  # noqa: F401
from backend import crypto
from backend.campaigns.run import LADDER, LadderClock
from backend.crypto import Keyring
from backend.db import open_engine, reading
from backend.followups.models import due
from backend.followups.run import run_due
from tests.conftest import MONDAY_MORNING, SECRET

AT_ONCE = 20
"""Households of a transaction: small, so that whoever dies leaves much to do."""
FARTHEST = {"before a statement": 40, "after a statement": 40, "before a commit": 3, "after a commit": 3}
"""Where a scheduler may die, and at the how manieth of them at the latest: one to three transactions from its start."""


def main(url: str, side_by_side: int, kills: int, seed: int) -> None:
    chance, living = random.Random(seed), {}
    to_die = [(place := chance.choice(list(FARTHEST)), chance.randint(1, FARTHEST[place])) for _ in range(kills)]
    crypto.use(Keyring(SECRET))
    while to_die or living:
        while to_die and len(living) < side_by_side:
            end = to_die.pop()
            living[_forked(url, *end)] = end
        child, status = os.wait()
        place, number = living.pop(child)
        print(f"killed {place} ({number})" if os.WIFSIGNALED(status) else f"ended with {os.waitstatus_to_exitcode(status)}", flush=True)
    for child in [_forked(url) for _ in range(side_by_side)]:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _forked(url: str, place: str = "", number: int = 0) -> int:
    if child := os.fork():
        return child
    status = 1
    try:
        sweep(open_engine(url), place, number)
        status = 0
    finally:
        os._exit(status)


def sweep(engine: Engine, place: str, number: int) -> None:
    if place:
        die_at(engine, place, number)
    while True:
        if not run_due(engine, lambda: MONDAY_MORNING, {LADDER: LadderClock()}, limit=AT_ONCE) and not left(engine):
            return  # whatever the dead still held was seen to


def left(engine: Engine) -> int:
    with reading(engine).connect() as c:
        return int(c.scalar(select(func.count()).select_from(due).where(due.c.due_at <= MONDAY_MORNING)) or 0)


def die_at(engine: Engine, place: str, number: int) -> None:
    """SIGKILL at the `number`-th moment of this kind."""
    moments = 0

    def passed(here: str) -> None:
        nonlocal moments
        moments += here == place
        if moments == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", lambda *_: passed("before a statement"))
    event.listen(engine, "after_cursor_execute", lambda *_: passed("after a statement"))
    commit: Callable[[Any], None] = engine.dialect.do_commit

    def committed(connection: Any) -> None:
        passed("before a commit")
        commit(connection)
        passed("after a commit")

    engine.dialect.do_commit = committed  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main(sys.argv[1], *(int(one) for one in sys.argv[2:]))
