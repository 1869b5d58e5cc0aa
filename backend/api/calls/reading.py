"""Who one is, which programs a case may use, and the audit trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.api import paging
from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.audit import service as audit
from backend.audit.models import audit as trail
from backend.cases.models import suggestion
from backend.consent import service as consent
from backend.staff import tokens
from backend.staff.access import case_for
from backend.staff.roles import OPENS_CASES, READS_AUDIT, USES_PROGRAMS


def me(asked: Asked) -> dict[str, Any]:
    """The token's account and what the token may be used for."""
    who = asked.staff
    return {"login": who.login, "role": who.role, "districts": list(who.districts), "scopes": sorted(asked.bearer.scopes)}


def programs(asked: Asked) -> dict[str, Any]:
    """What was suggested last, with reasons, as the case page shows it: candidates, never promises (ST-12)."""
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now)
        chosen = select(suggestion).where(suggestion.c.case_id == row["id"]).order_by(suggestion.c.id.desc()).limit(1)
        found = c.execute(chosen).one_or_none()
    if found is None:
        return {"at": None, "catalogue": "", "items": []}
    return {"at": moment(found.at), "catalogue": found.catalogue, "items": found.result}


def read_trail(asked: Asked) -> dict[str, Any]:
    """Who did and saw what, oldest first, so that a program can follow on where it ended."""
    shown = (trail.c.id, trail.c.at, trail.c.staff_id, trail.c.action, trail.c.object_kind, trail.c.object_id, trail.c.hash)
    chosen = select(*shown).where(trail.c.tenant_id == asked.staff.tenant_id)
    if said := asked.query("object_id"):
        chosen = chosen.where(trail.c.object_id == said)
    with asked.reading() as c:
        rows, after = paging.page(c, chosen, trail.c.id, trail.c.id, after=asked.query("after"), limit=asked.limit)
    return {"next": after, "items": [
        {"id": row.id, "at": moment(row.at), "staff_id": row.staff_id, "action": row.action, "object_kind": row.object_kind,
         "object_id": row.object_id, "hash": row.hash} for row in rows
    ]}  # fmt: skip


def prove(asked: Asked) -> dict[str, Any]:
    """Walk the whole trail and every decision on sharing, and say whether they hold; `broken` is the first entry that does not."""
    with asked.reading() as c:
        broken = audit.verify(c, asked.staff.tenant_id)
        decided, wrong = consent.verify(c, asked.staff.tenant_id)
        return {
            "entries": audit.entries(c, asked.staff.tenant_id), "holds": broken is None, "broken": broken.entry if broken else None,
            "consents": {"entries": decided, "holds": wrong is None, "broken": wrong},
        }  # fmt: skip


def end_token(asked: Asked) -> None:
    """This very token, at once."""
    with asked.writing() as c:
        tokens.revoke(c, tenant_id=asked.staff.tenant_id, token_id=asked.bearer.token_id, at=asked.now, by=asked.staff.id)


CALLS = (
    Call("GET", "/cases/{id}/programs", programs, "programs:read", OPENS_CASES, "Programs that were suggested last, with reasons"),
    Call("GET", "/audit", read_trail, "audit:read", READS_AUDIT, "The audit trail, oldest first", pages=True, queries=("object_id",)),
    Call("POST", "/audit/prove", prove, "audit:read", READS_AUDIT, "Prove the audit trail"),
)
ME = Call("GET", "/me", me, "", USES_PROGRAMS, "The token's own account")
END = Call("DELETE", "/me/token", end_token, "", USES_PROGRAMS, "End this token", status=204)
