"""PR-31, PR-35: whoever is protected is on no paper but their handlers'; tried with random towns, accounts and orders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from backend.app import Shell
from backend.cases.selection import Selection
from backend.forms import csv, exports, making
from backend.forms.catalogue import FORMS
from backend.forms.making import Order
from backend.staff.access import NotForYou, Restricted
from backend.staff.roles import CASEWORKER, SUPERVISOR, Staff
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import make_test_shell
from tests.forms.conftest import account, settle_home
from tests.forms.test_exports import opened, result

SECRET = "ヒミツ"
ORDERS = [Order(name, "csv" if offered.is_list else "xlsx") for name, offered in FORMS.items() if not offered.blank]


@pytest.fixture(scope="module")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, list[Staff], dict[str, tuple[str, str | None]]]:
    """A town of twenty, every third protected, carried by three accounts or by nobody."""
    import shutil

    from backend.db import open_engine

    folder: Path = tmp_path_factory.mktemp("town")
    shutil.copyfile(request.getfixturevalue("_sqlite_template"), folder / "town.db")
    engine: Engine = open_engine(f"sqlite:///{folder / 'town.db'}")
    clock = MovableClock()
    make: MakeTenant = _maker(clock)
    make(engine)
    shell = make_test_shell(engine, clock, folder)
    staff = [account(shell, "a", CASEWORKER), account(shell, "b", CASEWORKER), account(shell, "c", SUPERVISOR)]
    protected: dict[str, tuple[str, str | None]] = {}
    for number in range(1, 21):
        carrier = (*staff, None)[number % 4]
        hidden = number % 3 == 0
        name = f"{SECRET}{number}号" if hidden else f"福祉 {number}子"
        case_id = settle_home(shell, number, name, restricted=hidden, assigned_to=carrier.id if carrier else None, district=("中央", "北")[number % 2])
        if hidden:
            protected[case_id] = (name, carrier.id if carrier else None)
    return shell, staff, protected


def _maker(clock: MovableClock) -> Any:
    from sqlalchemy import insert

    from backend.tenants.models import tenant

    def make(engine: Engine) -> str:
        with engine.begin() as c:
            c.execute(insert(tenant).values(id="tenant-tsunagi", slug="tsunagi", name={"ja": "つなぎ市"}, hours={}, created_at=clock()))
        return "tenant-tsunagi"

    return make


@given(data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_paper_names_whom_its_maker_does_not_handle(town: Any, data: st.DataObject, monkeypatch: pytest.MonkeyPatch) -> None:
    shell, accounts, protected = town
    staff = data.draw(st.sampled_from(accounts))
    order = data.draw(st.sampled_from(ORDERS))
    chosen = Selection(district=data.draw(st.sampled_from(["", "中央", "北"])), assigned=data.draw(st.sampled_from(["", "nobody", *(one.id for one in accounts)])))
    case_id = data.draw(st.sampled_from(["", *protected]))
    wanted = Order(order.form, order.format, case_id, chosen)
    seen: list[Any] = []
    # What goes onto the paper, whatever the format makes of it.
    whole = making.make

    def looked(connection: Any, shell_: Shell, order_: Order, setting: Any, ids: Any, **more: Any) -> Any:
        seen.extend(ids)
        return whole(connection, shell_, order_, setting, ids, **more)

    with monkeypatch.context() as patch:
        patch.setattr(exports, "make", looked)
        try:
            made = exports.begin(shell, staff, wanted)
        except (Restricted, NotForYou, exports.Refused):
            return
    mine = {id_ for id_, (_, carrier) in protected.items() if staff.role == SUPERVISOR or carrier == staff.id}
    assert set(seen) & set(protected) <= mine
    file = opened(shell, staff, made)
    assert file is not None
    if order.format == "csv":
        words = file.content.decode("utf-8-sig" if file.media_type.endswith(csv.UTF8) else csv.CP932)
        names = {protected[id_][0] for id_ in protected if id_ not in mine}
        assert not [name for name in names if name in words]
    if not case_id and staff.role != SUPERVISOR:
        assert result(shell, made)["count"] + result(shell, made)["hidden"] >= len(set(seen))


@pytest.mark.parametrize("left", [False, True])
def test_a_protected_member_is_on_no_paper_of_an_open_household(left: bool, shell: Shell) -> None:
    """She may have a case of her own, far from here. Neither the register nor what the household told of her is printed."""
    from datetime import date

    from sqlalchemy import insert, select, update

    from backend import ids
    from backend.cases.models import answer, case
    from backend.forms.data import households
    from backend.people import service as people
    from backend.people.models import household_member, person

    case_id = settle_home(shell, 1)
    with shell.engine.begin() as c:
        who = people.add(c, "tenant-tsunagi", {"name": f"{SECRET} 花子", "kana": SECRET, "birth_date": "1990-01-01"}, shell.clock())
        c.execute(insert(household_member).values(
            id=ids.new(), tenant_id="tenant-tsunagi", case_id=case_id, person_id=who, relation="spouse", head=True, on_register=True,
            lives_together=False, left_on=date(2026, 7, 1) if left else None, about={"answers": "m7"}))  # fmt: skip
        told = {"case_id": case_id, "tenant_id": "tenant-tsunagi", "state": "given", "by": "self", "about": "self", "source": "line", "at": shell.clock()}
        c.execute(insert(answer), [{**told, "field": f"members.m7.{name}", "value": value} for name, value in
                                   (("member_name", f"{SECRET}（花子）"), ("member_relation", "spouse"))])
        # Told once more, in a place of its own, and written with another space.
        c.execute(insert(answer).values(**told, field="members.m8.member_name", value=f"{SECRET}\u3000花子"))
        if not left:
            (open_,) = households(c, shell.words, [case_id], date(2026, 7, 6))
            assert SECRET in str(open_)
        c.execute(update(person).where(person.c.id == who).values(restricted=True))
        (cut,) = households(c, shell.words, [case_id], date(2026, 7, 6))
        assert SECRET not in str(cut) and "福祉 一郎" in str(cut)
        c.execute(update(case).where(case.c.id == case_id).values(restricted=True))
        (whole,) = households(c, shell.words, [case_id], date(2026, 7, 6))
        assert (SECRET in str(whole)) is not left and c.execute(select(case.c.restricted)).scalar_one()
