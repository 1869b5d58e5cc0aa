"""`tenant create`, `staff create`, `staff reset`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from sqlalchemy import select

from backend.staff import totp
from backend.staff.accounts import AccountError, create_staff, reset_staff
from backend.staff.roles import ROLES
from backend.tenants.models import tenant
from backend.tenants.service import TenantError, create_tenant
from bots.commands.shell import opened


def add_commands(commands: Any) -> None:
    place = commands.add_parser("tenant", help="tenant create SLUG --name NAME: set up a municipality")
    place.add_argument("action", choices=["create"])
    place.add_argument("slug", help="short name in latin letters, such as hirokawa")
    place.add_argument("--name", required=True, help="the municipality's name in Japanese")
    place.add_argument("--name-en", default="", help="and in English")
    place.add_argument("--admin", default="", help="login of its first administrator (default: SLUG-admin)")
    place.set_defaults(do=_tenant)
    staff = commands.add_parser("staff", help="staff create | reset LOGIN: accounts")
    staff.add_argument("action", choices=["create", "reset"])
    staff.add_argument("login")
    staff.add_argument("--tenant", default="", help="slug of the municipality (needed where there are several)")
    staff.add_argument("--name", default="", help="the person's name, as colleagues see it")
    staff.add_argument("--role", default="caseworker", choices=sorted(ROLES))
    staff.add_argument("--totp", action="store_true", help="reset: only the one-time codes, for a lost telephone")
    staff.set_defaults(do=_staff)


def _tenant(given: argparse.Namespace) -> int:
    shell = opened()
    name = {"ja": given.name} | ({"en": given.name_en} if given.name_en else {})
    try:
        with shell.engine.begin() as connection:
            tenant_id = create_tenant(connection, slug=given.slug, name=name, at=shell.clock())
            made = create_staff(
                connection, tenant_id=tenant_id, login=given.admin or f"{given.slug}-admin", name=given.admin or "administrator",
                role="administrator", at=shell.clock(),
            )
    except (TenantError, AccountError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    print(f"{made.login} {made.password}")
    print("These are login and password of the first administrator, shown this once.", file=sys.stderr)
    print(f"Start ./run, log in at {shell.settings.public_url}/console and open the settings page: it says what is missing.", file=sys.stderr)
    return 0


def _staff(given: argparse.Namespace) -> int:
    shell = opened()
    try:
        with shell.engine.begin() as connection:
            if given.action == "reset" and given.totp:
                totp.reset(connection, login=given.login, at=shell.clock(), by=None)
                print("The account signs in with its password alone until it sets one-time codes up again.", file=sys.stderr)
                return 0
            if given.action == "reset":
                made = reset_staff(connection, login=given.login, at=shell.clock())
            else:
                places = connection.execute(select(tenant.c.id, tenant.c.slug)).all()
                chosen = [place.id for place in places if given.tenant in ("", place.slug)]
                if len(chosen) != 1:
                    raise AccountError("Say which municipality: --tenant " + " | ".join(place.slug for place in places))
                made = create_staff(
                    connection, tenant_id=chosen[0], login=given.login, name=given.name or given.login, role=given.role,
                    at=shell.clock(),
                )
    except AccountError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    print(f"{made.login} {made.password}")
    print("The password is shown this once; it must be changed at the first login.", file=sys.stderr)
    return 0
