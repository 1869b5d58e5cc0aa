"""Remind, StopMessages: one gentle reminder at a time, and none for those who want none.

While a person writes on, the reminder that is set is left where it is: it is moved when it comes due, not at every
message. That costs nothing per turn and comes to the same moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.conversations.hearing import Hearing
from backend.followups.plan import drop_due, plan_due
from backend.programs.reminders import cancel
from backend.tasks.raising import open_task, raise_task
from dialogs.core.effects import Remind, StopMessages

REMINDER = "reminder"


def remind(hearing: Hearing, effect: Remind) -> None:
    """Set the one reminder of this conversation, in place of an earlier one."""
    hearing.reminded = True
    kept = hearing.notes.get(REMINDER)
    if kept and kept[:2] == [effect.reminder, effect.days] and kept[2] > _millis(hearing.now):
        return
    _set(hearing, effect.reminder, effect.days, hearing.now + timedelta(days=effect.days))


def stop_messages(hearing: Hearing, _effect: StopMessages) -> None:
    """Nothing unasked from now on; what the person asks is still answered."""
    hearing.conversation["quiet"] = True
    cancel(hearing.batch.connection, hearing.conversation["id"])
    forget(hearing)


def forget(hearing: Hearing) -> None:
    """A sign of life, or the wish for quiet: the reminder that is set is taken back."""
    if hearing.notes.pop(REMINDER, None):
        drop_due(hearing.batch, REMINDER, hearing.conversation["id"])


def too_early(hearing: Hearing, reminder: str) -> bool:
    """Whether the person has written since this reminder was set; it is then moved to when it should come."""
    kept = hearing.notes.get(REMINDER)
    heard_at: datetime | None = hearing.conversation["last_heard_at"]
    if not kept or kept[0] != reminder or heard_at is None:
        return False
    days = timedelta(days=kept[1])
    moved = heard_at + days
    if _millis(heard_at) > kept[2] - days / timedelta(milliseconds=1) and moved > hearing.now:
        _set(hearing, reminder, kept[1], moved)
        return True
    return False


def call_today(hearing: Hearing) -> None:
    """Somebody old and alone who does not answer is called on the same day, besides being reminded."""
    said = hearing.facts().get("household_situation")
    if said is None or not said.given or said.value != "elderly_single" or open_task(hearing.batch, hearing.conversation["id"], "call", topic="alone"):
        return
    raise_task(hearing.batch, hearing.office, "call", topic="alone", case_id=hearing.conversation["case_id"],
               conversation_id=hearing.conversation["id"], due_at=hearing.office.calendar.due(hearing.now, 0))


def _set(hearing: Hearing, reminder: str, days: int, at: datetime) -> None:
    plan_due(hearing.batch, REMINDER, hearing.conversation["id"], at, {"reminder": reminder})
    hearing.notes[REMINDER] = [reminder, days, _millis(at)]


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
