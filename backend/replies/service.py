"""Keep the templates of a municipality: write, change, retire. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.conflict import Conflict
from backend.replies.models import reply_template
from backend.replies.rules import SOURCE

LONGEST = 2000


class NoText(ValueError):
    """A template has a name and a Japanese text."""


def templates_of(connection: Connection, tenant_id: str) -> list[Any]:
    """Those in use, by name."""
    mine = select(reply_template).where(reply_template.c.tenant_id == tenant_id, reply_template.c.active)
    return list(connection.execute(mine.order_by(reply_template.c.name, reply_template.c.id)))


def keep(
    connection: Connection, *, tenant_id: str, template_id: str, name: str, texts: Mapping[str, str], by: str, version: int, at: datetime
) -> str:
    """Write a template (`template_id` empty) or change one. Raises `NoText` or `Conflict`."""
    kept = {locale: text.replace("\x00", "").strip()[:LONGEST] for locale, text in texts.items() if text.strip()}
    if not name.strip() or SOURCE not in kept:
        raise NoText
    values = {"name": name.strip()[:60], "texts": kept, "changed_by": by, "changed_at": at}
    if template_id:
        row = _newest(connection, tenant_id, template_id, version)
        connection.execute(update(reply_template).where(reply_template.c.id == row.id).values(version=version + 1, **values))
    else:
        template_id = ids.new()
        connection.execute(insert(reply_template).values(id=template_id, tenant_id=tenant_id, **values))
    _trace(connection, tenant_id, by, "template.kept", template_id, at)
    return template_id


def retire(connection: Connection, *, tenant_id: str, template_id: str, by: str, version: int, at: datetime) -> None:
    """Offer it no more. Raises `Conflict`."""
    row = _newest(connection, tenant_id, template_id, version)
    connection.execute(update(reply_template).where(reply_template.c.id == row.id).values(
        active=False, changed_by=by, changed_at=at, version=version + 1))
    _trace(connection, tenant_id, by, "template.retired", template_id, at)


def _newest(connection: Connection, tenant_id: str, template_id: str, version: int) -> Any:
    mine = select(reply_template).where(reply_template.c.id == template_id, reply_template.c.tenant_id == tenant_id)
    row = connection.execute(mine.with_for_update(key_share=True)).one_or_none()
    if row is None or row.version != version or not row.active:
        raise Conflict({"name": row.name, **{f"text_{locale}": text for locale, text in row.texts.items()}} if row else {})
    return row


def _trace(connection: Connection, tenant_id: str, by: str, action: str, template_id: str, at: datetime) -> None:
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action=action, object_kind="template", object_id=template_id, at=at)
