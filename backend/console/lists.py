"""Load the list of cases, and of conversations without a case, for one reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, or_, select

from backend.cases.models import answer, case
from backend.console.queue import Entry, Waiting
from backend.journal.models import conversation
from backend.people.models import person
from backend.plans import afterwards, not_by
from backend.referrals.models import referral
from backend.staff.access import may_see, reach
from backend.staff.models import staff as staff_table
from backend.staff.roles import CARRIES_CASES, OPERATOR, Staff
from backend.tasks.models import task
from backend.tasks.rules import DANGER
from backend.teams.rules import Mine

MOST_TASKS = 500
"""Open tasks read for one list. More than a team can do in a day; the most urgent come first."""
MOST_OTHERS = 100
"""Cases and conversations in which nothing waits, newest change first."""
_CHUNK = 400


def waiting_tasks(connection: Connection, staff: Staff, mine: Mine | None = None) -> list[Any]:
    """The open tasks that this account may see to, most urgent first; with `mine`, its own work and every danger.

    `came_back` says that a professional declined the referral: somebody has to find another way.
    """
    danger = task.c.kind.in_(DANGER)
    lone = task.c.case_id.is_(None)
    reached = or_(lone, reach(staff), danger) if staff.role in CARRIES_CASES else reach(staff)
    chosen = (
        select(task, (referral.c.state == "declined").label("came_back"))
        .join(case, case.c.id == task.c.case_id, isouter=True)
        .join(referral, referral.c.id == task.c.referral_id, isouter=True)
        .where(task.c.tenant_id == staff.tenant_id, task.c.done_at.is_(None), reached)
        .order_by(task.c.rank, task.c.due_at, task.c.id)
        .limit(MOST_TASKS)
    )
    if mine is not None:
        held = select(conversation.c.id).where(
            conversation.c.tenant_id == staff.tenant_id, conversation.c.held_by == staff.id)
        chosen = chosen.where(or_(whose(mine), danger, task.c.conversation_id.in_(held)))
    return list(connection.execute(chosen))


def whose(mine: Mine) -> ColumnElement[bool]:
    """The cases that somebody's own work is in: what they carry or stand in for, and their teams' unclaimed ones."""
    box = case.c.assigned_to.is_(None) & case.c.team.in_(mine.teams)
    return or_(case.c.assigned_to.in_(mine.carriers), box) if mine.teams else case.c.assigned_to.in_(mine.carriers)


def dangers(connection: Connection, tenant_id: str) -> list[Any]:
    """Red and orange tasks that nobody has acknowledged: the banner on every page (§3.2, sticky)."""
    chosen = (
        select(task.c.id, task.c.kind, task.c.case_id, task.c.conversation_id, task.c.made_at, task.c.due_at)
        .where(
            task.c.tenant_id == tenant_id, task.c.done_at.is_(None), task.c.acked_at.is_(None), task.c.kind.in_(DANGER)
        )
        .order_by(afterwards(task.c.rank), task.c.made_at, task.c.id)  # every page asks: found among the dangers, not along all open tasks
        .limit(20)
    )
    return list(connection.execute(chosen))


def entries(connection: Connection, staff: Staff, mine: Mine | None = None) -> list[Entry]:
    """One entry per case and per conversation without a case; what waits is complete, the rest is the newest.

    With `mine` only somebody's own work, and every danger. Names of people with a case are left out: see `named`.
    """
    by_case: dict[str, list[Waiting]] = defaultdict(list)
    by_conversation: dict[str, list[Waiting]] = defaultdict(list)
    for row in waiting_tasks(connection, staff, mine):
        seen = Waiting(row.id, row.kind, row.rank, row.made_at, row.due_at, row.acked_at is not None, bool(row.came_back))
        if row.case_id:
            by_case[row.case_id].append(seen)
        elif row.conversation_id:
            by_conversation[row.conversation_id].append(seen)
    talks = _conversations(connection, staff, list(by_conversation))
    for talk in talks:
        if talk.case_id:  # a task made before there was a case waits on the case now, and so does who holds it
            by_case[talk.case_id] += by_conversation.pop(talk.id, [])
    cases = _cases(connection, staff, list(by_case), mine)
    last_talk = _last_talks(connection, [row.id for row in cases])
    names = names_of_staff(connection, staff.tenant_id)
    made = [_of_case(staff, row, last_talk.get(row.id), tuple(by_case[row.id]), names) for row in cases]
    lone = [row for row in talks if not row.case_id and staff.role in CARRIES_CASES]
    if mine is not None:
        lone = [row for row in lone if row.held_by == staff.id or any(one.kind in DANGER for one in by_conversation[row.id])]
    called = given_names(connection, [row.id for row in lone])
    made += [_of_talk(row, tuple(by_conversation[row.id]), names, called.get(row.id, "")) for row in lone]
    return made


def named(connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
    """The same entries with the names of those who may be named: opened for what is shown, not for all that waits."""
    known: dict[str, Any] = {}
    for chunk in _chunks([entry.case_id for entry in entries if entry.case_id and not entry.hidden]):
        chosen = select(case.c.id, person.c.name, person.c.kana).join(person, person.c.id == case.c.person_id).where(case.c.id.in_(chunk))
        known.update((row.id, row) for row in connection.execute(chosen))
    return [replace(entry, name=row.name or "", kana=row.kana or "") if (row := known.get(entry.case_id)) else entry for entry in entries]


def names_of_staff(connection: Connection, tenant_id: str) -> dict[str, str]:
    """Everybody's name by account id, former accounts included."""
    rows = connection.execute(select(staff_table.c.id, staff_table.c.name).where(staff_table.c.tenant_id == tenant_id))
    return {row.id: row.name for row in rows}


