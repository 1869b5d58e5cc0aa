"""FindPrograms: look with what is known now, and keep what was said with the inputs it rests on."""

from __future__ import annotations

import logging

from backend.clock import in_japan
from backend.conversations.hearing import Hearing
from backend.programs import snapshot
from backend.programs.looking import look
from backend.tasks.raising import raise_task
from dialogs.core.effects import FindPrograms
from dialogs.core.heard import ProgramsFound

log = logging.getLogger(__name__)

MOST = 30
"""Programs handed to the dialog, best first; it says a few at a time."""


def find(hearing: Hearing, _effect: FindPrograms) -> ProgramsFound:
    """What could apply, kept with what it rests on. A fault in the rules costs nobody their case: a human looks."""
    answers = {key: answer.value for key, answer in hearing.facts().items() if answer.given}
    today = in_japan(hearing.now).date()
    here = hearing.conversation
    where = {"conversation_id": here["id"], "case_id": here["case_id"]}
    try:
        found = look(answers, hearing.office, today)
    except Exception as error:
        # The case and its number must not be lost because the rules stumbled: a human looks instead.
        log.error("programs could not be looked up: %s", type(error).__name__)
        raise_task(hearing.batch, hearing.office, "talk", topic="programs", **where)
        return ProgramsFound(())
    before = snapshot.newest(hearing.batch.connection, here["case_id"]) if here["case_id"] else None
    newly = [program.id for program in found.programs if before is not None and program.id not in before[1]]
    snapshot.keep(
        hearing.batch, hearing.office, **where, answers=answers, today=today, result=found.result,
        catalogue=found.catalogue, newly=newly,
    )  # fmt: skip
    return ProgramsFound(found.programs[:MOST], max(0, len(found.programs) - MOST))
