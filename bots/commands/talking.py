"""`chat`: the resident in a terminal. `line …`, `telegram connect`: what a platform must be told once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bots.commands.shell import opened, seed_if_empty


def add_commands(commands: Any) -> None:
    chat = commands.add_parser("chat", help="talk as a resident in this terminal")
    chat.add_argument("--save", type=Path, metavar="FILE", help="write the conversation as a transcript test")
    chat.set_defaults(do=_chat)
    line = commands.add_parser("line", help="line connect|check|richmenu: set the webhook, look it over, upload the menu")
    line.add_argument("action", choices=["connect", "check", "richmenu"])
    line.add_argument("--out", type=Path, metavar="FILE", help="richmenu: only draw it, into this PNG")
    line.set_defaults(do=_line)
    telegram = commands.add_parser("telegram", help="telegram connect: set the bot's webhook and its commands")
    telegram.add_argument("action", choices=["connect"])
    telegram.set_defaults(do=_telegram)


def _chat(given: argparse.Namespace) -> int:
    from bots.terminal import chat

    shell = opened()
    seed_if_empty(shell)
    return int(chat(shell, save=given.save) or 0)


def _line(given: argparse.Namespace) -> int:
    from bots.line import richmenu, setup

    if given.action == "richmenu":
        return int(richmenu.command(opened(), out=given.out) or 0)
    return setup.command(opened(), given.action)


def _telegram(_given: argparse.Namespace) -> int:
    from bots.telegram.setup import command

    return int(command(opened()) or 0)
