"""What a draft would mean for the open cases: households by verdict before and after, worked out in slices beside everything else.

Without a draft it counts how the open cases stand with every program. What is kept names cases by their id alone, and no
restricted person's: whoever looks at the page gets the numbers of those they may see. Restricted people are counted apart,
and only for those who may see all of them (`seen_by`): one household more than there are examples would be somebody.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from backend.cases.models import answer, case
from backend.clock import in_japan
from backend.db import Row, reading
from backend.jobs import service as jobs
from backend.jobs.models import job
from backend.jobs.run import Work
from backend.overview import small
from backend.programs.answers import situation_of
from backend.programs.editing import drafts
from backend.programs.edition import Edition, current
from backend.programs.engine import assess_one
from backend.programs.entry import Entry
from backend.programs.of_case import Place, place_of
from backend.programs.sheet.changes import Change, Changes, with_changes
from backend.programs.situation import Disaster
from backend.staff.roles import OPENS_CASES, SEES_FIGURES, SUPERVISOR, Staff

KIND = "programs_preview"
CHUNK = 300
"""Cases of one slice."""
SAMPLE = 10
"""Cases named for each change of verdict."""
VERDICTS = ("eligible", "possible", "not_eligible")
ABSENT = "absent"
"""The program is not there: switched off, or not yet written."""


def rests_on(where: Place, touched: Mapping[str, Any]) -> str:
    """Digest of everything a preview was worked out from: another one, and its figures are old."""
    changes = {program: change.to_json() for program, change in where.changes.items()}
    content = orjson.dumps((current().version, where.disaster.known, changes, touched), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()[:16]


def begin(connection: Connection, draft: Row, staff_id: str | None, at: datetime) -> str:
    """Start to work out what a draft would mean; returns the job's id."""
    where = place_of(connection, draft["tenant_id"])
    if draft["preview_id"]:
        jobs.stop(connection, draft["tenant_id"], draft["preview_id"], at)
    detail = {"touched": draft["touched"], "rests_on": rests_on(where, draft["touched"])}
    job_id = _start(connection, draft["tenant_id"], staff_id, detail, at)
    drafts.previewed(connection, draft, job_id)
    return job_id


def count(connection: Connection, tenant_id: str, staff_id: str | None, at: datetime) -> str:
    """Start to count how the open cases stand with every program."""
    return _start(connection, tenant_id, staff_id, {"touched": {}, "rests_on": rests_on(place_of(connection, tenant_id), {})}, at)


def _start(connection: Connection, tenant_id: str, staff_id: str | None, detail: dict[str, Any], at: datetime) -> str:
    known = (case.c.tenant_id == tenant_id, case.c.status == "open", case.c.restricted.is_(False))
    many = connection.execute(select(func.count()).where(*known)).scalar_one()
    detail = {**detail, "after": "", "moves": {}, "amounts": {}, "samples": {}, "guarded": {"moves": {}, "amounts": {}, "cases": 0},
              "today": in_japan(at).date().isoformat()}  # fmt: skip
    return jobs.start(connection, tenant_id=tenant_id, kind=KIND, staff_id=staff_id, detail=detail, at=at, total=many)


def last_count(connection: Connection, tenant_id: str) -> Row | None:
    """The newest count of every program, whatever its state."""
    chosen = select(job).where(job.c.tenant_id == tenant_id, job.c.kind == KIND).order_by(job.c.made_at.desc(), job.c.id.desc()).limit(50)
    return next((dict(row) for row in connection.execute(chosen).mappings() if not row["detail"]["touched"]), None)


def seen_by(role: str, found: Row) -> Row:
    """A preview's job as this role may see it: supervisors with the restricted people, everybody else without them."""
    result = found["result"]
    if not result or role != SUPERVISOR or "guarded" not in result:
        return found
    guarded = result["guarded"]
    amounts = Counter(result["amounts"]) + Counter(guarded["amounts"])
    moves = {program: dict(some) for program, some in result["moves"].items()}
    for program, some in guarded["moves"].items():
        moves[program] = dict(Counter(moves.get(program, {})) + Counter(some))
    whole = {"result": {**result, "moves": moves, "amounts": dict(amounts)}}
    return {**found, **whole, "done": found["done"] + guarded["cases"], "total": found["total"] + guarded["cases"]}


