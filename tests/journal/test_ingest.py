"""What comes in is stored before the webhook answers, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from backend.journal.ingest import Ingest, NoSuchConversation, NoTenant
from backend.journal.models import conversation, inbox
from backend.messages import RawEvent


def event(number: int, clock, address: str = "U-hanako", **more) -> RawEvent:
    return RawEvent("line", address, f"event-{number}", clock() + timedelta(seconds=number), b"{}", **more)


def count(engine: Engine, table) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


async def test_an_event_is_committed_when_put_returns(engine, clock, make_tenant):
    make_tenant(engine)
    ingest = Ingest(engine, clock)
    await ingest.put([event(1, clock)])
    assert count(engine, inbox) == 1
    with engine.connect() as connection:
        home = connection.execute(select(conversation)).one()
    assert (home.channel, home.address, home.tenant_id) == ("line", "U-hanako", "tenant-tsunagi")
    ingest.close()


async def test_a_redelivered_event_is_kept_once(engine, clock, make_tenant):
    make_tenant(engine)
    ingest = Ingest(engine, clock)
    await ingest.put([event(1, clock), event(1, clock)])
    await ingest.put([event(1, clock), event(2, clock)])
    assert (count(engine, inbox), count(engine, conversation)) == (2, 1)
    ingest.close()


async def test_many_webhooks_share_commits_and_nothing_is_lost(engine, clock, make_tenant):
    make_tenant(engine)
    ingest = Ingest(engine, clock)
    commits = []
    write = ingest._write
    ingest._write = lambda events: (commits.append(len(events)), write(events))[1]
    await asyncio.gather(*(ingest.put([event(n, clock, f"U-{n % 20}")]) for n in range(300)))
    assert count(engine, inbox) == 300
    assert count(engine, conversation) == 20
    assert len(commits) < 100
    ingest.close()


async def test_without_a_municipality_nothing_is_accepted(engine, clock):
    ingest = Ingest(engine, clock)
    with pytest.raises(NoTenant):
        await ingest.put([event(1, clock)])
    assert count(engine, inbox) == 0
    ingest.close()


async def test_the_municipality_is_the_one_addressed_or_the_live_one(engine, clock, make_tenant):
    make_tenant(engine, "demo", demonstration=True)
    make_tenant(engine, "real")
    make_tenant(engine, "other", live=False)
    ingest = Ingest(engine, clock)
    await ingest.put([event(1, clock, "U-1"), event(2, clock, "U-2", destination="other"),
                      event(3, clock, "U-3", destination="bot-nobody-knows")])
    with engine.connect() as connection:
        rows = dict(connection.execute(select(conversation.c.address_index, conversation.c.tenant_id)).all())
    assert sorted(rows.values()) == ["tenant-other", "tenant-real", "tenant-real"]
    ingest.close()


async def test_a_page_post_lands_in_the_conversation_it_belongs_to(engine, clock, make_tenant):
    make_tenant(engine)
    ingest = Ingest(engine, clock)
    await ingest.put([event(1, clock)])
    with engine.connect() as connection:
        id = connection.scalar(select(conversation.c.id))
    await ingest.put([RawEvent("web", f"page:{id}", "page-1", clock(), b"{}")])
    with pytest.raises(NoSuchConversation):
        await ingest.put([RawEvent("web", "page:nobody", "page-2", clock(), b"{}")])
    assert (count(engine, inbox), count(engine, conversation)) == (2, 1)
    ingest.close()


async def test_on_a_platform_an_address_that_looks_like_a_page_is_a_stranger(engine, clock, make_tenant):
    """Only our own pages may speak for a conversation by its id."""
    make_tenant(engine)
    ingest = Ingest(engine, clock)
    await ingest.put([event(1, clock)])
    with engine.connect() as connection:
        victim = connection.scalar(select(conversation.c.id))
    await ingest.put([event(2, clock, f"page:{victim}")])
    with engine.connect() as connection:
        at_home = connection.scalar(select(func.count()).where(inbox.c.conversation_id == victim))
    assert (at_home, count(engine, inbox), count(engine, conversation)) == (1, 2, 2)
    ingest.close()


async def test_one_request_that_cannot_be_stored_fails_alone(engine, clock, make_tenant):
    make_tenant(engine)
    ingest = Ingest(engine, clock)
    bad = RawEvent("line", "U-1", "bad", None, b"{}")  # type: ignore[arg-type]
    results = await asyncio.gather(*(ingest.put([e]) for e in (event(1, clock), bad, event(2, clock))),
                                   return_exceptions=True)
    assert [isinstance(r, Exception) for r in results] == [False, True, False]
    assert count(engine, inbox) == 2
    ingest.close()


async def test_the_body_is_not_readable_in_the_database(engine, clock, make_tenant):
    make_tenant(engine)
    ingest = Ingest(engine, clock)
    await ingest.put([RawEvent("line", "U-1", "e", clock(), "山田 花子".encode())])
    with engine.connect() as connection:
        body = connection.scalar(select(inbox.c.body))
    assert "山田".encode() not in bytes(body)
    ingest.close()


async def test_a_closed_ingest_refuses_instead_of_forgetting(engine, clock, make_tenant):
    make_tenant(engine)
    ingest = Ingest(engine, clock)
    ingest.close()
    with pytest.raises(RuntimeError):
        await ingest.put([event(1, clock)])
