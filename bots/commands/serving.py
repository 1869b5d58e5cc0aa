"""`./run` (everything at once), `serve`, `worker`, `db upgrade`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from typing import Any

import uvicorn
from sqlalchemy import select

from backend import migrations
from backend.app import Shell, make_shell
from backend.campaigns import switch
from backend.journal.process import ALL, Share
from backend.settings import HOST, SettingsError
from backend.tenants.golive import blocking
from backend.tenants.models import tenant
from bots import logs
from bots.app import make_app
from bots.commands.shell import opened, seed_if_empty, settings
from bots.guarded import Guarded
from bots.memory import settled
from bots.worker import PARENT_EVERY, SENDING, TURNS
from bots.worker import run as work

START_SECONDS = 60

STOP_SECONDS = 10
"""How long a part may take to stop by itself before it is ended."""


def add_commands(commands: Any) -> None:
    serve = commands.add_parser("serve", help="the web server alone: residents' chat, webhooks, staff console")
    serve.add_argument("--production", action="store_true", help="refuse demonstration accounts, missing secrets and plain defaults")
    serve.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)
    serve.set_defaults(do=_serve)
    worker = commands.add_parser("worker", help="the worker alone: conversations, deliveries, the clock")
    worker.add_argument("--production", action="store_true", help="as for serve")
    worker.add_argument("--only", choices=[TURNS, SENDING], help="one of its two parts alone (default: both, a process each)")
    worker.add_argument("--share", type=Share.parse, default=ALL, help=argparse.SUPPRESS)
    worker.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)
    worker.set_defaults(do=_worker)
    database = commands.add_parser("db", help="db upgrade: bring the database to this version; db release: after a restore, let messages go out again")
    database.add_argument("action", choices=["upgrade", "release"])
    database.set_defaults(do=_database)


def start(_given: argparse.Namespace) -> int:
    """Migrate, seed the demonstration where there is nothing yet, start web and worker, and say where they are."""
    shell = opened()
    port = shell.settings.port
    _refuse_taken(port)
    seed_if_empty(shell)
    shell.engine.dispose()
    stopping = _told_to_stop()
    parts = [_part("serve", "--parent", str(os.getpid())), *_worker_parts()]
    if not _answers(port, parts, stopping):
        return _watch(parts, stopping)
    print(f"Resident's chat:  {shell.settings.public_url}/chat", flush=True)
    print(f"Staff console:    {shell.settings.public_url}/console", flush=True)
    print(f"Listening on {HOST}:{port}. Ctrl-C stops everything.", file=sys.stderr)
    return _watch(parts, stopping)


def _refuse_taken(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as taken:
            raise SettingsError(
                f"Port {port} is in use, perhaps by another ./run: stop that one, or choose another port: TSUNAGI_PORT={port + 1} ./run"
            ) from taken


def _answers(port: int, parts: list[subprocess.Popen[bytes]], stopping: list[int]) -> bool:
    """Wait until the web server answers, so that an address is printed only when it can be opened."""
    for _ in range(START_SECONDS * 10):
        if stopping or any(part.poll() is not None for part in parts):
            return False
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _part(*command: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only this process, which then stops the parts in order.
    return subprocess.Popen([sys.executable, "-m", "bots", *command], start_new_session=True)


def worker_parts() -> dict[str, list[str]]:
    """The processes of a worker and how each is started: two take turns, where there are two cores to hear on."""
    several = min(2, os.cpu_count() or 1)
    turns = {f"{TURNS} {part}": ["worker", "--only", TURNS, "--share", f"{part}/{several}"] for part in range(1, several + 1)}
    return {**turns, SENDING: ["worker", "--only", SENDING]}


def _worker_parts(*more: str) -> list[subprocess.Popen[bytes]]:
    return [_part(*command, "--parent", str(os.getpid()), *more) for command in worker_parts().values()]


def _told_to_stop() -> list[int]:
    """Fills when somebody wants an end: Ctrl-C, a closed terminal, a service manager. Made before the first part, so
    that whoever stops it while it starts up leaves nothing behind either."""
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: stopping.append(number))
    return stopping


def _watch(parts: list[subprocess.Popen[bytes]], stopping: list[int]) -> int:
    """Wait until Ctrl-C (or until a part fails), then stop every part cleanly."""
    failed = 0
    while not stopping and not failed:
        for part in parts:
            code = part.poll()
            if code is not None:
                print(f"A part stopped by itself (status {code}); stopping the rest.", file=sys.stderr)
                failed = code or 1
        time.sleep(0.2)
    for part in parts:
        if part.poll() is None:
            part.send_signal(signal.SIGTERM)
    for part in parts:
        try:
            part.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            part.kill()
            part.wait()
    return failed


def _serve(given: argparse.Namespace) -> int:
    shell = opened(given.production) if given.production else make_shell(settings())
    if given.production:
        _refuse(shell)
    elif not given.production:
        migrations.upgrade(shell.engine)
    _refuse_taken(shell.settings.port)
    logs.keep(shell.settings.data_dir, "web")
    config = uvicorn.Config(
        make_app(shell), host=HOST, port=shell.settings.port, log_level=os.environ.get("TSUNAGI_LOG_LEVEL", "warning"),
        access_log=False, server_header=False, proxy_headers=True, forwarded_allow_ips=HOST,
        timeout_graceful_shutdown=5, http=Guarded, ws="none",
    )
    server = uvicorn.Server(config)
    if given.parent:
        threading.Thread(target=_end_with, args=(given.parent, server), daemon=True).start()
    settled()
    server.run()
    return 0


def _end_with(parent: int, server: uvicorn.Server) -> None:
    """End when the process that started this one is gone: killed, it could not say so."""
    while os.getppid() == parent:
        time.sleep(PARENT_EVERY)
    server.should_exit = True


def _worker(given: argparse.Namespace) -> int:
    shell = opened(given.production)
    if given.production:
        _refuse(shell)
    if not given.only:
        shell.engine.dispose()
        stopping = _told_to_stop()
        return _watch(_worker_parts(*(["--production"] if given.production else [])), stopping)
    logs.keep(shell.settings.data_dir, f"worker-{given.only}")
    give_way()
    # The event loop that the web server has too (uvloop where there is one): a quarter less per send.
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(work(shell, only=given.only, share=given.share, parent=given.parent))
    return 0


def give_way() -> None:
    """Never interrupt whoever is at work, where the system knows how: the web server answers people who wait.

    Turns and sends come in batches and lose nothing by a few milliseconds. Not thrown out of the processor's cache in the
    middle of one, they cost a sixteenth less (measured on two cores, `./run bench line`).
    """
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _refuse(shell: Shell) -> None:
    """Raise with every reason why this is not ready for real people, each in a sentence."""
    with shell.engine.connect() as connection:
        reasons = blocking(connection, shell.settings, shell.words)
    if reasons:
        raise SettingsError("Not ready for production:\n" + "\n".join(f"- {reason}" for reason in reasons))


def _database(given: argparse.Namespace) -> int:
    return _release() if given.action == "release" else _upgrade()


def _release() -> int:
    """After a restore everything automatic is silent (`backend/followups/pulse.py`): an operator lets it go out again."""
    shell = opened()
    with shell.engine.connect() as connection:
        places = connection.execute(select(tenant.c.id, tenant.c.slug).order_by(tenant.c.slug)).all()
    for place in places:
        released = switch.release(shell.engine, shell.clock, place.id, None)
        print(f"{place.slug}: {'released' if released else 'was not stopped'}", file=sys.stderr)
    return 0


def _upgrade() -> int:
    shell = make_shell(settings())
    migrations.upgrade(shell.engine)
    print("The database is up to date.", file=sys.stderr)
    return 0
