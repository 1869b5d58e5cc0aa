"""SaveFacts, WithdrawFacts, OpenCase: what the person told us, and the case that holds it."""

from __future__ import annotations

from backend.cases import service as cases
from backend.cases.models import case
from backend.conversations.hearing import Hearing
from backend.people import household
from backend.people import service as people
from backend.programs import recompute
from dialogs.core.effects import OpenCase, SaveFacts, WithdrawFacts
from dialogs.core.heard import CaseOpened


def save(hearing: Hearing, effect: SaveFacts) -> None:
    """Keep answers in the case, or with the conversation while there is none."""
    conversation = hearing.conversation
    saved = hearing.notes.setdefault("saved", [])
    fields = [answer.field for answer in effect.answers]
    if conversation["case_id"]:
        # First of all: another chat of this case that answers the same waits for this one, and then closes its answer.
        hearing.batch.set(case, conversation["case_id"], {"changed_at": hearing.now})
    # Before there is a case, only this conversation writes its answers: what it has not saved is not there.
    before = fields if conversation["case_id"] else [name for name in fields if name in saved]
    cases.keep_answers(hearing.batch, conversation, effect.answers, hearing.channel, replacing=before)
    saved.extend(name for name in fields if name not in saved)
    if conversation["case_id"]:
        _follow(hearing, effect)


def withdraw(hearing: Hearing, effect: WithdrawFacts) -> None:
    """Out of the case, and out of what lists and look-ups read in clear."""
    cases.withdraw_answers(hearing.batch, hearing.conversation, effect.fields)
    if hearing.conversation["case_id"]:
        recompute.soon_with(hearing.batch, hearing.conversation["case_id"])
        _write_person(hearing, people.without(effect.fields, hearing.facts()))


def open_case(hearing: Hearing, _effect: OpenCase) -> CaseOpened:
    """A conversation that has a case keeps it: nobody gets a second number for saying something again."""
    case_id = hearing.conversation["case_id"]
    if case_id:
        return CaseOpened(cases.number_of(hearing.batch, case_id), new=False)
    return CaseOpened(cases.open_case(hearing.batch, hearing.office, hearing.conversation, hearing.facts()))


def _follow(hearing: Hearing, effect: SaveFacts) -> None:
    """What lists and look-ups read in clear follows the answer it came from."""
    case_id = hearing.conversation["case_id"]
    given = {answer.field: answer for answer in effect.answers}
    values: dict[str, object] = {"changed_at": hearing.now}
    if damage := given.get("damage_level"):
        values["damage_level"] = str(damage.value) if damage.given else ""
    hearing.batch.set(case, case_id, values)
    # 答えたくない after a number was given takes it away: nobody calls it any more.
    taken = [name for name, answer in given.items() if not answer.given]
    recompute.soon_with(hearing.batch, str(case_id))
    _write_person(hearing, people.changes(given) | people.without(taken, hearing.facts()))
    household.follow(hearing.batch.connection, str(case_id), given, hearing.channel, hearing.now)


def _write_person(hearing: Hearing, columns: dict[str, str | None]) -> None:
    if columns:
        people.write_with(hearing.batch, hearing.conversation["case_id"], columns, source=hearing.channel)
