"""The catalogue of programs as the municipality has decided it, and the drafts and editions of those decisions."""

from __future__ import annotations

from typing import Any

from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.clock import in_japan
from backend.db import Row
from backend.programs.editing import drafts
from backend.programs.edition import current
from backend.programs.listing import listed
from backend.programs.of_case import place_of
from backend.staff.roles import APPROVES, EDITS_PROGRAMS, READS_AUDIT, USES_PROGRAMS
from backend.words import LOCALES


def catalogue(asked: Asked) -> dict[str, Any]:
    """Every program of the place, those that are switched off too; names in `locale` (ja)."""
    locale = asked.query("locale") if asked.query("locale") in LOCALES else "ja"
    with asked.reading() as c:
        where = place_of(c, asked.staff.tenant_id)
    edition, disaster = where.decided(current())
    words = asked.shell.words
    return {"version": edition.version, "items": [
        {"id": one.entry.id, "name": words.word(one.entry.name, locale), "kind": one.entry.kind, "level": one.level, "off": one.off,
         "changed_here": one.changed_here, "confirmed": one.entry.confirmed, "desk": words.word(one.entry.desk, locale),
         "deadline": one.due.next.isoformat() if one.due.next else None}
        for one in listed(edition, disaster, in_japan(asked.now).date())
    ], "next": ""}  # fmt: skip


def decisions(asked: Asked) -> dict[str, Any]:
    """What is being written or waits for a second person, and what was published. They are written and approved on the page."""
    with asked.reading() as c:
        rows = [*drafts.open_drafts(c, asked.staff.tenant_id), *drafts.published(c, asked.staff.tenant_id)]
    return {"items": [_draft(row) for row in rows], "next": ""}


def _draft(row: Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "state", "number", "origin", "made_by", "decided_by", "restores", "version")},
        "programs": sorted(row["touched"]), **{name: moment(row[name]) for name in ("made_at", "asked_at", "decided_at")},
    }  # fmt: skip


CALLS = (
    Call("GET", "/programs", catalogue, "programs:read", USES_PROGRAMS, "The catalogue as it holds here", queries=("locale",)),
    Call("GET", "/program-drafts", decisions, "programs:read", EDITS_PROGRAMS | APPROVES | READS_AUDIT, "Drafts and editions"),
)
