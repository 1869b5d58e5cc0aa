"""The registry of numbers to call (SF §3.4): who may be shown, until when, and what is due for checking.

A number that nobody checked for half a year is worse than none: expired entries are hidden. 119 and 110 never are,
and stand in wherever nothing else is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).with_name("hotlines.yaml")

LONGEST = timedelta(days=180)
"""SF §3.4: a check holds for at most this long."""

WARN_BEFORE = timedelta(days=30)

_FIELDS = frozenset(
    {"id", "number", "topics", "label", "hours", "area", "source", "confidence", "checked_on", "checked_by", "expires_on"}
)


class BadHotline(ValueError):
    """An entry of the registry that cannot be used; the sentence names it and says why."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """One number to call. `confidence` S: read in a public source; M: general knowledge."""

    id: str
    number: str
    topics: tuple[str, ...]
    label: Mapping[str, str]
    hours: Mapping[str, str]
    area: str
    source: str
    confidence: str
    checked_on: date
    checked_by: str
    expires_on: date
    always: bool = False

    def shown(self, today: date) -> bool:
        return self.always or (self.confidence == "S" and today <= self.expires_on)

    def line(self, locale: str) -> str:
        """One line of a message: よりそいホットライン 0120-279-338（24時間・無料）."""
        name = locale if locale in self.label else "ja" if locale.startswith("ja") else "en"
        label, hours = self.label[name], self.hours[name]
        return f"{label} {self.number}（{hours}）" if name.startswith("ja") else f"{label} {self.number} ({hours})"


@dataclass(frozen=True, slots=True)
class Hotlines:
    """All entries, in the order in which they are shown."""

    entries: tuple[Hotline, ...]

    @classmethod
    def load(cls, path: Path = PATH) -> Hotlines:
        """Read the registry. Raises `BadHotline` for an entry that is incomplete or holds longer than 180 days."""
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = tuple(_entry(item) for item in data)
        ids = [entry.id for entry in entries]
        for name in ids:
            if ids.count(name) > 1:
                raise BadHotline(f"{path.name}: {name} stands twice")
        if not any(entry.always for entry in entries):
            raise BadHotline(f"{path.name}: 119 and 110 are missing (always: true)")
        return cls(entries)

    def for_topic(self, topic: str, today: date) -> tuple[Hotline, ...]:
        """What may be shown for a crisis topic today; 119 and 110 when nothing else is left."""
        found = tuple(entry for entry in self.entries if topic in entry.topics and entry.shown(today))
        return found or tuple(entry for entry in self.entries if entry.always)

    def lines(self, topic: str, locale: str, today: date) -> str:
        """The lines of a message for that topic, one number a line."""
        return "\n".join(entry.line(locale) for entry in self.for_topic(topic, today))

    def due(self, today: date) -> list[str]:
        """A sentence for every entry that has expired or will within 30 days: what `./run hotlines check` prints."""
        found = []
        for entry in self.entries:
            if entry.always:
                continue
            if today > entry.expires_on:
                found.append(f"{entry.id} ({entry.number}): expired on {entry.expires_on}; the bot hides it. Check {entry.source}")
            elif today > entry.expires_on - WARN_BEFORE:
                found.append(f"{entry.id} ({entry.number}): expires on {entry.expires_on}. Check {entry.source}")
        return found


def _entry(item: Mapping[str, Any]) -> Hotline:
    name = item.get("id", "?") if isinstance(item, dict) else "?"
    missing = sorted(_FIELDS - set(item)) if isinstance(item, dict) else sorted(_FIELDS)
    if missing:
        raise BadHotline(f"hotline {name}: {', '.join(missing)} is missing")
    for part in ("label", "hours"):
        if {"ja", "en"} - set(item[part]):
            raise BadHotline(f"hotline {name}: {part} needs ja and en")
    for part in ("checked_on", "expires_on"):
        if not isinstance(item[part], date):
            raise BadHotline(f"hotline {name}: {part} is not a date")
    if not isinstance(item["number"], str):
        raise BadHotline(f"hotline {name}: the number must be quoted")
    if item["expires_on"] - item["checked_on"] > LONGEST:
        raise BadHotline(f"hotline {name}: a check holds for at most {LONGEST.days} days")
    return Hotline(**{**item, "topics": tuple(item["topics"])})
