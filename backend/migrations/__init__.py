"""The database's structure over time: `upgrade(engine)` brings any database up to date. One file per change.

`python -m backend.migrations new "what changes"` writes the next file from the difference between the declared
tables and the migrated ones; `python -m backend.migrations first` writes 0001 anew, which is allowed only until the
first release.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER = Path(__file__).parent


def config(engine: Engine | None = None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.set_main_option("path_separator", "os")
    settings.attributes["engine"] = engine
    return settings


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate to `revision`, in one transaction: it happens wholly or not at all. Does nothing when it is up to date."""
    if revision != "head" or current(engine) != newest():
        command.upgrade(config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Undo migrations down to `revision` (`base`: all of them)."""
    command.downgrade(config(engine), revision)


def current(engine: Engine) -> str | None:
    """The revision a database is at; None before the first."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision the code wants."""
    return ScriptDirectory.from_config(config()).get_current_head()
