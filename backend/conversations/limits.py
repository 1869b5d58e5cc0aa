"""What each channel may carry (privacy-and-safety §2.5), and which ones people read by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Limits(NamedTuple):
    """Highest sensitivity that may be asked for (`max_in`) and said (`max_out`) on a surface: 0, 1 or 2."""

    max_in: int
    max_out: int


DEFAULTS = {"line": Limits(1, 1), "telegram": Limits(1, 1), "web": Limits(2, 2), "terminal": Limits(2, 2)}
"""A municipality may tighten the chats of other companies to 0."""

PAGE = Limits(2, 2)
"""The project's own secure page."""

READ_BY_THE_PERSON = frozenset({"web", "terminal"})
"""Channels whose history is the mailbox: nothing is sent, so there is no outbox entry."""


def limits_of(channel: str, settings: Mapping[str, Any]) -> Limits:
    """The limits of a channel, by the municipality's settings (`tenant.channel_limits`); unknown channels carry nothing."""
    default = DEFAULTS.get(channel, Limits(0, 0))
    own = settings.get(channel) or {}
    return Limits(
        min(int(own.get("max_in", default.max_in)), default.max_in),
        min(int(own.get("max_out", default.max_out)), default.max_out),
    )
