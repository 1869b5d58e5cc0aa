"""The port that every channel implements: what comes in, what goes out, and how a send can end.

The backend knows channels only through this page. A channel turns its raw events into `Incoming`, says what it
can do in `Capabilities`, and sends `OutMessage`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from dialogs.core.heard import Heard


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event as the channel's webhook gave it, ready for the inbox; stored before the webhook answers 200.

    `address` is the channel's id of the person (never logged). `event_id` is the channel's own id, the key that
    makes a redelivery harmless. `lane` 0 goes before 1 (a crisis word must not wait behind a surge).
    """

    channel: str
    address: str
    event_id: str
    happened_at: datetime
    body: bytes
    lane: int = 1
    destination: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a raw event means. `heard` is None when there is nothing to answer (read marks, unknown events).

    `reply` is the channel's one-time reply handle (LINE reply token), `reply_until` when it dies. `shown` is how
    staff see the event (the person's own words, a label, "[photo]" as a text key in `shown_key`).
    `link` is set for `blocked` / `unblocked`.
    """

    heard: Heard | None
    shown: str = ""
    shown_key: str = ""
    reply: str = ""
    reply_until: datetime | None = None
    contact: str = ""  # "" | "blocked" | "unblocked"
    message_ref: str = ""
    attachment: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """`data` is the postback (`session|step|option`), at most 64 bytes so that every channel can carry it."""

    label: str
    data: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutMessage:
    """One rendered message, exactly as it is kept in the history. Channels lay it out; they never reword it.

    `numbered` are the answers (also written as a numbered list, since buttons vanish), `aside` the standing
    buttons, `kind` as in `Say`. `again` marks a message that is sent a second time （再送）.
    """

    text: str
    locale: str
    kind: str = "plain"
    numbered: tuple[Button, ...] = ()
    aside: tuple[Button, ...] = ()
    picked: tuple[str, ...] = ()
    wants: str = ""
    step: str = ""
    session: str = ""
    field: str = ""
    progress: tuple[int, int] | None = None
    key: str = ""
    """Catalogue key the text came from: for staff and tests."""

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"text": self.text, "locale": self.locale}
        for name in ("kind", "picked", "wants", "step", "session", "field", "progress", "key"):
            value = getattr(self, name)
            if value:
                data[name] = list(value) if isinstance(value, tuple) else value
        for name in ("numbered", "aside"):
            buttons: tuple[Button, ...] = getattr(self, name)
            if buttons:
                data[name] = [[b.label, b.data, b.url] for b in buttons]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> OutMessage:
        values: dict[str, Any] = dict(data)
        for name in ("numbered", "aside"):
            values[name] = tuple(Button(*row) for row in values.get(name, ()))
        values["picked"] = tuple(values.get("picked", ()))
        if values.get("progress"):
            first, last = values["progress"]
            values["progress"] = (first, last)
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can carry. Sizes are in the channel's own unit (`unit`)."""

    name: str
    max_text: int
    unit: str  # "utf16" | "chars"
    max_buttons: int
    max_label: int
    label_unit: str  # "graphemes" | "chars"
    max_messages_per_send: int
    idempotent_push: bool
    buttons_vanish: bool = False
    """True where buttons go away or are not shown everywhere: the standing ones are written in the text too."""
    sends: bool = True
    """False for channels that are read by the person (web page, terminal): the outbox is their mailbox."""


# --- how a send can end: closed -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked the account or left: becomes a phone task."""


@dataclass(frozen=True, slots=True)
class Throttled:
    after: float


@dataclass(frozen=True, slots=True)
class Temporary:
    """Try again later with the same key; nothing was delivered, or a repeat is harmless.

    `reply_tried`: the reply handle may be used up by this try. `mark` keeps it as `Delivery.reply_tried`; when it is
    False the handle was not touched and stays as it was.
    """

    why: str
    reply_tried: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Will never be accepted like this; a human must look."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """May or may not have arrived, and a blind repeat could duplicate it: shown to staff."""

    why: str


SendResult: TypeAlias = Accepted | Blocked | Throttled | Temporary | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Delivery:
    """One leased outbox entry: consecutive messages to one address, with what is needed to send them once.

    `key` is stable over retries. `reply` is a reply handle that has not been tried yet, or that timed out inside
    its minute (`reply_tried`). `first_tried_at` decides whether a retry key is still good.
    """

    id: int
    channel: str
    address: str
    messages: tuple[OutMessage, ...]
    key: str
    reply: str = ""
    reply_until: datetime | None = None
    reply_tried: bool = False
    first_tried_at: datetime | None = None
    attempts: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)


# --- what a person sent along -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of an attachment, as the channel gave them."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Gone:
    """The channel no longer has it (unsent, expired, too large to hand out): never ask again."""

    why: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """The channel is still preparing it, or cannot be reached: ask again after so many seconds."""

    after: float


class Attachments(Protocol):
    """A channel from which attachments can be fetched; `ref` as in `SentFile`."""

    async def fetch_attachment(self, ref: str) -> Fetched | Gone | NotYet: ...


class Channel(Protocol):
    """What the worker needs of a channel."""

    name: str
    capabilities: Capabilities

    def parse(self, body: bytes) -> Incoming:
        """What one raw event means. Never raises on strange content: the unknown becomes `Incoming(None)`."""
        ...

    async def send(self, delivery: Delivery) -> SendResult: ...

    async def close(self) -> None: ...
