"""Webhooks: what there is, make one, remove one."""

from __future__ import annotations

from typing import Any

from backend.api import hooks
from backend.api.bodies import Hook
from backend.api.call import Asked, Call
from backend.api.hooks import HookError
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.staff.access import NotForYou
from backend.staff.roles import RUNS_SETTINGS


def listed(asked: Asked) -> dict[str, Any]:
    """Without secrets; of each address only the host, because people put passwords into addresses."""
    with asked.reading() as c:
        found = hooks.hooks_of(c, asked.staff.tenant_id)
    return {"items": [{**one, "made_at": moment(one["made_at"])} for one in found]}


def make(asked: Asked) -> dict[str, Any]:
    """The secret that signs is in this answer and nowhere else."""
    body: Hook = asked.body
    try:
        with asked.writing() as c:
            id_, secret = hooks.make(
                c, tenant_id=asked.staff.tenant_id, url=body.url, chosen=body.events, by=asked.staff.id, at=asked.now
            )
    except HookError as wrong:
        raise Problem("invalid", errors=[{"field": "url", "kind": str(wrong.args[0]).rpartition(".")[2]}]) from None
    return {"id": id_, "secret": secret}


def remove(asked: Asked) -> None:
    with asked.writing() as c:
        if not hooks.remove(c, tenant_id=asked.staff.tenant_id, webhook_id=asked.path("id"), by=asked.staff.id, at=asked.now):
            raise NotForYou


def try_again(asked: Asked) -> dict[str, Any]:
    """What was given up is told anew."""
    with asked.writing() as c:
        return {"again": hooks.try_again(c, tenant_id=asked.staff.tenant_id, at=asked.now)}


CALLS = (
    Call("GET", "/webhooks", listed, "webhooks:read", RUNS_SETTINGS, "Webhooks of the municipality"),
    Call("POST", "/webhooks", make, "webhooks:write", RUNS_SETTINGS, "Make a webhook", body=Hook, status=201),
    Call("POST", "/webhooks/again", try_again, "webhooks:write", RUNS_SETTINGS, "Tell again what was given up"),
    Call("DELETE", "/webhooks/{id}", remove, "webhooks:write", RUNS_SETTINGS, "Remove a webhook", status=204),
)
