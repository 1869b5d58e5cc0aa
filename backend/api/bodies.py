"""What calls take: checked before a handler sees it, described in OpenAPI by the same models. Unknown fields are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

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
    team: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    note: MaybeWords = ""


Value = Annotated[str, StringConstraints(max_length=2000)] | list[Annotated[str, StringConstraints(max_length=60)]]
"""An answer as it would be typed or ticked: words, an option id, a list of them, or `-unknown`, `-deferred`, `-declined`."""


class Search(Body):
    """What somebody would type: a name, kana, a telephone number, a birth date, a case number."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class ListColumns(Body):
    """Place of a column in the file ("0" is the first) -> id of a column; left out: as proposed."""

    mapping: dict[Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")], Line] | None = None


class NewCase(Body):
    """A household told of by telephone or at a booth; `answers` by field id of the vocabulary."""

    origin: Literal["booth", "phone"]
    language: Literal["ja", "ja@simple", "en"] = "ja"
    answers: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,59}$")], Value]


class Answers(Body):
    """Answers to change; an empty one is taken back, what is not named stays."""

    answers: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,59}$")], Value]


class PersonData(Body):
    name: Line | None = None
    kana: Line | None = None
    phone: Line | None = None
    landline: Line | None = None
    birth_date: date | None = None
    sex: Literal["female", "male", "other"] | None = None
    address: Line | None = None
    current_address: Line | None = None


class Member(PersonData):
    """Somebody of the household; `relation` to its head."""

    relation: Literal["", "spouse", "child", "parent", "grandchild", "sibling", "other"] = ""
    lives_together: bool = True
    on_register: bool | None = None
    head: bool = False


class MemberPatch(PersonData):
    """What is left out stays. `member` is the member's id, `version` the one that was worked on."""

    member: Id
    version: int
    relation: Literal["", "spouse", "child", "parent", "grandchild", "sibling", "other"] | None = None
    lives_together: bool | None = None
    on_register: bool | None = None
    head: bool | None = None


class Contact(Body):
    """An approach, or what somebody told; channels and results as in the console."""

    channel: Line
    result: Line
    at: datetime
    note: MaybeWords = ""
    next_on: date | None = None


class Wish(Body):
    """A visit, a professional or a call back that the household asked for."""

    kind: Literal["visit", "refer", "talk"]
    profession: Line = ""


class Meeting(Body):
    held_on: date
    starts_at: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | Literal[""] = ""
    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""


class Question(Body):
    question: MaybeWords = ""


class Decision(Body):
    decision: Literal["same", "different", "later"]


class Restriction(Body):
    """PR-31: true keeps the case and its person to their handlers."""

    restricted: bool


class AgendaItem(Body):
    """A household for the agenda of a meeting, and why."""

    case: Id
    why: Literal["flagged", "returned", "stalled", "review", "category"] = "flagged"
    question: MaybeWords = ""


class Decided(Body):
    """What the meeting decided about a household of its agenda; `version` is the item's."""

    item: Id
    version: int
    decision: Words
    review_on: date | None = None


class Export(Body):
    """A form or list in a format, of one case or of a filter's (`chosen`, as the addresses of the list have it)."""

    form: Line
    format: Line
    case: Id | Literal[""] = ""
    recipient: Id | Literal[""] = ""
    chosen: dict[Line, Line] = {}


class Closing(Body):
    reason: Line
    note: MaybeWords = ""
    handed_to: Line = ""
    handover: MaybeWords = ""


class Note(Body):
    text: Words


class NotePatch(Body):
    """Other words for a note; `version` is the note's."""

    note: Id
    version: int
    text: Words


class Entry(Body):
    """What somebody did; `on` an earlier day, left out: today."""

    text: Words
    on: date | None = None


class Strike(Body):
    """An entry that was wrong: it stays readable, struck through."""

    entry: Id


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
    """`asked` puts it before the partner named as `recipient`."""

    state: Literal["asked", "accepted", "declined", "done"]
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


class Reply(Body):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class Verdict(Body):
    """Whether the alarm was right (SF-14)."""

    verdict: Literal["true", "false", "unsure"]


class Oral(Body):
    """A decision that somebody told after the question was read to them; `read` names the words, from `consent-questions`."""

    recipient: Literal["welfare_council", "welfare_commissioner", "professional", "npo"]
    event: Literal["given", "deferred", "refused", "withdrawn"]
    read: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Linked(Body):
    """Who answers on the telephone that is bound, and in which language the chat says its first words."""

    speaker: Literal["self", "proxy"] = "self"
    relation: Line = ""
    locale: Literal["ja", "ja@simple", "en"] = "ja"


class Bound(Body):
    binding: Id


class Members(Body):
    """Members of the household, from a day; with `own_case` those who leave become a case of their own."""

    members: Annotated[list[Id], Field(min_length=1, max_length=20)]
    on: date | None = None


class Leaving(Members):
    own_case: bool = False


class Way(Body):
    """A number or address beside the chat."""

    kind: Literal["sms", "email"]
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class WayId(Body):
    way: Id


class ReminderId(Body):
    reminder: Id
