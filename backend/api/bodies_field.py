"""What calls take for work outside the office: visits, meetings, consultation days, outreach."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backend.api.bodies import Body, Id, Line, MaybeWords, Value, Words

Hour = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Ids = Annotated[list[Id], Field(max_length=500)]

# --- visits


class Going(Body):
    """Who goes, and when. `place` is the place in the walking order; `safety` what the two should know at the door."""

    first: Id
    second: Id
    place: Annotated[int, Field(ge=0, le=999)] = 0
    from_time: Hour | Literal[""] = ""
    until_time: Hour | Literal[""] = ""
    interpreter: Annotated[str, StringConstraints(max_length=10)] = ""
    safety: Annotated[str, StringConstraints(max_length=1000)] = ""


class HomeOfDay(Going):
    """A home put on a day; `visit` and `request` as the proposal named them, so that what was asked for is settled."""

    case: Id
    visit: Id | Literal[""] = ""
    request: Id | Literal[""] = ""


class VisitDay(Body):
    """The homes of a day, all or none."""

    day: date
    homes: Annotated[list[HomeOfDay], Field(min_length=1, max_length=100)]


class Moved(Going):
    day: date


class InDistrict(Body):
    district: Annotated[str, StringConstraints(max_length=80)] = ""


class AtDoor(Body):
    """What came of a visit. `key` is the sender's own: the same key is the same report. `answers` as on the short survey."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,40}$")]
    result: Line
    at: datetime
    note: MaybeWords = ""
    next_on: date | None = None
    answers: dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")], Value] = {}


# --- meetings


class Item(Body):
    item: Id


class Invited(Body):
    """A colleague; or somebody of an organisation by name, with the day of their own pledge."""

    colleague: Id | None = None
    recipient: Id | None = None
    name: Name = ""
    organisation: Name = ""
    pledged_on: date | None = None


class Participant(Body):
    participant: Id


class Given(Body):
    """Something that the meeting gives to somebody; with a profession it is a referral."""

    item: Id
    what: Words
    owner: Name = ""
    due_on: date | None = None
    profession: Line = ""


class Minutes(Body):
    """The minutes, and who came (ids of participants)."""

    minutes: MaybeWords = ""
    present: Ids = []


# --- consultation days


class BoothDay(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    held_on: date
    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    kinds: Annotated[list[Line], Field(max_length=20)] = []


class Station(Body):
    kind: Line
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""


class Drawn(Body):
    """Where the number waits; left out: at reception."""

    station: Id | Literal[""] = ""


class DayState(Body):
    closed: bool


class TicketMove(Body):
    """`to` is the station it is handed on to, `done` what this station did, `note` what the next should know."""

    act: Literal["call", "again", "skip", "return", "absent", "hand_on", "finish", "reopen"]
    to: Id | Literal[""] = ""
    done: Annotated[str, StringConstraints(max_length=1000)] = ""
    note: Annotated[str, StringConstraints(max_length=1000)] = ""


class CaseNumber(Body):
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


# --- outreach


class Chosen(Body):
    """Which households: all that is said must hold; what is empty lets everybody through."""

    districts: Annotated[list[Line], Field(max_length=200)] = []
    damage: list[Literal["total", "large_half", "medium_half", "half", "quasi_half", "partial", "none"]] = []
    categories: list[Literal[1, 2, 3, 4]] = []
    origins: list[Literal["chat", "booth", "import", "phone", "console"]] = []
    languages: list[Literal["ja", "ja@simple", "en"]] = []
    never_reached: bool = False
    alone: bool = False
    silent_days: Annotated[int, Field(ge=0, le=3650)] = 0


class Step(Body):
    """What is done, and how many working days after the step before."""

    by: Literal["chat", "remind", "other", "phone", "letter", "visit", "meeting"]
    days: Annotated[int, Field(ge=0, le=90)]


class CampaignPlan(Body):
    """What is decided about a campaign. Steps left out: the usual ones; `pressing` is for categories 3 and 4. Words by language: left
    out, the catalogue's; news needs its own in Japanese. `pace` is messages an hour."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    kind: Literal["outreach", "news"] = "outreach"
    audience: Chosen = Chosen()
    standard: Annotated[list[Step], Field(max_length=20)] | None = None
    pressing: Annotated[list[Step], Field(max_length=20)] | None = None
    words: dict[Literal["ja", "ja@simple", "en"], Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]] = {}
    pace: Literal[60, 600, 3600, 36000] = 600


class Counted(Body):
    """How many households the preview said: with exactly so many it begins, or is asked for."""

    counted: Annotated[int, Field(ge=1)]


class OutreachHabits(Body):
    """How the municipality does outreach; times on a Japanese clock, `month_pushes` null: no budget of its own."""

    approve_over: int
    weekly_cap: int
    quiet_from: Hour
    quiet_until: Hour
    month_pushes: int | None = None


class Cases(Body):
    cases: Annotated[list[Id], Field(min_length=1, max_length=500)]


class Printing(Body):
    run: Id


class Posted(Printing):
    """The letters of a printing that are in the post; the others are due again."""

    letters: Ids


class LetterId(Body):
    letter: Id
