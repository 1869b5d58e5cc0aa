"""A person of the staff is talking: the dialog is silent, but danger is never missed and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping

from backend.cases.service import wait_for_human
from backend.conversations import attachments
from backend.conversations.hearing import Hearing
from backend.conversations.humans import call
from backend.conversations.say import speak
from backend.tasks.raising import HELD, open_task, raise_task
from dialogs.core.danger import assess
from dialogs.core.effects import CallHuman, KeepAttachment
from dialogs.core.heard import Heard, Said, SentFile
from dialogs.core.words import Arg, Text


def keep_silent(hearing: Hearing, heard: Heard, lines: Mapping[str, Arg]) -> None:
    """Take in what the person did; `lines` are today's numbers to call, by crisis topic."""
    wait_for_human(hearing.batch, hearing.conversation)
    if isinstance(heard, SentFile):
        attachments.keep(hearing, KeepAttachment(heard.kind, heard.ref, heard.name))
    level, topic, rule = assess(heard.text) if isinstance(heard, Said) else ("", "", "")
    if level in ("red", "orange"):
        about = hearing.office.about
        args: dict[str, Arg] = {"municipality": about.name, "phone": about.phone, "hours": about.hours}
        args["lines"] = lines.get(topic) or lines[""]
        speak(hearing, Text(f"crisis.{level}.{topic}", args), "crisis")
    if level:
        call(hearing, CallHuman(level, topic, rule))
    else:
        _answer_awaited(hearing)


def _answer_awaited(hearing: Hearing) -> None:
    """Whoever took the conversation may have gone home: an answer that stays out becomes known to those on duty."""
    home = hearing.conversation
    if open_task(hearing.batch, home["id"], "talk") is None:
        where = {"conversation_id": home["id"], "case_id": home["case_id"]}
        raise_task(hearing.batch, hearing.office, "talk", topic=HELD, **where)
