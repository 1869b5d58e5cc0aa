"""Two records become one household: everything of outreach goes along, nobody is approached twice, and back again."""

from __future__ import annotations

from datetime import date

import pytest

from backend.campaigns.ladder import NEWS, Ladders
from backend.campaigns.models import letter, member
from backend.campaigns.service import Plan
from backend.contacts import ways
from backend.contacts.models import contact, other_way
from backend.contacts.service import Told, note
from backend.matching.merging import part, unite
from backend.tasks.models import task
from backend.visits.models import visit, visit_request
from tests.campaigns.field import HOME, Town
from tests.visits.test_visits import asks, planned


@pytest.fixture
def town(sqlite_engine, clock, tmp_path, make_tenant) -> Town:
    make_tenant(sqlite_engine)
    return Town(sqlite_engine, clock, tmp_path)


def joined(town: Town, kept: str, gone: str) -> str:
    with town.engine.begin() as c:
        return unite(c, tenant_id=HOME, kept=kept, gone=gone, same=(), by=town.second.id, at=town.clock())


def of(town: Town, table, case_id: str) -> int:
    return town.count(table, table.c.case_id == case_id)


def test_contacts_ways_visits_letters_and_the_ladder_go_along_and_back(town: Town) -> None:
    kept, gone = town.household("U1"), asks(town)
    town.begin()
    note(town.engine, town.clock, town.second, gone, Told("phone", "absent", town.clock()))
    ways.add(town.engine, town.clock, town.second, gone, "sms", "090-1234-5678")
    planned(town, gone)
    with town.engine.begin() as c:
        mine = c.execute(member.select().where(member.c.case_id == gone)).one()
        c.execute(letter.insert().values(id="letter-1", tenant_id=HOME, campaign_id=mine.campaign_id, case_id=gone, member_id=mine.id, run="run-1",
                                         printed_at=town.clock(), printed_by=town.second.id))
    went = (contact, other_way, visit, visit_request, letter)
    before = [of(town, table, gone) for table in went]
    assert all(before)
    merge_id = joined(town, kept, gone)
    assert [of(town, table, kept) for table in went] == before and [of(town, table, gone) for table in went] == [0] * 5
    # Both were on the ladder of one campaign: one place on it is enough, and the other says why it ends.
    town.days(8)
    assert [(row.state, row.reason) for row in town.rows(member, member.c.case_id == gone)] == [("finished", "closed")]
    assert {address for address, _ in town.sent} == {"U1"}
    with town.engine.begin() as c:
        part(c, tenant_id=HOME, merge_id=merge_id, by=town.second.id, at=town.clock())
    assert [of(town, table, gone) for table in (other_way, visit_request, letter)] == [before[1], before[3], before[4]]


def test_on_the_ladder_of_one_record_alone_the_household_stays_on_it(town: Town) -> None:
    gone = town.household("U1")
    town.begin()
    kept = town.household()
    joined(town, kept, gone)
    town.tick()
    (row,) = town.rows(member)
    assert (row.case_id, row.state) == (kept, "going") and [address for address, _ in town.sent] == ["U1"]


def test_what_was_agreed_on_under_the_other_number_is_kept(town: Town) -> None:
    kept, gone = town.household(), town.household()
    note(town.engine, town.clock, town.second, gone, Told("phone", "answered", town.clock(), next_on=date(2026, 7, 9)))
    joined(town, kept, gone)
    town.days(3)
    assert [(row.case_id, row.kind, row.topic) for row in town.rows(task)] == [(kept, "call", "promised")]


def test_what_was_said_to_either_record_counts_in_the_week_of_the_one_household(town: Town) -> None:
    def news(name: str) -> None:
        town.begin(Plan(name, "news", ladders=Ladders(NEWS), words={"ja": f"お知らせ{name}"}, pace=36_000))
        town.tick()

    kept, gone, third = (town.household(address) for address in ("U1", "U2", "U3"))
    news("一")
    joined(town, gone, third)
    merge_id = joined(town, kept, gone)  # one that has become part of another one counts, too
    assert sorted(address for address, _ in town.sent) == ["U1", "U2", "U3"]
    news("二")
    assert len(town.sent) == 3
    with town.engine.begin() as c:
        part(c, tenant_id=HOME, merge_id=merge_id, by=town.second.id, at=town.clock())
    news("三")
    assert [address for address, _ in town.sent[3:]] == ["U1"]  # alone again it has room; the other two together have none
