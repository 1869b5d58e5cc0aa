"""What a resident sent besides words (a photo, a recording), opened for staff by the conversation that it came in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from backend import crypto
from backend.audit import service as audit
from backend.files.service import File
from backend.journal.models import attachment
from backend.staff.access import NotForYou, conversation_for
from backend.staff.roles import Staff


def attachment_for(connection: Connection, staff: Staff, attachment_id: str, at: datetime) -> File:
    """It as it was kept: without place, time and device. Who looked at it is in the trail. Raises `NotForYou`, `Restricted`."""
    kept = connection.execute(select(attachment).where(attachment.c.id == attachment_id)).one_or_none()
    if kept is None:
        raise NotForYou
    conversation_for(connection, staff, kept.conversation_id, at, viewing=False)
    if kept.state != "kept" or kept.content is None:
        raise NotForYou
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="attachment.viewed", object_kind="attachment",
                 object_id=kept.id, at=at)  # fmt: skip
    return File("", kept.media_type, crypto.ring().open(bytes(kept.content), "attachment.content"))
