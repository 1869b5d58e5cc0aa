"""`./run telegram connect`: tell Telegram where the webhook is, and which commands its menu shows.

Source: Bot API, setWebhook and setMyCommands.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from backend.words import Catalogues
from bots.telegram.client import Telegram
from bots.telegram.parse import UPDATES
from bots.telegram.routes import PATH
from dialogs.core.words import Text

if TYPE_CHECKING:
    from backend.app import Shell

COMMANDS = (
    ("human", Text("telegram.command.human")),
    ("my_case", Text("telegram.command.my_case")),
    ("programs", Text("telegram.command.programs")),
    ("language", Text("telegram.command.language")),
    ("menu", Text("telegram.command.menu")),
    ("stop", Text("telegram.command.stop")),
)
"""Also words that the dialog hears: `/my_case` is heard as "my case"."""

LANGUAGES = {"": "ja", "en": "en"}
"""Telegram's two-letter codes → our locales; "" is everybody else."""

AT_ONCE = 40
"""Updates Telegram may send in parallel; the journal makes the order."""


async def connect(bot: Bot, public_url: str, secret: str, words: Catalogues) -> None:
    """Set webhook and commands. Raises `TelegramError`."""
    await bot.set_webhook(public_url.rstrip("/") + PATH, secret_token=secret, allowed_updates=list(UPDATES),
                          max_connections=AT_ONCE)
    for code, locale in LANGUAGES.items():
        shown = [BotCommand(name, words.render(label, locale)) for name, label in COMMANDS]
        await bot.set_my_commands(shown, language_code=code or None)


def command(shell: Shell) -> int:
    """The exit status; what went wrong is said in a sentence."""
    settings = shell.settings
    if not settings.telegram:
        print("Set TSUNAGI_TELEGRAM_BOT_TOKEN and TSUNAGI_TELEGRAM_WEBHOOK_SECRET first.", file=sys.stderr)
        return 1
    if not settings.public_url.startswith("https://"):
        print("Telegram only calls https addresses: set TSUNAGI_PUBLIC_URL to the one in front of Tsunagi.",
              file=sys.stderr)
        return 1
    try:
        name = asyncio.run(_connect(shell))
    except TelegramError as failed:
        print(f"Telegram did not take it: {type(failed).__name__}.", file=sys.stderr)
        return 1
    print(f"Telegram now calls {settings.public_url.rstrip('/')}{PATH}.", file=sys.stderr)
    if name and name != settings.telegram_bot_name:
        print(f"People find this bot as @{name}: set TSUNAGI_TELEGRAM_BOT_NAME={name} for the QR codes of the booth.", file=sys.stderr)
    return 0


async def _connect(shell: Shell) -> str:
    """Set everything; the bot's user name."""
    settings = shell.settings
    channel = Telegram(settings.telegram_bot_token, settings.telegram_api_base)
    try:
        await connect(channel.bot(), settings.public_url, settings.telegram_webhook_secret, shell.words)
        return (await channel.bot().get_me()).username or ""
    finally:
        await channel.close()
