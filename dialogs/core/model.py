"""What a dialog is made of: frozen declarations, no code. Somebody reading a dialog reads the conversation.

A dialog is an ordered list of steps. Each step says `when` it applies; the next step is the first applicable one
that is still open. Back, change, skip, resume and "continue from the booth" fall out of that rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

# --- conditions: a small closed vocabulary ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Is:
    """The answer to `field` is one of `values` (a multi answer: holds one of them)."""

    field: str
    values: tuple[str, ...]

    def __init__(self, field: str, *values: str) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, slots=True)
class Given:
    """`field` has a value (not unknown, deferred or declined)."""

    field: str


@dataclass(frozen=True, slots=True)
class NeedsReading:
    """The name in `field` was written so that nobody can tell how it is read."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """`condition` does not hold, also where there is no answer."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of `conditions` holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of `conditions` holds."""

    conditions: tuple[Condition, ...]


Condition: TypeAlias = Is | Given | NeedsReading | Not | AllOf | AnyOf


# --- what a menu choice does: closed ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """Put a person on it."""

    urgency: str = "talk"


@dataclass(frozen=True, slots=True)
class Visit:
    """Ask for a home visit."""


@dataclass(frozen=True, slots=True)
class Open:
    """Go into another dialog and come back here when it ends."""

    dialog: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Withdraw consent from one recipient class, or from `"all"`."""

    recipient: str


@dataclass(frozen=True, slots=True)
class Do:
    """One of the engine's own commands: back, change, stop, start_over, my_case, programs, pause, resume, …"""

    command: str


Then: TypeAlias = Call | Visit | Open | Withdraw | Do


@dataclass(frozen=True, slots=True)
class Item:
    """One choice of a menu. Words: `<dialog>.<menu>.<id>`."""

    id: str
    then: Then
    when: Condition | None = None


# --- steps ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tell:
    """Say something once. Words: `<dialog>.<id>`."""

    id: str
    when: Condition | None = None
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Notice:
    """Show a notice and log it as shown. Words: `notice.<notice>.<version>`."""

    id: str
    notice: str
    version: int
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Ask for one field of `dialogs.fields`.

    `known` decides what happens when the case already knows it: `skip`, `confirm` or `ask_again`. `unless` asks
    again in this dialog whatever was answered before, except when the answer is one of these values.
    """

    id: str
    when: Condition | None = None
    known: str = "skip"
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """Say what helps first (red: 119 / 110), then put a person on it; yellow goes on. Words: `<dialog>.<id>`."""

    id: str
    urgency: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Deferred:
    """Offer the questions answered with あとで once more."""

    id: str


@dataclass(frozen=True, slots=True)
class Review:
    """Check your answers, change any line. Each line is one or more fields that are shown together."""

    id: str
    lines: tuple[tuple[str, ...], ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Await:
    """Ask the shell for something and go on when it answers: `open_case`, `find_programs`, `refer`."""

    id: str
    effect: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """Ask up to `most` questions, one by one, whose answers settle the most programs; the shell works out which."""

    id: str
    most: int = 2
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """A choice that is no answer. With `stays` it is where the conversation rests; otherwise a choice ends it."""

    id: str
    items: tuple[Item, ...]
    stays: bool = True
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same dialog for each of several (household members). Answers live under `<id>.m1.<field>` and stay there."""

    id: str
    dialog: str
    most: int = 10


Step: TypeAlias = Tell | Notice | Question | Alarm | Deferred | Review | Await | Settle | Menu | Repeat


@dataclass(frozen=True, slots=True)
class Dialog:
    """A published conversation: `name` and `version` never change their meaning once in `published.lock`."""

    name: str
    version: int
    steps: tuple[Step, ...]

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)


# --- questions: the kinds of field ----------------------------------------------------------------------------

CHOICE, MULTI, WORDS, NAME, KANA, NUMBER, MONEY, DATE, PLACE, PHONE, LANGUAGE = (
    "choice", "multi", "words", "name", "kana", "number", "money", "date", "place", "phone", "language",
)

NONE = "none"
"""The option of a "multi" that says that none of the others is true."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the one vocabulary (UX-02): chat, booth, printed form, Excel column and rule all read it here.

    Words: `field.<id>.ask`, `.why`, `.label` and `.option.<option>`. `column` is the number on the manual's lists
    (①–㉛), `form` the printed form's place. `free` text is kept even when the crisis check fires on it.
    """

    id: str
    kind: str
    category: str
    """Data category of privacy-and-safety §2.3."""
    used_by: tuple[str, ...]
    options: tuple[str, ...] = ()
    sensitivity: int = 0
    trauma: int = 0
    required: bool = False
    free: bool = False
    consent: str = ""
    """Recipient class (or `all`) whose consent this answers: kept as a consent event, not as a fact."""
    column: str = ""
    form: str = ""
    least: int = 0
    most: int = 0
    purpose: str = "survivor_support"
    retention: str = "case_record"
    ask_once: bool = True
    completes: str = ""
    """The field whose question this one only completes (a name's reading): they count as one in the progress."""
