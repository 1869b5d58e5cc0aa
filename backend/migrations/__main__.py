"""`python -m backend.migrations new "what changes"` · `… first` (0001 anew, only before the first release)."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic import command

from backend.db import open_engine
from backend.migrations import FOLDER, config, upgrade

VERSIONS = FOLDER / "versions"
RELEASED = FOLDER / "released.lock"
"""Exists from the first release on: 0001 is then history."""


def write(message: str) -> Path:
    """Write the next migration from the difference between the declared tables and the migrated ones."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'compare.db'}")
        if any(VERSIONS.glob("[0-9]*.py")):
            upgrade(engine)
        settings = config(engine)
        settings.attributes["first"] = not any(VERSIONS.glob("[0-9]*.py"))
        number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04}"
        made = command.revision(settings, message=message, rev_id=number, autogenerate=True)
        engine.dispose()
    script = made[0] if isinstance(made, list) else made
    assert script is not None
    path = Path(script.path)
    path.write_text(re.sub(r"^ *# ### .*\n", "", path.read_text(), flags=re.MULTILINE))
    return path


def main(arguments: list[str]) -> int:
    match arguments:
        case ["first"]:
            if RELEASED.exists() or len(list(VERSIONS.glob("[0-9]*.py"))) > 1:
                sys.stderr.write("0001 is history: write a new migration with `new \"what changes\"`.\n")
                return 1
            for old in VERSIONS.glob("0001*.py"):
                old.unlink()
            sys.stdout.write(f"{write('The first tables')}\n")
        case ["new", message] if re.search(r"\w", message):
            sys.stdout.write(f"{write(message)}\n")
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
