"""Table: what a municipality decided about programs, a layer over the catalogue's files."""

from sqlalchemy import JSON, Column, ForeignKey, String, Table

from backend.db import Moment, metadata

program_overlay = Table(
    "program_overlay",
    metadata,
    Column("tenant_id", ForeignKey("tenant.id"), primary_key=True),
    Column("program", String(60), primary_key=True),
    # {"desk", "phone", "note", "deadline", "off"}: only what differs from the catalogue. Who and why: the audit trail.
    Column("decided", JSON, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
