"""Two tabs, or two tablets, in one form: they meet field by field, and nothing is overwritten unseen. Pure.

A history keeps each field's values with the version they came with: `{"name": [[1, "山田"], [4, "山田 花子"]]}`. What somebody
sends carries the version they last saw, so it is known which fields they changed and which somebody else did meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from backend.booth.reading import Raw

History: TypeAlias = dict[str, list[list[Any]]]
Clashes: TypeAlias = dict[str, tuple[Raw, Raw]]
"""Field → (mine, theirs), where both changed it to something different."""


class Merged(NamedTuple):
    """The history after a save. With `clashes` nothing was taken: somebody decides first."""

    history: History
    version: int
    clashes: Clashes


def now(history: Mapping[str, list[list[Any]]]) -> dict[str, Raw]:
    """The value of every field as it stands."""
    return {key: values[-1][1] for key, values in history.items()}


def at(history: Mapping[str, list[list[Any]]], key: str, version: int) -> Raw:
    """What a field held at a version."""
    return next((value for when, value in reversed(history.get(key, [])) if when <= version), "")


def save(history: History, version: int, seen: int, sent: Mapping[str, Raw], lately: Mapping[str, int] | None = None) -> Merged:
    """Take what somebody sent who last saw version `seen`; `lately` says for single fields that they saw a later one.

    A field they left as they saw it keeps its newest value; one that both changed alike is no clash.
    """
    clashes: Clashes = {}
    changed: dict[str, Raw] = {}
    for key, mine in sent.items():
        before, newest = plain(at(history, key, (lately or {}).get(key, seen))), plain(at(history, key, version))
        if plain(mine) in (before, newest):
            continue
        if newest != before:
            clashes[key] = (mine, newest)
        else:
            changed[key] = mine
    if clashes or not changed:
        return Merged(history, version, clashes)
    taken = {key: [*values] for key, values in history.items()}
    for key, value in changed.items():
        taken.setdefault(key, []).append([version + 1, value])
    return Merged(taken, version + 1, {})


def plain(value: Raw) -> Raw:
    """One spelling of a value: no ticks and no words are the same emptiness, and ticks have no order."""
    return "" if value == [] else sorted(value) if isinstance(value, list) else value
