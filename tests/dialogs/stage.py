"""What dialog tests share: a setting with words that people type, and a conversation to play in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from backend.words import Catalogues
from dialogs.core.heard import Setting
from dialogs.transcript import AT, PLACE, Rehearsal


@cache
def words() -> Catalogues:
    return Catalogues.load()


class Labels(Mapping[str, tuple[str, ...]]):
    """Every wording of a label, as the shell hands it in."""

    def __getitem__(self, key: str) -> tuple[str, ...]:
        return words().labels(key)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(())

    def __len__(self) -> int:
        return 0

    def get(self, key: str, default=()):  # type: ignore[no-untyped-def]
        return words().labels(key) if words().has(key) else default


def setting(locale: str = "ja", level: int = 2) -> Setting:
    """`level` 1 is LINE's default, 2 the web chat's."""
    return Setting(AT, locale, PLACE, level, level, level, hear=words().hear(locale), labels=Labels())


def rehearsal(locale: str = "ja", level: int = 2) -> Rehearsal:
    return Rehearsal(setting(locale, level))
