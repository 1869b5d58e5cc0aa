"""Two people changed the same thing: the second one is told, and nothing is overwritten (R18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Conflict(Exception):
    """The version somebody worked on is no longer the newest. `now` holds the values as they are now."""

    def __init__(self, now: Mapping[str, Any] | None = None) -> None:
        super().__init__("changed by somebody else in the meantime")
        self.now: Mapping[str, Any] = dict(now or {})
