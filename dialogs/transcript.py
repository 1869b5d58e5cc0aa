"""Conversations as text: a transcript is a test that a caseworker can review and a simulator can record.

    @ intake/1
    > はじめまして                 what the person did ([id] = a button)
    < field.language.ask [1]ja …  what the dialog said or asked
    * open_case                   what the shell was asked to do
    ~ mid_way_1                   the clock; also "handed back", "opens the page"
    # why this case exists
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from dialogs.core.answers import Answer
from dialogs.core.effects import (
    Ask,
    CallHuman,
    CancelReminder,
    ChangeVisit,
    Effect,
    FindPrograms,
    FindQuestions,
    KeepAttachment,
    ListReminders,
    LookAtProgram,
    OpenCase,
    OpenSecurePage,
    RecordConsent,
    Refer,
    Remind,
    RemindBefore,
    RequestVisit,
    ReturnToChat,
    SaveFacts,
    Say,
    SetLanguage,
    ShowNotice,
    StopMessages,
    WithdrawConsent,
    WithdrawFacts,
)
from dialogs.core.engine import start, step
from dialogs.core.heard import (
    Came,
    CameBack,
    CaseOpened,
    Chose,
    ConsentKept,
    Elapsed,
    FoundProgram,
    HandedBack,
    Heard,
    HumanTold,
    KeptReminder,
    Municipality,
    PageOpened,
    ProgramSeen,
    ProgramsFound,
    QuestionsFound,
    ReminderKept,
    RemindersFound,
    Said,
    SentFile,
    Setting,
)
from dialogs.core.session import Session
from dialogs.core.words import Text, Words
from dialogs.registry import BOOK, Book

AT = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
"""When transcripts happen: Wednesday 1 July 2026, ten in the morning in Japan."""

PLACE = Municipality(Words.of({"ja": "つなぎ市", "en": "Tsunagi City"}), "0900-00-0000", Words.of({"ja": "平日 8時30分〜17時15分"}))

PROGRAMS = ProgramsFound(
    (
        FoundProgram(
            "livelihood_recovery_grant", Words.of({"ja": "被災者生活再建支援金"}), "possible", "range", 0, 3_000_000,
            (Text("program.why.damage_level", {"answer": Text("field.damage_level.option.total")}),), ("rebuild_method",),
            Words.of({"ja": "福祉課"}), date(2027, 7, 31), 395,
        ),
    )
)


@dataclass
class Rehearsal:
    """A conversation without a shell: the stand-in answers every effect at once, as a willing office would."""

    setting: Setting
    book: Book = field(default_factory=lambda: BOOK)
    facts: dict[str, Answer] = field(default_factory=dict)
    session: Session | None = None
    effects: list[Effect] = field(default_factory=list)
    settling: tuple[str, ...] = ()
    """What the stand-in asks for after the case: the fields that settle four programs."""
    reminded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.session is None:
            self.session = start(self.book, "t1", self.setting.locale, self.facts)

    def hear(self, heard: Heard) -> list[Effect]:
        """All effects of one thing heard, answers of the stand-in included. The session goes through JSON."""
        gathered: list[Effect] = []
        todo: list[Heard] = [heard]
        for _ in range(8):
            if not todo:
                break
            now = todo.pop(0)
            assert self.session is not None
            turn = step(self.book, self.session, now, {}, self.setting)
            again = Session.from_json(turn.session.to_json())
            if again != turn.session:
                raise AssertionError("the session did not survive JSON")
            self.session = again
            gathered += turn.effects
            for effect in turn.effects:
                if isinstance(effect, SetLanguage):
                    self.setting = replace(self.setting, locale=effect.locale)
                todo += [answer for answer in (self.reply(effect),) if answer is not None]
        self.effects += gathered
        return gathered

    def reply(self, effect: Effect) -> Heard | None:
        """What the shell would answer."""
        match effect:
            case OpenCase():
                return CaseOpened("T-000123-4")
            case FindPrograms():
                return PROGRAMS
            case FindQuestions():
                return QuestionsFound(self.settling, 4 if self.settling else 0)
            case LookAtProgram(program):
                return ProgramSeen(next((one for one in PROGRAMS.programs if one.id == program), None))
            case RemindBefore(program):
                self.reminded.add(program)
                days = (date(2027, 7, 1), date(2027, 7, 26))
                return ReminderKept(PROGRAMS.programs[0].name, date(2027, 7, 31), days)
            case ListReminders() | CancelReminder():
                self.reminded -= {effect.program} if isinstance(effect, CancelReminder) else set()
                name = PROGRAMS.programs[0].name
                return RemindersFound(tuple(KeptReminder(one, name, date(2027, 7, 31), date(2027, 7, 1)) for one in sorted(self.reminded)))
            case CallHuman(urgency):
                about = "crisis" if urgency in ("red", "orange") else urgency
                return HumanTold(PLACE.name, self.setting.now + timedelta(days=1), about)
            case RequestVisit():
                return HumanTold(PLACE.name, self.setting.now + timedelta(days=3), "visit")
            case Refer():
                return HumanTold(PLACE.name, self.setting.now + timedelta(days=3), "refer")
            case WithdrawConsent():
                return ConsentKept()
            case OpenSecurePage():
                return PageOpened("https://example.jp/p/x", 30)
            case ReturnToChat():
                self.setting = replace(self.setting, on_page=False, max_in=self.setting.home_max_in, max_out=self.setting.home_max_in)
                return CameBack()
            case _:
                return None

    @property
    def open(self) -> Ask | None:
        """The last question put to the person."""
        return next((effect for effect in reversed(self.effects) if isinstance(effect, Ask)), None)


_BUTTON = re.compile(r"^\[(?P<option>[^\]]+)\](?:@(?P<step>\S+))?$")


def heard_of(line: str, rehearsal: Rehearsal) -> Heard:
    """What a `>` line means: `[id]` taps the open question's button, `[id]@step` an old one's, `(photo)` a photo."""
    button = _BUTTON.match(line)
    if button:
        step_id = button["step"] or (rehearsal.open.step if rehearsal.open else "")
        assert rehearsal.session is not None
        return Chose(rehearsal.session.id, step_id, button["option"])
    if line in ("(photo)", "(sticker)", "(voice)"):
        return SentFile(line.strip("()"), "ref-1")
    if line == "(came)":
        return Came()
    return Said(line)


def lines_of(effects: list[Effect]) -> Iterator[str]:
    """Effects as transcript lines."""
    for effect in effects:
        match effect:
            case Say(text):
                yield f"< {text.key}"
            case Ask():
                options = "  ".join(f"[{n}]{option.id}" for n, option in enumerate(effect.options, 1))
                picked = f"  picked: {', '.join(effect.picked)}" if effect.picked else ""
                yield f"< {effect.text.key}  {options}{picked}".rstrip()
            case ShowNotice(notice, version):
                yield f"< notice {notice}/{version}"
            case SaveFacts(answers):
                yield from (f"* save {answer.field} = {_value(answer)}" for answer in answers)
            case WithdrawFacts(fields):
                yield f"* withdraw {', '.join(fields)}"
            case RecordConsent(recipient, decision):
                yield f"* consent {recipient}: {decision}"
            case WithdrawConsent(recipient):
                yield f"* withdraw consent {recipient}"
            case CallHuman(urgency, topic):
                yield f"* call {urgency} {topic}".rstrip()
            case Refer(profession, consent):
                yield f"* refer {profession} ({consent})"
            case Remind("mid_way_1", _):
                continue  # after every turn that leaves a question open: noise in a transcript
            case Remind(reminder, days):
                yield f"* remind {reminder} in {days} days"
            case ChangeVisit(_, to):
                yield f"* change visit: {to}"
            case SetLanguage(locale):
                yield f"* language {locale}"
            case KeepAttachment(kind):
                yield f"* keep {kind}"
            case RemindBefore(program) | CancelReminder(program):
                yield f"* {_verb(effect)} {program}"
            case OpenCase() | FindPrograms() | FindQuestions() | LookAtProgram() | ListReminders() | RequestVisit() | StopMessages() | ReturnToChat() | OpenSecurePage():
                yield f"* {_verb(effect)}"


def _verb(effect: Effect) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(effect).__name__).lower()


def _value(answer: Answer) -> str:
    if not answer.given:
        return answer.state
    shown = ", ".join(answer.value) if isinstance(answer.value, tuple) else str(answer.value)
    return shown if answer.by == "self" else f"{shown} (by {answer.by})"


def replay(text: str, rehearsal: Rehearsal) -> str:
    """Play the `>` and `~` lines of a transcript and write down what happens: equal to the text when nothing changed."""
    out: list[str] = []
    for row in text.splitlines():
        if row.startswith("> "):
            out += ["", row, *lines_of(rehearsal.hear(heard_of(row[2:], rehearsal)))]
        elif row.startswith("~ "):
            heard: Heard = HandedBack() if row[2:] == "handed back" else Elapsed(row[2:])
            if row[2:] == "opens the page":
                rehearsal.setting = replace(rehearsal.setting, on_page=True, max_in=2, max_out=2)
                heard = Came()
            out += ["", row, *lines_of(rehearsal.hear(heard))]
        elif row.startswith(("@", "#")) or ":" in row.split(" ")[0]:
            out.append(row)
    return "\n".join(out).strip() + "\n"
