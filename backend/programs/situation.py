"""What is known about one household and one disaster on one day. A key that is absent is unknown, never false or zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Disaster:
    """The facts decided for one disaster and municipality. `known` holds the keys of `vocabulary.DISASTER`."""

    known: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        happened_on: date | None = None,
        prefecture: str = "",
        municipality: str = "",
        acts: Mapping[str, bool | None] | None = None,
        extended_deadlines: Mapping[str, date | str] | None = None,
    ) -> Disaster:
        """Build from the row staff edit: empty codes and absent acts stay unknown; dates may be ISO strings."""
        extended = {
            program: date.fromisoformat(day) if isinstance(day, str) else day
            for program, day in (extended_deadlines or {}).items()
        }
        known: dict[str, Any] = {key: value for key, value in (acts or {}).items() if value is not None}
        if happened_on:
            known["date"] = happened_on
        if prefecture or municipality:
            known["prefecture"] = prefecture or municipality[:2]
        if municipality:
            known["municipality"] = municipality
        if extended:
            known["extended_deadlines"] = extended
        return cls(known)


@dataclass(frozen=True, slots=True)
class Situation:
    """One household in one disaster, as far as known. `as_of` is the day asked about; money in whole yen."""

    disaster: Mapping[str, Any] = field(default_factory=dict)
    household: Mapping[str, Any] = field(default_factory=dict)
    members: tuple[Mapping[str, Any], ...] = ()
    as_of: date | None = None
    looked_up: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """Derived facts and conditions already worked out for this situation; never part of what it says."""

    def get(self, path: str) -> Any:
        """The value at `disaster.x` or, for a bare name, of the household; None when unknown."""
        if path.startswith("disaster."):
            return self.disaster.get(path[9:])
        return self.household.get(path)

    @property
    def listed(self) -> bool:
        """Whether every member of the household is listed."""
        size = self.household.get("size")
        return size is not None and len(self.members) >= size

    def unlisted(self, name: str) -> tuple[str, ...]:
        """Key paths of an input for the members nobody has told about yet."""
        size = self.household.get("size")
        if size is None:
            return ("household.size",)
        return tuple(f"household.members[{index}].{name}" for index in range(len(self.members), size))


def path_of(name: str) -> str:
    """The full key path of an input as the line format writes it."""
    return name if name.startswith("disaster.") else f"household.{name}"
