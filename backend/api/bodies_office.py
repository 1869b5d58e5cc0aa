"""What calls take for the municipality itself: settings, staff, programs. The bounds are those of the pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backend.api.bodies import Body, Id, Line, MaybeWords, Words
from backend.api.bodies_field import Hour

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Said = dict[Literal["ja", "ja@simple", "en"], Short]
"""Words by language; Japanese must be there, another that is left out falls back."""
MaybeId = Id | Literal[""]

# --- settings


class Office(Body):
    name: Said
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    hours: Said = {}
    opens_at: Hour
    closes_at: Hour


class Disaster(Body):
    """What happened. Codes are those of the Ministry (JIS X 0401/0402); an Act that is left out is not known yet."""

    name: Said
    happened_on: date
    prefecture: Annotated[str, StringConstraints(pattern=r"^([0-9]{2})?$")] = ""
    municipality: Annotated[str, StringConstraints(pattern=r"^([0-9]{5})?$")] = ""
    acts: dict[Line, bool] = {}


class Districts(Body):
    """All of them: one that is left out goes."""

    districts: Annotated[list[Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]], Field(max_length=500)]


class Recipient(Body):
    """An organisation or professional; without `recipient` a new one. `active` false: nothing is given to them any more."""

    recipient: MaybeId = ""
    kind: Literal["welfare_council", "welfare_commissioner", "professional", "npo"]
    profession: Line = ""
    name: Said
    contact: Short = ""
    pledge_until: date | None = None
    active: bool = True


class Duty(Body):
    """Who is on duty, first in line first."""

    order: Annotated[list[Id], Field(max_length=50)]


Days = Annotated[int, Field(ge=0, le=60)]


class Promises(Body):
    """Working days until contact, days after which somebody who stopped is reminded, holidays of one's own."""

    talk: Days
    visit: Days
    refer: Days
    reminders: Annotated[list[Annotated[int, Field(ge=1, le=60)]], Field(min_length=2, max_length=2)]
    holidays: Annotated[list[date], Field(max_length=200)] = []


class Standstill(Body):
    """After how many days a case counts as standing still, by category (`none`: none was decided)."""

    days: dict[Literal["1", "2", "3", "4", "none"], Annotated[int, Field(ge=1, le=365)]]


class Carries(Body):
    """What a chat of another company may carry (0: nothing personal), and that somebody answers for it."""

    level: Annotated[int, Field(ge=0, le=2)]
    confirmed: bool


class Channels(Body):
    line: Carries
    telegram: Carries


class Decisions(Body):
    """Which Acts apply and which deadlines were extended (`program` or `program.part` -> day); what is left out is taken back."""

    acts: dict[Line, bool]
    extended: dict[Annotated[str, StringConstraints(max_length=90)], date] = {}
    decided_on: date | None = None
    source: Short = ""


# --- staff


class StaffId(Body):
    id: Id


class Team(Body):
    """Without `team` a new one; `version` is the team's."""

    team: MaybeId = ""
    version: int = 0
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
    members: Annotated[list[Id], Field(max_length=500)] = []


class TeamId(Body):
    team: Id
    version: int


class Absence(Body):
    """Away up to and including a day; null: back. `who` for those who arrange teams, left out: oneself."""

    who: MaybeId = ""
    until: date | None


class ReplyTemplate(Body):
    template: MaybeId = ""
    version: int = 0
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    texts: dict[Literal["ja", "ja@simple", "en"], Annotated[str, StringConstraints(max_length=4000)]]


class TemplateId(Body):
    template: Id
    version: int


class Filter(Body):
    """A selection of cases under a name; `chosen` as the addresses of the list have it."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    chosen: dict[Line, Line] = {}
    shared: bool = False


class FilterId(Body):
    filter: Id


# --- programs


class ProgramForm(Body):
    """The fields of the program's form that are to say something else (GET shows them all); `seen` names the state they were changed in.
    `catalogue`: everything as the catalogue has it."""

    seen: Annotated[str, StringConstraints(max_length=16)] = ""
    texts: dict[Line, Annotated[str, StringConstraints(max_length=8000)]] = {}
    lists: dict[Literal["documents", "professions"], Annotated[list[Line], Field(max_length=100)]] = {}
    ticks: dict[Literal["off", "confirmed"], bool] = {}
    catalogue: bool = False


class Reason(Body):
    reason: MaybeWords = ""


class Answer(Body):
    answer: Words


class ProgramId(Body):
    program: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class Edition(Body):
    """The edition to go back to; 0: as the catalogue came."""

    number: Annotated[int, Field(ge=0)]
