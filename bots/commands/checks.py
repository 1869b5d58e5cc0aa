"""`dialogs check|draw|publish`, `locales check`, `hotlines check`, `programs …`: what can be looked over at a desk."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import dialogs
from backend.forms import command as forms
from backend.programs import command as programs
from backend.takeout import command as takeout
from bots.commands.shell import opened
from dialogs.core.check import keys_used, problems
from dialogs.core.draw import draw
from dialogs.publish import changed, lock_text
from dialogs.registry import BOOK

LOCK = Path(dialogs.__file__).parent / "published.lock"


def add_commands(commands: Any) -> None:
    talk = commands.add_parser("dialogs", help="dialogs check | draw [NAME] | publish: the conversations")
    talk.add_argument("action", choices=["check", "draw", "publish"])
    talk.add_argument("name", nargs="?", default="", help="draw: only this dialog")
    talk.set_defaults(do=_dialogs)
    words = commands.add_parser("locales", help="locales check: every word in every language")
    words.add_argument("action", choices=["check"])
    words.set_defaults(do=_locales)
    lines = commands.add_parser("hotlines", help="hotlines check: numbers that must be looked up again")
    lines.add_argument("action", choices=["check"])
    lines.set_defaults(do=_hotlines)
    programs.add_commands(commands, opened)
    forms.add_commands(commands, opened)
    takeout.add_commands(commands, opened)


def _dialogs(given: argparse.Namespace) -> int:
    if given.action == "draw":
        for dialog in BOOK.values():
            if given.name in ("", dialog.name):
                print(draw(dialog))
        return 0
    if given.action == "publish":
        found = changed(BOOK, LOCK.read_text(encoding="utf-8"))
        if not found:
            LOCK.write_text(lock_text(BOOK), encoding="utf-8")
    else:
        found = [*problems(BOOK), *changed(BOOK, LOCK.read_text(encoding="utf-8"))]
    return _report(found, f"{len(BOOK)} dialogs, {len(keys_used(BOOK))} keys: sound.")


def _locales(_given: argparse.Namespace) -> int:
    from locales import check

    return check.main()


def _hotlines(_given: argparse.Namespace) -> int:
    from backend import clock
    from backend.hotlines import Hotlines

    return _report(Hotlines.load().due(clock.in_japan(clock.now()).date()), "Every number was looked up within its time.")


def _report(found: list[str], otherwise: str) -> int:
    for problem in found:
        print(problem)
    if not found:
        print(otherwise, file=sys.stderr)
    return 1 if found else 0
