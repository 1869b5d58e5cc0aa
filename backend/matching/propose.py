"""Find who may be the same as whom, and keep it as a proposal. Nobody is merged here.

Only people with a token in common that few others have (`people.tokens.relatives`) are compared, so that it does not
matter how many households there are. A protected person is proposed to nobody: whoever handles them compares by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from backend import ids
from backend.cases.models import case
from backend.db import reading
from backend.followups.run import Due
from backend.jobs.run import Work
from backend.journal.batch import Batch
from backend.lists.models import list_row
from backend.matching.models import match_proposal
from backend.matching.score import LEAST, Likeness, compare
from backend.people.models import household_member, person, person_token
from backend.people.tokens import relatives

MATCH = "list_match"
SLICE = 200
"""People of a list compared in one slice."""
MOST_SHARING = 40
"""A token that more people have (a facility's address, 佐藤 花子) tells nothing by itself; others of theirs will."""
_CHUNK = 400


def match_some(work: Work) -> None:
    """A slice of the job `MATCH`: the next people of an import. Its detail is {"import": id, "after": id of a list row}."""
    with reading(work.shell.engine).connect() as connection:
        chosen = (
            select(list_row.c.id, list_row.c.person_id)
            .where(list_row.c.tenant_id == work.tenant_id, list_row.c.import_id == work.detail["import"], list_row.c.id > work.detail["after"])
            .order_by(list_row.c.id).limit(SLICE)
        )  # fmt: skip
        rows = connection.execute(chosen).all()
        found = pairs(connection, work.tenant_id, [row.person_id for row in rows])
    with work.saving() as connection:
        made = keep(connection, work.tenant_id, found, work.shell.clock())
        work.done += len(rows)
        total = work.detail.get("made", 0) + made
        work.detail |= {"after": rows[-1].id if rows else work.detail["after"], "made": total}
        if len(rows) < SLICE:
            work.result = {"made": total}


def propose_for(connection: Connection, tenant_id: str, person_ids: Collection[str], at: datetime) -> int:
    """Compare these people with everybody else of the municipality; returns how many proposals are new."""
    return keep(connection, tenant_id, pairs(connection, tenant_id, person_ids), at)


Pair = tuple[Any, Any, Likeness]


def pairs(connection: Connection, tenant_id: str, person_ids: Collection[str]) -> list[Pair]:
    """The best pair of people for each two cases that may be one: (row, row, likeness)."""
    mine = {row.id: row for row in _people(connection, tenant_id, person.c.id, person_ids)}
    wanted: dict[int, set[str]] = defaultdict(set)
    for row in mine.values():
        for token in relatives(tenant_id, row._mapping):
            wanted[token].add(row.id)
    sharing = _sharing(connection, list(wanted))
    together: dict[str, set[str]] = defaultdict(set)
    for token, others in sharing.items():
        if len(others) <= MOST_SHARING:
            for id_ in wanted[token]:
                together[id_] |= others - {id_}
    theirs = {row.id: row for row in _people(connection, tenant_id, person.c.id, set().union(*together.values()) - mine.keys())} | mine
    best: dict[tuple[str, str], Pair] = {}
    for id_, others in together.items():
        for other in others:
            one, two = sorted((mine[id_], theirs[other]), key=lambda row: row.case_id) if other in theirs else (mine[id_], mine[id_])
            if one.case_id == two.case_id:
                continue
            likeness = compare(one._mapping, two._mapping)
            kept = best.get((one.case_id, two.case_id))
            if likeness.score >= LEAST and (kept is None or likeness.score > kept[2].score):
                best[one.case_id, two.case_id] = (one, two, likeness)
    return list(best.values())


def keep(connection: Connection, tenant_id: str, found: Iterable[Pair], at: datetime) -> int:
    """Write proposals that are new; one that waits is brought up to date, one that was decided stays as it is."""
    found = list(found)
    there = _there(connection, [(one.case_id, two.case_id) for one, two, _ in found])
    fresh = []
    for one, two, likeness in found:
        values = {"one_person": one.id, "other_person": two.id, "score": likeness.score, "reasons": [list(pair) for pair in likeness.reasons]}
        known = there.get((one.case_id, two.case_id))
        if known is None:
            fresh.append({"id": ids.new(), "tenant_id": tenant_id, "one_case": one.case_id, "other_case": two.case_id, "made_at": at, **values})
        elif known.state in ("open", "gone") and (known.score, known.state) != (likeness.score, "open"):
            connection.execute(update(match_proposal).where(match_proposal.c.id == known.id).values(
                **values, state="open", version=match_proposal.c.version + 1))
    if fresh:
        connection.execute(insert(match_proposal), fresh)
    return len(fresh)


_SHOWN = (person.c.id, person.c.tenant_id, person.c.name, person.c.kana, person.c.birth_date, person.c.sex, person.c.phone, person.c.landline,
          person.c.address, person.c.current_address)


def _people(connection: Connection, tenant_id: str, column: Any, values: Collection[str]) -> list[Any]:
    """People with their case, once each; protected ones and those of merged cases are left out."""
    # By their ids alone: an index over the whole municipality would tempt a database without statistics.
    free: ColumnElement[bool] = and_(
        person.c.restricted.is_(False), case.c.restricted.is_(False), case.c.status != "merged",
        person.c.merged_into.is_(None),
    )  # fmt: skip
    main = select(*_SHOWN, case.c.id.label("case_id")).where(case.c.person_id == person.c.id, free)
    member = select(*_SHOWN, case.c.id.label("case_id")).where(
        household_member.c.person_id == person.c.id, household_member.c.case_id == case.c.id, household_member.c.left_on.is_(None), free)
    found: dict[str, Any] = {}
    for some in _chunks(sorted(values)):
        for chosen in (main, member):
            for row in connection.execute(chosen.where(column.in_(some))):
                if row.tenant_id == tenant_id:
                    found.setdefault(row.id, row)
    return list(found.values())


def _sharing(connection: Connection, tokens: list[int]) -> dict[int, set[str]]:
    held: dict[int, set[str]] = defaultdict(set)
    for at in range(0, len(tokens), _CHUNK):
        chosen = select(person_token.c.token, person_token.c.person_id).where(person_token.c.token.in_(tokens[at : at + _CHUNK]))
        for row in connection.execute(chosen):
            held[row.token].add(row.person_id)
    return held


def _there(connection: Connection, cases: list[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for at in range(0, len(cases), 100):
        both = [and_(match_proposal.c.one_case == one, match_proposal.c.other_case == other) for one, other in cases[at : at + 100]]
        for row in connection.execute(select(match_proposal).where(or_(*both))):
            found[row.one_case, row.other_case] = row
    return found


def _chunks(ids_: list[str]) -> list[list[str]]:
    return [ids_[at : at + _CHUNK] for at in range(0, len(ids_), _CHUNK)]


def match_due(batch: Batch, rows: Sequence[Due]) -> None:
    """The handler of due rows of kind `people.service.MATCH`: whoever is new or changed is compared with everybody else."""
    chosen = select(person.c.id, person.c.tenant_id).where(person.c.id.in_([row.subject for row in rows]))
    mine: dict[str, list[str]] = defaultdict(list)
    for row in batch.connection.execute(chosen):
        mine[row.tenant_id].append(row.id)
    for tenant_id, some in mine.items():
        propose_for(batch.connection, tenant_id, some, batch.now)
