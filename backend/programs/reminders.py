"""Reminders of deadlines that residents wished for: set, listed, taken back, moved with the deadline, and sent by the clock.

They come thirty and seven days before, on working days (whoever reads one can ask the desk) and outside the quiet
hours. A person's week does not put them off, because a deadline does not wait, but they count in it. A deadline that staff move, or that another answer changes, takes its reminder along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, select, update

from backend import ids
from backend.audit import service as audit
from backend.calendar import Calendar
from backend.clock import JST, in_japan
from backend.conversations.offices import Office, read_office
from backend.followups.models import due
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.followups.silence import LOOK_AGAIN, silent_homes
from backend.followups.system import row as event
from backend.followups.system import tell_many
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.programs.logged import watch
from backend.programs.looking import look
from backend.programs.models import program_reminder
from backend.programs.of_case import answers_of
from backend.programs.when import next_open
from backend.staff.access import case_for
from backend.staff.roles import Staff
from dialogs.core.heard import FoundProgram

DEADLINE = "deadline"
"""Kind of the due rows; their subject is the reminder."""

DAYS_BEFORE = (30, 7)
AT = time(10, 0)
"""When in the day, in Japan: the desk is open and has time left."""


class Kept(NamedTuple):
    """One reminder that is set."""

    program: str
    deadline: date
    next_on: date


def days_for(deadline: date, today: date, calendar: Calendar) -> tuple[date, ...]:
    """The days on which to remind: always after `today` and before the deadline; the next working day when both are past.

    Empty where no working day is left between.
    """
    planned = {_working(deadline - timedelta(days=days), calendar) for days in DAYS_BEFORE}
    ahead = tuple(sorted(day for day in planned if today < day < deadline))
    soon = calendar.working_days_after(today, 1)
    return ahead or ((soon,) if soon < deadline else ())


def _working(day: date, calendar: Calendar) -> date:
    return day if calendar.is_working_day(day) else calendar.working_days_after(day, 1)


# --- what the resident wishes -----------------------------------------------------------------------------------


def remind_before(
    connection: Connection, office: Office, *, case_id: str, conversation_id: str, program: str, deadline: date, now: datetime
) -> tuple[date, ...]:
    """Set a reminder in place of an earlier one for the same program; returns its days, none where it is too late."""
    cancel(connection, conversation_id, program)
    days = days_for(deadline, in_japan(now).date(), office.calendar)
    if days:
        id = ids.new()
        connection.execute(program_reminder.insert().values(
            id=id, tenant_id=office.id, case_id=case_id, conversation_id=conversation_id, program=program, deadline=deadline,
            next_on=days[0], made_at=now))  # fmt: skip
        put_due(connection, DEADLINE, id, _moment(days[0]), {})
    return days


def listed(connection: Connection, conversation_id: str) -> tuple[Kept, ...]:
    """The reminders of a conversation, the next first."""
    return tuple(Kept(*found) for found in connection.execute(_LISTED, {"here": conversation_id}))


def of_case(connection: Connection, case_id: str) -> Sequence[Any]:
    """The reminders of a case in all of its chats, the next first: id, program, deadline, next_on."""
    shown = select(program_reminder.c.id, program_reminder.c.program, program_reminder.c.deadline, program_reminder.c.next_on)
    return connection.execute(shown.where(program_reminder.c.case_id == case_id, _IS_SET).order_by(
        program_reminder.c.next_on, program_reminder.c.id)).all()


def take_back(connection: Connection, staff: Staff, case_id: str, reminder_id: str, at: datetime) -> None:
    """Staff take one back (they have applied already); one that has gone meanwhile is left. Raises `NotForYou` or `Restricted`."""
    found = case_for(connection, staff, case_id, at, viewing=False)
    mine = select(program_reminder.c.program).where(program_reminder.c.id == reminder_id, program_reminder.c.case_id == found["id"])
    program = connection.execute(mine).scalar()
    if program is not None:
        _drop(connection, [reminder_id])
        audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="reminder.cancelled", object_kind="case",
                     object_id=found["id"], detail={"program": program}, at=at)  # fmt: skip


def cancel(connection: Connection, conversation_id: str, program: str = "") -> None:
    """Take one reminder back, or all of a conversation (「止める」)."""
    mine = program_reminder.c.conversation_id == conversation_id
    if program:
        mine &= program_reminder.c.program == program
    _drop(connection, connection.execute(select(program_reminder.c.id).where(mine)).scalars().all())


def pause(connection: Connection, case_id: str) -> None:
    """The case was closed: nobody is reminded. What was set is kept for `resume`, and listed nowhere meanwhile."""
    mine = select(program_reminder.c.id).where(program_reminder.c.case_id == case_id)
    connection.execute(delete(due).where(due.c.kind == DEADLINE, due.c.subject.in_(mine)))


def resume(connection: Connection, office: Office, case_id: str, now: datetime) -> int:
    """The case was taken up again: what is still ahead is set anew, what is over goes; returns how many are set."""
    kept = connection.execute(select(program_reminder).where(program_reminder.c.case_id == case_id)).mappings().all()
    return sum(_move(connection, dict(row), row["deadline"], office, now) is not None for row in kept)


def _drop(connection: Connection, gone: Iterable[str]) -> None:
    these = list(gone)
    if these:
        connection.execute(delete(due).where(due.c.kind == DEADLINE, due.c.subject.in_(these)))
        connection.execute(delete(program_reminder).where(program_reminder.c.id.in_(these)))


_IS_SET = exists().where(due.c.kind == DEADLINE, due.c.subject == program_reminder.c.id)
_LISTED = (
    select(program_reminder.c.program, program_reminder.c.deadline, program_reminder.c.next_on)
    .where(program_reminder.c.conversation_id == bindparam("here"), _IS_SET)
    .order_by(program_reminder.c.next_on, program_reminder.c.id)
)


# --- what changes meanwhile -------------------------------------------------------------------------------------


def follow(connection: Connection, office: Office, deadlines: Mapping[str, Mapping[str, date | None]], now: datetime) -> int:
    """Move the reminders of cases whose programs have other deadlines now; `deadlines` by case and program. How many moved.

    A program that is no longer possible, or has no day any more, keeps its reminder until it is due: then the clock looks.
    """
    chosen = select(program_reminder).where(program_reminder.c.case_id.in_(deadlines))
    moved = 0
    for row in connection.execute(chosen).mappings().all():
        deadline = deadlines[row["case_id"]].get(row["program"])
        if deadline is not None and deadline != row["deadline"]:
            _move(connection, dict(row), deadline, office, now)
            moved += 1
    return moved


def _move(connection: Connection, row: Mapping[str, Any], deadline: date, office: Office, now: datetime) -> datetime | None:
    """Work out the days anew; None where none is left, which ends the reminder."""
    days = days_for(deadline, in_japan(now).date(), office.calendar)
    if not days:
        _drop(connection, [row["id"]])
        return None
    mine = update(program_reminder).where(program_reminder.c.id == row["id"])
    connection.execute(mine.values(deadline=deadline, next_on=days[0]))
    put_due(connection, DEADLINE, row["id"], _moment(days[0]), {})
    return _moment(days[0])


# --- what the clock does ----------------------------------------------------------------------------------------


def remind_due(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """The handler of `DEADLINE`: tell those whose day has come, in the day, and not while everything is stopped.

    Whoever wants no messages has taken them back (`cancel`); one that was set after that is wished for.
    """
    connection, now = batch.connection, batch.now
    chosen = (
        select(program_reminder, conversation.c.contact, conversation.c.held_by)
        .join(conversation, conversation.c.id == program_reminder.c.conversation_id)
        .where(program_reminder.c.id.in_([one.subject for one in rows]))
    )
    wished = {row["id"]: dict(row) for row in connection.execute(chosen).mappings()}
    silent = silent_homes(connection, {row["conversation_id"] for row in wished.values()})
    offices: dict[str, Office] = {}
    again: dict[int, datetime] = {}
    for one in rows:
        row = wished.get(one.subject)
        if row is None or in_japan(now).date() < row["next_on"]:
            continue  # taken back, or moved a moment ago: it was set anew
        office = offices.get(row["tenant_id"]) or offices.setdefault(row["tenant_id"], read_office(connection, row["tenant_id"], now))
        later = next_open(connection, office, now)
        if row["conversation_id"] in silent:
            again[one.id] = now + LOOK_AGAIN
        elif later > now:
            again[one.id] = later
        elif row["contact"] == "blocked":
            _drop(connection, [row["id"]])
        elif row["held_by"]:
            again[one.id] = _moment(office.calendar.working_days_after(in_japan(now).date(), 1))
        else:
            _remind(connection, office, row, f"near:{one.id}:{one.turn}", now)
    return again


def _remind(connection: Connection, office: Office, row: Mapping[str, Any], event_id: str, now: datetime) -> None:
    program = _program(connection, office, row["case_id"], row["program"], now)
    if program is None or program.deadline is None:
        _drop(connection, [row["id"]])
        return
    today = in_japan(now).date()
    if program.deadline != row["deadline"] and today not in days_for(program.deadline, today - timedelta(days=1), office.calendar):
        _move(connection, row, program.deadline, office, now)
        return
    tell_many(connection, [event(row["conversation_id"], event_id, {"deadline": row["program"]}, now, now)])
    watch(connection, event_id, DEADLINE, now)
    left = [day for day in days_for(program.deadline, today, office.calendar) if (program.deadline - day).days <= min(DAYS_BEFORE)]
    if left and (program.deadline - today).days > min(DAYS_BEFORE):
        mine = update(program_reminder).where(program_reminder.c.id == row["id"])
        connection.execute(mine.values(deadline=program.deadline, next_on=left[0]))
        put_due(connection, DEADLINE, row["id"], _moment(left[0]), {})
    else:
        connection.execute(delete(program_reminder).where(program_reminder.c.id == row["id"]))


def _program(connection: Connection, office: Office, case_id: str, program: str, now: datetime) -> FoundProgram | None:
    found = look(answers_of(connection, case_id), office, in_japan(now).date())
    return next((one for one in found.programs if one.id == program), None)


def _moment(day: date) -> datetime:
    return datetime.combine(day, AT, JST)
