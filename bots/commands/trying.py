"""`test` (the whole suite, lint first) and `bench` (figures, never timed tests)."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

LINT = (
    ("ruff", [sys.executable, "-m", "ruff", "check", "--no-cache", "."]),
    ("mypy", [sys.executable, "-m", "mypy"]),
    ("imports", [str(Path(sys.executable).with_name("lint-imports"))]),
)
"""Before the tests, fastest first: a slip is told in seconds."""


def add_commands(commands: Any) -> None:
    test = commands.add_parser("test", help="lint, types, import rules, then every test")
    test.add_argument("--fast", action="store_true", help="meant for under 90 seconds: no browser, no PostgreSQL, no kill tests")
    test.add_argument("--long", action="store_true", help="the long forms as well")
    test.add_argument("rest", nargs=argparse.REMAINDER, help="anything else goes to pytest")
    test.set_defaults(do=_test)
    bench = commands.add_parser("bench", help="measure; one JSON object per measure on standard output")
    bench.add_argument("what", nargs="*", help="which measures (default: all)")
    bench.add_argument("--households", type=int, default=0, help="for console, import, search and sweep: another number than the goal's")
    bench.add_argument("--database", default="", help="for console: the address of a database that is filled once, kept, and measured again")
    bench.set_defaults(do=_bench)


def _test(given: argparse.Namespace) -> int:
    os.chdir(ROOT)
    began = time.monotonic()
    for name, command in LINT:
        print(f"{name} …", file=sys.stderr, flush=True)
        if code := subprocess.call(command):
            return code
    rest = [word for word in given.rest if word not in ("--", "--fast", "--long")]
    fast = given.fast or "--fast" in given.rest
    long = given.long or "--long" in given.rest
    # Files are handed out in the order that tests/conftest.py gives them: xdist's own begins with those of many tests.
    workers = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"] if not rest else []
    chosen = ["-m", "not slow and not browser", "--no-postgres", "--quick"] if fast else ["--long"] if long else []
    # The processes that tests start must not compile the whole program each time.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = subprocess.call([sys.executable, "-m", "pytest", "-q", *workers, *chosen, *rest], env=kept)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return code


def _bench(given: argparse.Namespace) -> int:
    from bots.bench import run

    return int(run(given.what, given.households, given.database) or 0)
