"""A mail server on loopback that takes mails, refuses recipients, and hangs up in the middle."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Self


@dataclass
class MailFake:
    """`refuse` is the reply to a recipient ("550 no such user"); `hang_up` drops the line after the mail was given."""

    refuse: str = ""
    at_end: str = "250 taken"
    hang_up: bool = False
    taken: list[tuple[list[str], str]] = field(default_factory=list)
    """(recipients, the mail)."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(words: str) -> None:
            writer.write(f"{words}\r\n".encode())

        say("220 fake")
        recipients: list[str] = []
        while line := (await reader.readline()).decode().strip():
            match line.split()[0].upper():
                case "EHLO" | "HELO":
                    say("250 fake")
                case "RCPT":
                    recipients.append(line.partition("<")[2].partition(">")[0])
                    say(self.refuse or "250 ok")
                case "DATA":
                    say("354 go on")
                    mail = await reader.readuntil(b"\r\n.\r\n")
                    self.taken.append((recipients, mail.decode()))
                    if self.hang_up:
                        break
                    say(self.at_end)
                case "QUIT":
                    say("221 bye")
                    break
                case _:
                    say("250 ok")
        writer.close()
