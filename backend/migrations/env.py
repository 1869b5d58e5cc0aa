"""What Alembic runs. The engine comes from the caller (`backend.migrations.config`), never from a file."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import BigInteger, LargeBinary, text
from sqlalchemy.sql.schema import SchemaItem

import backend.models
from backend.crypto import SealedJson, SealedText
from backend.db import Moment

PLAIN = {Moment: BigInteger, SealedText: LargeBinary, SealedJson: LargeBinary}
"""Column types of our own are written down as what they are in the database: a migration must not change when the
code does."""


def render(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    if kind == "type":
        for own, plain in PLAIN.items():
            if isinstance(thing, own):
                return f"sa.{plain.__name__}()"
        if isinstance(thing, BigInteger) and "sqlite" in getattr(thing, "_variant_mapping", {}):
            return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def named(thing: SchemaItem, name: str | None, kind: str, reflected: bool, compare_to: SchemaItem | None) -> bool:
    return not (kind == "table" and name == "alembic_version")


def run() -> None:
    with context.config.attributes["engine"].connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")  # rebuilding a table drops the old one; only works outside a transaction
        try:
            with connection.begin():  # BEGIN IMMEDIATE on SQLite: web and worker may start at the same moment
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(7305)"))
                context.configure(
                    connection=connection, target_metadata=backend.models.metadata, render_item=render,
                    include_object=named, compare_type=True, transactional_ddl=True, user_module_prefix="",
                    render_as_batch=sqlite and not context.config.attributes.get("first"),
                )
                context.run_migrations()
                if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                    raise RuntimeError("the migration would leave rows that refer to nothing: nothing was changed")
        finally:
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


run()
