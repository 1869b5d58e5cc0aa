"""Tables: people, how they live together, what changed, and the keyed words by which they are found."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

from backend.crypto import SealedJson, SealedText
from backend.db import Moment, Serial, metadata
from backend.relations import unchecked

# A person is not a chat account, not a household and not a case.
person = Table(
    "person",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("name", SealedText("person.name")),  # as written, 外字 and 異体字 kept
    Column("kana", SealedText("person.kana")),
    Column("phone", SealedText("person.phone")),
    Column("phone_index", String(32)),
    Column("landline", SealedText("person.landline")),
    Column("birth_date", SealedText("person.birth_date")),  # ISO
    Column("sex", String(10), nullable=False, default=""),  # female | male | other
    Column("address", SealedText("person.address")),  # where the disaster struck them
    Column("current_address", SealedText("person.current_address")),  # where they are now, if somewhere else
    Column("restricted", Boolean, nullable=False, default=False),
    Column("merged_into", String(26)),  # the same human being, under which they are kept now
    Column("created_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Index("ix_person_phone", "tenant_id", "phone_index"),
)

# What a person's row held before and after, by whom: nothing is overwritten without a trace.
person_change = Table(
    "person_change",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("before", SealedJson("person_change.before"), nullable=False),
    Column("after", SealedJson("person_change.after"), nullable=False),
    Column("source", String(20), nullable=False),  # console | list | merge | a channel's name
    Column("staff_id", ForeignKey("staff.id")),
    Column("at", Moment, nullable=False),
)

# The household as it lives (生活世帯) and as it is registered (住民票), side by side.
household_member = Table(
    "household_member",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("relation", String(20), nullable=False, default=""),  # to the head: `household.RELATIONS`; "" not known
    Column("about", SealedJson("household_member.about")),  # {"relation": "長男の妻", "work": …, "income": …, "note": …}
    Column("lives_together", Boolean, nullable=False, default=True),
    Column("on_register", Boolean),  # NULL: not known
    Column("head", Boolean, nullable=False, default=False),
    Column("joined_on", Date),
    Column("left_on", Date),  # set: left this household (own case, moved out, died)
    Column("version", Integer, nullable=False, default=1),
)

household_change = Table(
    "household_change",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("member_id", ForeignKey("household_member.id"), nullable=False, index=True),
    Column("what", String(12), nullable=False),  # added | changed | split | rejoined
    Column("before", SealedJson("household_change.before")),
    Column("after", SealedJson("household_change.after")),
    Column("other_case_id", ForeignKey("case.id")),  # split: the case they have now; rejoined: the one they had
    Column("source", String(20), nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("at", Moment, nullable=False),
)

# Names are encrypted: what they are looked up by is a keyed number, out of which nothing can be read
# (`backend/people/tokens.py`). One tree alone, by token: which tokens a person has follows from their record (`backend/lists/finding.py`),
# and a second tree of the same size was a tenth of all that a list writes.
person_token = Table(
    "person_token",
    metadata,
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    # Not a foreign key: a list brings twenty tokens a row, and each would look its person up again. `people/tokens.py` writes them with the person.
    Column("person_id", String(26), primary_key=True, info=unchecked("person.id")),
    sqlite_with_rowid=False,
)
