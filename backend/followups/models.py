"""Tables: what the clock will do, and what tells a restored database from a living one. Claimed in batches by (due_at, id); what a person hears goes the inbox's way."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, UniqueConstraint

from backend.db import Moment, Serial, metadata

due = Table(
    "due",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    # reminder | task_clock | erase | …: one handler each
    Column("kind", String(20), nullable=False),
    Column("subject", String(40), nullable=False),  # id of the conversation, task, … it is about
    Column("due_at", Moment, nullable=False),
    Column("detail", JSON, nullable=False, default=dict),  # never personal data
    Column("turn", Integer, nullable=False, default=0),  # makes the synthetic event id unique: `due:<id>:<turn>`
    UniqueConstraint("kind", "subject"),
    Index("ix_due_due", "due_at", "id"),
    # An id is never given twice: the synthetic event id must not repeat after a row was deleted.
    sqlite_autoincrement=True,
)

# One row: counted up while a worker works, and kept beside the database as well (`pulse.py`).
pulse = Table(
    "pulse",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("mark", String(64), nullable=False),  # which database this is
    Column("home", String(80), nullable=False, default=""),  # PostgreSQL: which server and table holds it
    Column("count", Integer, nullable=False, default=0),
    Column("at", Moment, nullable=False),
)
