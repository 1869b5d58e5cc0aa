"""Tables: every approach to a household (連絡の記録), and the ways beside chat on which it can be reached."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, String, Table, UniqueConstraint, text

from backend.crypto import SealedText
from backend.db import Moment, metadata

contact = Table(
    "contact",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("channel", String(12), nullable=False),  # one of `rules.CHANNELS`
    Column("direction", String(3), nullable=False),  # out: we tried to reach them | in: they, or somebody for them
    Column("at", Moment, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),  # NULL: the software
    Column("campaign_id", ForeignKey("campaign.id")),
    Column("step", String(20)),  # rung of the campaign's ladder
    Column("result", String(20), nullable=False),  # one of `rules.RESULTS`
    Column("note", SealedText("contact.note")),
    Column("next_on", Date),  # the day that was agreed on or set
    # What it was taken from (a delivery, a conversation's first message): written down once.
    Column("source", String(60)),
    Column("made_at", Moment, nullable=False),
    Index("ix_contact_case", "case_id", "at", "id"),
    Index("ix_contact_person", "person_id", "at"),
    Index("ix_contact_when", "tenant_id", "at", "id"),
    Index("uq_contact_source", "source", unique=True, sqlite_where=text("source IS NOT NULL"),
          postgresql_where=text("source IS NOT NULL")),
)

# A number or an address beside the chat. A person's own phone (`person.phone`) needs none of these.
other_way = Table(
    "other_way",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("kind", String(5), nullable=False),  # sms | email
    Column("address", SealedText("other_way.address"), nullable=False),
    Column("address_index", String(32), nullable=False),
    Column("good", Boolean, nullable=False, default=True),  # False: it turned out not to be theirs, or not to exist
    Column("made_at", Moment, nullable=False),
    Column("made_by", ForeignKey("staff.id")),
    UniqueConstraint("case_id", "kind", "address_index"),
)
