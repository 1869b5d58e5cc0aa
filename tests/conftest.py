"""What every test may ask for: a clock that can be moved, keys, and an empty database of either kind."""

from __future__ import annotations

import gc
import os
import shutil
import socket
from collections import UserDict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import argon2
import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, event, text

import backend.models
from backend import crypto, db, embedded
from backend.crypto import Keyring
from backend.db import metadata, open_engine, reading
from backend.relations import loose
from backend.staff import passwords
from bots.memory import settled

# Two cores that everybody shares: how long one example takes says nothing about the code, nor does how long it takes to draw one.
# What lands takes the same examples each time; everybody else's run, and `--long`, looks for new ones.
hypothesis.settings.register_profile("tsunagi", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow],
                                     derandomize=bool(os.environ.get("CI")), print_blob=True)
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("tsunagi"), max_examples=20)
hypothesis.settings.load_profile("tsunagi")

SECRET = "an invented secret for the tests and for nothing else"
MONDAY_MORNING = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
"""10:00 on Monday, 6 July 2026 in Japan."""


SLOW = tuple(f"tests/{name}" for name in (
    "console/test_attacks_", "console/test_policy.py", "console/test_planted.py", "console/test_sheet_page.py", "console/test_at_scale.py",
    "console/test_bench.py", "programs/test_properties.py", "programs/test_import.py", "conversations/test_journey.py", "channels/test_hostile.py",
    "channels/test_line_contract.py", "channels/test_delivery_chaos.py", "simulate/", "takeout/", "forms/", "backend/test_app.py", "booth/test_door.py",
    "api/test_policy.py", "canaries/", "cases/test_notes.py", "matching/", "migrations/", "failures/", "overview/test_page.py", "lists/test_messy.py",
    "lists/test_ahead.py", "lists/test_import.py", "console/test_demonstration.py", "console/test_register.py", "locales/test_check.py",
    "crisis/test_robust.py", "dialogs/test_always.py", "channels/test_journeys.py", "programs/test_sheet.py", "web/test_attacks.py",
    "conversations/test_deadlines.py", "conversations/test_stress.py", "visits/test_appointments.py", "console/test_audit_words.py", "journal/test_worker.py", "campaigns/test_letters.py",
    "channels/test_richmenu.py", "programs/test_lines.py", "programs/test_asking.py", "campaigns/test_sweep.py", "lists/test_command.py",
    "console/test_programs_edit.py", "booth/test_pages.py", "api/test_hostile.py", "api/test_strangers.py", "console/test_hostile_forms.py",
))  # fmt: skip
"""Files that look at every page, paper or order of events, and take their time: left out by `./run test --fast`."""


LONGEST = ("tests/journal/test_kill.py", "tests/browser/", *SLOW)
"""Files that take a minute and have few tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long forms: more kills, more events")
    parser.addoption("--kills", type=int, default=0, help="kill -9 tests: how many kills (1000 for the full form)")
    parser.addoption("--update", action="store_true", help="rewrite the transcripts; the diff is the review")
    parser.addoption("--no-postgres", action="store_true", help="leave out what runs on the embedded PostgreSQL")
    parser.addoption("--quick", action="store_true", help="do not even read the slow files and those that need a browser")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A fifth of the quick run would go into reading files of which nothing is chosen."""
    if not config.getoption("--quick") or not collection_path.is_relative_to(config.rootpath):
        return None
    name = collection_path.relative_to(config.rootpath).as_posix()
    asleep = (*SLOW, "tests/browser/")
    return True if name.startswith(asleep) or f"{name}/" in asleep else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # several processes: the long files first, so that none is left alone with one
        items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        if "[postgres" in item.name or "-postgres" in item.name:
            item.add_marker(pytest.mark.postgres)
        if "long" in item.keywords and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="only with ./run test --long"))
    if config.getoption("--no-postgres"):  # asked for, so not worth a line each among the skips, which tell what is missing
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("postgres")])
        items[:] = [item for item in items if not item.get_closest_marker("postgres")]


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until everything is read
    if config.getoption("--quick"):  # before any test is read: the whole run tries what it always tried
        hypothesis.settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """Half a million objects of modules and collected tests are there until the end: to walk through them again and again for
    garbage was a fifth of the run's processor time."""
    settled()
    gc.enable()


