"""Tables: case meetings (ケース会議), who takes part and has pledged, what is talked about and decided."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, UniqueConstraint

from backend.crypto import SealedText
from backend.db import Moment, metadata

meeting = Table(
    "meeting",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("starts_at", String(5), nullable=False, default=""),  # 13:30
    Column("place", String(120), nullable=False, default=""),
    Column("state", String(10), nullable=False, default="planned"),  # planned | held | cancelled
    Column("minutes", SealedText("meeting.minutes")),
    Column("made_by", ForeignKey("staff.id")),
    Column("made_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
)

# Somebody at the table: of the staff, or of an organisation. Without a pledge (誓約書) they see no names.
participant = Table(
    "participant",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("meeting_id", ForeignKey("meeting.id"), nullable=False, index=True),
    Column("name", SealedText("participant.name"), nullable=False),
    Column("organisation", String(120), nullable=False, default=""),
    Column("staff_id", ForeignKey("staff.id")),
    Column("recipient_id", ForeignKey("recipient.id")),
    Column("pledged_on", Date),  # the pledge this person signed for meetings
    Column("present", Integer, nullable=False, default=0),  # 0 not known yet | 1 came | 2 did not
)

# A household to be talked about. `meeting_id` NULL: waits for the next meeting.
meeting_item = Table(
    "meeting_item",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("meeting_id", ForeignKey("meeting.id"), index=True),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False, default=0),
    Column("why", String(20), nullable=False),  # one of `rules.REASONS`
    Column("question", SealedText("meeting_item.question")),  # what is to be decided
    Column("decision", SealedText("meeting_item.decision")),
    Column("review_on", Date),
    Column("added_by", ForeignKey("staff.id")),
    Column("at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("meeting_id", "case_id"),
)

# What somebody has to do because of the meeting. It waits as a task, or is a referral.
assignment = Table(
    "assignment",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("item_id", ForeignKey("meeting_item.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),  # task | referral
    Column("what", SealedText("assignment.what"), nullable=False),
    Column("owner", SealedText("assignment.owner"), nullable=False),  # as it is said in the minutes
    Column("due_on", Date),
    Column("task_id", ForeignKey("task.id")),
    Column("referral_id", ForeignKey("referral.id")),
)
