"""The declared tables and the migrated ones are the same, on both databases; a migration happens wholly or not at all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from backend.db import metadata, open_engine
from backend.migrations import FOLDER, config, current, downgrade, newest, upgrade

MEND = "declared tables and migrations differ: run `python -m backend.migrations first` (before the first release)"


@pytest.fixture
def empty_engine(request, tmp_path, postgres_url) -> Engine:
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    admin = open_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    name = f"migrated_{os.getpid()}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = open_engine(re.sub(r"/postgres(?=\?|$)", f"/{name}", postgres_url))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


both = pytest.mark.parametrize("empty_engine", ["sqlite", "postgres"], indirect=True)


def shape(engine: Engine) -> dict:
    """Tables with their columns, keys and indexes, as the database tells them."""
    see = inspect(engine)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in see.get_columns(table)},
            "key": see.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted((f["constrained_columns"], f["referred_table"]) for f in see.get_foreign_keys(table)),
            "unique": sorted(u["column_names"] for u in see.get_unique_constraints(table)),
            "indexes": sorted((i["name"], i["column_names"], str(sorted(
                (name, str(where)) for name, where in i.get("dialect_options", {}).items() if "where" in name)))
                for i in see.get_indexes(table)),
        }
        for table in see.get_table_names() if table != "alembic_version"}


@both
def test_migrated_tables_are_the_declared_ones(empty_engine):
    """R15: declared schema equals migrated schema."""
    upgrade(empty_engine)
    with empty_engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == [], MEND
    migrated = shape(empty_engine)
    with empty_engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
    metadata.create_all(empty_engine)
    assert migrated == shape(empty_engine), MEND


@both
def test_up_down_up(empty_engine):
    upgrade(empty_engine)
    before = shape(empty_engine)
    assert current(empty_engine) == newest()
    downgrade(empty_engine, "base")
    assert shape(empty_engine) == {}
    upgrade(empty_engine)
    assert shape(empty_engine) == before
    upgrade(empty_engine)


@both
def test_two_processes_that_start_together_migrate_once(empty_engine):
    script = ("import sys; from backend import db; from backend.migrations import upgrade;"
              "db.LONGEST_WAIT = 300;"  # however long the other one takes on a busy machine
              "upgrade(db.open_engine(sys.argv[1]))")
    url = empty_engine.url.render_as_string(hide_password=False)
    together = [subprocess.Popen([sys.executable, "-c", script, url], cwd=FOLDER.parent.parent) for _ in range(2)]
    assert [one.wait(600) for one in together] == [0, 0]
    assert current(empty_engine) == newest()


@both
def test_a_migration_that_fails_leaves_nothing_behind(empty_engine, monkeypatch):
    script = ScriptDirectory.from_config(config()).get_revision("0001").module
    original = script.upgrade

    def half() -> None:
        original()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(ScriptDirectory, "from_config", classmethod(lambda cls, c: _patched(cls, c, half)))
    with pytest.raises(RuntimeError):
        upgrade(empty_engine)
    monkeypatch.undo()
    assert set(shape(empty_engine)) == set()


def _patched(cls, c, half):
    directory = cls(c.get_main_option("script_location"))
    directory.get_revision("0001").module.upgrade = half
    return directory


def test_there_is_one_line_of_history_and_every_file_is_named():
    directory = ScriptDirectory.from_config(config())
    assert len(directory.get_heads()) == 1
    for path in sorted((FOLDER / "versions").glob("*.py")):
        assert re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name), path.name
    numbers = [int(Path(p).name[:4]) for p in sorted((FOLDER / "versions").glob("[0-9]*.py"))]
    assert numbers == list(range(1, len(numbers) + 1))
