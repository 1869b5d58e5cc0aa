"""A training disaster: the real system with invented people in a folder of its own, which reaches nobody and disappears.

Nothing is taken from the deployment but the port: no channel, no key, no database. Whoever has a channel configured is
refused, because a rehearsal that could write to real people is none.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

from sqlalchemy import select

from backend.app import Shell
from backend.settings import Settings, SettingsError
from backend.tenants import service as tenants
from backend.tenants.models import tenant
from backend.tenants.service import By
from backend.words import Catalogues
from bots.channels import configured_channels
from bots.commands import serving
from bots.commands.shell import opened, seed_if_empty
from dialogs.core.words import Text

PREFIX = "tsunagi-rehearsal-"
OWNER = "process"
"""File in the folder: the process id of the rehearsal it belongs to."""
KEEPS = ("TSUNAGI_PORT", "TSUNAGI_PUBLIC_URL", "TSUNAGI_LOG_LEVEL", "TSUNAGI_VENV")
NOBODY = frozenset({"web", "terminal"})
"""Channels that people open by themselves: nothing is sent to anybody."""
SCRIPT = (
    "rehearsal.try_chat", "rehearsal.try_danger", "rehearsal.try_case", "rehearsal.try_visit", "rehearsal.try_campaign",
    "rehearsal.try_stop", "rehearsal.try_figures",
)  # fmt: skip


def rehearse(env: MutableMapping[str, str] | None = None) -> int:
    """Run a rehearsal until Ctrl-C; what was made is gone afterwards. Raises `SettingsError` where a channel is configured."""
    env = os.environ if env is None else env
    refuse_channels(Settings.from_env(env))
    for gone in sweep(Path(tempfile.gettempdir())):
        print(f"Removed what a rehearsal left behind that was killed: {gone.name}", file=sys.stderr)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    print("Preparing a rehearsal …", file=sys.stderr, flush=True)
    try:
        (folder / OWNER).write_text(str(os.getpid()))
        isolate(env, folder)
        shell = opened()
        refuse_channels(shell.settings)
        seed_if_empty(shell)
        mark(shell)
        tell(shell.words)
        print("Starting web and worker (some seconds) …", file=sys.stderr, flush=True)
        shell.engine.dispose()
        return serving.start(argparse.Namespace())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        print("The rehearsal is over, and everything of it is gone.", file=sys.stderr)


def refuse_channels(settings: Settings) -> None:
    """Raises `SettingsError` when anything is configured by which a real person could be reached."""
    there = sorted(set(configured_channels(settings)) - NOBODY)
    if there:
        raise SettingsError(
            f"A rehearsal must not be able to reach anybody, and this shell is configured for: {', '.join(there)}. "
            "Start it where no TSUNAGI_LINE_…, TSUNAGI_TELEGRAM_…, TSUNAGI_SMS_… or TSUNAGI_SMTP_URL is set.")


def isolate(env: MutableMapping[str, str], folder: Path) -> None:
    """From here on the settings are the rehearsal's: its folder, and nothing of the deployment but where it listens."""
    for name in [name for name in env if name.startswith("TSUNAGI_") and name not in KEEPS]:
        del env[name]
    env["TSUNAGI_DATA_DIR"] = str(folder)


def sweep(place: Path) -> list[Path]:
    """Remove the folders of rehearsals whose process is gone (`kill -9`, a power cut); returns which."""
    gone = []
    for folder in sorted(place.glob(f"{PREFIX}*")):
        if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid() or _alive(folder / OWNER):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        gone.append(folder)
    return gone


def _alive(owner: Path) -> bool:
    try:
        os.kill(int(owner.read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


def mark(shell: Shell) -> None:
    """Every page and every message says that this is a rehearsal."""
    with shell.engine.begin() as c:
        row = c.execute(select(tenant.c.id, tenant.c.version, tenant.c.demonstration)).one()
        if not row.demonstration:
            raise SettingsError("A rehearsal runs on demonstration data only.")
        named = {locale: shell.words.render(Text("rehearsal.town"), locale) for locale in ("ja", "en")}
        tenants.change(c, row.id, By(None, shell.clock()), row.version, name=named)


def tell(words: Catalogues) -> None:
    """What trainees can try, in Japanese."""
    print(words.render(Text("rehearsal.begins"), "ja"))
    for number, key in enumerate(SCRIPT, 1):
        print(f"  {number}. {words.render(Text(key), 'ja')}")
    print(flush=True)
