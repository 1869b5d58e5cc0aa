"""What the audit trail holds is read by people: each act and each kind of thing has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from locales import catalogue

ROOT = Path(__file__).resolve().parents[2]


def recorded(argument: str) -> Iterator[tuple[str, str]]:
    """Each word that the program gives `audit.record` as this argument, with the file; those put together at run time left out."""
    for path in sorted(file for folder in ("backend", "bots") for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "audit.record":
                for given in node.keywords:
                    if given.arg == argument:
                        yield from ((one, path.name) for one in said(given.value))


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
