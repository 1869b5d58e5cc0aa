"""Tables: cases, the answers in them with their history, and what was suggested when."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from backend.crypto import SealedJson
from backend.db import Moment, Serial, metadata

case = Table(
    "case",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("number", String(20), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("status", String(12), nullable=False, default="open"),  # open | closed
    Column("district", String(80), nullable=False, default=""),
    Column("damage_level", String(20), nullable=False, default=""),  # in clear, for lists
    Column("restricted", Boolean, nullable=False, default=False),
    Column("demonstration", Boolean, nullable=False, default=False),
    Column("assigned_to", ForeignKey("staff.id")),
    Column("waiting_since", Moment),  # first message that no human has answered yet
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_case_changed", "tenant_id", "changed_at", "id"),
    Index("ix_case_waiting", "tenant_id", "waiting_since", sqlite_where=text("waiting_since IS NOT NULL"),
          postgresql_where=text("waiting_since IS NOT NULL")),
)

# One row per answer ever given; `superseded_at` is NULL for the one that holds. Before a case is opened the
# answers hang on the conversation alone.
answer = Table(
    "answer",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), index=True),
    Column("case_id", ForeignKey("case.id"), index=True),
    Column("field", String(60), nullable=False),
    Column("state", String(10), nullable=False),  # given | unknown | deferred | declined
    Column("value", SealedJson("answer.value")),
    Column("by", String(20), nullable=False),  # self | proxy | staff
    Column("about", String(20), nullable=False),
    Column("source", String(20), nullable=False),  # channel name, booth, console
    Column("at", Moment, nullable=False),
    Column("superseded_at", Moment),
    Column("withdrawn", Boolean, nullable=False, default=False),
)

suggestion = Table(
    "suggestion",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), index=True),
    Column("conversation_id", ForeignKey("conversation.id"), index=True),
    Column("at", Moment, nullable=False),
    Column("catalogue", String(40), nullable=False),  # version of the catalogue that answered
    Column("inputs", SealedJson("suggestion.inputs"), nullable=False),
    Column("result", SealedJson("suggestion.result"), nullable=False),
)
