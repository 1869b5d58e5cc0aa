"""Forms taken out: one to be made, how far it is, the file that was made."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from backend.api.bodies import Export
from backend.api.call import Asked, Call, attached
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.cases.selection import Selection
from backend.db import Row
from backend.forms import exports
from backend.forms.glyphs import CannotPrint
from backend.forms.making import Order
from backend.jobs import service as jobs
from backend.jobs.run import Refused
from backend.staff.access import NotForYou
from backend.staff.roles import TAKES_DATA_OUT


def order(asked: Asked) -> dict[str, Any]:
    """Made at once, or by the worker: ask for its state until it is done. Protected people are in none but their handlers'."""
    body: Export = asked.body
    wanted = Order(body.form, body.format, body.case, Selection.of(body.chosen), body.recipient)
    if not wanted.valid:
        raise Problem("invalid", errors=[{"field": "form", "kind": "no such form in this format"}])
    try:
        made = exports.begin(asked.shell, asked.staff, wanted)
    except Refused as refused:
        raise Problem("refused", why=str(refused.args[0])) from None
    except CannotPrint:
        raise Problem("refused", why="cannot_print") from None
    return {"id": made}


def listed(asked: Asked) -> dict[str, Any]:
    """What this account had made and can still fetch, newest first; `form` and `format` as they were ordered."""
    with asked.reading() as c:
        rows = exports.mine(c, asked.staff, asked.now - exports.LASTS)
    return {"next": "", "items": [
        {**_brief(row), "form": row["detail"]["order"]["form"], "format": row["detail"]["order"]["format"]} for row in rows
    ]}  # fmt: skip


def state(asked: Asked) -> dict[str, Any]:
    with asked.reading() as c:
        row = exports.found(c, asked.staff, asked.path("id"), asked.now)
    return _brief(row)


def stop(asked: Asked) -> dict[str, Any]:
    """After the part that is under way; for the account that asked for it."""
    with asked.writing() as c:
        row = exports.found(c, asked.staff, asked.path("id"), asked.now)
        if row["staff_id"] == asked.staff.id:
            jobs.stop(c, asked.staff.tenant_id, row["id"], asked.now)
    return state(asked)


def fetch(asked: Asked) -> Response:
    """For the account that asked for it, for a day."""
    with asked.writing() as c:
        row = exports.found(c, asked.staff, asked.path("id"), asked.now)
        file = exports.fetch(c, asked.staff, row, asked.now)
    if file is None:
        raise NotForYou
    return attached(file.content, file.media_type, file.name)


def _brief(row: Row) -> dict[str, Any]:
    return {**{name: row[name] for name in ("id", "state", "done", "total", "error")}, "made_at": moment(row["made_at"])}


CALLS = (
    Call("GET", "/exports", listed, "exports:read", TAKES_DATA_OUT, "What one had made"),
    Call("POST", "/exports", order, "exports:write", TAKES_DATA_OUT, "Have a form or a list made", body=Export, status=201),
    Call("GET", "/exports/{id}", state, "exports:read", TAKES_DATA_OUT, "How far it is"),
    Call("POST", "/exports/{id}/stop", stop, "exports:write", TAKES_DATA_OUT, "Stop making it"),
    Call("GET", "/exports/{id}/file", fetch, "exports:read", TAKES_DATA_OUT, "The file"),
)
