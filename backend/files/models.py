"""Table: files that staff put in or that were made for them, encrypted at rest."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from backend.crypto import SealedText
from backend.db import Moment, metadata

stored_file = Table(
    "stored_file",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), index=True),  # NULL: not about one household (a list, an export)
    Column("purpose", String(20), nullable=False),  # consent | import | export | visit | …
    Column("name", SealedText("stored_file.name"), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("content", LargeBinary, nullable=False),  # sealed with place "stored_file.content"
    Column("staff_id", ForeignKey("staff.id")),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment),  # NULL: kept as long as the case
    Index("ix_stored_file_expires", "expires_at"),
)
