"""Mail to staff over a real SMTP conversation on loopback."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from backend.settings import Settings
from backend.tasks.routes import Note, Ways, send

NOTE = Note("notice-1", "つなぎ：お知らせがあります", "新しい仕事が1件あります。", "ja", "sato")


class Post:
    """A mail server that knows just enough: takes one message per connection, or refuses."""

    def __init__(self, refuse: bool = False) -> None:
        self.refuse = refuse
        self.taken: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 post\r\n")
        in_data, lines = False, []
        while line := (await reader.readline()).decode():
            if in_data:
                if line == ".\r\n":
                    self.taken.append("".join(lines))
                    in_data = False
                    writer.write(b"250 ok\r\n")
                else:
                    lines.append(line)
                continue
            word = line.split()[0].upper()
            if word == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            if word == "DATA":
                in_data = True
                writer.write(b"354 go on\r\n")
            elif word == "MAIL" and self.refuse:
                writer.write(b"451 later\r\n")
            else:
                writer.write(b"250 ok\r\n")
        await writer.drain()
        writer.close()


@pytest.mark.parametrize("refuse", [False, True])
async def test_a_notice_goes_out_by_mail_or_says_that_it_did_not(refuse: bool, tmp_path: Path) -> None:
    post = Post(refuse)
    server = await asyncio.start_server(post, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = Settings(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="tsunagi@example.jp", data_dir=tmp_path)
    async with server:
        way = await send(Ways(settings, {}), [("email", "sato@example.jp")], NOTE, everywhere=False)
    assert way == ("" if refuse else "email")
    assert len(post.taken) == (0 if refuse else 1)
    if not refuse:
        assert "Message-ID: <notice-1@tsunagi>" in post.taken[0]
        assert "To: sato@example.jp" in post.taken[0]
    assert not (tmp_path / "mail").exists()


async def test_a_mail_server_that_is_not_there_is_a_failure_not_an_error(tmp_path: Path) -> None:
    settings = Settings(smtp_url="smtp://127.0.0.1:9", data_dir=tmp_path)
    assert await send(Ways(settings, {}), [("email", "sato@example.jp")], NOTE, everywhere=True) == ""
