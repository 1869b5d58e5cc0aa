"""Conditions: a small closed vocabulary, no expression language. True, false, or None for "not known yet".

In a catalogue file a condition is a mapping; several keys in one mapping must all hold:

    damage_level: [total, half]          one of these values (input or derived fact; `disaster.` inputs by full name)
    size: {at_least: 4}                  also at_most, below; numbers and dates
    using: [emergency_repair]            a program id among `using` (or `received`)
    any_member: {age: {at_least: 65}}    somebody of whom all of these hold
    desk_decides: repayment_ratio        a condition the format does not carry: never known here, named in `missing`
    any: [...] / all: [...]              conditions in a list
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from backend.programs import member_facts, money_facts
from backend.programs.facts import FACTS, Fact
from backend.programs.nodes import Node
from backend.programs.situation import Situation, path_of
from backend.programs.vocabulary import BOOL, CHOICE, DATE, DISASTER, HOUSEHOLD, IDS, MEMBER, WHOLE, Kind

Met: TypeAlias = bool | None

FACT_MODULES = (member_facts, money_facts)
"""Importing them registers their facts in `FACTS`; a catalogue can name nothing else."""


class Reason(NamedTuple):
    """The input looked at (key path), the condition in the words of the catalogue file, and whether it was met."""

    field: str
    condition: str
    met: Met


class Finding(NamedTuple):
    """What one condition found: met or not or unknown, why, and the key paths that would settle it."""

    met: Met
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()


Condition: TypeAlias = Callable[[Situation], Finding]
Test: TypeAlias = Callable[[Any], bool]
MemberTest: TypeAlias = Callable[[Mapping[str, Any]], tuple[Met, tuple[str, ...]]]
"""Whether something holds for one member, and the inputs still unknown."""


def all_met(findings: Sequence[Finding]) -> Finding:
    """Every one must hold. Reasons: what failed, else what is open, else everything."""
    for wanted in (False, None):
        chosen = [finding for finding in findings if finding.met is wanted]
        if chosen:
            return _joined(wanted, chosen)
    return _joined(True, findings)


def any_met(findings: Sequence[Finding]) -> Finding:
    """One must hold. Reasons: the first that does, else what is open, else everything that failed."""
    for finding in findings:
        if finding.met:
            return finding
    undecided = [finding for finding in findings if finding.met is None]
    return _joined(None, undecided) if undecided else _joined(False, findings)


def _joined(met: Met, findings: Sequence[Finding]) -> Finding:
    if len(findings) == 1:
        return findings[0]
    reasons = tuple(dict.fromkeys(reason for finding in findings for reason in finding.reasons))
    missing = tuple(dict.fromkeys(path for finding in findings for path in finding.missing))
    return Finding(met, reasons, missing)


def always(situation: Situation) -> Finding:
    """The condition of a last row: it always holds."""
    return Finding(True)


def every(conditions: Sequence[Condition]) -> Condition:
    """One condition that holds when all of `conditions` do."""
    if len(conditions) == 1:
        return conditions[0]
    return lambda situation: all_met([condition(situation) for condition in conditions])


# --- building from a catalogue file ---------------------------------------------------------------------------


def condition_of(node: Node) -> Condition:
    """Build the condition written at `node`; a name or value outside the vocabulary is an error with its line."""
    if node.is_list:
        return every([condition_of(item) for item in node.items()])
    parts = node.mapping()
    if not parts:
        node.fail("a condition must say something")
    return every([single(name, part) for name, part in parts.items()])


def single(name: str, node: Node) -> Condition:
    """The condition of one key and its value."""
    if name in ("any", "all"):
        parts = [condition_of(item) for item in node.items()]
        return every(parts) if name == "all" else lambda situation: any_met([part(situation) for part in parts])
    if name == "any_member":
        return _any_member(node)
    if name == "desk_decides":
        return _open(node.text())
    if name in FACTS:
        return _fact(FACTS[name], frozenset(_value_of_fact(item, FACTS[name]) for item in node.items()))
    kind = DISASTER.get(name[9:]) if name.startswith("disaster.") else HOUSEHOLD.get(name)
    if kind is None:
        node.fail(f"there is no input or fact named {name}")
    if kind.name == IDS:
        return _among(name, frozenset(item.text() for item in node.items()))
    test, words = _test(node, kind)
    return _input(name, test, f"{name.removeprefix('disaster.')} {words}")


def _value_of_fact(node: Node, fact: Fact) -> Any:
    if set(fact.domain) == {True, False}:
        return node.boolean()
    return node.one_of(fact.domain)


def _test(node: Node, kind: Kind) -> tuple[Test, str]:
    """A test of one known value, and its words in a reason."""
    if kind.name == BOOL:
        wanted = node.boolean()
        return lambda value: value is wanted, f"is {str(wanted).lower()}"
    if kind.name == CHOICE:
        values = frozenset(item.one_of(kind.choices) for item in node.items())
        ordered = [choice for choice in kind.choices if choice in values]
        return values.__contains__, f"is one of {', '.join(ordered)}" if len(ordered) > 1 else f"is {ordered[0]}"
    if kind.name not in (WHOLE, DATE):
        node.fail("this input cannot be used in a condition")
    bounds = node.mapping(("at_least", "at_most", "below"))
    if not bounds:
        node.fail("give at_least, at_most or below")
    read: Mapping[str, Any] = {key: part.day() if kind.name == DATE else part.whole() for key, part in bounds.items()}
    least, most, below = read.get("at_least"), read.get("at_most"), read.get("below")

    def within(value: Any) -> bool:
        return (least is None or value >= least) and (most is None or value <= most) and (below is None or value < below)

    return within, " and ".join(f"{key.replace('_', ' ')} {value}" for key, value in read.items())


def _input(name: str, test: Test, words: str) -> Condition:
    path = path_of(name)
    met, failed, unknown = (
        Finding(True, (Reason(path, words, True),)),
        Finding(False, (Reason(path, words, False),)),
        Finding(None, (Reason(path, words, None),), (path,)),
    )

    def look(situation: Situation) -> Finding:
        value = situation.get(name)
        return unknown if value is None else met if test(value) else failed

    return look


def _fact(fact: Fact, wanted: frozenset[Any]) -> Condition:
    values = [str(value).lower() if isinstance(value, bool) else value for value in fact.domain if value in wanted]
    words = f"{fact.name} is {'one of ' if len(values) > 1 else ''}{', '.join(values)}"
    met, failed = Finding(True, (Reason(fact.field, words, True),)), Finding(False, (Reason(fact.field, words, False),))
    unknown = (Reason(fact.field, words, None),)

    def look(situation: Situation) -> Finding:
        possible = fact.look(situation)
        if possible.values <= wanted:
            return met
        if possible.values.isdisjoint(wanted):
            return failed
        return Finding(None, unknown, possible.missing)

    return look


def _among(name: str, ids: frozenset[str]) -> Condition:
    return _input(name, lambda value: not ids.isdisjoint(value), f"{name} includes {', '.join(sorted(ids))}")


def _open(name: str) -> Condition:
    finding = Finding(None, (Reason(name, name, None),), (name,))
    return lambda situation: finding


def member_test(node: Node) -> tuple[MemberTest, str, tuple[str, ...]]:
    """Read what must hold for one member: the test, its words in a reason, and the inputs it looks at."""
    tests: list[tuple[str, Test]] = []
    words = []
    for name, part in node.mapping().items():
        if name not in MEMBER:
            part.fail(f"there is no input of a member named {name}")
        test, phrase = _test(part, MEMBER[name])
        tests.append((name, test))
        words.append(f"{name} {phrase}")
    if not tests:
        node.fail("say what must hold for the member")

    def holds(member: Mapping[str, Any]) -> tuple[Met, tuple[str, ...]]:
        unknown = []
        for name, test in tests:
            value = member.get(name)
            if value is None:
                unknown.append(name)
            elif not test(value):
                return False, ()
        return (None, tuple(unknown)) if unknown else (True, ())

    return holds, " and ".join(words), tuple(name for name, _ in tests)


def _any_member(node: Node) -> Condition:
    holds, words, names = member_test(node)
    said = f"any member: {words}"
    failed = Finding(False, (Reason("household.members", said, False),))
    open_reason = (Reason("household.members", said, None),)

    def look(situation: Situation) -> Finding:
        missing: list[str] = []
        for index, member in enumerate(situation.members):
            met, unknown = holds(member)
            if met:
                return Finding(True, (Reason(f"household.members[{index}].{names[0]}", said, True),))
            missing.extend(f"household.members[{index}].{name}" for name in unknown)
        if not situation.listed:
            missing.extend(situation.unlisted(names[0]))
        return Finding(None, open_reason, tuple(missing)) if missing else failed

    return look
