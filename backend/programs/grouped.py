"""A condition in words as it is built: what must hold together, and where one of several is enough. Pure."""

from __future__ import annotations

from typing import NamedTuple

from backend.programs import spoken
from backend.programs.conditions import single
from backend.programs.nodes import Node
from backend.programs.situation import Situation
from dialogs.core.words import Text


class Group(NamedTuple):
    """`one`: a single condition in `words`; `all` or `any` of its `parts`, which may be groups again."""

    how: str
    words: tuple[Text, ...] = ()
    parts: tuple[Group, ...] = ()


def group_of(node: Node) -> Group:
    """The condition written at a node that was read as one before (`conditions.condition_of`)."""
    if node.is_list:
        return _together("all", [group_of(item) for item in node.items()])
    return _together("all", [_part(name, part) for name, part in node.mapping().items()])


def _part(name: str, part: Node) -> Group:
    if name in ("any", "all"):
        return _together(name, [group_of(item) for item in part.items()])
    return Group("one", tuple(spoken.reason(one) for one in single(name, part)(Situation()).reasons))


def _together(how: str, parts: list[Group]) -> Group:
    """A group of one is that one; a group within a group of its own kind says nothing more."""
    flat = [each for part in parts for each in (part.parts if part.how == how else (part,))]
    return flat[0] if len(flat) == 1 else Group(how, (), tuple(flat))
