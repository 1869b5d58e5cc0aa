"""What was typed, played again as a transcript: a test that a caseworker can read (`tests/dialogs/transcripts`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from dialogs.core.heard import Setting
from dialogs.transcript import AT, PLACE, Rehearsal, replay

if TYPE_CHECKING:
    from backend.app import Shell
    from backend.words import Catalogues

LEVEL = 2
"""Sensitivity limit of the rehearsal: everything is asked in the chat itself."""


class _Labels(Mapping[str, tuple[str, ...]]):
    """Every wording of a label, looked up when the dialog asks for it."""

    def __init__(self, words: Catalogues) -> None:
        self._words = words

    def __getitem__(self, key: str) -> tuple[str, ...]:
        if not self._words.has(key):
            raise KeyError(key)
        return self._words.labels(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def transcript(shell: Shell, typed: Sequence[str], locale: str = "ja") -> str:
    """The lines as a transcript, with what the dialog said and asked for. Names and numbers are as typed: only
    invented people belong into a test."""
    words = shell.words
    setting = Setting(AT, locale, PLACE, LEVEL, LEVEL, LEVEL, hear=words.hear(locale), labels=_Labels(words))
    rows = ["# recorded with ./run chat --save", f"locale: {locale}", *(f"> {' '.join(line.split())}" for line in typed)]
    return replay("\n".join(rows), Rehearsal(setting, shell.book))
