"""Tables: what a municipality decides about programs, edition by edition; and the reminders of deadlines that residents wished for."""

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from backend.db import Moment, metadata

program_edition = Table(
    "program_edition",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    # Counts what was published; the newest published one holds. NULL until then.
    Column("number", Integer),
    Column("state", String(10), nullable=False),  # draft | waiting | published | dropped
    Column("origin", String(10), nullable=False),  # form | sheet | rollback | command
    # {program: {"before": …, "after": …}}: what it changes, each as `Change.to_json` writes it ({}: as the catalogue has it).
    Column("touched", JSON, nullable=False),
    # Everything decided from its publication on, {program: …}: what chat, console, sheet and command line read.
    Column("changes", JSON),
    Column("reason", Text, nullable=False, default=""),  # what for, in the author's words
    Column("answer", Text, nullable=False, default=""),  # what the second person said who gave it back
    Column("restores", Integer),  # the edition that a roll back returns to; 0: the catalogue as it came
    Column("made_by", ForeignKey("staff.id")),  # NULL: the command line
    Column("made_at", Moment, nullable=False),
    Column("asked_at", Moment),
    Column("decided_by", ForeignKey("staff.id")),
    Column("decided_at", Moment),
    Column("preview_id", String(26)),  # the job that worked out what it would mean for the open cases
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_program_edition_state", "tenant_id", "state", "made_at"),
)

# A resident wishes to be reminded before a deadline. When, the clock knows: `due` of kind `deadline`, subject = its id.
program_reminder = Table(
    "program_reminder",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("program", String(60), nullable=False),
    Column("deadline", Date, nullable=False),  # as it was when the days were worked out; it may be moved
    Column("next_on", Date, nullable=False),
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "program"),
)
