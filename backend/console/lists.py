"""Load the list of cases, and of conversations without a case, for one reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, or_, select

from backend.cases.models import answer, case
from backend.console.queue import Entry, Place, Waiting
from backend.journal.models import conversation
from backend.people.models import person
from backend.plans import afterwards, not_by
from backend.referrals.models import referral
from backend.staff.access import may_see, reach
from backend.staff.roles import CARRIES_CASES, OPERATOR, Staff
from backend.tasks.models import task
from backend.tasks.rules import DANGER
from backend.teams.rules import Mine

MOST_TASKS = 500
"""Open tasks read for one list. More than a team can do in a day; the most urgent come first."""
MOST_OTHERS = 100
"""Cases and conversations in which nothing waits, newest change first."""
_CHUNK = 400
_PLACED = (case.c.changed_at, case.c.waiting_since, case.c.assigned_to, case.c.restricted)
_SHOWN = (case.c.id, case.c.number, case.c.district, case.c.damage_level, case.c.restricted, case.c.demonstration, case.c.assigned_to,
          case.c.team, case.c.changed_at)  # fmt: skip


def waiting_tasks(connection: Connection, staff: Staff, mine: Mine | None = None) -> list[Any]:
    """The open tasks that this account may see to, most urgent first; with `mine`, its own work and every danger.

    `came_back` says that a professional declined the referral: somebody has to find another way. `within`: the task's case, of which
    the row holds what its place in the list needs, is one that the account may open; a danger is told of elsewhere too.
    """
    danger = task.c.kind.in_(DANGER)
    lone = task.c.case_id.is_(None)
    near = reach(staff)
    reached = or_(lone, near, danger) if staff.role in CARRIES_CASES else near
    chosen = (
        select(
            task.c.id, task.c.kind, task.c.rank, task.c.made_at, task.c.due_at, task.c.acked_at.is_not(None).label("acked"), task.c.case_id,
            task.c.conversation_id, (referral.c.state == "declined").label("came_back"), near.label("within"), *_PLACED,
        )
        .join(case, case.c.id == task.c.case_id, isouter=True)
        .join(referral, referral.c.id == task.c.referral_id, isouter=True)
        .where(task.c.tenant_id == staff.tenant_id, task.c.done_at.is_(None), reached)
        .order_by(task.c.rank, task.c.due_at, task.c.id)
        .limit(MOST_TASKS)
    )  # fmt: skip
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


def places(connection: Connection, staff: Staff, mine: Mine | None = None) -> list[Place]:
    """One for each case and for each conversation without a case; what waits is complete, the rest is the newest.

    Only what the order follows from is read: most of what waits is counted and not shown (`told`). With `mine` only somebody's own
    work, and every danger.
    """
    by_case: dict[str, list[Waiting]] = defaultdict(list)
    by_conversation: dict[str, list[Waiting]] = defaultdict(list)
    cases: dict[str, Any] = {}
    for row in waiting_tasks(connection, staff, mine):
        seen = Waiting(row.id, row.kind, row.rank, row.made_at, row.due_at, bool(row.acked), bool(row.came_back))
        if row.case_id:
            by_case[row.case_id].append(seen)
            if row.within:
                cases[row.case_id] = row
        elif row.conversation_id:
            by_conversation[row.conversation_id].append(seen)
    talks = _talks(connection, staff, list(by_conversation))
    moved = [talk for talk in talks if talk.case_id]
    for talk in moved:  # a task made before there was a case waits on the case now
        by_case[talk.case_id] += by_conversation.pop(talk.id, [])
    cases |= _cases(connection, staff, [talk.case_id for talk in moved if talk.case_id not in cases], mine)
    talking = _talking(connection, [id_ for id_, row in cases.items() if row.waiting_since is None])
    made = []
    for id_, row in cases.items():
        talk = talking.get(id_)
        since, held = (row.waiting_since, "") if talk is None else (talk.waiting_since, talk.held_by or "")
        held = held if may_see(staff, row.restricted, row.assigned_to) else ""
        made.append(Place(id_, "", row.changed_at, tuple(by_case[id_]), row.assigned_to is None, since, held))
    if staff.role not in CARRIES_CASES:
        return made
    lone = [row for row in talks if not row.case_id]
    if mine is not None:
        lone = [row for row in lone if row.held_by == staff.id or any(one.kind in DANGER for one in by_conversation[row.id])]
    return made + [
        Place("", row.id, row.last_heard_at or row.created_at, tuple(by_conversation[row.id]), False, row.waiting_since, row.held_by or "")
        for row in lone
    ]


def told(connection: Connection, staff: Staff, places: Sequence[Place], names: Mapping[str, str]) -> list[Entry]:
    """The same places with what a list says of each; `names` are those of staff. Whoever may not be named stays without a name."""
    ids = [place.case_id for place in places if place.case_id]
    cases: dict[str, Any] = {}
    for chunk in _chunks(ids):
        chosen = select(*_SHOWN, person.c.name, person.c.kana).join(person, person.c.id == case.c.person_id).where(case.c.id.in_(chunk))
        cases.update((row.id, row) for row in connection.execute(chosen))
    last_talk = _last_talks(connection, ids)
    lone = [place.conversation_id for place in places if not place.case_id]
    talks: dict[str, Any] = {}
    for chunk in _chunks(lone):
        spoken = select(conversation.c.id, conversation.c.locale, conversation.c.channel).where(conversation.c.id.in_(chunk))
        talks.update((row.id, row) for row in connection.execute(spoken))
    called = given_names(connection, lone)
    return [
        _of_case(staff, place, cases[place.case_id], last_talk.get(place.case_id), names) if place.case_id
        else _of_talk(place, talks[place.conversation_id], names, called.get(place.conversation_id, ""))
        for place in places
    ]  # fmt: skip


def _cases(connection: Connection, staff: Staff, ids: list[str], mine: Mine | None) -> dict[str, Any]:
    """Those in which nothing waits, newest change first; those that wait for an answer; and those named."""
    own = select(case.c.id, *_PLACED).where(reach(staff))
    theirs, changed = own, cast("ColumnElement[Any]", case.c.changed_at)
    if mine is not None or staff.role == OPERATOR:  # few of many: found by who carries them, then sorted
        theirs, changed = own if mine is None else own.where(whose(mine)), afterwards(changed)
    newest = theirs.where(case.c.status == "open").order_by(changed.desc(), case.c.id.desc()).limit(MOST_OTHERS)
    waiting = theirs.where(case.c.waiting_since.is_not(None)).order_by(case.c.waiting_since).limit(MOST_TASKS)
    rows = {row.id: row for chosen in (newest, waiting) for row in connection.execute(chosen)}
    by_id = select(case.c.id, *_PLACED).where(
        not_by(reach(staff), case.c.tenant_id, case.c.assigned_to, case.c.district))
    for chunk in _chunks([id_ for id_ in ids if id_ not in rows]):
        rows.update((row.id, row) for row in connection.execute(by_id.where(case.c.id.in_(chunk))))
    return rows


def _talks(connection: Connection, staff: Staff, ids: list[str]) -> list[Any]:
    """Those without a case (the newest, and those that somebody holds or waits in), and those named."""
    shown = (
        conversation.c.id, conversation.c.case_id, conversation.c.held_by, conversation.c.waiting_since, conversation.c.last_heard_at,
        conversation.c.created_at,
    )
    own = select(*shown).where(conversation.c.tenant_id == staff.tenant_id)
    lone = own.where(conversation.c.case_id.is_(None))
    newest = lone.order_by(conversation.c.created_at.desc(), conversation.c.id.desc()).limit(MOST_OTHERS)
    held = own.where(conversation.c.held_by.is_not(None)).limit(MOST_TASKS).subquery()
    waiting = own.where(conversation.c.waiting_since.is_not(None)).order_by(conversation.c.waiting_since).limit(MOST_TASKS).subquery()
    rows = {row.id: row for row in connection.execute(newest)}
    for some in (held, waiting):  # found among the few that wait, whoever has a case; of these only those without
        rows.update((row.id, row) for row in connection.execute(select(some).where(some.c.case_id.is_(None))))
    by_id = select(*shown).where(not_by(conversation.c.tenant_id, conversation.c.tenant_id) == staff.tenant_id)
    for chunk in _chunks([id_ for id_ in ids if id_ not in rows]):
        rows.update((row.id, row) for row in connection.execute(by_id.where(conversation.c.id.in_(chunk))))
    return list(rows.values())


def _talking(connection: Connection, case_ids: list[str]) -> dict[str, Any]:
    """The newest conversation of each case, where somebody holds it or waits in it."""
    busy: list[str] = []
    for chunk in _chunks(case_ids):
        chosen = select(conversation.c.case_id).where(
            conversation.c.case_id.in_(chunk), or_(conversation.c.held_by.is_not(None), conversation.c.waiting_since.is_not(None)))
        busy += connection.execute(chosen).scalars()
    return _last_talks(connection, busy)


def _last_talks(connection: Connection, case_ids: list[str]) -> dict[str, Any]:
    """The newest conversation of each case."""
    found: dict[str, Any] = {}
    shown = (
        conversation.c.case_id, conversation.c.id, conversation.c.locale, conversation.c.channel, conversation.c.held_by,
        conversation.c.waiting_since,
    )
    for chunk in _chunks(case_ids):
        rows = connection.execute(
            select(*shown).where(conversation.c.case_id.in_(chunk)).order_by(conversation.c.last_heard_at.nulls_first(), conversation.c.id)
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


def _of_case(staff: Staff, place: Place, row: Any, talk: Any, names: Mapping[str, str]) -> Entry:
    common = {
        "tasks": place.tasks, "number": row.number, "restricted": row.restricted, "assigned": names.get(row.assigned_to, ""),
        "unclaimed": row.assigned_to is None, "team": row.team, "waiting_since": place.waiting_since,
    }  # fmt: skip
    if not may_see(staff, row.restricted, row.assigned_to):
        return Entry(row.id, "", row.changed_at, hidden=True, **common)
    return Entry(
        row.id, talk.id if talk else "", row.changed_at, held=names.get(talk.held_by, "") if talk else "", name=row.name or "",
        kana=row.kana or "", demonstration=row.demonstration, district=row.district, damage_level=row.damage_level,
        locale=talk.locale if talk else "", channel=talk.channel if talk else "", **common,
    )  # fmt: skip


def _of_talk(place: Place, row: Any, names: Mapping[str, str], name: str) -> Entry:
    return Entry(
        "", row.id, place.changed_at, place.tasks, waiting_since=place.waiting_since, held=names.get(place.held, ""), name=name,
        locale=row.locale, channel=row.channel,
    )  # fmt: skip


def _chunks(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
