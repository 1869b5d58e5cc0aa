"""Tables: municipalities, the disaster they are working on, whom they may share with, their districts."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from backend.db import Moment, Serial, metadata

tenant = Table(
    "tenant",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("slug", String(40), nullable=False, unique=True),
    Column("name", JSON, nullable=False),  # {"ja": "...", "en": "..."}
    Column("phone", String(40), nullable=False, default=""),
    Column("hours", JSON, nullable=False, default=dict),  # words, shown to residents
    Column("opens_at", String(5), nullable=False, default="08:30"),
    Column("closes_at", String(5), nullable=False, default="17:15"),
    Column("demonstration", Boolean, nullable=False, default=False),
    Column("live_at", Moment),
    # Days until contact, by kind: {"talk": 1, "visit": 3, "refer": 3}; business days.
    Column("contact_days", JSON, nullable=False, default=dict),
    Column("extra_holidays", JSON, nullable=False, default=list),  # ["2026-12-29", …]
    # {"line": {"max_in": 1, "max_out": 1, "confirmed": false}, …}; absent = the default of architecture.md
    Column("channel_limits", JSON, nullable=False, default=dict),
    Column("reminder_days", JSON, nullable=False, default=list),  # [3, 14]
    # Days until a case counts as standing still, by category: {"1": 90, …, "none": 90}; absent = `cases.review.STALLED_AFTER`
    Column("stalled_days", JSON, nullable=False, default=dict),
    Column("totp_roles", JSON),  # roles that must use one-time codes; NULL = the default of `backend.staff.totp`
    Column("next_case", Integer, nullable=False, default=1),
    Column("version", Integer, nullable=False, default=1),
    Column("created_at", Moment, nullable=False),
)

disaster = Table(
    "disaster",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False, index=True),
    Column("name", JSON, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("prefecture", String(2), nullable=False, default=""),
    Column("municipality", String(5), nullable=False, default=""),
    # Facts decided per disaster and municipality; absent = not known yet, never "no". Keys as in `assess`.
    Column("acts", JSON, nullable=False, default=dict),
    Column("extended_deadlines", JSON, nullable=False, default=dict),
    Column("current", Boolean, nullable=False, default=True),
    Column("version", Integer, nullable=False, default=1),
)

disaster_decision = Table(
    "disaster_decision",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("disaster_id", ForeignKey("disaster.id"), nullable=False),
    # A key of `service.ACTS`, `deadline:<program or program.part>`, happened_on, prefecture, municipality.
    Column("fact", String(100), nullable=False),
    Column("before", JSON),
    Column("after", JSON),
    Column("decided_on", Date),  # the day it was decided or announced, where somebody said it
    Column("source", String(300), nullable=False, default=""),  # the notice or page it was read in
    Column("staff_id", ForeignKey("staff.id")),
    Column("at", Moment, nullable=False),
    Index("ix_disaster_decision_of", "disaster_id", "id"),
)

recipient = Table(
    "recipient",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False, index=True),
    # welfare_council | welfare_commissioner | professional | npo
    Column("kind", String(24), nullable=False),
    Column("profession", String(24), nullable=False, default=""),  # for kind professional: lawyer, architect, …
    Column("name", JSON, nullable=False),
    Column("contact", String(200), nullable=False, default=""),
    Column("pledge_until", Date),
    Column("active", Boolean, nullable=False, default=True),
)

district = Table(
    "district",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("name", String(80), nullable=False),
    UniqueConstraint("tenant_id", "name"),
)
