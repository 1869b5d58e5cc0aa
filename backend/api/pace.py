"""How often one token may ask: a bucket of `BURST` calls that refills by `PER_SECOND`, in each web process.

It keeps a program that runs in circles from slowing the residents' chat down; it is no defence against many machines.
"""

from __future__ import annotations

import math
import threading
import time

BURST = 120
PER_SECOND = 10.0
MOST_TOKENS = 10_000


class Pace:
    """`wait(token_id)` is 0 when the call may go on, else the whole seconds until the next one may."""

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self._burst, self._per_second = burst, per_second
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, token_id: str) -> int:
        with self._lock:
            now = time.monotonic()
            left, since = self._buckets.get(token_id, (float(self._burst), now))
            left = min(float(self._burst), left + (now - since) * self._per_second)
            if len(self._buckets) > MOST_TOKENS:
                self._buckets.clear()
            self._buckets[token_id] = (max(left - 1, 0.0) if left >= 1 else left, now)
        return 0 if left >= 1 else math.ceil((1 - left) / self._per_second)
