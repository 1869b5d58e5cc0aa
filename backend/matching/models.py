"""Tables: two records that may be of one household, and what a person decided about them."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from backend.crypto import SealedJson
from backend.db import Moment, metadata

match_proposal = Table(
    "match_proposal",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("one_case", ForeignKey("case.id"), nullable=False, index=True),  # the smaller of the two ids
    Column("other_case", ForeignKey("case.id"), nullable=False, index=True),
    Column("one_person", ForeignKey("person.id"), nullable=False),
    Column("other_person", ForeignKey("person.id"), nullable=False),
    Column("score", Integer, nullable=False),  # 0 to 100
    Column("reasons", JSON, nullable=False),  # [["kana", "same"], ["address", "other"], …], no values
    Column("state", String(10), nullable=False, default="open"),  # open | later | same | different | gone
    Column("made_at", Moment, nullable=False),
    Column("decided_by", ForeignKey("staff.id")),
    Column("decided_at", Moment),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("one_case", "other_case"),
    Index("ix_match_proposal_open", "tenant_id", "state", "score", "id"),
)

# Two cases made one, with all that is needed to undo it.
merge = Table(
    "merge",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("kept_case", ForeignKey("case.id"), nullable=False, index=True),
    Column("gone_case", ForeignKey("case.id"), nullable=False, index=True),
    Column("proposal_id", ForeignKey("match_proposal.id")),
    Column("moved", SealedJson("merge.moved"), nullable=False),  # what was where, and what was changed
    Column("by", ForeignKey("staff.id")),
    Column("at", Moment, nullable=False),
    Column("undone_by", ForeignKey("staff.id")),
    Column("undone_at", Moment),
)
