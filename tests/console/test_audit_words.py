"""What the audit trail holds is read by people: each act and each kind of thing has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.console.routes import PAGES
from locales import catalogue

ROOT = Path(__file__).resolve().parents[2]


def recorded(argument: str) -> Iterator[tuple[str, str]]:
    """Each word that the program gives `audit.record` as this argument, with the file; those put together at run time left out.
    An action handed to a function of the same file that records is found by its place among the arguments."""
    for path in sorted(file for folder in ("backend", "bots") for file in (ROOT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        handed = {one.name: place for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and records(one)
                  for place, name in enumerate(one.args.args) if name.arg == argument}  # fmt: skip
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            values = [given.value for given in node.keywords if given.arg == argument] if ast.unparse(node.func) == "audit.record" else []
            if isinstance(node.func, ast.Name) and len(node.args) > handed.get(node.func.id, len(node.args)):
                values.append(node.args[handed[node.func.id]])
            for value in values:
                yield from ((one, path.name) for one in said(value))


def records(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record" for node in ast.walk(function))


def said(value: ast.expr) -> list[str]:
    if isinstance(value, ast.IfExp):
        return said(value.body) + said(value.orelse)
    return [value.value] if isinstance(value, ast.Constant) and isinstance(value.value, str) else []


@pytest.mark.parametrize(("argument", "family"), [("action", "console.action"), ("object_kind", "console.object")])
def test_every_act_and_thing_of_the_trail_has_words(argument: str, family: str) -> None:
    found = set(recorded(argument))
    known = catalogue.read("ja")
    assert len(found) > 20
    assert sorted(f"{where}: {one}" for one, where in found if f"{family}.{one}" not in known) == []


def test_every_kind_of_page_that_traces_its_readers_has_words() -> None:
    known = catalogue.read("ja")
    kinds = {page.shows for page in PAGES if page.shows}
    assert len(kinds) > 4
    assert [key for kind in sorted(kinds) for key in (f"console.action.{kind}.viewed", f"console.object.{kind}") if key not in known] == []
