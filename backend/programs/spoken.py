"""Reasons, missing inputs and amounts of a result as messages. Pure; the words live in the catalogues.

The engine says a condition in the words of the catalogue file (`damage_level is one of total, half`): the same for every
reader and every pipe. Here it becomes a message for people.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from backend.programs.amounts import Amount
from backend.programs.conditions import Reason
from backend.programs.situation import Situation
from backend.programs.vocabulary import LEVELS
from dialogs.core.words import Arg, Joined, Text, Yen
from dialogs.fields import FIELDS

_FIELDS = {name: name for name in ("damage_level", "flood_level", "tenure", "rebuild_method", "certificate")}
_FIELDS["rebuild"] = "rebuild_method"
"""Input or fact → the field of the intake whose options are its values, most of them."""
_USED = ("emergency_repair", "public_demolition", "temporary_housing")
"""Programs that stand in conditions of the catalogue and have words there."""
_BOUND = re.compile(r"(at least|at most|below) (\S+)")
_PHRASE = re.compile(r"(\w+) (?:is one of|is|includes) (.+)|(\w+) ((?:at least|at most|below) .+)")


def reason(one: Reason) -> Text:
    """What a reason says, for people: the input and the values wanted of it."""
    return _condition(one.condition)


def _condition(words: str) -> Text:
    if words == "deadline_passed":
        return Text("program.reason.deadline_passed")
    if words.startswith("excluded when "):
        return Text("program.reason.excluded", {"what": _condition(words.removeprefix("excluded when "))})
    if words.startswith("any member: "):
        return Text("program.reason.member", {"what": Joined(tuple(map(_phrase, _phrases(words.removeprefix("any member: ")))))})
    return _phrase(words)


def _phrases(words: str) -> list[str]:
    """Phrases joined by "and"; a second bound stays with the name before it."""
    return re.split(r" and (?!at least |at most |below )", words)


def _phrase(words: str) -> Text:
    found = _PHRASE.fullmatch(words)
    if found is None:
        return Text("program.reason.bare", {"input": asked(words)})
    name = found[1] or found[3]
    values: tuple[Arg, ...]
    if found[2]:
        values = tuple(_value(name, value) for value in found[2].split(", "))
    else:
        values = tuple(
            Text(f"program.bound.{bound.replace(' ', '_')}", {"value": _figure(name, figure)})
            for bound, figure in _BOUND.findall(found[4])
        )
    return Text("program.reason.is", {"input": asked(name), "value": Joined(values)})


def _value(name: str, value: str) -> Text:
    if name in ("using", "received") and value not in _USED:
        return Text("program.reason.bare", {"input": value})
    field = "damage_level" if name in ("recovery_class", "relief_loan_loss") and value in LEVELS[:6] else _FIELDS.get(name)
    if field and value in FIELDS[field].options:
        return Text(f"field.{field}.option.{value}")
    return Text(f"program.value.{'job_lost' if (name, value) == ('job', 'lost') else value}")


def _figure(name: str, figure: str) -> Arg:
    if "-" in figure:
        return date.fromisoformat(figure)
    return Yen(int(figure)) if name.endswith("_yen") else int(figure)


def asked(path: str) -> Text:
    """The name of an input, a derived fact or a condition only the desk can see, by name or key path."""
    if not path.isascii():
        return Text("program.reason.bare", {"input": path})  # a municipality's own, in its own words
    return Text(f"program.input.{path.rsplit('.', 1)[-1]}")


def answer(path: str, situation: Situation) -> Arg | None:
    """What was answered at the key path of a reason, in words; None where nobody knows it yet."""
    where, _, name = path.rpartition(".")
    value: Any = None
    if where == "disaster":
        value = situation.disaster.get(name)
    elif where == "household":
        value = situation.household.get(name)
    elif found := re.fullmatch(r"household\.members\[(\d+)\]", where):
        at = int(found[1])
        value = situation.members[at].get(name) if at < len(situation.members) else None
    if isinstance(value, bool):
        return Text(f"program.value.{str(value).lower()}")
    if isinstance(value, str):
        return _value(name, value)
    if isinstance(value, frozenset):
        return Joined(tuple(_value(name, one) for one in sorted(value)))
    return Yen(value) if isinstance(value, int) and name.endswith("_yen") else value if isinstance(value, int | date) else None


def missing(paths: tuple[str, ...]) -> tuple[Text, ...]:
    """Inputs still unknown, each named once whoever of the household it is about."""
    return tuple(asked(path) for path in dict.fromkeys(path.rsplit(".", 1)[-1] for path in paths))


def amount(of: Amount) -> Text:
    """An amount in words: always a ceiling, never a promise; what is not known is said so."""
    least = Yen(of.min_yen) if of.min_yen else None
    if of.kind in ("none", "unknown") or of.max_yen is None:
        return Text("program.amount.none" if of.kind == "none" else "program.amount.unknown")
    if least and of.min_yen != of.max_yen:
        return Text("program.amount.range", {"least": least, "most": Yen(of.max_yen)})
    return Text("program.amount.fixed", {"most": Yen(of.max_yen)})
