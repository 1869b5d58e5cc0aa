"""Search: the words travel sealed in the address, so that no name stands in a log, a history or over somebody's shoulder."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from starlette.responses import Response

from backend import crypto
from backend.audit import service as audit
from backend.console.desk import Desk
from backend.console.page import Page
from backend.search.find import LONGEST, Result, find
from backend.staff.roles import OPENS_CASES

SEARCH = "/console/search"


def show(desk: Desk) -> Response:
    words = _opened(desk, desk.request.query_params.get("s", ""))
    result = None
    if words:
        with desk.reading() as c:
            result = find(c, desk.staff, words)
    return _page(desk, words, result)


def search(desk: Desk) -> Response:
    words = desk.sent("words", LONGEST)
    if not words:
        return desk.to(SEARCH)
    with desk.writing() as c:
        audit.record(c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="case.searched", at=desk.now)
    return desk.to(f"{SEARCH}?s={_sealed(desk, words)}")


def _page(desk: Desk, words: str, result: Result | None) -> Response:
    if result and len(result.hits) == 1 and result.hits[0].by == "number":
        return desk.to(f"/console/cases/{result.hits[0].case_id}")
    return desk.page("search/search.html", said=words, result=result)


def _place(desk: Desk) -> str:
    return f"search {desk.staff.id}"


def _sealed(desk: Desk, words: str) -> str:
    """For this account alone; its place in the sealing says so."""
    return urlsafe_b64encode(crypto.ring().seal(words.encode("utf-8", "replace"), _place(desk))).decode().rstrip("=")


def _opened(desk: Desk, given: str) -> str:
    try:
        sealed = urlsafe_b64decode(given[:2000] + "=" * (-len(given[:2000]) % 4))
        return crypto.ring().open(sealed, _place(desk)).decode() if len(sealed) > 29 else ""
    except (Error, ValueError, crypto.CannotOpen):
        return ""


PAGES = (
    Page("GET", SEARCH, show, OPENS_CASES),
    Page("POST", SEARCH, search, OPENS_CASES),
)