# --- no network ---------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A test that reaches for the network fails; loopback and Unix sockets are the machine itself."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def at_home(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("::1", "localhost", "")):
                raise OSError(f"a test reached for the network: {host}")

    def guarded(self: socket.socket, address: Any) -> None:
        at_home(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        at_home(self, address)
        return connect_ex(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
    yield
    patch.undo()


# --- keys and time ------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def keyring() -> Keyring:
    ring = Keyring(SECRET)
    crypto.use(ring)
    return ring


@pytest.fixture(autouse=True)
def _same_keys(keyring: Keyring) -> None:
    """Whoever starts a deployment of their own in a test sets its keys for the process."""
    crypto.use(keyring)


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    """argon2 takes 64 MB and a quarter of a second on purpose, for each account of each demonstration that a browser looks at."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    yield
    patch.undo()


class MovableClock:
    """A clock that stands still until the test moves it: `clock()`, `clock.move(days=3)`, `clock.set(moment)`."""

    def __init__(self, start: datetime = MONDAY_MORNING) -> None:
        self.at = start

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta | None = None, **spans: float) -> datetime:
        self.at += by if by is not None else timedelta(**spans)
        return self.at

    def set(self, moment: datetime) -> None:
        self.at = moment


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


# --- databases ----------------------------------------------------------------------------------------------


class _Compiled(UserDict[Any, Any]):
    """Statements that were put into SQL once. SQLAlchemy keeps them for each engine, and every test opens engines of its own:
    a third of the processor time of a page's tests went into writing the same statements again. Engines of one kind are all
    opened in the same way, so that what one of them worked out holds for the next."""

    def __getitem__(self, key: Any) -> Any:
        return self.data[key[0].name, *key[1:]]

    def __setitem__(self, key: Any, compiled: Any) -> None:
        self.data[key[0].name, *key[1:]] = compiled

    def __contains__(self, key: Any) -> bool:
        return (key[0].name, *key[1:]) in self.data


_compiled = _Compiled()


def _quick_engine(url: str, **more: Any) -> Engine:
    """An engine of `backend.db.open_engine` as the tests need it: it knows the statements of the engines before it, and SQLite
    does not wait for the disk, because no test pulls the plug (the victims of the kill tests are processes of their own)."""
    engine = create_engine(url, execution_options={"compiled_cache": _compiled}, **more)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "checkout")
        def _do_not_wait(connection: Any, record: Any, _proxy: Any) -> None:
            if not record.info.get("quick"):
                connection.execute("PRAGMA synchronous=OFF")
                record.info["quick"] = True

    return engine


@pytest.fixture(autouse=True, scope="session")
def _quick_engines() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(db, "create_engine", _quick_engine)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An embedded PostgreSQL server for this run (one per pytest-xdist worker), thrown away at the end."""
    with embedded.postgres() as url:
        if not url:
            if os.environ.get("CI") == "true":
                pytest.fail(embedded.MISSING)
            pytest.skip(embedded.MISSING)
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            # What is tested here is locks and statements; the kill tests kill processes, not the machine.
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200"):
                connection.execute(text(f"ALTER SYSTEM SET {setting}"))
            connection.execute(text("SELECT pg_reload_conf()"))
        admin.dispose()
        yield url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table, made once and copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()  # the last connection to close writes the WAL back
    return path


@pytest.fixture(scope="session")
def _postgres_database(postgres_url: str) -> str:
    engine = open_engine(postgres_url)
    metadata.create_all(engine)
    engine.dispose()
    return postgres_url


MUCH = 1 << 20
"""Bytes of a table above which its deleted rows are in the way of the next test."""


def _empty(engine: Engine) -> None:
    """TRUNCATE makes new files for every table that hangs on another, a tenth of a second; a test leaves a few rows in a few."""
    with engine.begin() as connection:
        held = connection.execute(text(
            "SELECT relname, pg_relation_size(oid) AS bytes FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0")).all()  # fmt: skip
        if any(one.bytes > MUCH for one in held):
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            return
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign key is looked up meanwhile
        for one in held:
            connection.execute(text(f'DELETE FROM "{one.relname}"'))
        connection.execute(text(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"))  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with every table and nothing in it; the test runs once on each kind."""
    return _fresh(request.param, request, tmp_path)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty SQLite database, for tests that need no second run on PostgreSQL."""
    return _fresh("sqlite", request, tmp_path)


def _fresh(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if kind == "sqlite":
        path = tmp_path / "tsunagi.db"
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("_postgres_database")
    engine = open_engine(url)
    _empty(engine)
    engine.dispose()
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An open engine on `database_url`: the test runs on SQLite and on PostgreSQL."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """An open engine on SQLite alone."""
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


def nothing_loose(engine: Engine) -> None:
    """No row has lost what it refers to where the database itself does not look (`backend/relations.py`)."""
    with reading(engine).connect() as connection:
        assert [*loose(connection)] == []


MakeTenant = Callable[..., str]


@pytest.fixture
def make_tenant(clock: MovableClock) -> MakeTenant:
    """`make_tenant(engine, slug="tsunagi", live=True, **columns)` → id of an invented municipality."""
    from sqlalchemy import insert

    tenant = backend.models.tenants.tenant

    def make(engine: Engine, slug: str = "tsunagi", *, live: bool = True, **columns: Any) -> str:
        values: dict[str, Any] = {
            "id": f"tenant-{slug}", "slug": slug, "name": {"ja": "つなぎ市", "en": "Tsunagi City"},
            "phone": "000-000-0000", "hours": {"ja": "平日 8時30分〜17時15分", "en": "weekdays 8:30 to 17:15"},
            "live_at": clock() if live else None, "created_at": clock(), **columns,
        }
        with engine.begin() as connection:
            connection.execute(insert(tenant).values(values))
        return str(values["id"])

    return make
