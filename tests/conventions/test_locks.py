"""Locks that staff, residents and the worker can all take without stopping each other for nothing (PostgreSQL)."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def locks() -> list[tuple[str, set[str]]]:
    """Every `with_for_update`: where it stands, and what it says."""
    found = []
    for path in sorted((ROOT / "backend").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "with_for_update":
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", {word.arg or "" for word in node.keywords}))
    return found


def test_a_lock_stops_nobody_who_only_refers_to_the_row() -> None:
    """No key is ever changed. FOR UPDATE would let a task, an answer or a visit that names the case wait for whoever holds it."""
    assert len(locks()) > 40
    assert [where for where, said in locks() if not said & {"key_share", "read"}] == []
