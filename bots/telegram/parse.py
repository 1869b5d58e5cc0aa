"""What a Telegram update means.

Source: Bot API 10.1, Update, Message, CallbackQuery, ChatMemberUpdated; channels.md §3. Only private chats are
answered; what happens in groups is kept and left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from backend.messages import Incoming, RawEvent
from bots.clean import clean
from bots.danger import danger
from bots.danger import heard as with_danger
from bots.place import placed
from bots.raw import fingerprint, kept, mapping, moment, opened, words
from dialogs.core.heard import Came, Chose, Heard, Said, SentFile

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""`allowed_updates`: what is asked for. Anything else that comes is kept and means nothing."""

NOBODY = "-"
"""Address of updates outside private chats: never answered."""

ANSWER_WITHIN = timedelta(seconds=60)
"""How long a pressed button waits for its answer (the little clock on it); later answers are refused."""

_FILES = {
    "voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video",
    "document": "file",
}
MOST_LINES = 30
"""Lines of a poll or checklist that are read; Telegram allows fewer."""
MOST_BESIDE = 2000
"""Characters of such words that staff see."""
_OTHER = ("poll", "dice", "game", "story", "checklist", "paid_media", "live_photo")


def raw_event(update: Mapping[str, Any], bot: str, received: datetime) -> RawEvent:
    """One update for the inbox, kept whole; its id is unique per bot. Raises ValueError when nested too deeply."""
    number = update.get("update_id")
    known = isinstance(number, int) and not isinstance(number, bool)
    written = _written(mapping(update.get("message") or update.get("edited_message")))
    return RawEvent(
        channel="telegram",
        address=_chat(update) or NOBODY,
        event_id=f"{bot}:{number}" if known else f"{bot}:{fingerprint(update)}",
        happened_at=_happened(update) or received.replace(microsecond=0),
        body=kept("update", update, received),
        lane=0 if any(danger(words) for words in written) else 1,
        destination=bot,
    )


def parse(body: bytes) -> Incoming:
    """What one kept update means; the unknown becomes `Incoming(None)`."""
    update, received = opened("update", body)
    if not _chat(update):
        return Incoming(None)
    if isinstance(update.get("message"), dict):
        return _message(update["message"])
    if isinstance(update.get("edited_message"), dict):
        return _edited(update["edited_message"])
    if isinstance(update.get("callback_query"), dict):
        return _pressed(update["callback_query"], received)
    if isinstance(update.get("my_chat_member"), dict):
        return _member(update["my_chat_member"])
    return Incoming(None)


def _message(message: Mapping[str, Any]) -> Incoming:
    ref = _ref(message)
    text = clean(words(message.get("text")))
    if text:
        return Incoming(_said(text), shown=text, message_ref=ref)
    if isinstance(message.get("location"), dict):
        return _place(message, ref)
    if isinstance(message.get("contact"), dict):
        return _contact(message, ref)
    if isinstance(message.get("sticker"), dict):
        return Incoming(SentFile("sticker"), clean(words(message["sticker"].get("emoji"))), "shown.sticker",
                        message_ref=ref)
    photos = message.get("photo")
    if isinstance(photos, list) and photos:
        return _file(message, "photo", mapping(photos[-1]), ref)  # sizes ascend: the last is the largest
    for name, kind in _FILES.items():
        if isinstance(message.get(name), dict):
            return _file(message, kind, message[name], ref)
    if any(name in message for name in _OTHER):
        written = _written(message)
        return Incoming(with_danger(SentFile("other"), *written), shown=" / ".join(written)[:MOST_BESIDE], shown_key="shown.other", message_ref=ref)
    return Incoming(None)  # service messages: pinned, title changed


def _said(text: str) -> Heard:
    """Words, `/start payload` from a link, or another command: `/menu@tsunagi_bot` is the word "menu"."""
    if not text.startswith("/"):
        return Said(text)
    command, _, rest = text.partition(" ")
    name = command[1:].partition("@")[0]
    if name == "start":
        return Came(rest.strip()[:64]) if not danger(rest) else Said(rest.strip())
    return Said(f"{name.replace('_', ' ')} {rest}".strip())


def _file(message: Mapping[str, Any], kind: str, file: Mapping[str, Any], ref: str) -> Incoming:
    """A file with its caption. Words of danger in a caption are heard as words; the file is kept either way."""
    held, name = words(file.get("file_id")), clean(words(file.get("file_name")))
    caption = clean(words(message.get("caption")))
    return Incoming(with_danger(SentFile(kind, held, name), caption, name), shown=caption or name, shown_key=f"shown.{kind}", message_ref=ref,
                    attachment={"kind": kind, "ref": held, "name": name})


