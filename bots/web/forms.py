"""From a posted form to events for the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from backend import crypto, ids
from backend.conversations.my_number import masked
from backend.db import is_postgres
from backend.elsewhere import longer_than
from backend.files.bare import bare
from backend.journal.models import attachment
from backend.messages import RawEvent
from bots.clean import clean
from bots.danger import danger
from bots.web.parse import KEPT, MOST_TEXT, body_chose, body_command, body_file, body_said

MOST_FILE = 20 * 1024 * 1024
MOST_FORM = MOST_FILE + 256 * 1024
"""A file and the fields around it."""

COMMANDS = ("human", "back", "change", "language", "my_case", "stop")
"""The menu that is always there, in its order."""
SOS_WORDS = "SOS"
"""What the red button says: a help word of SF-02 in every language, so that the crisis check sees it like any text."""


MOST_BYTES = 1024 * 1024
"""Of one field."""
MOST_PIECES = 20
"""Messages that one text becomes, at most."""
PAUSES = "\n。．！？!?.、, 　"


class TooLarge(Exception):
    """More bytes than a person sends."""


@dataclass(frozen=True, slots=True)
class Upload:
    what: str
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """What one press of a button said. `form` is the page's hidden number: the same press twice is one event."""

    form: str
    csrf: str
    bodies: tuple[bytes, ...] = ()
    urgent: bool = False
    upload: Upload | None = None


async def read(request: Request) -> Posted:
    """Read a posted form. Raises `TooLarge`; whatever is strange in it means that nothing was said."""
    if longer_than(request, MOST_FORM):
        raise TooLarge
    async with request.form(max_files=1, max_fields=60, max_part_size=MOST_BYTES) as form:
        upload = await _upload(form.get("file"))
        bodies, urgent = _said(form)
        urgent = urgent or (upload is not None and danger(upload.name))
        return Posted(_one(form, "form")[:80], _one(form, "csrf")[:128], bodies, urgent, upload)


def _said(form: FormData) -> tuple[tuple[bytes, ...], bool]:
    if "sos" in form:
        return (body_said(SOS_WORDS),), True
    if command := _one(form, "menu"):
        return ((body_command(command),) if command in COMMANDS else ()), False
    if chosen := _one(form, "chose"):
        parts = chosen.split("|")
        return ((body_chose(*parts),) if len(parts) == 3 else ()), False
    messages = pieces(_one(form, "text").strip())
    if "carried" in form and not messages:
        return _ticked(_one(form, "carried"), form.getlist("pick")), False
    return tuple(body_said(text) for text in messages), any(danger(text) for text in messages)


def pieces(text: str) -> tuple[str, ...]:
    """A text of any length as messages that are kept whole, divided where it pauses: nothing of it is lost, nor unheard.

    Telegram does the same. Raises `TooLarge` for more than anybody writes.
    """
    if len(text) > MOST_TEXT * MOST_PIECES // 2:
        raise TooLarge
    found = []
    while len(text) > MOST_TEXT:
        pause = max(text.rfind(sign, MOST_TEXT // 2, MOST_TEXT) for sign in PAUSES)
        end = pause + 1 if pause > 0 else MOST_TEXT
        found.append(text[:end].strip())
        text = text[end:].strip()
    return tuple(piece for piece in (*found, text) if piece)


def _ticked(carried: str, picks: Sequence[object]) -> tuple[bytes, ...]:
    """Several ticks are one answer. A single id would only be toggled, so it goes twice."""
    session, _, step = carried.partition("|")
    names = [pick for pick in picks if isinstance(pick, str) and pick and "," not in pick]
    if not names:
        return ()
    names = names * 2 if len(names) == 1 else names
    return (body_chose(session, step, ",".join(names)),)


def _one(form: FormData, name: str) -> str:
    value = form.get(name)
    return clean(value) if isinstance(value, str) else ""


async def _upload(file: object) -> Upload | None:
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    if file.size is None or file.size > MOST_FILE:
        raise TooLarge
    content = await file.read()
    if not content:
        return None
    # A browser names the type by the file's ending: good enough to say 写真, never used to open it.
    kind = (file.content_type or "").partition("/")[0]
    what = {"image": "photo", "audio": "voice", "video": "video"}.get(kind, "file")
    return Upload(what, masked(clean(file.filename))[:200], (file.content_type or "application/octet-stream")[:100], content)


def events(posted: Posted, address: str, now: datetime, attached: str = "", first: bytes | None = None) -> list[RawEvent]:
    """The events of one press, in order: `first` opens a new conversation, then what was said, then the file.

    The event id comes from the page's number and the content: a double click is one event, and an answer given
    after the browser's back button is another; so are two pieces of one text that read alike.
    """
    bodies = [body for body in (first, *posted.bodies) if body is not None]
    if attached and posted.upload is not None:
        bodies.append(body_file(posted.upload.what, KEPT + attached, posted.upload.name))
    return [
        RawEvent(
            channel="web",
            address=address,
            event_id=ids.hashed(f"{address}|{'first' if body is first else posted.form}|{body!r}{'|' * bodies[:place].count(body)}"),
            happened_at=now + timedelta(milliseconds=place),
            body=body,
            lane=0 if posted.urgent else 1,
        )
        for place, body in enumerate(bodies)
    ]


def keep(engine: Engine, posted: Posted, conversation_id: str, now: datetime) -> str:
    """Store an upload, sealed, and give back its id; the same press twice stores it once."""
    upload = posted.upload
    if upload is None:
        return ""
    id = ids.hashed(f"{conversation_id}|{posted.form}|{ids.hashed(upload.name)}|{len(upload.content)}")[:26]
    row = {
        "id": id, "conversation_id": conversation_id, "kind": upload.what, "ref": KEPT + id, "name": upload.name,
        "media_type": upload.media_type, "content": crypto.ring().seal(bare(upload.content), "attachment.content"),
        "state": "kept", "tries": 0, "at": now,
    }
    with engine.begin() as connection:
        build = pg_insert if is_postgres(connection) else sqlite_insert
        connection.execute(build(attachment).values(row).on_conflict_do_nothing())
    return id