def counted_for(connection: Connection, staff: Staff) -> Row | None:
    """The newest count of every program as this account may see it: small counts are hidden (None) from whoever opens no case."""
    if staff.role not in SEES_FIGURES:
        return None
    found = last_count(connection, staff.tenant_id)
    if found is None or not found["result"]:
        return found
    found = seen_by(staff.role, found)
    if staff.role in OPENS_CASES:
        return found
    shown = {program: dict(small.hide({one: some.get(one, 0) for one in VERDICTS}).cells) for program, some in found["result"]["moves"].items()}
    return {**found, "result": {**found["result"], "moves": shown}, "least": small.LEAST}


def look_at_some(work: Work) -> None:
    """One slice: the next cases, before and after. `result` is {"moves": {program: {"before>after": households}},
    "amounts": {program: households whose sum changes}, "samples": {program: {"before>after": [case ids]}},
    "guarded": the same of restricted people}."""
    detail = work.detail
    with reading(work.shell.engine).connect() as connection:
        where = place_of(connection, work.tenant_id)
        chunk = _next(connection, work.tenant_id, detail["after"])
        answers = _answers(connection, [one.id for one in chunk])
    touched: Mapping[str, Any] = detail["touched"]
    looks = Looks(where, {program: Change.from_json(one["after"]) for program, one in touched.items()}, date.fromisoformat(detail["today"]))
    for one in chunk:
        tally = detail["guarded"] if one.restricted else detail
        for program, before, after, sum_differs in looks.at(answers.get(one.id, {})):
            move = f"{before}>{after}" if touched else after
            counts = tally["moves"].setdefault(program, {})
            counts[move] = counts.get(move, 0) + 1
            if sum_differs and before == after:
                tally["amounts"][program] = tally["amounts"].get(program, 0) + 1
            if touched and (before != after or sum_differs) and not one.restricted:
                some = detail["samples"].setdefault(program, {}).setdefault(move, [])
                if len(some) < SAMPLE:
                    some.append(one.id)
    guarded = sum(one.restricted for one in chunk)
    detail["guarded"]["cases"] += guarded
    work.done += len(chunk) - guarded
    if chunk:
        detail["after"] = chunk[-1].id
    with work.saving():
        if len(chunk) < CHUNK:
            work.total = work.done
            work.result = {name: detail[name] for name in ("moves", "amounts", "samples", "guarded", "rests_on")}


def _next(connection: Connection, tenant_id: str, after: str) -> list[Any]:
    mine = select(case.c.id, case.c.restricted).where(case.c.tenant_id == tenant_id, case.c.status == "open", case.c.id > after)
    return list(connection.execute(mine.order_by(case.c.id).limit(CHUNK)))


def _answers(connection: Connection, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    holding = answer.c.case_id.in_(list(ids)), answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False), answer.c.state == "given"
    for row in connection.execute(select(answer.c.case_id, answer.c.field, answer.c.value).where(*holding).order_by(answer.c.id)):
        found.setdefault(row.case_id, {})[row.field] = row.value
    return found


class Looks:
    """Before and after, for one municipality on one day. Only what a draft touches is looked at: programs do not look at each other."""

    def __init__(self, where: Place, wanted: Changes, today: date) -> None:
        self.before, self.then = self._entries(where, where.changes)
        self.after, self.now = self._entries(where, {**where.changes, **wanted}) if wanted else (self.before, self.then)
        self.programs = tuple(wanted) or tuple(self.before)
        self.today = today

    @staticmethod
    def _entries(where: Place, changes: Changes) -> tuple[dict[str, Entry], Disaster]:
        edition: Edition
        edition, disaster = with_changes(current(), where.disaster, changes)
        known = disaster.known
        entries = edition.entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))
        return {entry.id: entry for entry in entries}, disaster

    def at(self, answers: Mapping[str, Any]) -> Iterable[tuple[str, str, str, bool]]:
        """For each program: verdict before, verdict after, and whether amount or deadline differs."""
        then, now = (situation_of(answers, disaster, self.today) for disaster in (self.then, self.now))
        for program in self.programs:
            old, new = self.before.get(program), self.after.get(program)
            before = assess_one(then, old) if old else None
            after = before if old is new and self.then is self.now else assess_one(now, new) if new else None
            differs = bool(before and after and (before.amount, before.deadline) != (after.amount, after.deadline))
            yield program, before.verdict if before else ABSENT, after.verdict if after else ABSENT, differs
