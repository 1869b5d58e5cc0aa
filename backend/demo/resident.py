"""An invented resident who goes through the real conversation, one event after the other, at moments in the past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from backend import crypto, ids
from backend.app import Shell
from backend.conversations.hear import Conversations
from backend.journal.batch import Batch
from backend.journal.models import conversation, message
from backend.messages import Incoming, OutMessage
from dialogs.core.heard import Came, Chose, Heard, Said

MOST_TURNS = 120
THINKS = timedelta(seconds=25)
"""How long an invented resident takes over an answer."""

_USUAL = {"cards": "-leave", "household_includes": "none", "program_news": "yes"}
"""What is answered where a script says nothing else: go on from the list of programs."""

_KEPT = tuple(
    column.name
    for column in conversation.columns
    if column.name not in ("id", "tenant_id", "channel", "address", "address_index", "created_at")
)


@dataclass(frozen=True, slots=True)
class Household:
    """One invented household: what it answers (option ids and words), and what it does afterwards.

    `began` is how long before now it first wrote. `stops_at` names the question in front of which it falls silent.
    `offers` are its choices in the menu at the end, in order; `sections` the parts of the survey it fills in.
    `then_says` is typed after everything else.
    """

    answers: dict[str, str]
    began: timedelta
    offers: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    stops_at: str = ""
    then_says: tuple[str, ...] = ()
    district: str = ""


@dataclass(slots=True)
class Resident:
    """One conversation being had. `at` moves on with every answer."""

    shell: Shell
    talks: Conversations
    tenant_id: str
    at: datetime
    serial: Iterator[int]
    home: dict[str, Any] = field(default_factory=dict)

    def begin(self) -> None:
        address = f"demonstration:{ids.new()}"
        row = {
            "id": ids.new(), "tenant_id": self.tenant_id, "channel": "web", "address": address,
            "address_index": crypto.ring().index(address, "conversation.web"), "created_at": self.at,
        }  # fmt: skip
        with self.shell.engine.begin() as c:
            c.execute(insert(conversation).values(row))
            chosen = select(conversation).where(conversation.c.id == row["id"])
            self.home = dict(c.execute(chosen).mappings().one())
        self.does(Came())

    def does(self, heard: Heard) -> None:
        """Let the conversation hear one event, in a transaction of its own, exactly as the journal does."""
        self.at += THINKS
        shown = heard.text if isinstance(heard, Said) else ""
        number = -next(self.serial)  # no raw event stands behind it
        event = {"id": number, "channel": "web", "event_id": f"demonstration:{number}", "happened_at": self.at}
        with self.shell.engine.begin() as c:
            batch = Batch(c, self.at)
            self.talks.hear(batch, self.home, Incoming(heard, shown), event)
            batch.flush()
            self.home["last_heard_at"] = self.at
            self.home["last_event_at"] = round(self.at.timestamp() * 1000)
            self.home["version"] += 1
            mine = update(conversation).where(conversation.c.id == self.home["id"])
            c.execute(mine.values({name: self.home[name] for name in _KEPT}))
            batch.end()

    def question(self) -> OutMessage | None:
        """The question that is open."""
        newest = (
            select(message.c.content)
            .where(message.c.conversation_id == self.home["id"], message.c.direction == "out")
            .order_by(message.c.id.desc())
            .limit(5)
        )
        with self.shell.engine.begin() as c:
            said = [OutMessage.from_json(content) for content in c.execute(newest).scalars() if content]
        return next((one for one in said if one.step), None)

    def lives(self, household: Household) -> None:
        """Answer until the script ends."""
        self.begin()
        answers = {**_USUAL, **household.answers}
        menus = {"offers": iter(household.offers), "sections": iter((*household.sections, "finish"))}
        for _ in range(MOST_TURNS):
            asked = self.question()
            name = (asked.field or asked.step).rsplit(".", 1)[-1] if asked else ""
            if asked is None or name == household.stops_at:
                break
            answer = next(menus[name], "") if name in menus else answers.get(name, "")
            if name in menus and not answer:
                break
            self.does(reply(asked, answer))
        for words in household.then_says:
            self.does(Said(words))


def reply(asked: OutMessage, answer: str) -> Heard:
    """Tap the button with this id; type what is no button; for what the script does not say: the first or "unknown"."""
    options = [button.data.rsplit("|", 1)[-1] for button in asked.numbered]
    aside = [button.data.rsplit("|", 1)[-1] for button in asked.aside]
    if not answer:
        answer = next((option for option in aside if option == "-unknown"), options[0] if options else "わからない")
    if asked.wants == "multi" and asked.picked:
        return Chose(asked.session, asked.step, "-done")
    if answer in options or answer in aside or (asked.wants == "multi" and set(answer.split(",")) <= set(options)):
        return Chose(asked.session, asked.step, answer)
    return Said(answer)

