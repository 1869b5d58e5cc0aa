"""Internal notes can never be sent: nothing that sends, says or shows a resident anything knows the table."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AMONG_STAFF = {
    "backend/api/calls/record.py", "backend/cases/models.py", "backend/cases/notes.py", "backend/cases/carrying.py", "backend/console/pages/notes.py",
    "backend/casefile/timeline.py", "backend/casefile/carried.py", "backend/meetings/service.py",
}  # fmt: skip
SENDING = {"backend.conversations.service", "backend.conversations.post", "backend.messages", "backend.journal.outbox"}


def sources() -> list[Path]:
    return [path for folder in ("backend", "bots", "dialogs") for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]


def test_only_these_modules_know_the_notes() -> None:
    knows = {str(path.relative_to(ROOT)) for path in sources() if names_notes(path.read_text(encoding="utf-8"))}
    assert knows <= AMONG_STAFF, knows - AMONG_STAFF
    assert "backend/cases/notes.py" in knows


def test_the_look_would_find_one() -> None:
    assert names_notes("from backend.cases.models import internal_note\n")
    assert names_notes("from backend.cases import notes\n")
    assert names_notes("import backend.cases.notes\n")
    assert not names_notes("from backend.cases import record\n")


@pytest.mark.parametrize("module", ["backend/cases/notes.py", "backend/console/pages/notes.py"])
def test_the_notes_know_nothing_that_sends(module: str) -> None:
    path = ROOT / module
    if not path.exists():
        pytest.fail(f"{module} is gone")
    assert not SENDING & set(imported(path.read_text(encoding="utf-8")))


def names_notes(source: str) -> bool:
    return any(name in ("backend.cases.notes", "backend.cases.models.internal_note") for name in imported(source))


def imported(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Import):
            found += [one.name for one in node.names]
    return found
