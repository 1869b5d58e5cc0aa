"""What LINE says of this month's messages is kept for the forecast, and nothing is made up when it says nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.campaigns.models import outreach
from bots.line.client import Line
from bots.line.quota import Quota, keep_quota, read_quota
from tests.fakes.line import TOKEN, LineFake


class Says(Line):
    def __init__(self, *answers) -> None:
        super().__init__(TOKEN, "http://127.0.0.1:1", "http://127.0.0.1:1")
        self.answers = list(answers)

    async def call(self, method, path, **_):
        return self.answers.pop(0)


@pytest.mark.parametrize(("limit", "used", "found"), [
    ((200, {"type": "limited", "value": 5000}), (200, {"totalUsage": 12}), Quota(5000, 12)),
    ((200, {"type": "none"}), (200, {"totalUsage": 12}), Quota(None, 12)),
    ((500, {}), (200, {"totalUsage": 12}), None),
    ((200, {"type": "limited", "value": 5000}), (200, {}), None),
    ((401, {"message": "no"}), (401, {"message": "no"}), None),
])
async def test_what_line_answers(limit, used, found):
    assert await read_quota(Says(limit, used)) == found


async def test_a_platform_that_is_away_is_no_quota():
    line = Line(TOKEN, "http://127.0.0.1:9", "http://127.0.0.1:9")
    assert await read_quota(line) is None
    await line.close()


async def test_it_is_kept_for_every_municipality(sqlite_engine, clock, make_tenant):
    make_tenant(sqlite_engine)
    with sqlite_engine.begin() as c:
        c.execute(outreach.insert().values(tenant_id="tenant-tsunagi"))
    await keep_quota(Says((200, {"type": "limited", "value": 200}), (200, {"totalUsage": 3})), sqlite_engine, clock)
    with sqlite_engine.connect() as c:
        row = c.execute(select(outreach)).one()
    assert (row.quota_limit, row.quota_used, row.quota_at) == (200, 3, clock())
    await keep_quota(Says((500, {}), (500, {})), sqlite_engine, clock)
    with sqlite_engine.connect() as c:
        assert c.execute(select(outreach.c.quota_limit)).scalar_one() == 200


@pytest.mark.parametrize("quota", [None, 200])
async def test_the_platform_is_asked_as_its_reference_says(quota):
    async with LineFake(quota=quota) as fake:
        line = Line(TOKEN, fake.url, fake.url)
        assert await read_quota(line) == Quota(quota, 0)
        await line.close()
