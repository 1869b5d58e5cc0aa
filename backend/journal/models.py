"""Tables of the durable path: inbox, conversation, history, outbox (architecture.md, Delivery contract)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from backend.crypto import SealedJson, SealedText
from backend.db import Moment, Serial, metadata

# One per chat of one person on one channel. `session` is the dialog's state, encrypted.
conversation = Table(
    "conversation",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("address_index", String(32), nullable=False),
    Column("address", SealedText("conversation.address"), nullable=False),
    Column("locale", String(10), nullable=False, default="ja"),
    Column("session", SealedJson("conversation.session")),
    Column("case_id", ForeignKey("case.id"), index=True),
    Column("held_by", ForeignKey("staff.id")),  # a person of the staff is talking: the dialog is silent
    Column("contact", String(10), nullable=False, default="ok"),  # ok | blocked
    Column("quiet", Boolean, nullable=False, default=False),  # 通知を止める
    Column("reply", SealedText("conversation.reply")),  # last unused reply handle of the channel
    Column("reply_until", Moment),
    Column("waiting_since", Moment),  # first message from the person that no human or dialog answered
    Column("last_heard_at", Moment),
    Column("last_event_at", BigInteger, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=0),
    UniqueConstraint("channel", "address_index"),
    # The staff's list: who waits, who is being talked to, who has no case yet.
    Index("ix_conversation_waiting", "tenant_id", "waiting_since", sqlite_where=text("waiting_since IS NOT NULL"),
          postgresql_where=text("waiting_since IS NOT NULL")),
    Index("ix_conversation_held", "tenant_id", "id", sqlite_where=text("held_by IS NOT NULL"),
          postgresql_where=text("held_by IS NOT NULL")),
    Index("ix_conversation_lone", "tenant_id", "created_at", "id", sqlite_where=text("case_id IS NULL"),
          postgresql_where=text("case_id IS NULL")),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("event_id", String(120), nullable=False),
    Column("lane", Integer, nullable=False, default=1),
    Column("happened_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    # Raw body as the channel gave it, sealed with crypto.seal(…, "inbox.body") by the journal itself.
    Column("body", LargeBinary, nullable=False),
    Column("done_at", Moment),
    Column("tries", Integer, nullable=False, default=0),
    Column("parked_at", Moment),  # a poisonous event: shown to staff, never blocks another person
    Column("error", String(200), nullable=False, default=""),
    UniqueConstraint("channel", "event_id"),
    Index("ix_inbox_pending", "lane", "id", sqlite_where=text("done_at IS NULL AND parked_at IS NULL"),
          postgresql_where=text("done_at IS NULL AND parked_at IS NULL")),
    Index("ix_inbox_conversation", "conversation_id", "happened_at", "id",
          sqlite_where=text("done_at IS NULL AND parked_at IS NULL"),
          postgresql_where=text("done_at IS NULL AND parked_at IS NULL")),
)

# History: what was said, exactly as seen. Outgoing rows are written in the turn's transaction.
message = Table(
    "message",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("direction", String(3), nullable=False),  # in | out
    Column("author", String(10), nullable=False),  # person | dialog | staff | system
    Column("staff_id", ForeignKey("staff.id")),
    Column("surface", String(5), nullable=False, default="chat"),  # chat | page
    # out: OutMessage.to_json(); in: {"shown", "shown_key", "kind"}
    Column("content", SealedJson("message.content")),
    Column("original", SealedJson("message.original")),  # the same message rendered in ja, when locale differs
    Column("event_ref", String(120), nullable=False, default=""),
    Column("inbox_id", BigInteger),  # the raw event it came from, so that an unsent message is emptied there too
    # Which delivery carries it: `outbox.key`. Empty for what came in, and on channels that people read themselves.
    Column("outbox_key", String(40), nullable=False, default="", index=True),
    Column("hidden_at", Moment),  # unsent by the person: content is gone, the stub stays
    Column("at", Moment, nullable=False),
    Index("ix_message_conversation", "conversation_id", "id"),
)

# Delivery of outgoing messages on channels that send. States only move forward:
# pending → sending → accepted | unknown | failed | expired.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("kind", String(12), nullable=False, default="plain"),
    Column("key", String(40), nullable=False, unique=True),
    Column("state", String(10), nullable=False, default="pending"),
    Column("next_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_tried_at", Moment),
    Column("reply", SealedText("outbox.reply")),
    Column("reply_until", Moment),
    Column("reply_tried", Boolean, nullable=False, default=False),
    Column("again", Boolean, nullable=False, default=False),  # （再送）
    Column("request_id", String(80), nullable=False, default=""),
    Column("error", String(200), nullable=False, default=""),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Index("ix_outbox_due", "next_at", "id", sqlite_where=text("state IN ('pending','sending')"),
          postgresql_where=text("state IN ('pending','sending')")),
    # Danger does not queue behind a surge.
    Index("ix_outbox_urgent", "next_at", "id",
          sqlite_where=text("kind = 'crisis' AND state IN ('pending','sending')"),
          postgresql_where=text("kind = 'crisis' AND state IN ('pending','sending')")),
    Index("ix_outbox_conversation", "conversation_id", "id", sqlite_where=text("state IN ('pending','sending')"),
          postgresql_where=text("state IN ('pending','sending')")),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("ref", SealedText("attachment.ref"), nullable=False),
    Column("name", SealedText("attachment.name")),
    Column("media_type", String(100), nullable=False, default=""),
    Column("content", LargeBinary),  # sealed with place "attachment.content"; NULL until fetched
    Column("state", String(10), nullable=False, default="waiting"),  # waiting | kept | gone
    Column("tries", Integer, nullable=False, default=0),
    Column("at", Moment, nullable=False),
)

# One-time links to the project's own page (secure questions) and the page's own cookies.
page_link = Table(
    "page_link",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of the token
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("purpose", String(10), nullable=False),  # secure (a link) | cookie (chat) | page (an opened secure page)
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
