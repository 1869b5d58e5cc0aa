"""A scheduler of its own, to be killed: `python -m tests.campaigns.sweeper URL READY`. Sweeps until there is nothing due."""

from __future__ import annotations

import sys
from pathlib import Path

import backend.models  # noqa: F401
from backend import crypto
from backend.campaigns.run import LADDER, LadderClock
from backend.crypto import Keyring
from backend.db import open_engine
from backend.followups.run import run_due
from tests.conftest import MONDAY_MORNING, SECRET


def main(url: str, ready: str) -> None:
    crypto.use(Keyring(SECRET))
    engine, handlers = open_engine(url), {LADDER: LadderClock()}
    Path(ready).touch()
    while run_due(engine, lambda: MONDAY_MORNING, handlers, limit=20):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
