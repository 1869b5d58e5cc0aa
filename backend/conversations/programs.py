"""What a person hears of programs: what could apply, what to answer next, one looked at closely, reminders, news."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

from backend.clock import in_japan
from backend.conversations.hearing import Hearing
from backend.programs import asking, reminders, snapshot
from backend.programs.looking import Found, ask_next, look, name_of
from backend.programs.news import seen
from backend.programs.service import boundary_of
from backend.tasks.raising import raise_task
from dialogs.core.effects import (
    CancelReminder,
    FindPrograms,
    FindQuestions,
    ListReminders,
    LookAtProgram,
    RemindBefore,
)
from dialogs.core.heard import (
    DeadlineNear,
    FoundProgram,
    Heard,
    KeptReminder,
    ProgramSeen,
    ProgramsFound,
    ProgramsNew,
    QuestionsFound,
    ReminderKept,
    RemindersFound,
)
from dialogs.fields import FIELDS

log = logging.getLogger(__name__)

MOST = 60
"""Programs handed to the dialog, best first; it says a few at a time."""


def find(hearing: Hearing, _effect: FindPrograms) -> ProgramsFound:
    """What could apply, kept with what it rests on. A fault in the rules costs nobody their case: a human looks."""
    here = hearing.conversation
    where = {"conversation_id": here["id"], "case_id": here["case_id"]}
    try:
        found = _look(hearing)
    except Exception as error:
        # The case and its number must not be lost because the rules stumbled: a human looks instead.
        log.error("programs could not be looked up: %s", type(error).__name__)
        raise_task(hearing.batch, hearing.office, "talk", topic="programs", **where)
        return ProgramsFound(())
    before = snapshot.newest(hearing.batch.connection, here["case_id"]) if here["case_id"] else None
    newly = [program.id for program in found.programs if before is not None and program.id not in before[1]]
    if before is None or before[1] != found.counts:
        # Whoever pages through the list is shown what was kept on the first page.
        snapshot.keep(
            hearing.batch, hearing.office, **where, answers=_answers(hearing), today=_today(hearing), result=found.result,
            counts=found.counts, catalogue=found.catalogue, newly=newly,
        )  # fmt: skip
    if here["case_id"] and _answers(hearing).get("program_news"):
        seen(hearing.batch.connection, here["case_id"])
    return ProgramsFound(found.programs[:MOST], max(0, len(found.programs) - MOST), boundary_of(found.programs))


def questions(hearing: Hearing, effect: FindQuestions) -> QuestionsFound:
    """The questions that settle the most; none where the rules stumble or nothing would be settled."""
    limit = hearing.office.limits(hearing.channel).max_in
    facts = hearing.facts()
    # What was left open in one of the three ways is not asked again.
    open_fields = [name for name in asking.ASKABLE if name not in facts]
    try:
        best = ask_next(
            _answers(hearing), hearing.office, _today(hearing), open_fields=open_fields, most=effect.most,
            out_of_reach=[name for name in open_fields if FIELDS[name].sensitivity > limit],
        )  # fmt: skip
    except Exception as error:
        log.error("the next questions could not be worked out: %s", type(error).__name__)
        best = None
    return QuestionsFound(best.fields, best.settles) if best else QuestionsFound((), 0)


def look_at(hearing: Hearing, effect: LookAtProgram) -> ProgramSeen:
    """One program as it stands now."""
    return ProgramSeen(_one(hearing, effect.program))


# --- reminders and news -----------------------------------------------------------------------------------------


def remind_before(hearing: Hearing, effect: RemindBefore) -> ReminderKept:
    """Set a reminder of this program's deadline, as it stands now."""
    program = _one(hearing, effect.program)
    here = hearing.conversation
    if program is None or program.deadline is None or not here["case_id"]:
        return ReminderKept(program.name if program else name_of(hearing.office, effect.program), None)
    days = reminders.remind_before(
        hearing.batch.connection, hearing.office, case_id=here["case_id"], conversation_id=here["id"], program=program.id,
        deadline=program.deadline, now=hearing.now,
    )  # fmt: skip
    return ReminderKept(program.name, program.deadline, days)


def list_reminders(hearing: Hearing, _effect: ListReminders) -> RemindersFound:
    """Those that are set, the next first."""
    kept = reminders.listed(hearing.batch.connection, hearing.conversation["id"])
    return RemindersFound(tuple(
        KeptReminder(one.program, name_of(hearing.office, one.program), one.deadline, one.next_on) for one in kept
    ))  # fmt: skip


def cancel_reminder(hearing: Hearing, effect: CancelReminder) -> RemindersFound:
    """Take one back; returns those that are left."""
    reminders.cancel(hearing.batch.connection, hearing.conversation["id"], effect.program)
    return list_reminders(hearing, ListReminders())


def told(hearing: Hearing, heard: DeadlineNear | ProgramsNew) -> Heard | None:
    """What the clock named, as it stands now; None where nobody wishes to hear of it, or it no longer holds."""
    here = hearing.conversation
    if here["contact"] == "blocked" or here["held_by"] or (here["quiet"] and isinstance(heard, ProgramsNew)):
        return None
    if isinstance(heard, DeadlineNear):
        program = _one(hearing, heard.program.id)
        return DeadlineNear(program) if program is not None and program.deadline is not None else None
    names = {one.id for one in heard.programs}
    # What only might concern them, for a reason that nobody has told, waits until they look themselves.
    programs = tuple(program for program in _look(hearing).programs if program.id in names and program.likely)
    return ProgramsNew(programs) if programs else None


# --- looking ----------------------------------------------------------------------------------------------------


def _answers(hearing: Hearing) -> dict[str, Any]:
    return {key: answer.value for key, answer in hearing.facts().items() if answer.given}


def _today(hearing: Hearing) -> date:
    return in_japan(hearing.now).date()


def _look(hearing: Hearing) -> Found:
    return look(_answers(hearing), hearing.office, _today(hearing))


def _one(hearing: Hearing, program: str) -> FoundProgram | None:
    return next((one for one in _look(hearing).programs if one.id == program), None)
