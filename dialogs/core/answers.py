"""An answer: a value, or one of three ways of not giving one. Absent is never the same as false or zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

UNKNOWN, DEFERRED, DECLINED = "unknown", "deferred", "declined"
"""わからない · あとで · 答えたくない (UX-03): three different facts about a question."""

NOT_GIVEN = (UNKNOWN, DEFERRED, DECLINED)

Value: TypeAlias = str | int | bool | tuple[str, ...]
"""Choice: option id · multi: option ids · number and money: int (yen) · date: ISO string · words and place: str."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one field. `state` is "given" or one of `NOT_GIVEN`; `by` and `about` name roles, not people."""

    field: str
    value: Value | None
    state: str = "given"
    by: str = "self"
    about: str = "self"

    @property
    def given(self) -> bool:
        return self.state == "given"

    def to_json(self) -> list[Any]:
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return [self.field, value, self.state, self.by, self.about]

    @classmethod
    def from_json(cls, data: list[Any]) -> Answer:
        name, value, state, by, about = data
        return cls(name, tuple(value) if isinstance(value, list) else value, state, by, about)


Facts: TypeAlias = Mapping[str, Answer]
"""What the case already knows, by field, whoever asked."""
