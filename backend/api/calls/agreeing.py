"""What a household decides on sharing when somebody reads the question out to it, and the ways back into its own case."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from backend.api.bodies import Bound, Linked, Oral
from backend.api.call import Asked, Call, attached
from backend.api.paging import moment
from backend.api.problems import Problem
from backend.audit import service as audit
from backend.booth import links, photos, raising
from backend.booth.addresses import addresses
from backend.consent import oral
from backend.conversations.offices import read_office
from backend.db import Row
from backend.files import service as files
from backend.files.service import File
from backend.staff.access import NotForYou, case_for
from backend.staff.codes import MINUTES, make_code
from backend.staff.roles import CARRIES_CASES, OPENS_CASES
from dialogs.fields import FIELDS


def questions(asked: Asked) -> dict[str, Any]:
    """For each class of recipient the words to read to the person, in their language and in Japanese. `read` names these words: it
    comes back with the decision, so that nobody agrees to others than they heard (PR-03)."""
    row = _case(asked)
    with asked.reading() as c:
        found = oral.questions(c, asked.shell.words, row["id"], read_office(c, asked.staff.tenant_id, asked.now))
    return {"next": "", "items": [
        {"recipient": name, "locale": one.locale, "text": one.text, "japanese": one.original, "read": one.sha256}
        for name, one in found.items()
    ]}  # fmt: skip


def decide(asked: Asked) -> dict[str, Any]:
    """What the person said when somebody read the question to them: kept as told to the token's account. 409 where the words have
    changed since they were fetched."""
    body: Oral = asked.body
    row = _case(asked)
    oral.record_oral(asked.shell.engine, asked.shell.clock, asked.shell.words, row["id"], asked.staff.id, body.recipient, body.event,
                     body.read)  # fmt: skip
    return {"recipient": body.recipient, "event": body.event}


def make_code_back(asked: Asked) -> dict[str, Any]:
    """A code for somebody who lost the way back into their chat. It stands in this answer alone."""
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        code = make_code(c, purpose="case", tenant_id=asked.staff.tenant_id, now=asked.now, staff_id=asked.staff.id, case_id=row["id"],
                         scope=row["id"])  # fmt: skip
        audit.record(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, action="case.return_code", object_kind="case",
                     object_id=row["id"], at=asked.now)  # fmt: skip
    return {"code": code, "minutes": MINUTES, "address": f"{asked.shell.settings.public_url}/chat/return"}


def read_links(asked: Asked) -> dict[str, Any]:
    """How many papers wait to be scanned, which chats are bound to the case, and whether wrong tries have locked it."""
    row = _case(asked)
    with asked.reading() as c:
        waiting, bound = links.waiting(c, row["id"], asked.now), links.bound(c, row["id"])
        locked = links.is_locked(c, row["id"], asked.now)
    return {"waiting": [{"made_at": moment(one["made_at"]), "expires_at": moment(one["expires_at"])} for one in waiting], "locked": locked,
            "bound": [{"id": one["id"], "channel": one["channel"], "speaker": one["speaker"], "relation": one["relation"]}
                      for one in bound]}  # fmt: skip


def make_link(asked: Asked) -> dict[str, Any]:
    """What the QR of each chat holds, and the six digits that are said and never printed. Both stand in this answer alone."""
    body: Linked = asked.body
    if body.relation and body.relation not in FIELDS["relation"].options:
        raise Problem("invalid", errors=[{"field": "relation", "kind": "unknown"}])
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        link = links.issue(c, asked.staff, row["id"], speaker=body.speaker, relation=body.relation, locale=body.locale, at=asked.now)
    return {"addresses": addresses(asked.shell.settings, asked.shell.words, link.token, body.locale), "digits": link.code, "expires_at": moment(link.expires_at)}


def call_back(asked: Asked) -> dict[str, Any]:
    """End the papers that wait to be scanned, and let people try again."""
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        ended = links.call_back(c, asked.staff, row["id"], asked.now)
        links.reset(c, asked.staff, row["id"], asked.now)
    return {"ended": ended}


def unbind(asked: Asked) -> dict[str, Any]:
    """Part a telephone from the case: the wrong one, or one that must not hear of it any more."""
    body: Bound = asked.body
    with asked.writing() as c:
        row = case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)
        return {"parted": links.unbind(c, asked.staff, row["id"], body.binding, asked.now)}


def protect(asked: Asked) -> dict[str, Any]:
    """PR-30: the person says that somebody must not learn where they are. That is enough: the case is kept to its handlers, papers end,
    and a supervisor is told."""
    row = _case(asked)
    raising.protect(asked.shell.engine, asked.shell.clock, asked.staff, row["id"], asked.version())
    return {"id": row["id"], "restricted": True}


def read_sheets(asked: Asked) -> dict[str, Any]:
    row = _case(asked)
    with asked.reading() as c:
        return {"items": [{"id": one.id, "at": moment(one.at)} for one in photos.of_case(c, row["id"])], "next": ""}


def add_sheet(asked: Asked) -> dict[str, Any]:
    """The picture itself is the body: JPEG, PNG or WebP; place, time and device are taken off."""
    row = _case(asked)
    try:
        picture = photos.picture(File("consent", "", asked.body))
    except photos.NotAPicture:
        raise Problem("invalid", errors=[{"field": "", "kind": "not_a_picture"}]) from None
    with asked.writing() as c:
        return {"id": photos.keep(c, asked.staff, row["id"], picture, asked.now)}


def fetch_sheet(asked: Asked) -> Response:
    with asked.writing() as c:
        case_id = photos.case_of(c, asked.staff.tenant_id, asked.path("id"))
        if not case_id:
            raise NotForYou
        case_for(c, asked.staff, case_id, asked.now)
        kept = files.read(c, asked.staff.tenant_id, asked.path("id"), photos.PURPOSE, asked.now)
    if kept is None:
        raise NotForYou
    return attached(kept.content, kept.media_type)


def _case(asked: Asked) -> Row:
    with asked.writing() as c:
        return case_for(c, asked.staff, asked.path("id"), asked.now, viewing=False)


CALLS = (
    Call("GET", "/cases/{id}/consent-questions", questions, "people:read", OPENS_CASES, "What to read out before somebody decides on sharing"),
    Call("POST", "/cases/{id}/consents", decide, "people:write", OPENS_CASES, "Keep a decision on sharing told by word of mouth", body=Oral,
         status=201),
    Call("POST", "/cases/{id}/return-code", make_code_back, "people:write", OPENS_CASES, "Make a way back into a chat", status=201),
    Call("GET", "/cases/{id}/links", read_links, "people:read", CARRIES_CASES, "Telephones bound to a case, and papers that wait"),
    Call("POST", "/cases/{id}/links", make_link, "people:write", CARRIES_CASES, "Make a code that binds a chat to a case", body=Linked,
         status=201),
    Call("POST", "/cases/{id}/links/call-back", call_back, "people:write", CARRIES_CASES, "End the codes that wait"),
    Call("POST", "/cases/{id}/links/unbind", unbind, "people:write", CARRIES_CASES, "Part a telephone from a case", body=Bound),
    Call("POST", "/cases/{id}/protect", protect, "cases:write", CARRIES_CASES, "Protect somebody at once", versioned=True),
    Call("GET", "/cases/{id}/sheets", read_sheets, "people:read", CARRIES_CASES, "Signed sheets of a case"),
    Call("POST", "/cases/{id}/sheets", add_sheet, "people:write", CARRIES_CASES, "Keep the photo of a signed sheet", status=201,
         upload=photos.MOST_BYTES),
    Call("GET", "/sheets/{id}", fetch_sheet, "people:read", CARRIES_CASES, "A signed sheet"),
)  # fmt: skip
