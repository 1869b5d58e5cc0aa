"""Where the platforms' official specifications are: `shared/specs` beside the clone, or in TSUNAGI_SHARED."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[2]


def spec(name: str) -> Path:
    """The file `name` below `specs/`. Where it is not: a failure in CI, a skip that says why on a user's machine."""
    folder = Path(os.environ.get("TSUNAGI_SHARED") or CLONE.parent / "shared")
    path = folder / "specs" / name
    if not path.is_file():
        why = f"the official specification is not here ({name}): put shared/ beside the clone, or set TSUNAGI_SHARED"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return path
