"""Everything that can come out: the closed list of effects.

The core only returns them. Each has exactly one handler in `backend/conversations/`; a test fails when one is
missing. A handler may answer with a `heard`, which is processed in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, get_args

from dialogs.core.answers import Answer
from dialogs.core.words import Option, Text


@dataclass(frozen=True, slots=True)
class Say:
    """Words to the person. `kind` decides how hard delivery tries (crisis, case number, appointment: again)."""

    text: Text
    kind: str = "plain"  # "plain" | "crisis" | "case_number" | "appointment" | "notice"


@dataclass(frozen=True, slots=True)
class Ask:
    """The open question: its words, its answers and the standing buttons (`aside`).

    `wants` says what kind of answer is expected (a channel may show a matching control):
    "choice" | "multi" | "words" | "number" | "money" | "date" | "place" | "phone" | "photo".
    `picked` holds what is already ticked of a "multi". `step` travels in the buttons.
    """

    session: str
    step: str
    text: Text
    wants: str = "choice"
    options: tuple[Option, ...] = ()
    aside: tuple[Option, ...] = ()
    picked: tuple[str, ...] = ()
    progress: tuple[int, int] | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class SaveFacts:
    """Keep answers in the case record; each carries who gave it, for whom and when."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class WithdrawFacts:
    """These answers no longer apply (a changed answer closed their branch): out of rules and case, kept in history."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShowNotice:
    """Show a notice (purpose, recipients) and log it as shown: text id, version, locale, hash of the exact words."""

    notice: str
    version: int
    text: Text


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Create the case (or find the one this person has). Answered with `CaseOpened`."""


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """One decision for one recipient class: `given` | `deferred` | `refused`, bound to the notice text shown."""

    recipient: str
    decision: str
    notice: str
    version: int
    text: Text
    """The question as it was put: its rendered words are hashed and stored with the answer."""


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Withdraw from one recipient class, or from all (`"all"`); effective at once. Answered with `ConsentKept`."""

    recipient: str


@dataclass(frozen=True, slots=True)
class FindPrograms:
    """Look for support programs with what is known now. Answered with `ProgramsFound`."""


@dataclass(frozen=True, slots=True)
class FindQuestions:
    """Which answers, at most `most`, would settle the most programs. Answered with `QuestionsFound`."""

    most: int = 2


@dataclass(frozen=True, slots=True)
class LookAtProgram:
    """One program as it stands now, for its details. Answered with `ProgramSeen`."""

    program: str


@dataclass(frozen=True, slots=True)
class RemindBefore:
    """Remind the person before this program's deadline. Answered with `ReminderKept`."""

    program: str


@dataclass(frozen=True, slots=True)
class ListReminders:
    """Which reminders of deadlines are set. Answered with `RemindersFound`."""


@dataclass(frozen=True, slots=True)
class CancelReminder:
    """No reminder of this program's deadline any more. Answered with `RemindersFound`."""

    program: str


@dataclass(frozen=True, slots=True)
class Refer:
    """Ask for a licensed professional or a partner. Answered with `HumanTold(about="refer")`."""

    profession: str
    consent: str  # the decision for that recipient class: "given" | "deferred" | "refused"


@dataclass(frozen=True, slots=True)
class RequestVisit:
    """Ask for a home visit. Answered with `HumanTold(about="visit")`."""


@dataclass(frozen=True, slots=True)
class ChangeVisit:
    """The person wants a planned home visit at another time (`to` "other"), or not at all ("none"). A human arranges it."""

    visit: str
    to: str


@dataclass(frozen=True, slots=True)
class CallHuman:
    """Put a person on it: `urgency` red | orange | yellow | talk | silence. Answered with `HumanTold`.

    `rule` names the crisis rule and its version where one fired (SF-14). Does not by itself silence the dialog.
    """

    urgency: str
    topic: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Remind:
    """After so many days without a sign of life the dialog hears `Elapsed(reminder)`; replaces an earlier one."""

    reminder: str
    days: int


@dataclass(frozen=True, slots=True)
class StopMessages:
    """No more messages that the person did not ask for (通知を止める). Writing in again is still answered."""


@dataclass(frozen=True, slots=True)
class KeepAttachment:
    """Keep what was sent (encrypted) with the conversation and the case, for a human to look at."""

    kind: str
    ref: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """From now on everything is said in `locale`, which the person chose."""

    locale: str


@dataclass(frozen=True, slots=True)
class OpenSecurePage:
    """Make a one-time link to the project's own page, where the conversation goes on. Answered with `PageOpened`."""

    step: str


@dataclass(frozen=True, slots=True)
class ReturnToChat:
    """The sensitive part is done: the secure page says so and the chat hears `CameBack`."""


Effect: TypeAlias = (
    Say
    | Ask
    | SaveFacts
    | WithdrawFacts
    | ShowNotice
    | OpenCase
    | RecordConsent
    | WithdrawConsent
    | FindPrograms
    | FindQuestions
    | LookAtProgram
    | RemindBefore
    | ListReminders
    | CancelReminder
    | Refer
    | RequestVisit
    | ChangeVisit
    | CallHuman
    | Remind
    | StopMessages
    | KeepAttachment
    | SetLanguage
    | OpenSecurePage
    | ReturnToChat
)

ALL_EFFECTS: tuple[type, ...] = get_args(Effect)

