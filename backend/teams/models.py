"""Tables: teams with their boxes, who is in them, and who is away until when."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, UniqueConstraint

from backend.db import Moment, metadata

team = Table(
    "team",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("name", String(40), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("tenant_id", "name"),
)

team_member = Table(
    "team_member",
    metadata,
    Column("team_id", ForeignKey("team.id"), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
)

# A colleague who is away: what waits for them is shown to their team meanwhile. One row a person, the last day away.
absence = Table(
    "absence",
    metadata,
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False, index=True),
    Column("last_day", Date, nullable=False),
    Column("set_by", ForeignKey("staff.id"), nullable=False),
    Column("at", Moment, nullable=False),
)
