"""The next chunks of a long list are made ready by other processes while this one writes the last.

They are given a chunk as it is stored and give back plain values; only this process reads and writes the database. A helper
that dies or hangs costs nothing but time: whoever waits for it does its work. They step back behind everything else on the machine.
"""

from __future__ import annotations

import contextlib
import gc
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
    """The helpers of this process. `under_way`: job → chunk → what it becomes."""

    pool: ProcessPoolExecutor
    keys: tuple[str, ...]
    under_way: dict[str, dict[int, Future[tuple[bytes, float]]]] = field(default_factory=dict)
    ends: threading.Timer | None = None


_here: list[_Helpers] = []
_failed: set[str] = set()
"""Jobs whose helpers failed: they are not tried again at every slice."""
worked = {"s": 0.0}
"""Processor time of helpers of this process so far, in seconds."""


def made(work: Work, number: int, make: Make, read: Callable[[int], Sequence[Any] | None]) -> list[Any]:
    """`make(*read(number))`, the list of a chunk's rows. `read` gives None for a chunk that is not there."""
    helpers = _helpers_for(work)
    if helpers is not None:
        try:
            return _awaited(helpers, helpers.under_way.setdefault(work.id, {}), number, make, read)
        except (BrokenExecutor, CancelledError, TimeoutError, RuntimeError) as error:
            log.warning("a list goes on without helpers: %s", type(error).__name__)
            _failed.add(work.id)
            let_go(helpers)
        finally:
            _ends_when_idle(helpers)
    if (given := read(number)) is None:
        raise LookupError(number)
    return make(*given)


def close(job_id: str) -> None:
    """Nothing more of this job is wanted. The helpers stay a little: a list that was checked is often taken in next."""
    for helpers in _here:
        for future in helpers.under_way.pop(job_id, {}).values():
            future.cancel()


def let_go(helpers: _Helpers) -> None:
    """Let the helpers go, without waiting for what they do."""
    if helpers in _here:
        _here.remove(helpers)
    helpers.pool.shutdown(wait=False, cancel_futures=True)


def _awaited(
    helpers: _Helpers, under_way: dict[int, Future[tuple[bytes, float]]], number: int, make: Make, read: Callable[[int], Sequence[Any] | None]
) -> list[Any]:
    for one in range(number, number + AHEAD):
        if one not in under_way and (given := read(one)) is not None:
            under_way[one] = helpers.pool.submit(_made, make, *given)
    for gone in [one for one in under_way if one < number]:
        del under_way[gone]
    content, spent = under_way.pop(number).result(PATIENCE)
    worked["s"] += spent
    waited: list[Any] = marshal.loads(content)  # noqa: S302  of our own process
    return waited


def _helpers_for(work: Work) -> _Helpers | None:
    if work.id in _failed or work.total < LONG or not (many := processes()):
        return None
    keys = work.shell.settings.keys()
    for helpers in [*_here]:
        if helpers.ends is not None:
            helpers.ends.cancel()
        if helpers.keys == keys:
            return helpers
        let_go(helpers)
    _here.append(_Helpers(ProcessPoolExecutor(many, get_context("spawn"), _begin, keys), keys))
    return _here[0]


def _ends_when_idle(helpers: _Helpers) -> None:
    if helpers not in _here:
        return
    helpers.ends = threading.Timer(IDLE, let_go, (helpers,))
    helpers.ends.daemon = True
    helpers.ends.start()


# --- in a helper --------------------------------------------------------------------------------------------------


def _begin(*keys: str) -> None:
    """Once in each helper. The keys come through the pipe, never among the arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the process that asks
    with contextlib.suppress(AttributeError, OSError):
        os.nice(POLITE)
    crypto.use(Keyring(*keys))
    gc.disable()  # rows hold no circles, and a helper lives as long as one list
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
