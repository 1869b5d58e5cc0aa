"""Keys: what is sealed opens in its place alone, and a key can be replaced while everything is found again (SEC-04)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from backend import crypto
from backend.app import check_key
from backend.audit import service as audit
from backend.crypto import CannotOpen, Keyring
from backend.journal.ingest import Ingest, address_index
from backend.journal.models import conversation
from backend.messages import RawEvent
from backend.settings import Settings, SettingsError
from tests.conftest import SECRET, MakeTenant, MovableClock
from tests.console.conftest import make_test_shell

OLD, NEW, NEWEST = SECRET, "another invented secret, made later than the first", "a third invented secret, the newest of all"


@pytest.fixture(autouse=True)
def _ring_again() -> Iterator[None]:
    yield
    crypto.use(Keyring(SECRET))


@given(st.binary(max_size=200))
def test_a_value_opens_in_its_own_column_alone(plain: bytes) -> None:
    ring = Keyring(OLD)
    sealed = ring.seal(plain, "person.name")
    assert ring.open(sealed, "person.name") == plain and (len(plain) < 8 or plain not in sealed)
    for place in ("person.phone", "person.name ", ""):
        with pytest.raises(CannotOpen):
            ring.open(sealed, place)


@given(st.integers(0, 60), st.integers(1, 255))
def test_one_changed_byte_and_nothing_opens(place: int, by: int) -> None:
    ring = Keyring(OLD)
    sealed = bytearray(ring.seal("山田 花子".encode(), "person.name"))
    sealed[place % len(sealed)] ^= by
    with pytest.raises(CannotOpen):
        ring.open(bytes(sealed), "person.name")
    with pytest.raises(CannotOpen):
        ring.open(b"", "person.name")


def test_the_same_words_never_look_the_same_twice() -> None:
    ring = Keyring(OLD)
    assert len({ring.seal(b"x", "a.b") for _ in range(50)}) == 50


def test_each_new_key_seals_and_the_earlier_ones_still_open() -> None:
    rings = [Keyring(OLD), Keyring(NEW, OLD), Keyring(NEWEST, NEW, OLD)]
    sealed = [ring.seal(b"x", "a.b") for ring in rings]
    assert all(rings[-1].open(one, "a.b") == b"x" for one in sealed)
    with pytest.raises(CannotOpen):
        rings[0].open(sealed[1], "a.b")


def test_look_ups_outlive_a_new_key_and_need_the_key() -> None:
    assert Keyring(OLD).index("090", "p") == Keyring(NEWEST, NEW, OLD).index("０９０ ", "p")
    assert Keyring(OLD).index("090", "p") != Keyring(NEW).index("090", "p")
    assert Keyring(OLD).index("090", "p") != Keyring(OLD).index("090", "q")
    assert Keyring(OLD).sign("t", "form") != Keyring(OLD).sign("t", "address") != Keyring(NEW, OLD).sign("t", "address")


async def test_after_the_key_was_replaced_the_same_person_is_known_and_the_audit_holds(
    sqlite_engine: Engine, clock: MovableClock, make_tenant: MakeTenant
) -> None:
    make_tenant(sqlite_engine)
    ingest = Ingest(sqlite_engine, clock)
    ingest.put_now([RawEvent("line", "U-hanako", "1", clock(), b"{}")])
    with sqlite_engine.begin() as c:
        audit.record(c, tenant_id="tenant-tsunagi", staff_id=None, action="a.done", detail={"n": 1}, at=clock())
    crypto.use(Keyring(NEW, OLD))
    ingest.put_now([RawEvent("line", "U-hanako", "2", clock(), b"{}")])
    with sqlite_engine.begin() as c:
        audit.record(c, tenant_id="tenant-tsunagi", staff_id=None, action="b.done", detail={"n": 2}, at=clock())
        assert c.execute(select(conversation.c.address)).scalars().all() == ["U-hanako"]
        assert audit.verify(c, "tenant-tsunagi") is None
        assert c.execute(select(conversation.c.address_index)).scalar_one() == address_index("U-hanako")


def test_a_wrong_key_is_said_in_a_sentence_without_the_key(
    sqlite_engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant
) -> None:
    make_tenant(sqlite_engine)
    Ingest(sqlite_engine, clock).put_now([RawEvent("line", "U-hanako", "1", clock(), b"{}")])
    shell = make_test_shell(sqlite_engine, clock, tmp_path)
    check_key(shell)
    crypto.use(Keyring(NEW))
    with pytest.raises(SettingsError, match="TSUNAGI_SECRET_KEY does not open this database") as said:
        check_key(replace(shell, keyring=Keyring(NEW)))
    assert NEW not in str(said.value) and "U-hanako" not in str(said.value)


def test_no_secret_shows_in_a_printed_setting() -> None:
    secrets = {name: f"planted-{name}-planted-planted" for name in (
        "secret_key", "line_channel_secret", "line_channel_access_token", "telegram_bot_token", "telegram_webhook_secret",
        "smtp_url", "database_url")}
    assert "planted" not in repr(Settings(**secrets))


def test_an_error_of_the_database_quotes_no_value(engine: Engine) -> None:
    with engine.connect() as c, pytest.raises(Exception, match="no_such_table") as said:
        c.execute(text("SELECT * FROM no_such_table WHERE name = :name"), {"name": "山田 花子"})
    assert "山田" not in str(said.value)


def test_a_forked_process_never_seals_with_a_nonce_that_its_parent_has_in_stock() -> None:
    ring = Keyring("secret of the tests")
    ring.seal(b"fills the stock", "here")
    read, written = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(written, b"".join(ring.seal(b"x", "here")[1:13] for _ in range(300)))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(read, 300 * 12)
    ours = b"".join(ring.seal(b"x", "here")[1:13] for _ in range(300))
    nonces = [part[at:at + 12] for part in (theirs, ours) for at in range(0, len(part), 12)]
    assert len(nonces) == len(set(nonces)) == 600
