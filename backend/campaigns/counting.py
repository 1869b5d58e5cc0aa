"""The preview of a large audience: a job that looks at everybody, some thousand households a slice, and keeps the figures.

Small audiences are looked at while the page is made (`audience.preview`). The figures are exact either way; of the households
themselves only a few are kept, by number, as on the page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, select

from backend.campaigns.audience import Audience, Preview, Seen, chosen, pages, take_in
from backend.db import Row
from backend.jobs import service as jobs
from backend.jobs.models import job
from backend.jobs.run import Work
from backend.jobs.service import OPEN
from backend.staff.roles import Staff

COUNT = "count"
"""Kind of the job. `detail`: audience, kind, campaign, after (case id), preview (`_kept`)."""
AT_ONCE = 10_000
"""Households that the filters let through and a page looks at by itself: a third of a second (30 µs of processor each)."""
PAGES = 20
"""Pages of 500 in a slice."""
LOOKED_THROUGH = 50
"""Jobs of a municipality in which the one of a campaign is searched for."""


def is_large(connection: Connection, tenant_id: str, audience: Audience) -> bool:
    some = chosen(tenant_id, audience).limit(AT_ONCE + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one()) > AT_ONCE


def begin(connection: Connection, staff: Staff, row: Row, at: datetime) -> str:
    """Count the audience of a campaign (its row); the job's id. One that is under way for the same audience goes on."""
    there = counted(connection, row)
    if there is not None and there["state"] in OPEN:
        return str(there["id"])
    everybody = chosen(row["tenant_id"], Audience.of(row["audience"])).order_by(None).subquery()
    total = int(connection.execute(select(func.count()).select_from(everybody)).scalar_one())
    return jobs.start(connection, tenant_id=row["tenant_id"], kind=COUNT, staff_id=staff.id, at=at, total=total, detail={
        "campaign": row["id"], "audience": row["audience"], "kind": row["kind"], "after": "", "preview": _kept(Preview())})


def counted(connection: Connection, row: Row) -> Row | None:
    """The newest job that looked at this campaign's audience as it is now, or None."""
    some = select(job).where(job.c.tenant_id == row["tenant_id"], job.c.kind == COUNT).order_by(job.c.id.desc()).limit(LOOKED_THROUGH)
    return next((dict(one) for one in connection.execute(some).mappings()
                 if (one["detail"]["campaign"], one["detail"]["audience"], one["detail"]["kind"]) == (row["id"], row["audience"], row["kind"])), None)


def preview_of(row: Row) -> Preview:
    """What a finished job found."""
    return _preview(row["result"])


def count_some(work: Work) -> None:
    """A slice of the job."""
    found = _preview(work.detail["preview"])
    with work.shell.engine.connect() as connection:
        looked = list(islice(pages(
            connection, work.tenant_id, Audience.of(work.detail["audience"]), work.shell.clock(), sms=bool(work.shell.settings.sms_url),
            news=work.detail["kind"] == "news", campaign_id=work.detail["campaign"], after=work.detail["after"]), PAGES))
    for page in looked:
        take_in(found, page)
        work.done += len(page)
        work.detail["after"] = page[-1].case_id
    work.detail["preview"] = _kept(found)
    with work.saving():
        if len(looked) < PAGES:
            work.total, work.result = work.done, work.detail["preview"]


def _kept(found: Preview) -> dict[str, Any]:
    return {
        "counted": found.counted, "ways": dict(found.ways), "out": dict(found.out), "categories": {str(k): n for k, n in found.categories.items()},
        "sample": [asdict(one) for one in found.sample], "left_out": [asdict(one) for one in found.left_out],
    }  # fmt: skip


def _preview(data: dict[str, Any]) -> Preview:
    return Preview(
        data["counted"], Counter(data["ways"]), Counter(data["out"]), Counter({int(k): n for k, n in data["categories"].items()}),
        [Seen(**one) for one in data["sample"]], [Seen(**one) for one in data["left_out"]])
