"""The command line `tsunagi`, reached as `./run COMMAND`. Without a command it starts everything.

What a command answers goes to standard output, everything else to standard error, so that pipes stay clean.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from backend.settings import SettingsError
from bots.commands import accounts, checks, lists, rehearsing, serving, talking, trying

GROUPS = (serving, talking, accounts, checks, lists, trying, rehearsing)


def parser() -> argparse.ArgumentParser:
    """Every command there is; each module of `bots.commands` adds its own."""
    whole = argparse.ArgumentParser(prog="./run", description="Tsunagi: from a resident's chat to a case, programs and a human who was told.")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for group in GROUPS:
        group.add_commands(commands)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all went well. A setting that is wrong is explained in one sentence, with status 2."""
    given = parser().parse_args(argv)
    try:
        if given.command is None:
            return serving.start(given)
        return int(given.do(given) or 0)
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
