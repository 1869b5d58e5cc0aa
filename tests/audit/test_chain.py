"""The audit trail: append-only in fact, because every change shows (R17)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, update

import backend.models  # noqa: F401  (all tables)
from backend import crypto
from backend.audit import service
from backend.audit.models import audit
from backend.db import metadata, open_engine
from backend.tenants.models import tenant
from tests.conftest import SECRET, MakeTenant

NOON = datetime(2026, 7, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def trail(tmp_path: Path) -> Iterator[Engine]:
    crypto.use(crypto.Keyring("a secret for tests"))
    engine = open_engine(f"sqlite:///{tmp_path}/audit.db")
    metadata.create_all(engine)
    with engine.begin() as c:
        for slug in ("tsunagi", "tonari"):
            c.execute(insert(tenant).values(id=slug, slug=slug, name={"ja": slug}, created_at=NOON))
        for n in range(30):
            service.record(
                c,
                tenant_id="tsunagi" if n % 3 else "tonari",
                staff_id=None,
                action="case.viewed",
                object_kind="case",
                object_id=f"case{n}",
                detail={"b": n, "a": "電話"} if n % 2 else None,
                at=NOON + timedelta(minutes=n),
            )
    yield engine
    engine.dispose()
    crypto.use(crypto.Keyring(SECRET))


def test_an_untouched_chain_holds_for_each_municipality(trail: Engine) -> None:
    with trail.begin() as c:
        assert service.verify(c, "tsunagi") is None
        assert service.verify(c, "tonari") is None
        assert service.entries(c, "tsunagi") == 20


@pytest.mark.parametrize(
    "change",
    [
        {"action": "case.vieweD"},
        {"object_id": "case0"},
        {"at": NOON},
        {"detail": {"a": "電話", "b": 2}},
        {"hash": "0" * 32},
    ],
)
def test_any_change_names_the_entry(trail: Engine, change: dict[str, object]) -> None:
    """SEC-05: a tamper-evident log."""
    with trail.begin() as c:
        victim = c.execute(select(audit.c.id).where(audit.c.tenant_id == "tsunagi").order_by(audit.c.id)).scalars().all()[7]
        c.execute(update(audit).where(audit.c.id == victim).values(**change))
        found = service.verify(c, "tsunagi")
        assert found is not None and found.entry == victim
        assert service.verify(c, "tonari") is None


def test_a_flipped_byte_in_a_sealed_detail_names_the_entry(trail: Engine) -> None:
    with trail.begin() as c:
        victim = c.execute(
            select(audit.c.id).where(audit.c.tenant_id == "tsunagi", audit.c.object_id == "case7")
        ).scalar_one()
        sealed = bytearray(c.exec_driver_sql("SELECT detail FROM audit WHERE id = ?", (victim,)).scalar_one())
        sealed[-1] ^= 1
        c.exec_driver_sql("UPDATE audit SET detail = ? WHERE id = ?", (bytes(sealed), victim))
        found = service.verify(c, "tsunagi")
        assert found is not None and found.entry == victim


def test_an_entry_taken_out_of_the_middle_shows(trail: Engine) -> None:
    with trail.begin() as c:
        ids = c.execute(select(audit.c.id).where(audit.c.tenant_id == "tsunagi").order_by(audit.c.id)).scalars().all()
        c.execute(delete(audit).where(audit.c.id == ids[4]))
        found = service.verify(c, "tsunagi")
        assert found is not None and found.entry == ids[5]


def test_who_lacks_the_key_cannot_mend_a_changed_chain(trail: Engine) -> None:
    with trail.begin() as c:
        c.execute(delete(audit).where(audit.c.tenant_id == "tsunagi"))
        crypto.use(crypto.Keyring("somebody else's guess"))
        service.record(c, tenant_id="tsunagi", staff_id=None, action="case.viewed", at=NOON)
        crypto.use(crypto.Keyring("a secret for tests"))
        assert service.verify(c, "tsunagi") is not None


def test_the_chain_outlives_a_new_key(trail: Engine) -> None:
    crypto.use(crypto.Keyring("the new secret", "a secret for tests"))
    with trail.begin() as c:
        service.record(c, tenant_id="tsunagi", staff_id=None, action="case.viewed", at=NOON)
        assert service.verify(c, "tsunagi") is None


def test_many_writers_at_once_make_one_chain(engine: Engine, make_tenant: MakeTenant) -> None:
    tenant_id = make_tenant(engine)

    def writes(writer: int) -> None:
        for n in range(15):
            with engine.begin() as c:
                service.record(
                    c, tenant_id=tenant_id, staff_id=None, action="case.viewed", object_id=f"{writer}-{n}", at=NOON
                )

    with ThreadPoolExecutor(6) as writers:
        list(writers.map(writes, range(6)))
    with engine.begin() as c:
        assert service.entries(c, tenant_id) == 90
        assert service.verify(c, tenant_id) is None
