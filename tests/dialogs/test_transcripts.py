"""Every transcript still happens as written. `pytest --update` rewrites them; the diff is the review."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.transcript import replay
from tests.dialogs.stage import rehearsal

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))


def header(text: str, name: str, otherwise: str) -> str:
    return next((row.split(":", 1)[1].strip() for row in text.splitlines() if row.startswith(f"{name}:")), otherwise)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript(path: Path, request: pytest.FixtureRequest) -> None:
    text = path.read_text(encoding="utf-8")
    level = 1 if header(text, "channel", "web") in ("line", "telegram") else 2
    stage = rehearsal(header(text, "locale", "ja"), level)
    stage.settling = tuple(header(text, "settles", "").split())
    played = replay(text, stage)
    if request.config.getoption("--update"):
        path.write_text(played, encoding="utf-8")
    assert played == text


def test_there_are_transcripts() -> None:
    assert len(FILES) >= 8
