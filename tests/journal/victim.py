"""The processes that the kill tests kill: a web process that stores LINE webhooks, a worker that answers.

`python -m tests.journal.victim` reads lines `web|worker|turns|sending SHARE DATABASE_URL PORT LINE_URL READY`, forks a process
for each and tells its id: what they all import, more than a second of processor time, is imported once. The file READY gets the
process id as soon as it can be killed at its work. Everything in them is the real thing, only the turn is a small one whose
mistakes can be counted: it numbers what it hears.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

import backend.models  # noqa: F401
from backend import clock, crypto
from backend.app import Shell
from backend.crypto import Keyring
from backend.db import open_engine
from backend.journal.ingest import Ingest
from backend.journal.process import Share
from backend.settings import Settings
from bots.line.client import Line
from bots.line.routes import routes
from bots.worker import SENDING, TURNS, work
from tests.fakes.line import SECRET as LINE_SECRET
from tests.fakes.line import TOKEN
from tests.journal.field import answer

SECRET = "an invented secret for the tests and for nothing else"
HOLD = timedelta(seconds=3)
AGAIN = "（再送）"


class OneWord:
    def render(self, text, locale):
        return AGAIN


def count(batch, home, incoming, event) -> None:
    """Number what was heard. Every third answer goes by push; one in ten is urgent, at another place for everybody."""
    seen = [*(home["session"] or []), incoming.heard.text]
    home["session"] = seen
    number = len(seen)
    by_reply = {} if number % 3 == 0 else {"reply": incoming.reply, "reply_until": incoming.reply_until}
    kind = "crisis" if (number + int(home["address"][-2:], 16)) % 10 == 0 else "plain"
    answer(batch, home, f"{home['address'][-4:]}/{number}: {incoming.heard.text}", kind, **by_reply)


def be(role: str, share: str, url: str, port: str, line_url: str, ready: str) -> None:
    """Be one of them, until killed."""
    ring = Keyring(SECRET)
    crypto.use(ring)
    settings = Settings(database_url=url, line_channel_secret=LINE_SECRET, line_channel_access_token=TOKEN,
                        line_api_base=line_url, data_dir=Path("/nonexistent"), port=int(port))
    shell = Shell(settings, open_engine(url), clock.now, ring, OneWord(), None)

    def say_so() -> None:
        Path(ready).write_text(str(os.getpid()))

    @asynccontextmanager
    async def up(_app):
        say_so()
        yield

    if role == "web":
        app = Starlette(routes=routes(shell, Ingest(shell.engine, shell.clock)), lifespan=up)
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # the test holds the port beside it
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", int(port)))
        uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[door])
    else:
        say_so()
        channels = {"line": Line(TOKEN, line_url, line_url, clock.now)}
        hear = None if role == SENDING else count
        asyncio.run(work(shell, asyncio.Event(), channels, hear, {}, share=Share.parse(share), sends=role != TURNS, hold=HOLD))


def main() -> None:
    """Fork a victim for each line. The kernel takes the dead away, so that an id that is there is a process that lives."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if child := os.fork():
            print(child, flush=True)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            be(*line.split())
        finally:
            os._exit(1)


if __name__ == "__main__":
    main()
