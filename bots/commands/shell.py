"""What commands share: settings from the environment, an opened and migrated database."""

from __future__ import annotations

import os
import sys

from sqlalchemy import func, select

from backend import migrations
from backend.app import Shell, check_key, make_shell
from backend.demo import seed_demonstration
from backend.settings import Settings
from backend.tenants.models import tenant


def settings(production: bool = False) -> Settings:
    return Settings.from_env(os.environ, production=production)


def opened(production: bool = False) -> Shell:
    """A shell on a database that is there and up to date."""
    shell = make_shell(settings(production))
    migrations.upgrade(shell.engine)
    check_key(shell)
    return shell


def seed_if_empty(shell: Shell) -> None:
    """The demonstration municipality, where there is none at all yet; its passwords are printed this once."""
    with shell.engine.connect() as connection:
        there = connection.execute(select(func.count()).select_from(tenant)).scalar_one()
    if there:
        return
    print("Setting up the demonstration municipality (some ten seconds) …", file=sys.stderr, flush=True)
    accounts = seed_demonstration(shell)
    print("Demonstration municipality. Invented people only; not for real use.")
    print("Accounts (passwords are shown this once; ./run staff reset LOGIN makes a new one):")
    for account in accounts:
        print(f"  {account.login:<16} {account.password}")
    print(flush=True)
