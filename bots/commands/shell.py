"""What commands share: settings from the environment, an opened and migrated database."""

from __future__ import annotations

import os

from backend import migrations
from backend.app import Shell, check_key, make_shell
from backend.settings import Settings


def settings(production: bool = False) -> Settings:
    return Settings.from_env(os.environ, production=production)


def opened(production: bool = False) -> Shell:
    """A shell on a database that is there and up to date."""
    shell = make_shell(settings(production))
    migrations.upgrade(shell.engine)
    check_key(shell)
    return shell
