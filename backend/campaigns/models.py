"""Tables: campaigns, the households in them, what was sent to whom (once), and each municipality's switch."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from backend.db import Moment, Serial, metadata
from backend.relations import unchecked

WEEKLY_CAP = 2
"""Automatic messages per person in seven days, where the municipality has not set its own."""

campaign = Table(
    "campaign",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("kind", String(12), nullable=False, default="outreach"),  # outreach | news | watching (見守り)
    Column("state", String(10), nullable=False, default="draft"),  # draft | asked | running | paused | ended
    Column("audience", JSON, nullable=False, default=dict),  # `audience.Audience`: filters, never names
    Column("ladder", JSON, nullable=False, default=dict),  # `ladder.Ladders`
    Column("words", JSON, nullable=False, default=dict),  # {"ja": "…"}: instead of the catalogue's message
    Column("pace", Integer, nullable=False, default=600),  # messages an hour
    Column("made_by", ForeignKey("staff.id")),
    Column("made_at", Moment, nullable=False),
    Column("asked_at", Moment),
    Column("counted", Integer),  # households in the preview that was approved
    Column("approved_by", ForeignKey("staff.id")),
    Column("approved_at", Moment),
    Column("began_at", Moment),
    Column("ended_at", Moment),
    Column("paused_why", String(12), nullable=False, default=""),  # staff | quota
    Column("send_from", Moment),  # the pace: nothing of it goes out before this
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Index("ix_campaign_tenant", "tenant_id", "made_at", "id"),
)

# A household on the ladder. Whose turn it is, and when, the clock knows: `due` of kind `ladder`, subject = its id.
member = Table(
    "campaign_member",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    # going | answered | refused | finished | left_out: why it ended is `reason`
    Column("state", String(10), nullable=False, default="going"),
    Column("reason", String(20), nullable=False, default=""),
    Column("place", Integer, nullable=False, default=0),  # the next rung
    Column("rung", String(10), nullable=False, default=""),  # the last one that was taken
    Column("since", Moment, nullable=False),  # a sign of life after this ends it
    Column("last_at", Moment),
    # As they answered when the campaign began: a person of age alone; how they wish to be reached (`contact_way`).
    Column("alone", Boolean, nullable=False, default=False),
    Column("wish", String(8), nullable=False, default=""),
    Column("waits", String(20), nullable=False, default=""),  # why it was put off the last time
    UniqueConstraint("campaign_id", "case_id"),
    Index("ix_campaign_member_case", "case_id"),
    # Without `place`, which every step changes: then a step touches no index, and on PostgreSQL, where a page has room for
    # the new rows beside the old ones, it leaves nothing behind in any.
    Index("ix_campaign_member_state", "campaign_id", "state"),
    sqlite_autoincrement=True,
    postgresql_with={"fillfactor": 50},
)

# One message of one campaign to one person: planned by the ladder, sent at the campaign's pace.
# planned → posted → accepted | unknown | blocked | failed | expired; or skipped | stopped before it was sent.
approach = Table(
    "approach",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    # Three copies of what the member's row refers to: to look each of them up again would take a quarter of a sweep's time.
    Column("tenant_id", String(26), nullable=False, info=unchecked("tenant.id")),
    Column("campaign_id", String(26), nullable=False, info=unchecked("campaign.id")),
    Column("member_id", ForeignKey("campaign_member.id"), nullable=False),
    Column("person_id", String(26), nullable=False, info=unchecked("person.id")),
    Column("step", Integer, nullable=False),
    Column("rung", String(10), nullable=False),  # chat | remind | other
    Column("state", String(10), nullable=False, default="planned"),
    Column("reason", String(20), nullable=False, default=""),
    Column("conversation_id", ForeignKey("conversation.id")),
    # Keyed index of the address it went to: two records of one person share a phone.
    Column("target", String(32)),
    Column("outbox_key", String(40)),
    Column("planned_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("posted_at", Moment),
    Column("ended_at", Moment),
    UniqueConstraint("campaign_id", "person_id", "step"),
    # Indexes of what is under way only: a million plans are written at once.
    Index("uq_approach_target", "campaign_id", "target", "step", unique=True, sqlite_where=text("target IS NOT NULL"),
          postgresql_where=text("target IS NOT NULL")),
    Index("ix_approach_planned", "campaign_id", "not_before", "id", sqlite_where=text("state = 'planned'"),
          postgresql_where=text("state = 'planned'")),
    Index("ix_approach_posted", "id", sqlite_where=text("state = 'posted'"), postgresql_where=text("state = 'posted'")),
    Index("ix_approach_person", "person_id", "posted_at", sqlite_where=text("posted_at IS NOT NULL"),
          postgresql_where=text("posted_at IS NOT NULL")),
    sqlite_autoincrement=True,
)

# One letter of the letter rung, on paper: printed with a code of its own, posted by a person, and perhaps come back.
letter = Table(
    "letter",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("case_id", ForeignKey("case.id"), nullable=False),
    Column("member_id", ForeignKey("campaign_member.id"), nullable=False),
    Column("run", String(26), nullable=False),  # letters that were printed together
    Column("file_id", String(26)),  # their PDF in `stored_file`, which ends before they do; NULL: being set
    Column("link_id", String(64)),  # the code on it (`case_link`); NULL: one that opens an empty chat
    Column("state", String(10), nullable=False, default="printed"),  # printed | posted | returned | dropped
    Column("printed_at", Moment, nullable=False),
    Column("printed_by", ForeignKey("staff.id"), nullable=False),
    Column("posted_at", Moment),
    Column("ended_at", Moment),  # it came back, or another one was printed instead
    Column("changed_by", ForeignKey("staff.id")),
    Index("ix_letter_campaign", "campaign_id", "state", "id"),
    Index("ix_letter_case", "case_id"),
)

# How a municipality does outreach, and whether anything may go out by itself at all.
outreach = Table(
    "outreach",
    metadata,
    Column("tenant_id", ForeignKey("tenant.id"), primary_key=True),
    Column("stopped_at", Moment),  # the switch: nothing goes out by itself
    Column("stopped_by", ForeignKey("staff.id")),
    Column("stopped_why", String(12), nullable=False, default=""),  # staff | restored | asleep
    Column("approve_over", Integer, nullable=False, default=50),  # households; more need a second person
    Column("weekly_cap", Integer, nullable=False, default=WEEKLY_CAP),  # automatic messages per person in seven days
    Column("quiet_from", String(5), nullable=False, default="19:00"),  # Japanese wall clock
    Column("quiet_until", String(5), nullable=False, default="09:00"),
    Column("month_pushes", Integer),  # what a month may cost on LINE; NULL: the account's plan has no limit
    # What LINE's account may still send this month, as LINE said it: `quota_limit` NULL: no limit, or not read yet.
    Column("quota_limit", Integer),
    Column("quota_used", Integer),
    Column("quota_at", Moment),
    Column("watching", Boolean, nullable=False, default=True),  # the monthly contact of categories 3 and 4
    Column("version", Integer, nullable=False, default=1),
)
