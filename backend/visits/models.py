"""Tables: requests for a home visit, and the visits that are planned."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table

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
    Index("ix_visit_request_state", "tenant_id", "state", "due_at", "id"),
)

# One visit to one home: planned for a day, made by two people, with what came of it. No visit is ever written over.
visit = Table(
    "visit",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("request_id", ForeignKey("visit_request.id")),
    Column("campaign_id", ForeignKey("campaign.id")),
    Column("state", String(10), nullable=False, default="wanted"),  # wanted | planned | done | cancelled
    Column("why", String(20), nullable=False, default=""),  # request | ladder | watching | again
    Column("priority", Integer, nullable=False, default=5),  # 0 = first
    Column("planned_on", Date),
    Column("from_time", String(5), nullable=False, default=""),  # Japanese wall clock, agreed with the household
    Column("until_time", String(5), nullable=False, default=""),
    Column("place_in_day", Integer, nullable=False, default=0),  # walking order on the day's sheet
    Column("first_worker", ForeignKey("staff.id")),  # the same one again, where possible
    Column("second_worker", ForeignKey("staff.id")),  # two go
    Column("interpreter", String(10), nullable=False, default=""),  # locale
    Column("safety", SealedText("visit.safety")),
    Column("contact_id", ForeignKey("contact.id")),  # what came of it: one line of the contact log
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", ForeignKey("staff.id")),
    Column("version", Integer, nullable=False, default=1),
    Index("ix_visit_day", "tenant_id", "planned_on", "place_in_day"),
    Index("ix_visit_wanted", "tenant_id", "state", "priority", "id"),
)
