"""Tokens of the API: made by an account for itself, with its rights and never more; shown once, kept as a hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.db import reading
from backend.staff.models import api_token, staff
from backend.staff.roles import Staff

PREFIX = "tsunagi_"
"""So that a scanner for leaked secrets, and a person, knows it when it turns up somewhere."""
LONGEST = timedelta(days=366)
MOST = 20
"""Tokens that hold, per account."""

SUBJECTS = ("cases", "people", "conversations", "tasks", "referrals", "visits", "programs", "exports", "figures", "campaigns", "booth", "imports",
            "staff", "settings", "audit", "webhooks")
SCOPES = tuple(f"{subject}:{right}" for subject in SUBJECTS for right in ("read", "write"))
READ_ONLY = frozenset({f"{subject}:write" for subject in ("figures", "audit")})
"""There is nothing to write there."""
APPROVING = ("campaigns:approve", "programs:approve")
"""To begin what goes out to residents, and to say yes as the second person: never a part of `:write`."""
CHOICES = (*(scope for scope in SCOPES if scope not in READ_ONLY), *APPROVING)

_TOUCH_EVERY = timedelta(minutes=1)


class TokenError(ValueError):
    """The token cannot be made: `args[0]` is the key of a sentence."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks, and what the token may be used for."""

    token_id: str
    staff: Staff
    scopes: frozenset[str]


def make_token(
    connection: Connection, staff_: Staff, *, name: str, scopes: Sequence[str], lasts: timedelta, at: datetime
) -> str:
    """A new token, to be shown once. Raises `TokenError`."""
    if not name.strip() or not scopes or set(scopes) - set(CHOICES) or not timedelta() < lasts <= LONGEST:
        raise TokenError("console.api.wrong")
    mine = select(api_token.c.id).where(
        api_token.c.staff_id == staff_.id, api_token.c.revoked_at.is_(None), api_token.c.expires_at > at
    )
    if len(connection.execute(mine).all()) >= MOST:
        raise TokenError("console.api.too_many")
    token = PREFIX + ids.token()
    connection.execute(insert(api_token).values(
        id=ids.hashed(token), tenant_id=staff_.tenant_id, staff_id=staff_.id, name=name.strip()[:80], tail=token[-4:],
        scopes=sorted(set(scopes)), made_at=at, expires_at=at + lasts))
    audit.record(
        connection, tenant_id=staff_.tenant_id, staff_id=staff_.id, action="token.made", object_kind="api_token",
        object_id=ids.hashed(token)[:26], detail={"scopes": sorted(set(scopes)), "days": lasts.days}, at=at,
    )  # fmt: skip
    return token


def find(engine: Engine, token: str, at: datetime) -> Bearer | None:
    """Whose token it is; None when there is none such, it ended or was revoked, or its account may not sign in."""
    if not token.startswith(PREFIX):
        return None
    chosen = (
        select(api_token.c.id.label("token_id"), api_token.c.scopes, api_token.c.expires_at, api_token.c.used_at, staff)
        .join(staff, staff.c.id == api_token.c.staff_id)
        .where(api_token.c.id == ids.hashed(token), api_token.c.revoked_at.is_(None), api_token.c.expires_at > at)
    )
    with reading(engine).begin() as c:
        row = c.execute(chosen).one_or_none()
    if row is None or not row.active or row.must_change or (row.ends_at is not None and row.ends_at <= at):
        return None
    if row.used_at is None or row.used_at + _TOUCH_EVERY <= at:
        with engine.begin() as c:
            c.execute(update(api_token).where(api_token.c.id == row.token_id).values(used_at=at))
    return Bearer(row.token_id, Staff.of(row), frozenset(row.scopes))


def tokens_of(connection: Connection, tenant_id: str, staff_id: str = "") -> list[Any]:
    """The municipality's tokens, or one account's: newest first, revoked ones left out."""
    chosen = select(api_token).where(api_token.c.tenant_id == tenant_id, api_token.c.revoked_at.is_(None))
    if staff_id:
        chosen = chosen.where(api_token.c.staff_id == staff_id)
    return list(connection.execute(chosen.order_by(api_token.c.made_at.desc(), api_token.c.id)))


def revoke(connection: Connection, *, tenant_id: str, token_id: str, at: datetime, by: str, owner: str = "") -> bool:
    """End a token at once; with `owner`, only if it is theirs. False when there is none that holds."""
    mine = update(api_token).where(
        api_token.c.id == token_id, api_token.c.tenant_id == tenant_id, api_token.c.revoked_at.is_(None)
    )
    if owner:
        mine = mine.where(api_token.c.staff_id == owner)
    if connection.execute(mine.values(revoked_at=at)).rowcount != 1:
        return False
    audit.record(
        connection, tenant_id=tenant_id, staff_id=by, action="token.revoked", object_kind="api_token",
        object_id=token_id[:26], at=at,
    )  # fmt: skip
    return True


def end_all(connection: Connection, staff_id: str, at: datetime) -> int:
    """End every token of an account whose password somebody else may know, or that is closed; returns how many.

    The account is opened again some day, or gets its new password: who held a token then would have it still.
    """
    held = update(api_token).where(api_token.c.staff_id == staff_id, api_token.c.revoked_at.is_(None), api_token.c.expires_at > at)
    return connection.execute(held.values(revoked_at=at)).rowcount
