"""A file is kept encrypted, opened by its own municipality alone, and gone when its time is over."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from backend.files import service
from backend.files.models import stored_file
from backend.files.service import File
from tests.conftest import MakeTenant, MovableClock

LIST = File("被災者台帳.csv", "text/csv", "氏名\n金糸雀 花子\n".encode())


def test_a_file_is_kept_sealed_and_read_back(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> None:
    make_tenant(engine)
    with engine.begin() as c:
        id = service.keep(c, tenant_id="tenant-tsunagi", purpose="import", file=LIST, at=clock(), lasts=timedelta(days=7))
        assert service.read(c, "tenant-tsunagi", id, "import", clock()) == LIST
        assert service.read(c, "tenant-other", id, "import", clock()) is None
        assert service.read(c, "tenant-tsunagi", id, "export", clock()) is None
        assert "金糸雀".encode() not in bytes(c.execute(select(stored_file.c.content)).scalar_one())
    clock.move(days=7)
    with engine.begin() as c:
        assert service.read(c, "tenant-tsunagi", id, "import", clock()) is None
    assert service.drop_expired(engine, clock) == 1
    assert service.drop_expired(engine, clock) == 0, "PR-08: it can run twice"
