"""FindPrograms: look with what is known now, and keep what was said with the inputs it rests on."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, TypeAlias

import orjson

from backend.cases.models import suggestion
from backend.clock import in_japan
from backend.conversations.hearing import Hearing
from backend.conversations.offices import Disaster
from backend.programs import service
from backend.programs.answers import looked_at
from backend.programs.edition import current
from backend.programs.sheet.changes import Changes, with_changes
from backend.tasks.raising import raise_task
from dialogs.core.answers import Value
from dialogs.core.effects import FindPrograms
from dialogs.core.heard import FoundProgram, ProgramsFound
from dialogs.core.words import Text, Words

log = logging.getLogger(__name__)

MOST = 30
"""Programs handed to the dialog, best first; it says a few at a time."""


def find(hearing: Hearing, _effect: FindPrograms) -> ProgramsFound:
    """What could apply, kept with what it rests on. A fault in the rules costs nobody their case: a human looks."""
    answers = {key: answer.value for key, answer in hearing.facts().items() if answer.given}
    today = in_japan(hearing.now).date()
    conversation = hearing.conversation
    try:
        found, result, catalogue = _suggest(answers, hearing.office.disaster, hearing.office.programs, today)
    except Exception as error:
        # The case and its number must not be lost because the rules stumbled: a human looks instead.
        log.error("programs could not be looked up: %s", type(error).__name__)
        where = {"conversation_id": conversation["id"], "case_id": conversation["case_id"]}
        raise_task(hearing.batch, hearing.office, "talk", topic="programs", **where)
        return ProgramsFound(())
    hearing.batch.add(
        suggestion,
        {
            "tenant_id": hearing.office.id, "case_id": conversation["case_id"], "conversation_id": conversation["id"],
            "at": hearing.now, "catalogue": catalogue, "inputs": {"answers": answers, "today": today.isoformat()},
            "result": result,
        },
    )  # fmt: skip
    return ProgramsFound(found[:MOST], max(0, len(found) - MOST))


Found: TypeAlias = tuple[tuple[FoundProgram, ...], orjson.Fragment | list[Any], str]
"""The programs, the same as JSON for the history, and the version of the catalogue."""

_MOST_REMEMBERED = 1024
_remembered: dict[bytes, Found] = {}


def _suggest(answers: Mapping[str, Value | None], struck: Disaster | None, decided: Changes, today: date) -> Found:
    """Without a disaster on record there is nothing to look in: the dialog then says so and offers a person.

    Many households of one disaster answer alike, and to look costs as much as ten turns: what was found is remembered
    under a digest of everything it rests on.
    """
    if struck is None:
        return (), [], ""
    given, version = looked_at(answers), service.catalogue_version()
    rests_on = (given, struck.happened_on, struck.prefecture, struck.municipality, struck.acts, struck.extended_deadlines, today, version,
                {program: change.to_json() for program, change in decided.items()})  # fmt: skip
    key = blake2b(orjson.dumps(rests_on, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
    if (before := _remembered.get(key)) is not None:
        return before
    disaster = service.disaster_of(
        struck.happened_on, struck.prefecture, struck.municipality, struck.acts, struck.extended_deadlines
    )
    edition, disaster = with_changes(current(), disaster, decided)
    programs = service.suggest(given, disaster, today, edition)
    found = programs, orjson.Fragment(orjson.dumps([kept(program) for program in programs])), edition.version
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = found
    return found


def kept(program: FoundProgram) -> dict[str, Any]:
    """One suggestion as JSON: what the console shows, reasons as message keys with their arguments."""
    return {
        "id": program.id, "name": dict(program.name.by_locale), "verdict": program.verdict,
        "amount_kind": program.amount_kind, "min_yen": program.min_yen, "max_yen": program.max_yen,
        "why": [_text(text) for text in program.why], "missing": list(program.missing),
        "desk": dict(program.desk.by_locale) if program.desk else None,
        "deadline": program.deadline.isoformat() if program.deadline else None, "days_left": program.days_left,
        "documents": _words(program.documents), "professions": list(program.professions),
        "warnings": _words(program.warnings), "summary": dict(program.summary.by_locale) if program.summary else None,
    }  # fmt: skip


def _words(many: Sequence[Words]) -> list[dict[str, str]]:
    return [dict(one.by_locale) for one in many]


def _text(text: Text) -> dict[str, Any]:
    return {"key": text.key, "args": {name: _plain(arg) for name, arg in text.args.items()}}


def _plain(arg: Any) -> Any:
    if isinstance(arg, Text):
        return _text(arg)
    if isinstance(arg, Words):
        return dict(arg.by_locale)
    if isinstance(arg, date):
        return arg.isoformat()
    return arg if isinstance(arg, str | int) else getattr(arg, "amount", str(arg))
