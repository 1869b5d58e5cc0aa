"""The reminders of deadlines that a household wished for, as the programs panel lists them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from backend.conversations.offices import Office
from backend.programs import reminders
from backend.programs.looking import name_of
from dialogs.core.words import Words


class Set(NamedTuple):
    """One reminder: of which program, its deadline, and the day on which the next message goes out."""

    id: str
    name: Words
    deadline: date
    next_on: date


def reminders_of(connection: Connection, office: Office, case_id: str) -> list[Set]:
    """Those of a case in all of its chats, the next first."""
    return [Set(row.id, name_of(office, row.program), row.deadline, row.next_on) for row in reminders.of_case(connection, case_id)]
