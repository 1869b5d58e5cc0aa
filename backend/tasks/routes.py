"""The ways a notice reaches a member of staff: mail server, their own LINE or Telegram chat, or a file."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from backend.messages import Accepted, Channel, Delivery, OutMessage, Unknown
from backend.settings import Settings, must_encrypt

log = logging.getLogger(__name__)

MAIL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Note:
    """One notice in words. `key` stays the same over retries; `login` names the account in the file's address."""

    key: str
    subject: str
    body: str
    locale: str
    login: str


@dataclass(frozen=True, slots=True)
class Ways:
    settings: Settings
    channels: Mapping[str, Channel]


async def send(ways: Ways, bound: Sequence[tuple[str, str]], note: Note, *, everywhere: bool) -> str:
    """Send over the first way that works (`everywhere`: over all); returns the names of those that did, or ""."""
    done = []
    for kind, address in bound:
        if await _over(ways, kind, address, note):
            done.append(kind)
            if not everywhere:
                break
    if not done and not bound:
        done.append(_file(ways.settings, f"{note.login}@localhost", note))
    return ",".join(dict.fromkeys(done))[:10]


async def _over(ways: Ways, kind: str, address: str, note: Note) -> bool:
    try:
        if kind == "email":
            return await _mail(ways.settings, address, note)
        channel = ways.channels.get(kind)
        return channel is not None and await _push(channel, address, note)
    except Exception as error:  # one way that fails must not keep the others from being tried
        log.warning("a notice by %s failed: %s", kind, type(error).__name__)
        return False


async def _push(channel: Channel, address: str, note: Note) -> bool:
    words = OutMessage(note.body, note.locale, "notice", key="notify")
    result = await channel.send(Delivery(0, channel.name, address, (words,), f"notice-{note.key}"))
    # What may have arrived is not sent twice; the task stands in the console in any case.
    return isinstance(result, Accepted | Unknown)


async def _mail(settings: Settings, address: str, note: Note) -> bool:
    message = _message(settings.mail_from, address, note)
    if not settings.smtp_url:
        _write(settings, message, note.key)
        return True
    server = urlsplit(settings.smtp_url)
    await aiosmtplib.send(
        message, hostname=server.hostname or "localhost", port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps", start_tls=must_encrypt(settings.smtp_url), timeout=MAIL_SECONDS,
    )  # fmt: skip
    return True


def _file(settings: Settings, address: str, note: Note) -> str:
    _write(settings, _message(settings.mail_from, address, note), note.key)
    return "file"


def _message(sender: str, address: str, note: Note) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, address, note.subject
    message["Message-ID"] = f"<{note.key}@tsunagi>"
    message.set_content(note.body)
    return message


def _write(settings: Settings, message: EmailMessage, key: str) -> None:
    folder = settings.data_dir / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{key}.eml").write_bytes(message.as_bytes())
