"""Table: long work that somebody of the staff began, done in slices, with its progress."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from backend.crypto import SealedJson
from backend.db import Moment, metadata

job = Table(
    "job",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("kind", String(24), nullable=False),  # a key of `backend.jobs.kinds.SLICES`
    Column("staff_id", ForeignKey("staff.id")),  # who began it; NULL for the command line
    Column("state", String(8), nullable=False, default="waiting"),  # waiting | running | done | failed | stopped
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),  # 0: not known yet
    Column("detail", SealedJson("job.detail"), nullable=False),  # what to do, and where the next slice begins
    Column("result", SealedJson("job.result")),
    Column("error", String(80), nullable=False, default=""),  # key of a sentence for the staff
    Column("turn", Integer, nullable=False, default=0),  # slices begun: whoever holds the newest may save
    Column("leased_until", Moment),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("ix_job_open", "made_at", "id", sqlite_where=text("state IN ('waiting','running')"),
          postgresql_where=text("state IN ('waiting','running')")),
    Index("ix_job_tenant", "tenant_id", "kind", "made_at"),
    Index("ix_job_changed", "changed_at"),
)