def _place(message: Mapping[str, Any], ref: str) -> Incoming:
    location, venue = mapping(message.get("location")), mapping(message.get("venue"))
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return Incoming(SentFile("other"), shown_key="shown.other", message_ref=ref)
    address = clean(words(venue.get("address")) or words(venue.get("title")))
    return placed(float(latitude), float(longitude), address, _written(message), ref)


def _contact(message: Mapping[str, Any], ref: str) -> Incoming:
    """One's own number is an answer; somebody else's is only kept for a human to look at."""
    contact = mapping(message.get("contact"))
    number = clean(words(contact.get("phone_number")))
    own = contact.get("user_id") is not None and contact.get("user_id") == mapping(message.get("from")).get("id")
    other = with_danger(SentFile("contact", "", number), *_written(message))
    return Incoming(Said(number) if own and number else other, shown=number, shown_key="" if own else "shown.contact", message_ref=ref)


def _edited(message: Mapping[str, Any]) -> Incoming:
    """An edited text is not a new answer; staff see it. Words of danger are heard all the same."""
    text = _text(message)
    return Incoming(Said(text) if text and danger(text) else None, shown=text, shown_key="shown.edited",
                    message_ref=_ref(message))


def _pressed(query: Mapping[str, Any], received: datetime | None) -> Incoming:
    data = clean(words(query.get("data")))
    parts = data.split("|")
    chose = Chose(*parts) if len(parts) == 3 else Chose("", "", data[:100])
    incoming = Incoming(chose, shown=chose.option, shown_key="shown.chose")
    if received is None or not words(query.get("id")):
        return incoming
    return replace(incoming, reply=words(query.get("id")), reply_until=received + ANSWER_WITHIN)


def _member(change: Mapping[str, Any]) -> Incoming:
    match mapping(change.get("new_chat_member")).get("status"):
        case "kicked":
            return Incoming(None, shown_key="shown.blocked", contact="blocked")
        case "member":
            return Incoming(None, shown_key="shown.unblocked", contact="unblocked")
        case _:
            return Incoming(None)


def _chat(update: Mapping[str, Any]) -> str:
    """The id of the private chat an update belongs to; empty for groups, channels and unknown updates."""
    for name in UPDATES:
        inner = mapping(update.get(name))
        if name == "callback_query" and inner:
            message = mapping(inner.get("message"))
            # A message too old to be shown, or none at all: the person's id is the id of their private chat.
            chat = mapping(message.get("chat")) or {"type": "private", "id": mapping(inner.get("from")).get("id")}
        else:
            chat = mapping(inner.get("chat"))
        number = chat.get("id")
        if chat.get("type") == "private" and isinstance(number, int) and not isinstance(number, bool):
            return str(number)[:100]
    return ""


def _happened(update: Mapping[str, Any]) -> datetime | None:
    """When it happened, to the second; updates of one second are ordered by their number. A tap carries no time."""
    for name in ("message", "edited_message", "my_chat_member"):
        inner = mapping(update.get(name))
        seconds = inner.get("edit_date") or inner.get("date")
        if isinstance(seconds, int) and 0 < seconds < 2**40:
            return moment(seconds * 1000)
    return None


def _text(message: Mapping[str, Any]) -> str:
    return clean(words(message.get("text")) or words(message.get("caption")))


def _written(message: Mapping[str, Any]) -> list[str]:
    """Every word that a person wrote in a message, wherever Telegram lets them write."""
    venue, contact, poll, list_ = (mapping(message.get(name)) for name in ("venue", "contact", "poll", "checklist"))
    found = [message.get("text"), message.get("caption"), venue.get("title"), venue.get("address"), contact.get("first_name"),
             contact.get("last_name"), poll.get("question"), list_.get("title")]
    found += [mapping(message.get(name)).get("file_name") for name in _FILES]
    for lines in (poll.get("options"), list_.get("tasks")):
        found += [mapping(line).get("text") for line in lines[:MOST_LINES]] if isinstance(lines, list) else []
    return [clean(words(one)) for one in found if one and isinstance(one, str)]


def _ref(message: Mapping[str, Any]) -> str:
    number = message.get("message_id")
    return str(number)[:100] if isinstance(number, int) else ""
