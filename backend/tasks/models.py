"""Table: what waits for a human, with its clock."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from backend.db import Moment, metadata

task = Table(
    "task",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    # red | orange | yellow | talk | visit | refer | decided | review | silence | blocked | undelivered | parked
    Column("kind", String(12), nullable=False),
    Column("rank", Integer, nullable=False),  # 0 = life now; lists sort by it
    Column("topic", String(24), nullable=False, default=""),
    Column("rule", String(60), nullable=False, default=""),  # crisis rule and version that fired (SF-14)
    Column("verdict", String(10), nullable=False, default=""),  # staff's: true | false | unsure
    Column("case_id", ForeignKey("case.id"), index=True),
    Column("conversation_id", ForeignKey("conversation.id"), index=True),
    Column("referral_id", ForeignKey("referral.id")),
    Column("visit_request_id", ForeignKey("visit_request.id")),
    Column("made_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("acked_at", Moment),
    Column("acked_by", ForeignKey("staff.id")),
    Column("done_at", Moment),
    Column("done_by", ForeignKey("staff.id")),
    Column("paged_all_at", Moment),
    Column("truth_told_at", Moment),
    Index("ix_task_open", "tenant_id", "done_at", "rank", "due_at", "id"),
    # Every page asks for the dangers that nobody has acknowledged.
    Index("ix_task_unseen", "tenant_id", "kind", "done_at", "made_at", sqlite_where=text("acked_at IS NULL"),
          postgresql_where=text("acked_at IS NULL")),
)
