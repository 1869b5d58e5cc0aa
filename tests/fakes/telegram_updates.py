"""Updates as Telegram sends them: shapes of the Bot API page, invented people."""

from __future__ import annotations

import itertools
import secrets
from datetime import datetime
from typing import Any

Update = dict[str, Any]

BOT = {"id": 7000000001, "is_bot": True, "first_name": "つなぎ市", "username": "tsunagi_example_bot"}
_message_ids = itertools.count(1)


def person(number: int, name: str = "花子") -> Update:
    return {"id": number, "is_bot": False, "first_name": name, "language_code": "ja"}


def private(number: int, name: str = "花子") -> Update:
    return {"id": number, "type": "private", "first_name": name}


def message(chat: int, at: datetime, **content: Any) -> Update:
    """A message of the person whose private chat this is; `content` as in Message (text, photo, location, …)."""
    return {"message_id": next(_message_ids), "from": person(chat), "chat": private(chat),
            "date": int(at.timestamp()), **content}


def sent(chat: int, at: datetime, text: str) -> Update:
    """A message of the bot, as sendMessage gives it back."""
    return {**message(chat, at, text=text), "from": BOT}


def pressed(chat: int, at: datetime, data: str) -> Update:
    return {"id": str(secrets.randbelow(2**62)), "from": person(chat), "chat_instance": str(chat), "data": data,
            "message": sent(chat, at, "?")}


def member(chat: int, at: datetime, old: str, new: str) -> Update:
    """The person blocks ("kicked") or takes back ("member") the bot."""

    def role(status: str) -> Update:
        extra = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": BOT, **extra}

    return {"chat": private(chat), "from": person(chat), "date": int(at.timestamp()),
            "old_chat_member": role(old), "new_chat_member": role(new)}


def photo(sizes: tuple[int, ...] = (90, 320, 1280)) -> list[Update]:
    return [{"file_id": f"photo-{w}", "file_unique_id": f"u{w}", "width": w, "height": w * 3 // 4} for w in sizes]


def file(name: str, size: int = 1234) -> Update:
    return {"file_id": f"file-{name}", "file_unique_id": f"u-{name}", "file_name": name, "file_size": size}
