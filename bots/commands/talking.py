"""`chat`: the resident in a terminal. `line richmenu`, `telegram connect`: what a platform must be told once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bots.commands.shell import opened


def add_commands(commands: Any) -> None:
    chat = commands.add_parser("chat", help="talk as a resident in this terminal")
    chat.add_argument("--save", type=Path, metavar="FILE", help="write the conversation as a transcript test")
    chat.set_defaults(do=_chat)
    line = commands.add_parser("line", help="line richmenu: draw and upload the menu of the LINE account")
    line.add_argument("action", choices=["richmenu"])
    line.add_argument("--out", type=Path, metavar="FILE", help="only draw it, into this PNG")
    line.set_defaults(do=_richmenu)
    telegram = commands.add_parser("telegram", help="telegram connect: set the bot's webhook and its commands")
    telegram.add_argument("action", choices=["connect"])
    telegram.set_defaults(do=_telegram)


def _chat(given: argparse.Namespace) -> int:
    from bots.terminal import chat

    return int(chat(opened(), save=given.save) or 0)


def _richmenu(given: argparse.Namespace) -> int:
    from bots.line.richmenu import command

    return int(command(opened(), out=given.out) or 0)


def _telegram(_given: argparse.Namespace) -> int:
    from bots.telegram.setup import command

    return int(command(opened()) or 0)
