"""My work today shows the same households in the same order as if everything that waits were read and sorted, whoever looks."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select

from backend.cases.models import case
from backend.console.lists import places, told
from backend.console.queue import GROUPS, Place, Waiting, in_order
from backend.journal.models import conversation
from backend.people.models import person
from backend.referrals.models import referral
from backend.staff.models import staff as accounts
from backend.staff.roles import CARRIES_CASES, OPERATOR, SUPERVISOR, Staff
from backend.tasks.models import task
from backend.tasks.rules import DANGER
from backend.teams.rules import Mine
from tests.conftest import MakeTenant, MovableClock

TENANT, OTHER = "tenant-tsunagi", "tenant-tonari"
READERS = (
    Staff("chief", TENANT, "chief", "係長", SUPERVISOR), Staff("hanako", TENANT, "hanako", "花子", "caseworker"),
    Staff("jiro", TENANT, "jiro", "次郎", "caseworker", districts=("緑町",)), Staff("lent", TENANT, "lent", "応援", OPERATOR),
)  # fmt: skip
OWN = Mine(frozenset({"hanako", "jiro"}), frozenset({"北班"}), frozenset())
NAMES = {one.id: one.name for one in READERS}


@pytest.fixture(params=range(3))
def town(request: pytest.FixtureRequest, engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> Engine:
    """Households in every state that a list knows, many of them with two chats."""
    dice, now = random.Random(request.param), clock()

    def sometimes(part: float, value: Any) -> Any:
        return value if dice.random() < part else None

    def moment(most: int = 200) -> Any:
        return now + timedelta(hours=dice.randint(-most, most))

    for slug in ("tsunagi", "tonari"):
        make_tenant(engine, slug)
    with engine.begin() as c:
        for one in READERS:
            c.execute(insert(accounts).values(id=one.id, tenant_id=TENANT, login=one.login, name=one.name, role=one.role, password_hash="x",
                                              created_at=now))  # fmt: skip
        for tenant in (TENANT, OTHER):
            c.execute(insert(person).values(id=f"p-{tenant}", tenant_id=tenant, name="山田 花子", kana="やまだ はなこ", created_at=now))
        for number in range(60):
            tenant, id_ = dice.choice([TENANT] * 9 + [OTHER]), f"case-{number:02d}"
            c.execute(insert(case).values(
                id=id_, tenant_id=tenant, number=id_, person_id=f"p-{tenant}", status=dice.choice(["open", "open", "closed"]),
                district=dice.choice(["緑町", "川上", ""]), restricted=dice.random() < 0.2, assigned_to=sometimes(0.6, dice.choice(list(NAMES))),
                team=dice.choice(["", "北班"]), waiting_since=sometimes(0.2, moment()), opened_at=now, changed_at=moment()))  # fmt: skip
        for number in range(80):
            tenant = dice.choice([TENANT] * 9 + [OTHER])
            held = sometimes(0.2, dice.choice(list(NAMES))) if tenant == TENANT else None
            c.execute(insert(conversation).values(
                id=f"talk-{number:02d}", tenant_id=tenant, channel="web", address_index=str(number), address="x", created_at=moment(),
                case_id=sometimes(0.7, f"case-{dice.randint(0, 59):02d}") if tenant == TENANT else None, held_by=held,
                waiting_since=sometimes(0.2, moment()), last_heard_at=moment()))  # fmt: skip
        for number in range(90):
            of, kind = f"case-{dice.randint(0, 59):02d}", dice.choice(["red", "orange", "yellow", "talk", "visit", "refer"])
            tenant = c.execute(select(case.c.tenant_id).where(case.c.id == of)).scalar_one()
            said = sometimes(0.3, f"talk-{dice.randint(0, 79):02d}")
            if said and c.execute(select(conversation.c.tenant_id).where(conversation.c.id == said)).scalar_one() != tenant:
                said = None
            back = sometimes(0.3, f"referral-{number:02d}")
            if back:
                c.execute(insert(referral).values(id=back, tenant_id=tenant, case_id=of, profession="lawyer", consent="given", made_at=now,
                          state=dice.choice(["open", "declined"]), due_at=now, changed_at=now))  # fmt: skip
            c.execute(insert(task).values(
                id=f"task-{number:02d}", tenant_id=tenant, kind=kind, rank=dice.randint(0, 3), case_id=None if said and dice.random() < 0.8 else of,
                conversation_id=said, referral_id=back, made_at=moment(), due_at=moment(30), acked_at=sometimes(0.3, now),
                done_at=sometimes(0.2, now)))  # fmt: skip
    return engine


def plainly(c: Connection, staff: Staff, mine: Mine | None) -> list[Place]:
    """The whole municipality read into memory, as the list is described."""
    cases = {row.id: row for row in c.execute(select(case)) if row.tenant_id == staff.tenant_id}
    talks = {row.id: row for row in c.execute(select(conversation)) if row.tenant_id == staff.tenant_id}
    declined = {row.id for row in c.execute(select(referral)) if row.state == "declined"}

    def near(row: Any) -> bool:
        if row is None or staff.role == OPERATOR:
            return row is not None and row.assigned_to == staff.id
        return not staff.districts or row.assigned_to == staff.id or row.district in ("", *staff.districts)

    def own(row: Any) -> bool:
        return mine is None or (row is not None and (row.assigned_to in mine.carriers or (row.assigned_to is None and row.team in mine.teams)))

    of_case: dict[str, list[Waiting]] = {}
    of_talk: dict[str, list[Waiting]] = {}
    for one in c.execute(select(task)):
        home, danger = cases.get(one.case_id), one.kind in DANGER
        if one.done_at or one.tenant_id != staff.tenant_id:
            continue
        reached = near(home) or (staff.role in CARRIES_CASES and (one.case_id is None or danger))
        holds = one.conversation_id in talks and talks[one.conversation_id].held_by == staff.id
        if reached and (own(home) or danger or holds):
            waits = Waiting(one.id, one.kind, one.rank, one.made_at, one.due_at, one.acked_at is not None, one.referral_id in declined)
            at = one.case_id or (talks[one.conversation_id].case_id if one.conversation_id in talks else None)
            (of_case.setdefault(at, []) if at else of_talk.setdefault(one.conversation_id, [])).append(waits)
    found = []
    for row in cases.values():
        if not near(row) or not (row.id in of_case or (own(row) and (row.waiting_since or row.status == "open"))):
            continue
        last = max((one for one in talks.values() if one.case_id == row.id), key=lambda one: (one.last_heard_at, one.id), default=None)
        seen = not row.restricted or staff.role == SUPERVISOR or row.assigned_to == staff.id
        found.append(Place(row.id, "", row.changed_at, tuple(of_case.get(row.id, [])), row.assigned_to is None,
                           row.waiting_since or (last.waiting_since if last else None), (last.held_by or "") if last and seen else ""))  # fmt: skip
    for talk in talks.values():
        waits_here = tuple(of_talk.get(talk.id, []))
        if talk.case_id is None and staff.role in CARRIES_CASES and (
            mine is None or talk.held_by == staff.id or any(one.kind in DANGER for one in waits_here)
        ):
            found.append(Place("", talk.id, talk.last_heard_at, waits_here, False, talk.waiting_since, talk.held_by or ""))
    return found


@pytest.mark.parametrize("mine", [None, OWN], ids=["all", "mine"])
@pytest.mark.parametrize("staff", READERS, ids=[one.id for one in READERS])
def test_what_is_read_gives_the_order_of_everything(town: Engine, clock: MovableClock, staff: Staff, mine: Mine | None) -> None:
    with town.begin() as c:
        wanted, made = in_order(plainly(c, staff, mine), clock()), in_order(places(c, staff, mine), clock())
        for name in GROUPS:
            assert [(one.case_id, one.conversation_id) for one in made[name]] == [(one.case_id, one.conversation_id) for one in wanted[name]], name
        everybody = [one for some in made.values() for one in some]
        shown = told(c, staff, everybody, NAMES)
    assert sum(len(some) for some in made.values()) > (0 if staff.role == OPERATOR else 10)
    for place, entry in zip(everybody, shown, strict=True):
        assert (entry.case_id, entry.tasks, entry.waiting_since) == (place.case_id, place.tasks, place.waiting_since)
        assert not (entry.hidden and (entry.name or entry.district or entry.channel or entry.conversation_id))
