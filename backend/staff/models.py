"""Tables: accounts, their sessions and tokens, who is on duty, and how each wants to be told."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table

from backend.crypto import SealedText
from backend.db import Moment, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False, index=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(20), nullable=False),  # one of `backend.staff.roles.ROLES`
    Column("demonstration", Boolean, nullable=False, default=False),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("totp_secret", SealedText("staff.totp_secret")),
    Column("totp_since", Moment),  # NULL: not enrolled; a secret without it waits for its first code
    Column("totp_step", Integer, nullable=False, default=0),  # the last 30 seconds whose code was used: no code twice
    Column("locale", String(10), nullable=False, default="ja"),
    Column("active", Boolean, nullable=False, default=True),
    Column("ends_at", Moment),  # 応援職員: the account ends by itself
    Column("sent_by", String(80), nullable=False, default=""),  # which office sent them
    Column("districts", JSON, nullable=False, default=list),  # empty: every district
    Column("recipient_id", ForeignKey("recipient.id")),  # role partner: whose referrals it sees
    Column("seen_at", Moment),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Moment),
    Column("on_duty", Integer),  # place on the duty list, 1 first; NULL = not on duty
    Column("created_at", Moment, nullable=False),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of the cookie's token
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

# One-time codes for a member of staff whose telephone is lost; only keyed hashes are kept.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("used_at", Moment),
)

# A form that was sent once does nothing when it is sent again; `went` is where the first one led.
staff_form = Table(
    "staff_form",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("went", String(200), nullable=False, default=""),
)

notice_route = Table(
    "notice_route",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),  # line | telegram | email
    Column("address", SealedText("notice_route.address"), nullable=False),
    Column("address_index", String(32), nullable=False, index=True),
    Column("bound_at", Moment, nullable=False),
)

binding_code = Table(
    "binding_code",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of the code
    # What typing the code binds: `notice` (this chat becomes a staff member's notice route), `case` (a resident's
    # way back into a case after a lost cookie).
    Column("purpose", String(10), nullable=False),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("case_id", ForeignKey("case.id")),
    Column("kind", String(10), nullable=False, default=""),
    Column("address", SealedText("binding_code.address")),
    Column("expires_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("used_at", Moment),
)

# Notices to staff: bundled for ten minutes except danger; they hold a link, never personal data.
notice = Table(
    "notice",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("task_id", ForeignKey("task.id")),
    Column("urgency", String(10), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", String(10), nullable=False, default="pending"),  # pending | sent | failed
    Column("sent_at", Moment),
    Column("route", String(10), nullable=False, default=""),
    Column("tries", Integer, nullable=False, default=0),
    Index("ix_notice_due", "state", "due_at", "id"),
)

# What a municipality's own programs sign in with.
api_token = Table(
    "api_token",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of the token
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),  # whose rights it has, never more
    Column("name", String(80), nullable=False),  # what it is for
    Column("tail", String(6), nullable=False),  # its last characters, to tell one from another
    Column("scopes", JSON, nullable=False),  # ["cases:read", …]
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)
