"""Tables: calls that carried an Idempotency-Key, where a municipality's own systems are told of events, and what they are told."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from backend.crypto import SealedText
from backend.db import Moment, Serial, metadata

# Calls that carried an Idempotency-Key, for a day: the second one is given the first one's answer.
api_once = Table(
    "api_once",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of token and key
    Column("token_id", ForeignKey("api_token.id"), nullable=False, index=True),
    Column("sent", String(64), nullable=False),  # hash of the call and its body
    Column("answer", SealedText("api_once.answer")),  # None: under way
    Column("at", Moment, nullable=False, index=True),
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False, index=True),
    Column("url", SealedText("webhook.url"), nullable=False),  # sealed: people put passwords into addresses
    Column("secret", SealedText("webhook.secret"), nullable=False),
    Column("events", JSON, nullable=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("made_at", Moment, nullable=False),
    Column("made_by", ForeignKey("staff.id")),
    # Up to where it was looked for events: {"case": id, "task": id, "referral": id, "audit": number}
    Column("seen", JSON, nullable=False),
)

# What is to be told, found by looking at what was committed (`backend.api.events`): each event once.
webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("webhook_id", ForeignKey("webhook.id"), nullable=False),
    Column("event", String(24), nullable=False),
    Column("subject", String(26), nullable=False),  # id of the case, task or referral: never personal data
    Column("mark", Integer, nullable=False, default=0),  # number of the audit entry; 0: that it came to be
    Column("case_id", String(26), nullable=False, default=""),
    Column("state", String(10), nullable=False, default="pending"),  # pending | sent | dead
    Column("tries", Integer, nullable=False, default=0),
    Column("next_at", Moment, nullable=False),
    Column("status", Integer, nullable=False, default=0),  # the last answer; 0: none came
    Column("made_at", Moment, nullable=False),
    Index("ix_webhook_delivery_due", "next_at", "id", sqlite_where=text("state = 'pending'"),
          postgresql_where=text("state = 'pending'")),
    UniqueConstraint("webhook_id", "event", "subject", "mark"),
)
