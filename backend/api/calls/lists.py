"""Lists brought in: put a file in, say which column is which, look at the dry run, take it in, stop. As on the page."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import NoResultFound

from backend.api.bodies import ListColumns
from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.db import Row
from backend.files.service import File
from backend.lists import service as lists
from backend.lists.columns import KINDS, columns
from backend.lists.reading import MOST_BYTES, Unreadable
from backend.staff.access import NotForYou
from backend.staff.roles import BRINGS_LISTS_IN

_SHOWN = ("id", "kind", "state", "rows", "counts", "version")


def listed(asked: Asked) -> dict[str, Any]:
    """The newest fifty."""
    with asked.reading() as c:
        found = lists.imports_of(c, asked.staff.tenant_id)
    return {"items": [_brief(row) for row in found], "next": ""}


def put_in(asked: Asked) -> dict[str, Any]:
    """The file itself is the body: xlsx, xls, ods or CSV. `kind` says what list it is, `sheet` which sheet of a workbook (default: the fullest);
    which column is which is proposed."""
    kind, name = asked.query("kind"), asked.query("name")[:200] or "list"
    if kind not in KINDS:
        raise Problem("invalid", errors=[{"field": "kind", "kind": "|".join(KINDS)}])
    file = File(name, asked.request.headers.get("content-type", "")[:100], asked.body)
    try:
        made = lists.bring(asked.shell.engine, tenant_id=asked.staff.tenant_id, kind=kind, file=file, by=asked.staff.id, at=asked.now,
                           sheet=asked.query("sheet"))
    except Unreadable as unreadable:
        raise Problem("refused", why=str(unreadable.args[0]).rpartition(".")[2]) from None
    return _one(asked, made)


def read(asked: Asked) -> dict[str, Any]:
    """State, counts, columns and, once checked, the first troubles: row, what, column. What a cell says is told on the page alone."""
    return _one(asked, asked.path("id"))


def check(asked: Asked) -> dict[str, Any]:
    """Begin the dry run; without `mapping` with the columns that were proposed or chosen before."""
    body: ListColumns = asked.body
    home = _home(asked, asked.path("id"))
    wanted = home["mapping"] if body.mapping is None else body.mapping
    if unknown := sorted(set(wanted.values()) - set(columns())):
        raise Problem("invalid", errors=[{"field": "mapping", "kind": f"no column {name}"} for name in unknown[:20]])
    return _begun(asked, lambda c, more: lists.check(c, mapping=wanted, version=asked.version(), **more))


def take_in(asked: Asked) -> dict[str, Any]:
    """What is taken in twice changes nothing: the same row is the same household."""
    return _begun(asked, lambda c, more: lists.take_in(c, version=asked.version(), **more))


def stop(asked: Asked) -> dict[str, Any]:
    return _begun(asked, lambda c, more: lists.stop(c, **more))


def find_again(asked: Asked) -> dict[str, Any]:
    """Where preparing the search failed (`unfound`): take it up. Otherwise nothing happens."""
    return _begun(asked, lambda c, more: lists.find_again(c, **more))


def _begun(asked: Asked, act: Any) -> dict[str, Any]:
    more = {"tenant_id": asked.staff.tenant_id, "import_id": asked.path("id"), "by": asked.staff.id, "at": asked.now}
    try:
        with asked.writing() as c:
            act(c, more)
    except NoResultFound:
        raise NotForYou from None
    except lists.NotNow as why:
        raise Problem("refused", why=str(why.args[0]).rpartition(".")[2]) from None
    return _one(asked, asked.path("id"))


def _home(asked: Asked, id_: str) -> Row:
    with asked.reading() as c:
        home = lists.look(c, asked.staff.tenant_id, id_)
    if home is None:
        raise NotForYou
    return home


def _one(asked: Asked, id_: str) -> dict[str, Any]:
    home = _home(asked, id_)
    with asked.reading() as c:
        trouble = lists.findings(c, home["id"])[0] if home["state"] in ("checked", "stopped") else []
    work = home["job"]
    return {
        **_brief(home), "headers": [one["name"] for one in home["headers"]], "mapping": home["mapping"], "error": home["error"],
        "sheet": home["sheet"], "other_sheets": [{"name": name, "rows": many} for name, many in (home["beside"] or {}).get("sheets", ())],
        "unfound": home["unfound"], "hidden_rows": (home["beside"] or {}).get("hidden", 0),
        "job": {name: work[name] for name in ("state", "done", "total")} if work else None,
        "trouble": [{"row": one[0], "what": one[1], "column": one[2]} for one in trouble],
    }  # fmt: skip


def _brief(row: Row) -> dict[str, Any]:
    return {**{name: row.get(name) for name in _SHOWN}, "at": moment(row["at"]), "applied_at": moment(row["applied_at"])}


CALLS = (
    Call("GET", "/imports", listed, "imports:read", BRINGS_LISTS_IN, "Lists that were brought in"),
    Call("POST", "/imports", put_in, "imports:write", BRINGS_LISTS_IN, "Put a list in", queries=("kind", "name", "sheet"), status=201,
         upload=MOST_BYTES),
    Call("GET", "/imports/{id}", read, "imports:read", BRINGS_LISTS_IN, "One list and how far it is"),
    Call("POST", "/imports/{id}/check", check, "imports:write", BRINGS_LISTS_IN, "Begin the dry run", body=ListColumns, versioned=True),
    Call("POST", "/imports/{id}/take-in", take_in, "imports:write", BRINGS_LISTS_IN, "Take a checked list in", versioned=True),
    Call("POST", "/imports/{id}/stop", stop, "imports:write", BRINGS_LISTS_IN, "Stop after the slice that is under way"),
    Call("POST", "/imports/{id}/find", find_again, "imports:write", BRINGS_LISTS_IN, "Make those searchable who came in and are not yet"),
)  # fmt: skip
