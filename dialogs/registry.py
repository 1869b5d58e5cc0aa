"""Every dialog there is, by name and version. A session finishes on the versions it began with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from dialogs.aside import v1 as aside_v1
from dialogs.core.model import Dialog
from dialogs.intake.v1 import INTAKE
from dialogs.referral.v1 import REFERRAL
from dialogs.survey import v1 as survey_v1
from dialogs.visiting import v1 as visiting_v1

Book: TypeAlias = Mapping[tuple[str, int], Dialog]


def book_of(dialogs: Iterable[Dialog]) -> Book:
    """Dialogs by (name, version). Raises `ValueError` where a version stands twice."""
    book: dict[tuple[str, int], Dialog] = {}
    for dialog in dialogs:
        if (dialog.name, dialog.version) in book:
            raise ValueError(f"{dialog.name}/{dialog.version} stands twice in the registry")
        book[dialog.name, dialog.version] = dialog
    return book


BOOK: Book = book_of((INTAKE, REFERRAL, *survey_v1.ALL, *aside_v1.ALL, *visiting_v1.ALL))

FIRST = "intake"
"""The dialog a new conversation begins with."""


def newest(book: Book, name: str) -> Dialog:
    """The version that new sessions begin with."""
    return book[name, max(version for known, version in book if known == name)]
