"""Table: requests for a home visit."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from backend.crypto import SealedText
from backend.db import Moment, metadata

visit_request = Table(
    "visit_request",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversation.id")),
    Column("state", String(10), nullable=False, default="open"),  # open | planned | done | declined
    Column("note", SealedText("visit_request.note")),
    Column("made_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", ForeignKey("staff.id")),
    Column("version", Integer, nullable=False, default=1),
)
