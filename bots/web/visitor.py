"""Who is looking at a page: a browser is known by a random cookie, of which only the hash is stored."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, insert, select, update
from starlette.requests import Request
from starlette.responses import Response

from backend import ids
from backend.db import reading
from backend.journal.ingest import address_index
from backend.journal.models import conversation, page_link
from backend.tenants.models import tenant
from dialogs.core.words import Words

if TYPE_CHECKING:
    from backend.app import Shell

KEEP = timedelta(days=40)
"""How long a browser stays known after its last visit (UX-05 wants 30 days at least)."""
RENEW_AFTER = timedelta(days=1)
PAGE_KEEP = timedelta(hours=2)
"""How long the secure page stays open once its link was used."""
FIRST_MINUTES = timedelta(minutes=10)
"""A first message that was stored but not bound to the cookie (the process died in between) is found again so long."""

CHAT, PAGE = "cookie", "page"
"""`page_link.purpose` of the two cookies."""
_NAMES = {CHAT: "tsunagi_chat", PAGE: "tsunagi_page"}
BIG = "tsunagi_big"
"""Holds "1" where the person wants larger text."""


@dataclass(frozen=True, slots=True)
class Place:
    """The municipality a page speaks for."""

    id: str
    name: Words
    phone: str
    hours: Words
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser. Without a `conversation` it has not begun; `since` is when a secure page was opened."""

    token: str
    surface: str  # "chat" | "page"
    place: Place | None
    conversation: Mapping[str, Any] | None = None
    since: datetime | None = None
    renew: bool = False

    @property
    def hash(self) -> str:
        return ids.hashed(self.token)


def cookie_name(shell: Shell, purpose: str) -> str:
    """On https bound to the host. The plain name is then never read: a neighbouring site could have set it."""
    return f"__Host-{_NAMES[purpose]}" if shell.settings.secure_cookies else _NAMES[purpose]


def cookie_of(request: Request, shell: Shell, purpose: str) -> str:
    """The token a request brought, or ""."""
    token = request.cookies.get(cookie_name(shell, purpose), "")
    return token if 40 <= len(token) <= 64 and token.isascii() else ""


def set_cookie(response: Response, shell: Shell, purpose: str, token: str) -> None:
    """HttpOnly, SameSite=Lax; on https also Secure and bound to the host (`__Host-`)."""
    secure = shell.settings.secure_cookies
    keep = KEEP if purpose == CHAT else PAGE_KEEP
    response.set_cookie(
        cookie_name(shell, purpose), token, max_age=int(keep.total_seconds()), path="/", httponly=True, samesite="lax", secure=secure
    )


def drop_cookie(response: Response, shell: Shell, purpose: str) -> None:
    """Let the browser forget; what the cookie opens is ended by `forget`."""
    secure = shell.settings.secure_cookies
    response.delete_cookie(cookie_name(shell, purpose), path="/", httponly=True, samesite="lax", secure=secure)


def form_token(shell: Shell, token: str) -> str:
    """What every form carries, so that no other site can post in the person's name."""
    return shell.keyring.sign(ids.hashed(token), "web form")


def form_token_fits(shell: Shell, token: str, given: str) -> bool:
    """Whether a form was made for the holder of this cookie."""
    return bool(token) and hmac.compare_digest(form_token(shell, token).encode(), given.encode("utf-8", "replace"))


def address_for(shell: Shell, token: str) -> str:
    """The channel address of a browser's new conversation: random like the cookie, and always the same for it."""
    return shell.keyring.sign(ids.hashed(token), "web address")


def find(shell: Shell, token: str, purpose: str, now: datetime) -> Visitor:
    """The visitor behind a cookie. An unknown or expired one is a stranger with a fresh token."""
    surface = "page" if purpose == PAGE else "chat"
    with reading(shell.engine).connect() as connection:
        if token:
            link = connection.execute(select(page_link).where(page_link.c.id == ids.hashed(token))).mappings().first()
            if link is not None and link["purpose"] == purpose and link["expires_at"] > now:
                row = _conversation(connection, conversation.c.id == link["conversation_id"])
                if row is not None:
                    renew = purpose == CHAT and link["expires_at"] - now < KEEP - RENEW_AFTER
                    place = _place(connection, row["tenant_id"])
                    return Visitor(token, surface, place, row, link["made_at"], renew)
            if link is None and purpose == CHAT:
                index = address_index(address_for(shell, token))
                row = _conversation(
                    connection, (conversation.c.channel == "web") & (conversation.c.address_index == index)
                )
                if row is None:
                    return Visitor(token, surface, here(connection))
                if now - row["created_at"] < FIRST_MINUTES:
                    return Visitor(token, surface, _place(connection, row["tenant_id"]), row, renew=True)
        return Visitor(ids.token(), surface, here(connection))


def of_conversation(connection: Connection, token: str, surface: str, conversation_id: str) -> Visitor:
    """Somebody known by a link instead of a cookie."""
    row = _conversation(connection, conversation.c.id == conversation_id)
    if row is None:
        return Visitor(token, surface, here(connection))
    return Visitor(token, surface, _place(connection, row["tenant_id"]), row)


def bind(engine: Engine, token: str, conversation_id: str, purpose: str, now: datetime) -> None:
    """Let the cookie open the conversation from now on; an existing binding is prolonged."""
    keep = KEEP if purpose == CHAT else PAGE_KEEP
    with engine.begin() as connection:
        known = connection.execute(
            update(page_link).where(page_link.c.id == ids.hashed(token)).values(expires_at=now + keep)
        ).rowcount
        if not known:
            connection.execute(
                insert(page_link).values(
                    id=ids.hashed(token), conversation_id=conversation_id, purpose=purpose, made_at=now,
                    expires_at=now + keep,
                )
            )


def forget(engine: Engine, token: str, now: datetime) -> None:
    """The cookie opens nothing any more."""
    with engine.begin() as connection:
        connection.execute(
            update(page_link).where(page_link.c.id == ids.hashed(token)).values(expires_at=now, used_at=now)
        )


def forget_others(connection: Connection, token: str, conversation_id: str, now: datetime) -> None:
    """No browser but this one opens the conversation any more: the one before may lie on a lost telephone."""
    others = (page_link.c.conversation_id == conversation_id, page_link.c.id != ids.hashed(token), page_link.c.expires_at > now)
    connection.execute(update(page_link).where(*others).values(expires_at=now, used_at=now))


def here(connection: Connection) -> Place | None:
    """The municipality of somebody who has not begun: the one that is live, else the demonstration."""
    rows = connection.execute(select(tenant)).mappings().all()
    chosen = min(
        rows, default=None,
        key=lambda row: (
            row["live_at"] is None or row["demonstration"], not row["demonstration"], row["created_at"], row["id"]
        ),
    )
    return None if chosen is None else _place_of(dict(chosen))


def _place(connection: Connection, tenant_id: str) -> Place | None:
    row = connection.execute(select(tenant).where(tenant.c.id == tenant_id)).mappings().first()
    return None if row is None else _place_of(dict(row))


def _place_of(row: Mapping[str, Any]) -> Place:
    return Place(row["id"], Words.of(row["name"]), row["phone"], Words.of(row["hours"] or ""), row["demonstration"])


def _conversation(connection: Connection, which: Any) -> Mapping[str, Any] | None:
    columns = (
        conversation.c.id, conversation.c.tenant_id, conversation.c.channel, conversation.c.locale,
        conversation.c.case_id, conversation.c.held_by, conversation.c.address, conversation.c.created_at,
    )
    row = connection.execute(select(*columns).where(which)).mappings().first()
    return None if row is None else dict(row)
