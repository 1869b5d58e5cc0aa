"""Tables: the booth's unfinished forms, the codes that bind a chat to a case, and consultation days with their queue."""

from sqlalchemy import (
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
from backend.db import Moment, metadata

# A form that is being filled in. Once it is finished its fields are emptied, and the row says who seeded which case when.
booth_draft = Table(
    "booth_draft",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("case_id", ForeignKey("case.id"), index=True),  # the case whose answers are edited, or that was made of it
    Column("ticket_id", ForeignKey("booth_ticket.id")),
    Column("origin", String(20), nullable=False, default="booth"),  # booth | phone: where they were asked
    Column("locale", String(10), nullable=False, default="ja"),  # in which the questions are read aloud
    # field -> [[version, value], …], newest last: two tabs meet field by field
    Column("fields", SealedJson("booth_draft.fields"), nullable=False),
    Column("taken", SealedJson("booth_draft.taken")),  # the case's answers when the form was opened, field -> value
    Column("version", Integer, nullable=False, default=1),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("seeded", Boolean, nullable=False, default=False),  # finished, and the case was made of it
)

# A code on paper or on a screen. Who scans it and knows the birth date or the spoken code goes on in that case.
case_link = Table(
    "case_link",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of what the code holds
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("code_index", String(32), nullable=False),  # keyed hash of the six digits
    Column("speaker", String(10), nullable=False, default="self"),  # self | proxy: who answers on that phone
    Column("relation", String(20), nullable=False, default=""),  # proxy: an option of the field `relation`
    Column("locale", String(10), nullable=False, default="ja"),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),  # used, replaced or called back: it opens nothing any more
)

# Wrong birth dates and codes, counted for the case over all its links, whoever tries and from where.
case_lock = Table(
    "case_lock",
    metadata,
    Column("case_id", ForeignKey("case.id"), primary_key=True),
    Column("tries", Integer, nullable=False, default=0),  # since `since`, for the lock of a day
    Column("wrong", Integer, nullable=False, default=0),  # in all, over the days, against the codes that wait now
    Column("since", Moment, nullable=False),
)

# Which chat speaks about which case, and who speaks. A chat may be bound to several cases; one of them is open.
case_binding = Table(
    "case_binding",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("link_id", ForeignKey("case_link.id")),  # NULL: the chat opened the case itself
    Column("speaker", String(10), nullable=False, default="self"),
    Column("relation", String(20), nullable=False, default=""),
    Column("session", SealedJson("case_binding.session")),  # where the conversation about this case rests
    Column("bound_at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "case_id"),
)

booth_day = Table(
    "booth_day",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("place", String(80), nullable=False, default=""),
    Column("held_on", Date, nullable=False),
    Column("state", String(10), nullable=False, default="open"),  # open | closed
    Column("next_number", Integer, nullable=False, default=1),
    Column("made_by", ForeignKey("staff.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("ix_booth_day_held", "tenant_id", "held_on"),
)

booth_station = Table(
    "booth_station",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("day_id", ForeignKey("booth_day.id"), nullable=False, index=True),
    # reception | city_desk | welfare_council | lawyer | architect | loan_desk | own
    Column("kind", String(20), nullable=False),
    Column("name", String(80), nullable=False, default=""),  # of an own one, or beside the kind: 弁護士 2
    Column("place_in_row", Integer, nullable=False, default=0),
)

booth_ticket = Table(
    "booth_ticket",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("day_id", ForeignKey("booth_day.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("station_id", ForeignKey("booth_station.id"), nullable=False),  # where it waits, or is
    Column("state", String(10), nullable=False, default="waiting"),  # waiting | called | away | absent | done
    Column("case_id", ForeignKey("case.id"), index=True),
    Column("note", SealedText("booth_ticket.note")),  # what the next station should know
    Column("taken_at", Moment, nullable=False),  # when the number was drawn
    Column("waiting_since", Moment, nullable=False),  # at this station
    Column("called_at", Moment),
    Column("called_by", ForeignKey("staff.id")),
    Column("ended_at", Moment),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("day_id", "number"),
    Index("ix_booth_ticket_queue", "station_id", "state", "waiting_since", "number"),
    # Whoever calls has at most one number before them.
    Index("uq_booth_ticket_called", "station_id", "called_by", unique=True, sqlite_where=text("state = 'called'"),
          postgresql_where=text("state = 'called'")),
)

# What each station did with a number: one row for each stay, written when it ends.
booth_stop = Table(
    "booth_stop",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("day_id", ForeignKey("booth_day.id"), nullable=False, index=True),
    Column("ticket_id", ForeignKey("booth_ticket.id"), nullable=False, index=True),
    Column("station_id", ForeignKey("booth_station.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("waited_from", Moment, nullable=False),
    Column("called_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=False),
    Column("result", String(12), nullable=False),  # handed_on | done | absent
    Column("done", SealedText("booth_stop.done")),  # in words
)
