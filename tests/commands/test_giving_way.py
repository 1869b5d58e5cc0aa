"""The worker's processes never interrupt the web server: somebody waits for it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="only Linux knows this")
def test_a_worker_gives_way_and_whoever_it_starts_inherits_that() -> None:
    ask = "import os, threading; from bots.commands.serving import give_way; give_way(); found = []; " \
          "one = threading.Thread(target=lambda: found.append(os.sched_getscheduler(0))); one.start(); one.join(); " \
          "print(*found, os.sched_getscheduler(0))"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert told.split() == [str(os.SCHED_BATCH)] * 2
