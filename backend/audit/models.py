"""Table: the audit trail, append-only and hash-chained per tenant; reads are in it too."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from backend.crypto import SealedJson
from backend.db import Moment, Serial, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("action", String(40), nullable=False),  # case.viewed, referral.accepted, login.failed, …
    Column("object_kind", String(20), nullable=False, default=""),
    Column("object_id", String(40), nullable=False, default=""),
    Column("detail", SealedJson("audit.detail")),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_object", "object_kind", "object_id", "id"),
    Index("ix_audit_tenant", "tenant_id", "id"),
)
