"""Tables: cases, the answers in them with their history, what was suggested when, and how a case is carried."""

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
    text,
)

from backend.crypto import SealedJson, SealedText
from backend.db import Moment, Serial, metadata
from backend.relations import unchecked

case = Table(
    "case",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("number", String(20), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("status", String(12), nullable=False, default="open"),  # open | closed | merged (into another case)
    Column("district", String(80), nullable=False, default=""),
    Column("damage_level", String(20), nullable=False, default=""),  # in clear, for lists
    Column("restricted", Boolean, nullable=False, default=False),
    Column("demonstration", Boolean, nullable=False, default=False),
    Column("assigned_to", ForeignKey("staff.id")),
    Column("team", String(40), nullable=False, default=""),  # name of a `team`, whose box it is in
    Column("category", Integer),  # 支援区分 1–4 as a person decided it; NULL = not decided
    Column("review_on", Date),  # when somebody looks at it anew
    Column("language", String(10), nullable=False, default=""),  # of the person, in clear, for lists
    Column("language_told", Boolean, nullable=False, default=False),  # staff changed it: a chat does not change it back
    Column("origin", String(20), nullable=False, default="chat"),  # chat | booth | import | phone | console
    Column("first_contact_at", Moment),  # first time that somebody and the household spoke or wrote
    Column("closed_at", Moment),
    Column("close_reason", String(20), nullable=False, default=""),  # one of `closing.REASONS`
    Column("waiting_since", Moment),  # first message that no human has answered yet
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("tenant_id", "number"),
    # The list of all cases is sorted and chosen by these; a million households page by them (`./run bench console`).
    *(Index(f"ix_case_{column}", "tenant_id", "status", column, "id") for column in ("changed_at", "district", "category", "review_on")),
    *(Index(f"ix_case_{column}", "tenant_id", column, "status") for column in ("assigned_to", "team", "language", "damage_level")),
    Index("ix_case_waiting", "tenant_id", "waiting_since", "id", sqlite_where=text("waiting_since IS NOT NULL"),
          postgresql_where=text("waiting_since IS NOT NULL")),
)

# One row per answer ever given; `superseded_at` is NULL for the one that holds. Before a case is opened the
# answers hang on the conversation alone.
answer = Table(
    "answer",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    # A list brings twenty answers a row, and each would look its case up again (a fifth of all that a list costs PostgreSQL), and what its case
    # refers to; they are written in one transaction with it, and no case is ever deleted.
    Column("tenant_id", String(26), nullable=False, info=unchecked("tenant.id")),
    Column("conversation_id", ForeignKey("conversation.id")),
    Column("case_id", String(26), index=True, info=unchecked("case.id")),
    Column("field", String(60), nullable=False),
    Column("state", String(10), nullable=False),  # given | unknown | deferred | declined
    Column("value", SealedJson("answer.value")),
    Column("by", String(20), nullable=False),  # self | proxy | staff
    Column("about", String(20), nullable=False),
    Column("source", String(20), nullable=False),  # channel name, booth, console
    Column("at", Moment, nullable=False),
    Column("superseded_at", Moment),
    Column("withdrawn", Boolean, nullable=False, default=False),
    # What a list says, twenty answers to a row, hangs on no conversation.
    Index("ix_answer_conversation_id", "conversation_id", sqlite_where=text("conversation_id IS NOT NULL"),
          postgresql_where=text("conversation_id IS NOT NULL")),
)

answer.add_is_dependent_on(case)

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
    Column("counts", SealedJson("suggestion.counts"), nullable=False),  # of the result, what a difference is looked for in
)

# The decision on the support category (支援区分), one row per decision: the newest holds, `case.category` repeats it.
category_decision = Table(
    "category_decision",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("category", Integer, nullable=False),  # 1–4
    Column("proposed", Integer),  # what the rules proposed at that moment; NULL = nothing
    Column("reasons", SealedJson("category_decision.reasons"), nullable=False),  # of the proposal: message keys
    Column("note", SealedText("category_decision.note")),
    Column("decided_by", ForeignKey("staff.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

# The support policy (支援方針) with the wishes it rests on (支援記録 2 and 3): versions, never overwritten.
policy_version = Table(
    "policy_version",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, … inside the case
    Column("wish_home", SealedText("policy_version.wish_home"), nullable=False),
    Column("wish_life", SealedText("policy_version.wish_life"), nullable=False),
    Column("policy", SealedText("policy_version.policy"), nullable=False),
    Column("as_of", Date, nullable=False),  # 「○年○月○日時点」
    Column("author", ForeignKey("staff.id"), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("case_id", "number"),
)

# The progress log (支援記録 4): written by what is done (`record.add`), and freely by staff. Struck, never deleted.
support_entry = Table(
    "support_entry",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False),
    Column("at", Moment, nullable=False),  # when it happened
    Column("kind", String(24), nullable=False),  # one of `record.KINDS`
    Column("args", SealedJson("support_entry.args")),  # what the words of the kind name
    Column("text", SealedText("support_entry.text")),  # what somebody wrote about it
    Column("about_kind", String(20), nullable=False, default=""),  # referral | visit | contact | meeting | …
    Column("about_id", String(26), nullable=False, default=""),
    Column("staff_id", ForeignKey("staff.id")),
    Column("written_at", Moment, nullable=False),
    Column("struck_at", Moment),
    Column("struck_by", ForeignKey("staff.id")),
    Index("ix_support_entry_case", "case_id", "at", "id"),
)

# Among staff alone. No code that sends reads this table (tests/cases/test_notes.py).
internal_note = Table(
    "internal_note",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("text", SealedText("internal_note.text"), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
)

# One row per end of a case, with the handover (引継ぎ); reopening completes it, a later end is another row.
closing = Table(
    "closing",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("reason", String(20), nullable=False),
    Column("note", SealedText("closing.note")),
    Column("handed_to", SealedText("closing.handed_to")),  # who goes on, where somebody does
    Column("handover", SealedText("closing.handover")),  # what they must know
    Column("at", Moment, nullable=False),
    Column("closed_by", ForeignKey("staff.id"), nullable=False),
    Column("reopened_at", Moment),
    Column("reopened_by", ForeignKey("staff.id")),
    Column("reopen_note", SealedText("closing.reopen_note")),
)

# A filter of the list of cases under a name. It holds what can be chosen in the list, never words that were typed.
saved_filter = Table(
    "saved_filter",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("chosen", JSON, nullable=False),
    Column("shared", Boolean, nullable=False, default=False),
    Column("at", Moment, nullable=False),
    Index("ix_saved_filter_tenant", "tenant_id", "staff_id"),
)
