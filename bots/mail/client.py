"""Sending e-mail to residents over the deployment's mail server.

A mail server says at each stage whether it takes a message: refused before the end it did not go out; without an answer
after it, it may have.
"""

from __future__ import annotations

import logging
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPConnectError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from backend.messages import (
    Accepted,
    Capabilities,
    Delivery,
    Incoming,
    Refused,
    SendResult,
    Temporary,
    Unknown,
)
from backend.settings import must_encrypt
from bots.layout import lay_out

log = logging.getLogger("tsunagi.mail")

TIMEOUT = 15.0
CAPABILITIES = Capabilities(
    name="email", max_text=20_000, unit="chars", max_buttons=0, max_label=1, label_unit="chars", max_messages_per_send=1,
    idempotent_push=False,
)  # fmt: skip


def subject(text: str) -> str:
    """The first line, as a header can hold it.

    Every sign that some program takes for a line's end is one; and nothing in it is encoded yet: Python would decode an
    `=?utf-8?q?=0ABcc:…?=` that somebody typed into a header of its own.
    """
    line = next(iter(text.strip().splitlines()), "")
    return "".join(sign if sign.isprintable() else " " for sign in line).replace("=?", "= ?")[:60]


class Mail:
    """The e-mail channel. `subject` is the line in front of every mail: who writes, nothing about what."""

    name = "email"
    capabilities = CAPABILITIES

    def __init__(self, url: str, sender: str, timeout: float = TIMEOUT) -> None:
        self._url, self._sender, self._timeout = urlsplit(url), sender, timeout

    def parse(self, body: bytes) -> Incoming:
        """Nothing comes in."""
        return Incoming(None)

    async def send(self, delivery: Delivery) -> SendResult:
        """Send one delivery as one mail."""
        text = "\n\n".join(part.text for part in lay_out(delivery.messages, CAPABILITIES))
        try:
            message = EmailMessage()
            message["From"], message["To"] = self._sender, delivery.address
            # The first line says who writes; a mail with an empty subject ends among the junk.
            message["Subject"] = subject(text)
            message["Message-ID"] = f"<{delivery.key}@tsunagi>"
            message.set_content(text)
        except ValueError:  # a line break in an address
            return Refused("mail: not an address")
        result = await self._hand_over(message)
        log.info("call smtp %s", type(result).__name__)
        return result

    async def _hand_over(self, message: EmailMessage) -> SendResult:
        server = self._url
        try:
            await aiosmtplib.send(
                message, hostname=server.hostname or "localhost", port=server.port,
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=server.scheme == "smtps", start_tls=must_encrypt(server.geturl()), timeout=self._timeout,
            )  # fmt: skip
        except SMTPServerDisconnected:  # in the middle: nobody knows how far it got
            return Unknown("mail: the server hung up")
        except (SMTPConnectError, ConnectionError):
            return Temporary("mail: the server cannot be reached")
        except SMTPRecipientsRefused as refused:
            codes = [recipient.code for recipient in refused.recipients]
            return Refused("mail: no such address") if codes and min(codes) >= 500 else Temporary("mail: not now")
        except SMTPResponseException as error:
            return Refused(f"mail {error.code}") if error.code >= 500 else Temporary(f"mail {error.code}")
        except (TimeoutError, SMTPException) as error:
            if type(error) is SMTPException:  # no STARTTLS, no way to sign in: before anything was handed over; an operator can mend it
                return Temporary("mail: the server does not encrypt, or not sign in")
            return Unknown("mail: no answer")
        return Accepted(str(message["Message-ID"])[:80])

    async def close(self) -> None:
        return None
