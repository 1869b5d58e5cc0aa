"""Looking somebody up. The words stand in the body, never in an address that a log could keep."""

from __future__ import annotations

from typing import Any

from backend.api.bodies import Search
from backend.api.call import Asked, Call
from backend.audit import service as audit
from backend.search.find import find
from backend.staff.roles import OPENS_CASES


def search(asked: Asked) -> dict[str, Any]:
    """By name, kana, telephone, birth date or number, best first, at most fifty. `more`: there are others, add a word;
    `unclear`: nothing in the words can be looked up. Protected people are found by their handlers alone."""
    body: Search = asked.body
    with asked.writing() as c:
        audit.record(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, action="case.searched", at=asked.now)
    with asked.reading() as c:
        found = find(c, asked.staff, body.words)
    return {"more": found.more, "unclear": found.unclear, "items": [
        {"case": one.case_id, "number": one.number, "status": one.status, "district": one.district, "person": one.person_id,
         "name": one.name, "kana": one.kana, "birth_date": one.birth_date or None, "address": one.address, "found_by": one.by,
         "main": one.main}
        for one in found.hits
    ]}  # fmt: skip


CALLS = (Call("POST", "/search", search, "people:read", OPENS_CASES, "Find a household", body=Search),)
