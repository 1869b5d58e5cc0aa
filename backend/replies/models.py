"""Table: templates of replies, written by staff, per language."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

from backend.db import Moment, metadata

reply_template = Table(
    "reply_template",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("texts", JSON, nullable=False),  # {"ja": "…", "en": "…"}: no text of a person, no personal data
    Column("active", Boolean, nullable=False, default=True),
    Column("changed_by", ForeignKey("staff.id")),
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
)
