"""The embedded PostgreSQL of tests and benches is gone with whoever asked for it, however they went."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

ASKS = """
import sys
from urllib.parse import parse_qs, unquote, urlsplit
from backend.embedded import postgres
with postgres() as url:
    print(unquote(parse_qs(urlsplit(url).query)["host"][0]), flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL, 0], ids=["SIGTERM", "SIGKILL", "by itself"])
def test_no_server_and_no_folder_is_left(end, postgres_url):
    asker = subprocess.Popen([sys.executable, "-c", ASKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    data = Path(asker.stdout.readline().strip())
    assert data.name == "data" and data.parent.name.startswith("tsunagi-pg-")
    server = os.pidfd_open(int((data / "postmaster.pid").read_text().split()[0]))
    if end:
        asker.send_signal(end)
    asker.communicate(timeout=600)
    gone = select.poll()
    gone.register(server, select.POLLIN)
    assert gone.poll(300_000), "the server goes on"
    os.close(server)
    until = time.monotonic() + 300
    while data.parent.exists():
        assert time.monotonic() < until, "the folder is left"
        time.sleep(0.01)
