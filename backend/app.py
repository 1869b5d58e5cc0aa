"""Composition root: settings, clock, keys and database become one `Shell`, used by server, worker and tests alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

import backend.models  # noqa: F401  every table must be known before a statement is built
from backend import clock as real_clock
from backend import crypto, look
from backend.clock import Clock
from backend.crypto import CannotOpen, Keyring
from backend.db import open_engine, reading
from backend.journal.models import conversation
from backend.settings import Settings, SettingsError
from backend.staff.policy import public

NOBODY_SERVES = (404, 405)
"""The router's answers to an address, or to a method of an address, that it does not know."""


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything that a process of this deployment shares."""

    settings: Settings
    engine: Engine
    clock: Clock
    keyring: Keyring = field(repr=False)
    words: Any = field(repr=False)
    """`backend.words.Catalogues`"""
    book: Any = field(repr=False)
    """`dialogs.registry.Book`"""


def make_shell(settings: Settings, clock: Clock = real_clock.now) -> Shell:
    """Open everything. The database is not migrated here: `backend.migrations.upgrade(shell.engine)` does that.

    Raises `SettingsError`.
    """
    from backend.words import Catalogues
    from dialogs.registry import BOOK

    keyring = Keyring(*settings.keys())
    crypto.use(keyring)
    if settings.database_url.startswith("sqlite"):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_engine(settings.database_url)
    return Shell(settings, engine, clock, keyring, Catalogues.load(), BOOK)


def check_key(shell: Shell) -> None:
    """Raise `SettingsError` if the secret does not open what is stored: better now than one turn at a time."""
    try:
        with reading(shell.engine).connect() as connection:
            connection.execute(select(conversation.c.address).order_by(conversation.c.id.desc()).limit(1)).all()
    except CannotOpen:
        raise SettingsError(
            "TSUNAGI_SECRET_KEY does not open this database: set the secret it was written with "
            "(several, newest first, separated by commas).") from None


def make_backend(shell: Shell) -> FastAPI:
    """The staff console and the health check, without any channel."""
    # Starlette's redirect of `/console/` to `/console` would name whatever host the request claims to be for.
    app = FastAPI(title="Tsunagi", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.shell = shell

    @app.get("/healthz")
    @public
    def healthz() -> JSONResponse:
        """200 when the database answers, 503 when not; says nothing else."""
        try:
            with reading(shell.engine).connect() as connection:
                connection.execute(select(1)).all()
        except SQLAlchemyError:
            return JSONResponse({"ok": False}, 503)
        return JSONResponse({"ok": True})

    from backend.api.routes import routes as api
    from backend.console.missing import Missing
    from backend.console.routes import router

    for status in NOBODY_SERVES:
        app.add_exception_handler(status, Missing(shell))
    app.include_router(router(shell))
    app.router.routes.extend(api(shell))
    app.router.routes.append(look.mount())
    return app
