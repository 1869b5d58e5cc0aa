"""YAML with places: every value knows its file, line and field, so that an error can say where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any, NoReturn

import yaml

NOT_YAML, EMPTY = "this is not YAML", "the file is empty"
ALIAS, TOO_MUCH = "aliases (*) cannot be used here", "this is too much or too deep"


class CatalogueError(ValueError):
    """A catalogue file that is not right: one sentence with file, line and field.

    `line`, `field` and `problem` are its parts where a single mistake is told; `field` is empty at the top.
    """

    def __init__(self, words: str, *, line: int = 0, field: str = "", problem: str = "") -> None:
        super().__init__(words)
        self.line, self.field, self.problem = line, field, problem


class Node:
    """One YAML value and its place. The readers below raise `CatalogueError` when the value is not what they want."""

    __slots__ = ("_node", "field", "file", "line")

    def __init__(self, node: yaml.Node, file: str, field: str = "") -> None:
        self._node, self.file, self.field = node, file, field
        self.line = node.start_mark.line + 1

    def fail(self, sentence: str) -> NoReturn:
        where = f"{self.file}, line {self.line}" + (f", {self.field}" if self.field else "")
        raise CatalogueError(f"{where}: {sentence}.", line=self.line, field=self.field, problem=sentence)

    def written(self) -> str:
        """The value as YAML, without the comments around it."""
        text = yaml.serialize(self._node, allow_unicode=True, width=110)
        return str(text).removesuffix("...\n").rstrip("\n")

    def plain(self) -> Any:
        """The value as lists, mappings and text, figures and days still as they were written."""
        if isinstance(self._node, yaml.MappingNode):
            return {name: part.plain() for name, part in self.mapping().items()}
        return [item.plain() for item in self.items()] if self.is_list else str(self._node.value).strip()

    def _child(self, node: yaml.Node, name: str) -> Node:
        return Node(node, self.file, f"{self.field}.{name}" if self.field else name)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    def mapping(self, allowed: Iterable[str] = (), required: Iterable[str] = ()) -> dict[str, Node]:
        """Keys and values in order; with `allowed`, any other key is an error."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fail("this must be a mapping of keys and values")
        found: dict[str, Node] = {}
        known = (*allowed, *required)
        for key, value in self._node.value:
            name = str(key.value)
            child = self._child(value, name)
            child.line = key.start_mark.line + 1
            if name in found:
                child.fail("this key stands here twice")
            if known and name not in known:
                child.fail(f"there is no such key here; possible are {', '.join(known)}")
            found[name] = child
        for name in required:
            if name not in found:
                self.fail(f"the key {name} is missing")
        return found

    def items(self) -> Iterator[Node]:
        """The items of a list; a single value counts as a list of one."""
        if not isinstance(self._node, yaml.SequenceNode):
            yield self
            return
        for index, item in enumerate(self._node.value):
            yield self._child(item, f"{index + 1}")

    def text(self) -> str:
        if isinstance(self._node, yaml.ScalarNode) and self._node.value.strip():
            return str(self._node.value).strip()
        self.fail("this must be text")

    def is_text(self, text: str) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and self._node.value == text

    def boolean(self) -> bool:
        if isinstance(self._node, yaml.ScalarNode) and self._node.tag.endswith(":bool"):
            return str(self._node.value).lower() in ("true", "yes", "on")
        self.fail("this must be true or false")

    def whole(self) -> int:
        if isinstance(self._node, yaml.ScalarNode) and self._node.tag.endswith(":int"):
            with suppress(ValueError):  # YAML also calls 1:30 and 0x1F whole numbers
                return int(self._node.value.replace("_", ""))
        self.fail("this must be a whole number, like 1_000_000")

    def day(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            self.fail("this must be a date, like 2024-01-01")

    def one_of(self, choices: Iterable[str]) -> str:
        value = self.text()
        if value not in choices:
            self.fail(f"{value!r} is not possible; choose one of {', '.join(choices)}")
        return value


MOST_VALUES = 3000
DEEPEST = 20


def without_aliases(text: str) -> None:
    """Raises `CatalogueError` for what only somebody who means harm writes: aliases, and thousands of values in each other."""
    depth = many = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                raise CatalogueError(f"line {line}: {ALIAS}.", line=line, problem=ALIAS)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            many += 1
            if depth > DEEPEST or many > MOST_VALUES:
                raise CatalogueError(f"line {line}: {TOO_MUCH}.", line=line, problem=TOO_MUCH)
    except (yaml.YAMLError, RecursionError):
        return  # `read_nodes` says where


def read_nodes(text: str, file: str) -> Node:
    """Parse one YAML document. Raises `CatalogueError` with the line where it stops being YAML."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogueError(f"{file}, line {line}: this is not YAML ({error.problem}).", line=line, problem=NOT_YAML) from None
    except yaml.YAMLError:
        raise CatalogueError(f"{file}, line 1: this is not YAML.", line=1, problem=NOT_YAML) from None
    if root is None:
        raise CatalogueError(f"{file}, line 1: the file is empty.", line=1, problem=EMPTY)
    return Node(root, file)
