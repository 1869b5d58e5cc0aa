"""The next chunks of a long list are made ready by other processes while this one writes the last.

They are given a chunk as it is stored and give back plain values; only this process reads and writes the database. A helper
that dies or hangs costs nothing but time: whoever waits for it does its work. They step back behind everything else on the machine.
"""

from __future__ import annotations

import contextlib
import logging
import marshal
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from typing import Any, TypeAlias

from backend import crypto
from backend.crypto import Keyring
from backend.jobs.run import Work

log = logging.getLogger(__name__)

LONG = 4_000
"""Rows of a list from which on processes of their own are worth starting."""
MOST_PROCESSES = 2
AHEAD = 4
"""Chunks that are under way or ready before they are needed."""
PATIENCE = 60.0
"""Seconds for one chunk, also in the time it takes a helper to start."""
IDLE = 30.0
"""Seconds after which helpers of work that was stopped go away."""
POLITE = 5

Make: TypeAlias = Callable[..., list[Any]]


def processes() -> int:
    """Helpers that this machine has room for; none where there is one processor."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST_PROCESSES, cores) if cores > 1 else 0


@dataclass
class _Helpers:
    """The helpers of one job, and what they have under way: chunk → what it becomes."""

    pool: ProcessPoolExecutor
    under_way: dict[int, Future[tuple[bytes, float]]] = field(default_factory=dict)
    ends: threading.Timer | None = None


_helpers: dict[str, _Helpers] = {}
worked = {"s": 0.0}
"""Processor time of helpers of this process so far, in seconds."""
_failed: set[str] = set()
"""Jobs whose helpers failed: they are not tried again at every slice."""


def made(work: Work, number: int, make: Make, read: Callable[[int], Sequence[Any] | None]) -> list[Any]:
    """`make(*read(number))`, the list of a chunk's rows. `read` gives None for a chunk that is not there."""
    helpers = _of(work)
    if helpers is not None:
        try:
            for one in range(number, number + AHEAD):
                if one not in helpers.under_way and (given := read(one)) is not None:
                    helpers.under_way[one] = helpers.pool.submit(_made, make, *given)
            for gone in [one for one in helpers.under_way if one < number]:
                del helpers.under_way[gone]
            content, spent = helpers.under_way.pop(number).result(PATIENCE)
            worked["s"] += spent
            waited: list[Any] = marshal.loads(content)  # noqa: S302  of our own process
            return waited
        except (BrokenExecutor, CancelledError, TimeoutError, RuntimeError) as error:
            log.warning("a list goes on without helpers: %s", type(error).__name__)
            _failed.add(work.id)
            close(work.id)
    if (given := read(number)) is None:
        raise LookupError(number)
    return make(*given)


def close(job_id: str) -> None:
    """Let the helpers of a job go."""
    helpers = _helpers.pop(job_id, None)
    if helpers is not None:
        if helpers.ends is not None:
            helpers.ends.cancel()
        helpers.pool.shutdown(wait=False, cancel_futures=True)


def _of(work: Work) -> _Helpers | None:
    helpers = _helpers.get(work.id)
    if helpers is None:
        if work.id in _failed or work.total < LONG or not (many := processes()):
            return None
        helpers = _helpers[work.id] = _Helpers(ProcessPoolExecutor(many, get_context("spawn"), _begin, work.shell.settings.keys()))
    if helpers.ends is not None:
        helpers.ends.cancel()
    helpers.ends = threading.Timer(IDLE, close, (work.id,))
    helpers.ends.daemon = True
    helpers.ends.start()
    return helpers


# --- in a helper --------------------------------------------------------------------------------------------------


def _begin(*keys: str) -> None:
    """Once in each helper. The keys come through the pipe, never among the arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the process that asks
    with contextlib.suppress(AttributeError, OSError):
        os.nice(POLITE)
    crypto.use(Keyring(*keys))
    if (parent := parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    """A killed parent cannot tell anybody: without this its helpers would wait for work for ever."""
    parent.join()
    os._exit(1)


def _made(make: Make, *given: Any) -> tuple[bytes, float]:
    # Bytes, because whatever takes them over does so in a thread beside the one that writes.
    began = time.process_time()
    content = marshal.dumps(make(*given))
    return content, time.process_time() - began
