"""Webhooks out: where a municipality's own systems are told, and the telling: signed, tried again, given up in the end.

A message holds ids and links alone. It is signed with the webhook's secret over the moment and the body:

    Tsunagi-Signature: t=1790000000,v1=<hex HMAC-SHA256 of "1790000000." + body>

Receivers compare in constant time and refuse a `t` that is more than five minutes old: that is the replay window. The same
event may come twice (`id` is the same); the order is not promised.

Only https, only public addresses (SEC-01): an address inside the town hall's network, or the machine's own, is refused when
the webhook is made and again at every sending, for whatever its name resolves to at that moment.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import json
import logging
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from sqlalchemy import Connection, delete, func, insert, select, update

from backend import ids
from backend.api import events
from backend.api.models import webhook, webhook_delivery
from backend.api.paging import moment
from backend.audit import service as audit
from backend.tenants.models import tenant

if TYPE_CHECKING:
    from backend.app import Shell

log = logging.getLogger(__name__)

AGAIN = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
"""The pauses between tries; after the last one it is dead: eight tries in about 22 hours."""
LEASE = timedelta(minutes=2)
SECONDS = 10.0
AT_ONCE = 20
REPLAY_WINDOW = timedelta(minutes=5)
MOST = 20
"""Webhooks of a municipality."""
_NAMES_AT_HOME = (".local", ".internal", ".lan", ".home", ".intra", ".corp", ".localdomain", ".test", ".invalid")


class HookError(ValueError):
    """The webhook cannot be made: `args[0]` is the key of a sentence."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be talked to. Tests put a fake of their own on loopback in its place."""

    schemes: frozenset[str] = frozenset({"https"})
    allows: Callable[[str], bool] = lambda address: is_public(address)

    def check(self, url: str) -> None:
        """Raise `HookError` for an address that must not be talked to, before its name is looked up."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise HookError("console.hooks.wrong_url") from None
        if parts.scheme not in self.schemes:
            raise HookError("console.hooks.not_https")
        if not host or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
            raise HookError("console.hooks.wrong_url")
        if _is_address(host):
            if not self.allows(host):
                raise HookError("console.hooks.not_public")
        elif host.endswith(".") or "." not in host or host.casefold().endswith(_NAMES_AT_HOME) or not host.isascii():
            raise HookError("console.hooks.not_public")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also inside an IPv6 address that stands for an IPv4 one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local:  # given up long ago (RFC 3879), and routed inside some houses all the same
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class Resolver(AbstractResolver):
    """Looks a name up once and connects to exactly what was checked, so that it cannot mean another machine a moment later."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = [(one[0], str(one[4][0])) for one in found]
        if not addresses or not all(self._guard.allows(address) for _, address in addresses):
            raise OSError("not a public address")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for kind, address in addresses
        ]

    async def close(self) -> None: ...


def make(connection: Connection, *, tenant_id: str, url: str, chosen: Sequence[str], by: str, at: datetime) -> tuple[str, str]:
    """A new webhook: its id, and its secret, to be shown once. Raises `HookError`."""
    Guard().check(url)
    wanted = [event for event in events.EVENTS if event in chosen]
    if not wanted or set(chosen) - set(events.EVENTS):
        raise HookError("console.hooks.no_event")
    mine = select(func.count()).where(webhook.c.tenant_id == tenant_id, webhook.c.active)
    if connection.execute(mine).scalar_one() >= MOST:
        raise HookError("console.hooks.too_many")
    made, secret = ids.new(), ids.token()
    connection.execute(insert(webhook).values(
        id=made, tenant_id=tenant_id, url=url, secret=secret, events=wanted, made_at=at, made_by=by,
        seen=events.beginning(connection, tenant_id)))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="webhook.made", object_kind="webhook", object_id=made,
                 detail={"events": wanted}, at=at)  # fmt: skip
    return made, secret


def remove(connection: Connection, *, tenant_id: str, webhook_id: str, by: str, at: datetime) -> bool:
    """Tell it nothing any more, nor what waits. False when there is none."""
    mine = (webhook.c.id == webhook_id, webhook.c.tenant_id == tenant_id)
    if connection.execute(select(webhook.c.id).where(*mine)).first() is None:
        return False
    connection.execute(delete(webhook_delivery).where(webhook_delivery.c.webhook_id == webhook_id))
    connection.execute(delete(webhook).where(*mine))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="webhook.removed", object_kind="webhook",
                 object_id=webhook_id, at=at)  # fmt: skip
    return True


def hooks_of(connection: Connection, tenant_id: str) -> list[dict[str, Any]]:
    """A municipality's webhooks with how it goes: without their secrets, of the address only the host."""
    counts: dict[str, dict[str, int]] = {}
    grouped = select(webhook_delivery.c.webhook_id, webhook_delivery.c.state, func.count()).join(
        webhook, webhook.c.id == webhook_delivery.c.webhook_id
    )
    for id_, state, count in connection.execute(
        grouped.where(webhook.c.tenant_id == tenant_id).group_by(webhook_delivery.c.webhook_id, webhook_delivery.c.state)
    ):
        counts.setdefault(id_, {})[state] = count
    rows = connection.execute(select(webhook).where(webhook.c.tenant_id == tenant_id).order_by(webhook.c.id))
    return [
        {"id": row.id, "host": urlsplit(row.url).hostname, "events": row.events, "made_at": row.made_at,
         **{state: counts.get(row.id, {}).get(state, 0) for state in ("pending", "sent", "dead")}}
        for row in rows
    ]  # fmt: skip


