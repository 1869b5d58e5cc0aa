"""Table: referrals (つなぎ). In this release nothing leaves by itself: a caseworker acts and marks what happened."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from backend.crypto import SealedText
from backend.db import Moment, metadata

referral = Table(
    "referral",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversation.id"), index=True),
    Column("profession", String(24), nullable=False),
    Column("recipient_id", ForeignKey("recipient.id")),
    Column("consent", String(10), nullable=False),  # the decision at the time: given | deferred | refused
    Column("state", String(10), nullable=False, default="open"),  # open | accepted | declined | done | withdrawn
    Column("note", SealedText("referral.note")),
    Column("made_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", ForeignKey("staff.id")),
    Column("version", Integer, nullable=False, default=1),
)
