"""Two records that may be one household: what waits, what a person decided, and taking it back. The software never decides."""

from __future__ import annotations

from typing import Any

from backend.api.bodies import Decision
from backend.api.call import Asked, Call
from backend.api.problems import Problem
from backend.matching import service as matching
from backend.matching.merging import CannotMerge
from backend.staff.roles import CARRIES_CASES


def listed(asked: Asked) -> dict[str, Any]:
    """The surest first, thirty to a page; none that holds somebody protected from the token's account. `state`: open or later."""
    state = asked.query("state") or "open"
    if state not in ("open", "later"):
        raise Problem("invalid", errors=[{"field": "state", "kind": "open|later"}])
    score, _, id_ = asked.query("after").partition(".")
    if asked.query("after") and not (score.isascii() and score.isdigit() and len(score) < 4 and id_):
        raise Problem("invalid", errors=[{"field": "after", "kind": "not a place that was given"}])
    with asked.reading() as c:
        rows = matching.waiting(c, asked.staff, state=state, after=(int(score), id_[:26]) if id_ else None)
    shown, more = rows[: matching.A_PAGE], len(rows) > matching.A_PAGE
    return {"items": [
        {"id": one["id"], "cases": [one["one_case"], one["other_case"]], "score": one["score"], "reasons": one["reasons"],
         "one_person": matching.is_one_person(one), "state": one["state"], "version": one["version"]} for one in shown
    ], "next": f"{shown[-1]['score']}.{shown[-1]['id']}" if more else ""}  # fmt: skip


def decide(asked: Asked) -> dict[str, Any]:
    """`same` makes one case of both: `merge` can be undone."""
    body: Decision = asked.body
    return {"merge": _tried(asked, lambda c: matching.decide(c, asked.staff, asked.path("id"), body.decision, version=asked.version(), at=asked.now))}


def undo(asked: Asked) -> None:
    """The newest first, where several rest on each other."""
    _tried(asked, lambda c: matching.undo(c, asked.staff, asked.path("id"), asked.now))


def _tried(asked: Asked, act: Any) -> Any:
    try:
        with asked.writing() as c:
            return act(c)
    except CannotMerge as why:
        raise Problem("refused", why=str(why.args[0]).rpartition(".")[2]) from None


CALLS = (
    Call("GET", "/matching", listed, "cases:read", CARRIES_CASES, "Records that may be one household", queries=("state", "after")),
    Call("POST", "/matching/{id}/decide", decide, "cases:write", CARRIES_CASES, "Say whether they are", body=Decision, versioned=True),
    Call("POST", "/merges/{id}/undo", undo, "cases:write", CARRIES_CASES, "Take a merge back", status=204),
)