def dead(connection: Connection, tenant_id: str) -> int:
    """How many messages were given up."""
    chosen = select(func.count()).select_from(webhook_delivery).join(webhook, webhook.c.id == webhook_delivery.c.webhook_id)
    return int(connection.execute(chosen.where(webhook.c.tenant_id == tenant_id, webhook_delivery.c.state == "dead")).scalar_one())


def try_again(connection: Connection, *, tenant_id: str, at: datetime) -> int:
    """Begin anew with what was given up."""
    mine = select(webhook.c.id).where(webhook.c.tenant_id == tenant_id)
    again = update(webhook_delivery).where(webhook_delivery.c.webhook_id.in_(mine), webhook_delivery.c.state == "dead")
    return connection.execute(again.values(state="pending", tries=0, next_at=at)).rowcount


def signature(secret: str, at: datetime, body: bytes) -> str:
    """The value of `Tsunagi-Signature`."""
    said = str(int(at.timestamp()))
    code = hmac.new(secret.encode(), said.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={said},v1={code}"


async def send_due(shell: Shell, guard: Guard | None = None) -> int:
    """Find what is to be told and tell what is due; returns how many were tried."""
    if await asyncio.to_thread(events.collect, shell.engine, shell.clock) == 0 and not await asyncio.to_thread(_waiting, shell):
        return 0
    rows = await asyncio.to_thread(_lease, shell)
    if not rows:
        return 0
    held = guard or Guard()
    connector = aiohttp.TCPConnector(resolver=Resolver(held), limit=AT_ONCE, ttl_dns_cache=None, use_dns_cache=False)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        answers = await asyncio.gather(*(_tell(shell, held, session, row) for row in rows))
    await asyncio.to_thread(_mark, shell, zip(rows, answers, strict=True))
    return len(rows)


async def _tell(shell: Shell, guard: Guard, session: aiohttp.ClientSession, row: Any) -> int:
    """The status that came back; 0 when none did."""
    at = shell.clock()
    body = json.dumps(_message(shell, row), separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json", "User-Agent": "Tsunagi/1", "Tsunagi-Signature": signature(row.secret, at, body),
        "Tsunagi-Delivery": f"d{row.id}",
    }  # fmt: skip
    try:
        guard.check(row.url)
        async with session.post(row.url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status
    except (TimeoutError, HookError, aiohttp.ClientError, OSError, ValueError) as error:
        log.warning("webhook %s: %s", row.webhook_id, type(error).__name__)
        return 0


def _message(shell: Shell, row: Any) -> dict[str, Any]:
    base = shell.settings.public_url
    message = {"id": f"d{row.id}", "event": row.event, "at": moment(row.made_at), "municipality": row.slug, "subject": row.subject}
    if row.case_id:
        message |= {"case": row.case_id, "api": f"{base}/api/v1/cases/{row.case_id}", "page": f"{base}/console/cases/{row.case_id}"}
    return message


def _waiting(shell: Shell) -> bool:
    with shell.engine.connect() as connection:
        due = select(webhook_delivery.c.id).where(webhook_delivery.c.state == "pending", webhook_delivery.c.next_at <= shell.clock())
        return connection.execute(due.limit(1)).first() is not None


def _lease(shell: Shell) -> list[Any]:
    """Take what is due; whoever dies with it lets it come due again."""
    now = shell.clock()
    chosen = (
        select(webhook_delivery, webhook.c.url, webhook.c.secret, tenant.c.slug)
        .join(webhook, webhook.c.id == webhook_delivery.c.webhook_id)
        .join(tenant, tenant.c.id == webhook.c.tenant_id)
        .where(webhook_delivery.c.state == "pending", webhook_delivery.c.next_at <= now)
        .order_by(webhook_delivery.c.next_at, webhook_delivery.c.id)
        .limit(AT_ONCE)
        .with_for_update(of=webhook_delivery, skip_locked=True, key_share=True)
    )
    with shell.engine.begin() as connection:
        rows = list(connection.execute(chosen))
        if rows:
            mine = update(webhook_delivery).where(webhook_delivery.c.id.in_([row.id for row in rows]))
            connection.execute(mine.values(tries=webhook_delivery.c.tries + 1, next_at=now + LEASE))
    return rows


def _mark(shell: Shell, results: Iterable[tuple[Any, int]]) -> None:
    now = shell.clock()
    with shell.engine.begin() as connection:
        for row, status in results:
            values: dict[str, Any] = {"status": status}
            if 200 <= status < 300:
                values["state"] = "sent"
            elif row.tries < len(AGAIN):
                values["next_at"] = now + AGAIN[row.tries]
            else:
                values["state"] = "dead"
            mine = webhook_delivery.c.id == row.id
            connection.execute(update(webhook_delivery).where(mine, webhook_delivery.c.state == "pending").values(**values))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # 127.1, 0x7f.1 and 2130706433 are addresses to the resolver of many systems.
        last = host.rstrip(".").rpartition(".")[2]
        return last.isdigit() or last.casefold().startswith("0x")
    return True
