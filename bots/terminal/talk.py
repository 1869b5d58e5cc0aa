"""`./run chat`: talk as a resident in this terminal; what staff answer appears between the lines."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select

from backend import ids
from backend.conversations.hear import Conversations
from backend.db import reading
from backend.journal.ingest import Ingest, address_index
from backend.journal.models import conversation, inbox, message
from backend.journal.process import process
from backend.messages import OutMessage, RawEvent
from bots.layout import written
from bots.terminal.channel import CAPABILITIES, Terminal, body_of
from bots.terminal.save import transcript

if TYPE_CHECKING:
    from backend.app import Shell

PROMPT = "> "
LONGEST_TURN = 20.0
"""Seconds to wait for a turn that another worker has taken up."""

LOOK_EVERY = 1.0
"""Seconds between looks for what staff wrote meanwhile."""


class Talk:
    """One resident's conversation: hears a line, shows what came back."""

    def __init__(self, shell: Shell, show: Callable[[str], object]) -> None:
        self._shell, self._show = shell, show
        self._ingest = Ingest(shell.engine, shell.clock)
        self._hear = Conversations(shell.words, shell.book, shell.settings).hear
        self._address = f"terminal-{ids.new()}"
        self._seen = 0
        self._turn = threading.Lock()

    def say(self, line: str) -> None:
        """Store the line, take the turn (here, or in a worker that was faster) and show what came back."""
        shell = self._shell
        event = RawEvent("terminal", self._address, ids.new(), shell.clock(), body_of(line))
        with self._turn:
            self._ingest.put_now([event])
            until = time.monotonic() + LONGEST_TURN
            while self._open() and time.monotonic() < until:
                if not process(shell.engine, {"terminal": Terminal()}, self._hear, shell.clock):
                    time.sleep(0.02)
        self.look()

    def look(self) -> None:
        """Show what was said since the last look."""
        with self._turn:
            for text in self._new():
                self._show(text)

    def _open(self) -> bool:
        waiting = select(inbox.c.id).join(conversation, conversation.c.id == inbox.c.conversation_id).where(
            self._mine, inbox.c.done_at.is_(None), inbox.c.parked_at.is_(None))
        with reading(self._shell.engine).connect() as connection:
            return connection.execute(waiting).first() is not None

    def _new(self) -> Iterator[str]:
        said = (
            select(message.c.id, message.c.content)
            .join(conversation, conversation.c.id == message.c.conversation_id)
            .where(self._mine, message.c.direction == "out", message.c.id > self._seen, message.c.hidden_at.is_(None))
            .order_by(message.c.id))
        with reading(self._shell.engine).connect() as connection:
            rows = connection.execute(said).all()
        for row in rows:
            self._seen = row.id
            if row.content:
                yield written(OutMessage.from_json(row.content), CAPABILITIES)

    @property
    def _mine(self) -> ColumnElement[bool]:
        return (conversation.c.channel == "terminal") & (
            conversation.c.address_index == address_index(self._address))


def chat(shell: Shell, save: Path | None = None, lines: Iterable[str] | None = None,
         show: Callable[[str], object] | None = None) -> int:
    """Talk until the input ends (Ctrl-D or Ctrl-C); returns the exit status.

    `save` is where the conversation is written as a transcript test. `lines` and `show` replace keyboard and screen.
    """
    show = show or (lambda text: print(f"\n{text}\n", flush=True))
    talk = Talk(shell, show)
    typed = ["(came)"]
    talk.say("(came)")
    watching = lines is None and sys.stdin.isatty()
    over = threading.Event()
    if watching:
        print("Ctrl-D ends the conversation. (photo), (voice) and (sticker) stand for what cannot be typed.",
              file=sys.stderr)
        threading.Thread(target=_watch, args=(talk, over), daemon=True).start()
    try:
        for line in lines if lines is not None else _keyboard(watching):
            if line.strip():
                typed.append(line.strip())
                talk.say(line.strip())
    except KeyboardInterrupt:
        print(file=sys.stderr)
    finally:
        over.set()
    if save is not None:
        save.write_text(transcript(shell, typed), encoding="utf-8")
        print(f"Saved to {save}.", file=sys.stderr)
    return 0


def _keyboard(prompt: bool) -> Iterator[str]:
    while True:
        try:
            yield input(PROMPT if prompt else "")
        except EOFError:
            return


def _watch(talk: Talk, over: threading.Event) -> None:
    while not over.wait(LOOK_EVERY):
        talk.look()
