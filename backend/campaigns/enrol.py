"""The job that puts a campaign's households on the ladder: 500 a slice, each with its row in the clock."""

from __future__ import annotations

from sqlalchemy import select

from backend.campaigns.audience import Audience, Seen, pages
from backend.campaigns.models import campaign, member
from backend.campaigns.run import LADDER
from backend.followups.many import put_many
from backend.followups.models import due
from backend.jobs.run import Refused, Work

GROWN = 1.1
"""More than a tenth above what was previewed and approved is another campaign: it stops and says so."""
SPARE = 10


def enrol(work: Work) -> None:
    """A slice of job `enrol`. `detail`: campaign, after (case id), enrolled."""
    engine, now = work.shell.engine, work.shell.clock()
    campaign_id = work.detail["campaign"]
    with engine.connect() as connection:
        row = connection.execute(select(campaign).where(campaign.c.id == campaign_id)).mappings().one()
        if row["state"] not in ("running", "paused"):
            raise Refused("console.campaigns.ended_meanwhile")
        some = pages(connection, work.tenant_id, Audience.of(row["audience"]), now, sms=bool(work.shell.settings.sms_url),
                     news=row["kind"] == "news", campaign_id=campaign_id, after=work.detail["after"])
        page = next(some, None)
    chosen = [one for one in page or [] if not one.out]
    if work.detail["enrolled"] + len(chosen) > row["counted"] * GROWN + SPARE:
        raise Refused("console.campaigns.grown")
    with work.saving() as connection:
        put_many(connection, member, [_member(work.tenant_id, campaign_id, one, row["began_at"]) for one in chosen])
        # The rows' own numbers, whoever wrote them: a slice that is done again finds them there.
        mine = select(member.c.id).where(member.c.campaign_id == campaign_id, member.c.case_id.in_([one.case_id for one in chosen]))
        put_many(connection, due, [{"kind": LADDER, "subject": str(id), "due_at": now, "detail": {}, "turn": 0}
                                   for id in connection.execute(mine).scalars()])
        work.detail["enrolled"] += len(chosen)
        work.done = work.detail["enrolled"]
        if page is None:
            work.total, work.result = work.done, {"enrolled": work.done}
        else:
            work.detail["after"] = page[-1].case_id


def _member(tenant_id: str, campaign_id: str, one: Seen, since: object) -> dict[str, object]:
    return {"tenant_id": tenant_id, "campaign_id": campaign_id, "case_id": one.case_id, "person_id": one.person_id,
            "state": "going", "reason": "", "place": 0, "rung": "", "since": since, "alone": one.alone, "wish": one.wish,
            "waits": ""}
