"""A municipality with households on record, as the chat, a list and the staff left them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from backend import ids
from backend.app import Shell
from backend.cases import record
from backend.cases.models import answer, case, policy_version
from backend.consent.models import consent_event
from backend.consent.rules import FIRST, link
from backend.people import service as people
from backend.people.models import household_member
from backend.staff.models import staff as accounts
from backend.staff.roles import CASEWORKER, Staff
from backend.tenants.models import recipient
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import make_test_shell

TENANT = "tenant-tsunagi"
SettleHome = Callable[..., str]


@pytest.fixture
def shell(sqlite_engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant) -> Shell:
    made = make_test_shell(sqlite_engine, clock, tmp_path)
    make_tenant(sqlite_engine)
    return made


@pytest.fixture
def both(engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant) -> Shell:
    """The same on SQLite and on PostgreSQL."""
    made = make_test_shell(engine, clock, tmp_path)
    make_tenant(engine)
    return made


def account(shell: Shell, login: str = "hanako", role: str = CASEWORKER) -> Staff:
    id_ = ids.new()
    with shell.engine.begin() as c:
        c.execute(insert(accounts).values(
            id=id_, tenant_id=TENANT, login=login, name=f"{login}さん", role=role, password_hash="x", created_at=shell.clock()))
        return Staff.of(c.execute(select(accounts).where(accounts.c.id == id_)).one())


ANSWERS: dict[str, Any] = {
    "tenure": "owned_house", "certificate": "issued", "flood_level": "above_floor", "rebuild_method": "repair",
    "rebuild_started": "not_started", "moving": "stay", "household_size": 3, "household_situation": "other",
    "meals": "not_enough", "sleep": "not_enough", "work": "regular", "work_detail": "会社員", "income_work": 300000,
    "debts": "yes", "debts_kind": "住宅ローン", "debts_balance": 15000000, "worries": "福祉 福子は補修費用が不安",
    "wishes": "今の場所で暮らしたい", "confidant": "want", "special_care": "軽い障がいのある子がいる",
    "members.m1.member_name": "福祉 一郎", "members.m1.member_relation": "child", "members.m1.member_age": 9,
}  # fmt: skip


def settle_home(shell: Shell, serial: int, name: str = "福祉 福子", consent: dict[str, str] | None = None, **columns: Any) -> str:
    """One household with answers, a policy, a log and its decisions on sharing; returns the case's id."""
    now, case_id = shell.clock(), ids.new()
    about = {"name": name, "kana": "ふくし ふくこ", "birth_date": "1986-04-02", "sex": "female", "phone": "090-0000-0000",
             "address": "つなぎ市中央1-2-3", "current_address": "つなぎ市中央1-2-3"}  # fmt: skip
    with shell.engine.begin() as c:
        person_id = people.add(c, TENANT, about, now)
        row = {"id": case_id, "tenant_id": TENANT, "number": f"T-2026-{serial:06d}-0", "person_id": person_id, "damage_level": "medium_half",
               "district": "中央", "opened_at": now, "changed_at": now, **columns}  # fmt: skip
        c.execute(insert(case).values(row))
        c.execute(insert(answer), [
            {"tenant_id": TENANT, "case_id": case_id, "field": field, "state": "given", "value": value, "by": "self", "about": "self",
             "source": "line", "at": now}
            for field, value in ANSWERS.items()
        ])  # fmt: skip
        prev = FIRST
        for who, event in (consent or {}).items():
            event_row = {
                "tenant_id": TENANT, "conversation_id": None, "case_id": case_id, "recipient": who, "event": event, "purpose": "survivor_support",
                "notice_text_id": None, "method": "staff", "channel": "", "locale": "ja", "actor": "self", "recorded_by": None, "at": now,
            }  # fmt: skip
            prev_hash, prev = prev, link(prev, event_row)
            c.execute(insert(consent_event).values({**event_row, "prev_hash": prev_hash, "hash": prev}))
    return case_id


def carried(shell: Shell, case_id: str, by: Staff) -> None:
    """Somebody has worked on it: a policy, a note in the log, a husband on the register."""
    now = shell.clock()
    with shell.engine.begin() as c:
        husband = people.add(c, TENANT, {"name": "福祉 福男", "kana": "ふくし ふくお", "birth_date": "1984-01-01", "sex": "male"}, now)
        c.execute(insert(household_member).values(
            id=ids.new(), tenant_id=TENANT, case_id=case_id, person_id=husband, relation="spouse", head=True, on_register=True))
        c.execute(insert(policy_version).values(
            id=ids.new(), tenant_id=TENANT, case_id=case_id, number=1, wish_home="補修して住み続けたい", wish_life="子の学校を変えたくない",
            policy="月に一度訪問する。", as_of=date(2026, 7, 1), author=by.id, at=now))
        record.add(c, tenant_id=TENANT, case_id=case_id, kind="note", at=now - timedelta(days=1), staff_id=by.id, text="民生委員を紹介した。")


def outsider(shell: Shell, kind: str = "professional", pledged: bool = True) -> str:
    id_ = ids.new()
    with shell.engine.begin() as c:
        until = (shell.clock() + timedelta(days=100)).date() if pledged else None
        c.execute(insert(recipient).values(id=id_, tenant_id=TENANT, kind=kind, name={"ja": "みどり法律事務所"}, pledge_until=until))
    return id_
