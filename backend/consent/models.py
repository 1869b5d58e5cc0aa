"""Tables: the exact notice texts, that they were shown, and every consent decision (append-only, hash-chained)."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from backend.db import Moment, Serial, metadata

notice_text = Table(
    "notice_text",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of notice, version, locale and body: the same text is one row
    Column("notice", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("locale", String(10), nullable=False),
    Column("body", Text, nullable=False),  # the exact words, placeholders filled
    Column("sha256", String(64), nullable=False),
    Column("first_shown_at", Moment, nullable=False),
)

notice_shown = Table(
    "notice_shown",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("notice_text_id", ForeignKey("notice_text.id"), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("at", Moment, nullable=False),
)

consent_event = Table(
    "consent_event",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id")),
    Column("case_id", ForeignKey("case.id")),
    Column("recipient", String(24), nullable=False),  # recipient class
    Column("event", String(12), nullable=False),  # given | deferred | refused | withdrawn
    Column("purpose", String(40), nullable=False, default="survivor_support"),
    Column("notice_text_id", ForeignKey("notice_text.id")),
    Column("method", String(12), nullable=False),  # chat | web | staff | oral | paper
    Column("channel", String(12), nullable=False),
    Column("locale", String(10), nullable=False),
    Column("actor", String(12), nullable=False, default="self"),  # self | proxy
    Column("recorded_by", ForeignKey("staff.id")),
    Column("explained_by", ForeignKey("staff.id")),  # who explained it, face to face
    Column("at", Moment, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_consent_event_case", "case_id", "recipient", "id"),
    Index("ix_consent_event_conversation", "conversation_id", "recipient", "id"),
)
