"""What calls take: checked before a handler sees it, described in OpenAPI by the same models. Unknown fields are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-v]{26}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
MaybeWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_max_length=10_000)


class CasePatch(Body):
    """Where a case belongs and who carries it; what is left out stays."""

    district: Annotated[str, StringConstraints(max_length=80)] | None = None
    assigned_to: Id | Literal[""] | None = None
    note: MaybeWords = ""


class Closing(Body):
    reason: Line
    note: MaybeWords = ""
    handed_to: Line = ""
    handover: MaybeWords = ""


class Note(Body):
    text: Words


class NoteMaybe(Body):
    note: MaybeWords = ""


class Category(Body):
    """The decision on the support category (支援区分 1–4)."""

    category: Literal[1, 2, 3, 4]
    note: MaybeWords = ""


class Policy(Body):
    """The next version of the support policy. `based_on` is the number of the one before; 0: there is none."""

    based_on: int
    wish_home: MaybeWords = ""
    wish_life: MaybeWords = ""
    policy: Words
    as_of: date


class ReferralMark(Body):
    state: Literal["accepted", "declined", "done"]
    note: MaybeWords = ""
    recipient: Id | None = None


class VisitMark(Body):
    state: Literal["planned", "done", "declined"]
    note: MaybeWords = ""


class Review(Body):
    on: date | None


class Hook(Body):
    url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
    events: list[Line]
