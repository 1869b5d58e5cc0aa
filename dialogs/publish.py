"""Published versions never change: `published.lock` keeps a digest of each; a changed one is an error ("make v2")."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

from dialogs.core.model import Dialog, Question
from dialogs.fields import FIELDS
from dialogs.registry import Book


def as_data(thing: Any) -> Any:
    """A frozen declaration as plain data: what makes a dialog JSON-serialisable by construction."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {"is": type(thing).__name__} | {part.name: as_data(getattr(thing, part.name)) for part in fields(thing)}
    if isinstance(thing, tuple):
        return [as_data(part) for part in thing]
    return thing


def digest(dialog: Dialog) -> str:
    """A digest of the dialog's structure and of the shape of the answers it asks for (not of the wording)."""
    asked = {step.id: [FIELDS[step.id].kind, list(FIELDS[step.id].options)] for step in dialog.steps if isinstance(step, Question)}
    return hashlib.sha256(json.dumps([as_data(dialog), asked], sort_keys=True).encode()).hexdigest()


def lock_text(book: Book) -> str:
    """What `published.lock` should say: one `name/version digest` a line."""
    return "".join(f"{name}/{version} {digest(dialog)}\n" for (name, version), dialog in sorted(book.items()))


def changed(book: Book, lock: str) -> list[str]:
    """Every published version that is gone or different now, as a sentence."""
    found = []
    for row in lock.splitlines():
        published, _, was = row.partition(" ")
        name, _, version = published.partition("/")
        dialog = book.get((name, int(version)))
        if dialog is None:
            found.append(f"{published} was published and is gone: people may be in the middle of it")
        elif digest(dialog) != was:
            found.append(f"{published} was published and has changed: leave it as it was and make v{int(version) + 1}")
    return found
