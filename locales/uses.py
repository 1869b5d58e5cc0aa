"""Which keys the program uses, read from its source: Python by its syntax tree, templates and scripts by their strings.

A key that is put together at run time (`f"console.task.{kind}"`, `"console.task." ~ kind`) counts as a pattern: every
key that it can make is used, and at least one must exist.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("backend", "bots", "dialogs")

SAYING = frozenset({"Text", "say", "words", "_words", "speak", "word", "t"})
"""Names of the calls whose first argument is a key."""

PLACE_ARGS = frozenset({"municipality", "phone", "hours"})
"""What `place_args()` gives (dialogs/core/flow.py)."""

_KEY = re.compile(r"[a-z][a-z_]*(?:\.[A-Za-z0-9_@]+)+")
_EVERYTHING = re.compile(r"(?:common|console|field)\\\.[\[.][^\\]*")
"""`f"common.{name}"`: such a pattern would hide every unused key of a large family."""

_QUOTED = re.compile(r"""(["'])([a-z][a-z_]*(?:\.[A-Za-z0-9_@]*)+)\1(\s*~)?(?:[^~"'{}]*~\s*["'](\.[a-z_.]+)["'])?""")
_SAID = re.compile(r"""\bwords\(\s*(["'])([a-z][a-z_]*(?:\.[A-Za-z0-9_@]*)+)\1(\s*~)?""")


@dataclass(slots=True)
class Uses:
    """What was found: `literals` and `patterns` are used; `said` are literal keys that must exist, with the place.

    `given` lists, for calls that name all their arguments, the argument names: they must cover the placeholders.
    """

    literals: set[str] = field(default_factory=set)
    patterns: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    given: list[tuple[str, frozenset[str], str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Files that are not valid Python."""

    def uses(self, key: str) -> bool:
        """Whether some source names the key, or can put it together out of something more exact than its first part."""
        return key in self.literals or any(
            re.fullmatch(pattern, key) for pattern in self.patterns if not _EVERYTHING.fullmatch(pattern)
        )


def find(root: Path = ROOT) -> Uses:
    """Read every source file under backend/, bots/ and dialogs/."""
    uses = Uses()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            where = str(path.relative_to(root))
            if path.suffix == ".py":
                try:
                    tree = ast.parse(path.read_text(encoding="utf-8"))
                except SyntaxError as wrong:
                    uses.unread.append(f"{where}:{wrong.lineno}")
                else:
                    _python(tree, where, uses)
            elif path.suffix in (".html", ".js", ".j2", ".txt") and path.is_file():
                _template(path.read_text(encoding="utf-8"), where, uses)
    return uses


def _python(tree: ast.Module, where: str, uses: Uses) -> None:
    docstrings = set(_docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            if _KEY.fullmatch(node.value):
                uses.literals.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            pattern = _pattern(node)
            if pattern:
                uses.patterns[pattern] = f"{where}:{node.lineno}"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant):
            start = node.left.value
            if isinstance(start, str) and start.endswith(".") and _KEY.fullmatch(start + "x"):
                uses.patterns[re.escape(start) + ".+"] = f"{where}:{node.lineno}"
        elif isinstance(node, ast.Call):
            _call(node, where, uses)


def _docstrings(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        for statement in getattr(node, "body", ()) if isinstance(getattr(node, "body", ()), list) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield id(statement.value)


def _pattern(node: ast.JoinedStr) -> str:
    """A regular expression for an f-string that begins like a key, or nothing."""
    first = node.values[0] if node.values else None
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str) and re.fullmatch(r"[a-z][a-z_]*\.[A-Za-z0-9_@.]*", first.value)):
        return ""
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[A-Za-z0-9_@.]+" for part in node.values
    )


def _call(node: ast.Call, where: str, uses: Uses) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name not in SAYING or not node.args:
        return
    for key in _keys(node.args[0]):
        place = f"{where}:{node.lineno}"
        uses.said.setdefault(key, place)
        names = _argument_names(node.args[1] if len(node.args) > 1 else None) if name in ("Text", "say") else None
        if names is not None:
            uses.given.append((key, names, place))


def _keys(node: ast.expr) -> Iterator[str]:
    """The literal keys of an argument: a string, or either branch of `a if … else b`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _KEY.fullmatch(node.value):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _keys(node.body)
        yield from _keys(node.orelse)


def _argument_names(node: ast.expr | None) -> frozenset[str] | None:
    """The argument names a call gives, or None when they cannot be read from the source."""
    if node is None:
        return frozenset()
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "place_args":
        return PLACE_ARGS
    if not isinstance(node, ast.Dict):
        return None
    names: set[str] = set()
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            inner = _argument_names(value)
            if inner is None:
                return None
            names |= inner
        elif isinstance(key, ast.Constant):
            names.add(str(key.value))
        else:
            return None
    return frozenset(names)


def _template(text: str, where: str, uses: Uses) -> None:
    for found in _QUOTED.finditer(text):
        key, joined, end = found.group(2), found.group(3), found.group(4) or ""
        if joined:
            some = "[A-Za-z0-9_@]+" if key.count(".") == 1 else "[A-Za-z0-9_@.]*"
            uses.patterns[re.escape(key) + some + re.escape(end)] = where
        elif _KEY.fullmatch(key):
            uses.literals.add(key)
    for found in _SAID.finditer(text):
        if not found.group(3) and _KEY.fullmatch(found.group(2)):
            uses.said.setdefault(found.group(2), where)
