"""Districts stand in the order that people count them in, wherever they are chosen from."""

from __future__ import annotations

from sqlalchemy import Engine, insert

from backend import ids
from backend.sorting import numbered
from backend.tenants.districts import districts_in
from backend.tenants.models import district
from tests.conftest import MakeTenant


def test_the_second_district_comes_before_the_tenth(engine: Engine, make_tenant: MakeTenant) -> None:
    here, there = make_tenant(engine), make_tenant(engine, "elsewhere")
    names = ("第10校区", "川上", "第2校区", "第１校区")
    with engine.begin() as c:
        c.execute(insert(district), [{"id": ids.new(), "tenant_id": here, "name": name} for name in names])
        c.execute(insert(district).values(id=ids.new(), tenant_id=there, name="第3校区"))
        assert districts_in(c, here) == ["川上", "第１校区", "第2校区", "第10校区"]


def test_houses_stand_as_in_the_street() -> None:
    assert sorted(["中央2-10", "中央2-9", "中央10-1"], key=numbered) == ["中央2-9", "中央2-10", "中央10-1"]