def _cases(connection: Connection, staff: Staff, ids: list[str], mine: Mine | None) -> list[Any]:
    shown = (
        case.c.id, case.c.number, case.c.district, case.c.damage_level, case.c.restricted, case.c.demonstration,
        case.c.assigned_to, case.c.team, case.c.waiting_since, case.c.changed_at,
    )
    own = select(*shown).where(reach(staff))
    theirs, changed = own, cast("ColumnElement[Any]", case.c.changed_at)
    if mine is not None or staff.role == OPERATOR:  # few of many: found by who carries them, then sorted
        theirs, changed = own if mine is None else own.where(whose(mine)), afterwards(changed)
    newest = theirs.where(case.c.status == "open").order_by(changed.desc(), case.c.id.desc()).limit(MOST_OTHERS)
    waiting = theirs.where(case.c.waiting_since.is_not(None)).order_by(case.c.waiting_since).limit(MOST_TASKS)
    rows = {row.id: row for chosen in (newest, waiting) for row in connection.execute(chosen)}
    by_id = select(*shown).where(
        not_by(reach(staff), case.c.tenant_id, case.c.assigned_to, case.c.district))
    for chunk in _chunks([id_ for id_ in ids if id_ not in rows]):
        rows.update((row.id, row) for row in connection.execute(by_id.where(case.c.id.in_(chunk))))
    return list(rows.values())


def _conversations(connection: Connection, staff: Staff, ids: list[str]) -> list[Any]:
    """Those without a case, those somebody holds or waits in, and those named."""
    shown = (
        conversation.c.id, conversation.c.case_id, conversation.c.locale, conversation.c.channel,
        conversation.c.held_by, conversation.c.waiting_since, conversation.c.last_heard_at, conversation.c.created_at,
    )
    own = select(*shown).where(conversation.c.tenant_id == staff.tenant_id)
    lone = own.where(conversation.c.case_id.is_(None))
    newest = lone.order_by(conversation.c.created_at.desc(), conversation.c.id.desc()).limit(MOST_OTHERS)
    held = own.where(conversation.c.held_by.is_not(None)).limit(MOST_TASKS)
    waiting = own.where(conversation.c.waiting_since.is_not(None)).order_by(conversation.c.waiting_since).limit(MOST_TASKS)
    rows = {row.id: row for chosen in (newest, held, waiting) for row in connection.execute(chosen)}
    by_id = select(*shown).where(not_by(conversation.c.tenant_id, conversation.c.tenant_id) == staff.tenant_id)
    for chunk in _chunks([id_ for id_ in ids if id_ not in rows]):
        rows.update((row.id, row) for row in connection.execute(by_id.where(conversation.c.id.in_(chunk))))
    return list(rows.values())


def _last_talks(connection: Connection, case_ids: list[str]) -> dict[str, Any]:
    """The newest conversation of each case."""
    found: dict[str, Any] = {}
    shown = (
        conversation.c.case_id, conversation.c.id, conversation.c.locale, conversation.c.channel,
        conversation.c.held_by, conversation.c.waiting_since, conversation.c.last_heard_at,
    )
    for chunk in _chunks(case_ids):
        rows = connection.execute(
            select(*shown).where(conversation.c.case_id.in_(chunk)).order_by(conversation.c.last_heard_at, conversation.c.id)
        )
        found.update((row.case_id, row) for row in rows)
    return found


def given_names(connection: Connection, conversation_ids: list[str]) -> dict[str, str]:
    """The names that people without a case have given so far."""
    found: dict[str, str] = {}
    for chunk in _chunks(conversation_ids):
        chosen = select(answer.c.conversation_id, answer.c.value).where(
            answer.c.conversation_id.in_(chunk), answer.c.field == "name", answer.c.state == "given",
            answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False),
        )  # fmt: skip
        found.update((row.conversation_id, str(row.value)) for row in connection.execute(chosen))
    return found


def _of_case(staff: Staff, row: Any, talk: Any, tasks: tuple[Waiting, ...], names: dict[str, str]) -> Entry:
    since = min((at for at in (row.waiting_since, talk.waiting_since if talk else None) if at), default=None)
    if not may_see(staff, row.restricted, row.assigned_to):
        return Entry(
            row.id, "", row.changed_at, tasks, number=row.number, hidden=True, restricted=True,
            assigned=names.get(row.assigned_to, ""), unclaimed=row.assigned_to is None, team=row.team, waiting_since=since,
        )
    return Entry(
        row.id, talk.id if talk else "", row.changed_at, tasks, number=row.number, restricted=row.restricted, demonstration=row.demonstration, district=row.district,
        damage_level=row.damage_level, locale=talk.locale if talk else "", channel=talk.channel if talk else "",
        assigned=names.get(row.assigned_to, ""), unclaimed=row.assigned_to is None, team=row.team, held=names.get(talk.held_by, "") if talk else "", waiting_since=since,
    )


def _of_talk(row: Any, tasks: tuple[Waiting, ...], names: dict[str, str], name: str) -> Entry:
    return Entry(
        "", row.id, row.last_heard_at or row.created_at, tasks, name=name, locale=row.locale, channel=row.channel,
        held=names.get(row.held_by, ""), waiting_since=row.waiting_since,
    )


def _chunks(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
