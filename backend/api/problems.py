"""What went wrong, as `application/problem+json` (RFC 9457): a kind for programs, a sentence for whoever reads the log.

No problem names a person, quotes what was sent, or tells whether something exists that the token may not know of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import JSONResponse

from dialogs.core.words import Text

STATUS: Mapping[str, int] = {
    "unauthorized": 401, "scope": 403, "role": 403, "restricted": 403, "no_consent": 409, "not_found": 404, "conflict": 409,
    "no_version": 428, "invalid": 422, "not_json": 400, "too_large": 413, "too_many": 429, "refused": 409,
}  # fmt: skip
"""Kind -> HTTP status. Its sentence has the key `console.problem.<kind>`."""


class Problem(Exception):
    """Ends a call. `more` goes into the answer beside the kind: never personal data."""

    def __init__(self, kind: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(kind)
        self.kind, self.headers, self.more = kind, dict(headers or {}), more


def wrong(error: Exception, field: str = "", kind: str = "invalid") -> Problem:
    """What a service says with the key of a sentence: the page shows it, a program gets it as `detail` in its account's language."""
    key = str(error.args[0])
    said = {"errors": [{"field": field, "kind": key.rpartition(".")[2]}]} if kind == "invalid" else {"why": key.rpartition(".")[2]}
    return Problem(kind, detail=Text(key), **said)


def answer(problem: Problem, say: Callable[[Text], str]) -> JSONResponse:
    """`type` is stable and means nothing but itself; `title` and `detail` may be worded differently some day."""
    status = STATUS[problem.kind]
    more = {name: say(value) if isinstance(value, Text) else value for name, value in problem.more.items()}
    title = say(Text(f"console.problem.{problem.kind}"))
    content = {"type": f"tag:tsunagi,2026:problem/{problem.kind}", "title": title, "status": status, **more}
    headers = {"Cache-Control": "no-store", **problem.headers}
    return JSONResponse(content, status, headers=headers, media_type="application/problem+json")
