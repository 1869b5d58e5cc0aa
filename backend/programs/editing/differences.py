"""What a change means in words of the catalogue: field by field, before and after. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from backend.programs.entry import Entry
from backend.programs.sheet.changes import OWN_KEYS, Change, desk_and_phone


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one program. `old` and `new` as they are written; empty where there is nothing."""

    program: str
    field: str
    old: str
    new: str


def differences(program: str, before: Change, after: Change, catalogue: Entry | None) -> tuple[Difference, ...]:
    """Field by field what changes; `catalogue` is the program without the municipality's changes, None for one of its own."""
    rows = []
    own_desk, own_phone = desk_and_phone(catalogue.desk.in_locale("ja")) if catalogue else ("", "")
    for field, base in (("desk", own_desk), ("phone", own_phone), ("note", "")):
        old, new = getattr(before, field), getattr(after, field)
        rows.append((field, base if old is None else old, base if new is None else new))
    rows.append(("decided", before.deadline.isoformat() if before.deadline else "", after.deadline.isoformat() if after.deadline else ""))
    rows.append(("on", "off" if before.off else "on", "off" if after.off else "on"))
    for key in OWN_KEYS:
        base = written(catalogue, key)
        rows.append((key, before.own.get(key, base), after.own.get(key, base)))
    return tuple(Difference(program, field, old, new) for field, old, new in rows if old != new)


def written(entry: Entry | None, key: str) -> str:
    """A key of an entry as its file writes it; empty where it has none."""
    return entry.parts[key].written() if entry is not None and key in entry.parts else ""
