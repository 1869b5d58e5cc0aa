"""Take a checked list in: each new row becomes a case with its people and answers, a changed one changes what it changed.

The same row is the same case, however often the list is brought in. Only cells that say something else than last time are
applied: what staff or the person said meanwhile stays. An empty cell takes nothing away, and no list lifts a protection.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError

from backend import ids
from backend.audit import service as audit
from backend.cases.models import answer, case, category_decision
from backend.cases.rules import case_number
from backend.clock import in_japan
from backend.db import reading
from backend.jobs import service as jobs
from backend.jobs.run import Lost, Work
from backend.journal.statements import insertion, run
from backend.lists import ahead, finding
from backend.lists.cells import Draft
from backend.lists.checking import CHUNK, TOGETHER, chunk_as_stored
from backend.lists.columns import columns
from backend.lists.models import list_chunk, list_import, list_row
from backend.lists.pouring import pour
from backend.lists.preparing import (
    FILLED,
    SOURCE,
    Into,
    Made,
    Wanted,
    answered,
    blank,
    columns_of,
    decision,
    insertion_into,
    make,
    make_rows,
)
from backend.lists.rows import CHANGED, NEW, SAME, differing, unpacked
from backend.lists.runs import Run
from backend.people import service as people
from backend.people.models import household_member, person
from backend.programs import recompute
from backend.tenants.models import district, tenant

APPLY = finding.APPLY
MOST_DISTRICTS = 200
CLEARING = -1
"""Instead of the next chunk: all of them are taken in."""


def apply_some(work: Work) -> None:
    """A slice of the job `APPLY`: one chunk. Its detail is {"import": id, "next": chunk or `CLEARING`, "counts": …}, of a long list also
    "runs", how many of tokens wait, and "finding", while they are put in."""
    try:
        if "finding" in work.detail:
            finding.put_some(work)
        else:
            _take_some(work)
    except (Lost, OperationalError):
        raise  # it goes on, or whoever stopped it has seen to them
    except Exception:
        with work.shell.engine.begin() as connection:
            finding.see_to(connection, tenant_id=work.tenant_id, import_id=work.detail["import"], staff_id=work.staff_id, at=work.shell.clock())
        raise


def _take_some(work: Work) -> None:
    import_id, number = work.detail["import"], work.detail["next"]
    with reading(work.shell.engine).connect() as connection:
        chosen = select(list_import).where(list_import.c.id == import_id, list_import.c.tenant_id == work.tenant_id)
        home = dict(connection.execute(chosen).mappings().one())
    if number < 0:
        _clear(work, home)
        return
    into = Into.of(work.tenant_id, home, work.staff_id, work.shell.clock(), work.shell.engine.dialect)

    def given(one: int) -> tuple[Any, ...] | None:
        stored = chunk_as_stored(work, import_id, one, list_chunk.c.found)
        return None if stored is None else (stored, into)

    rows, tokens = ahead.made(work, number, make_rows, given)
    wanted = [Wanted(*one) for one in rows]
    with reading(work.shell.engine).connect() as connection:
        taking = _Taking(into, home, connection.dialect, work.total >= finding.LONG)
        taking.read(connection, wanted, tokens)
    done = min((number + 1) * CHUNK, work.total)  # every chunk but the last is full
    with work.saving() as connection:
        taking.write(connection)
        counts = {what: many + taking.counts.get(what, 0) for what, many in work.detail["counts"].items()}
        work.done = done
        last = done >= work.total
        runs = work.detail.get("runs", 0) + bool(taking.long and taking.tokens)
        work.detail |= {"next": CLEARING if last else number + 1, "counts": counts, "runs": runs}
        if runs >= finding.TOGETHER or (runs and last):
            work.detail |= {"runs": 0, "finding": {}}


def _clear(work: Work, home: dict[str, Any]) -> None:
    """Everything is taken in: what is left of the file goes, some at a time because residents wait meanwhile, and with the last of it
    the import is done."""
    ahead.close(work.id)
    with reading(work.shell.engine).connect() as connection:
        chosen = select(list_chunk.c.number).where(list_chunk.c.import_id == home["id"]).order_by(list_chunk.c.number)
        left = connection.execute(chosen.limit(TOGETHER)).scalars().all()
        last = len(left) < TOGETHER
        named = _districts(connection, work.tenant_id, home["id"]) if last else []
    with work.saving() as connection:
        connection.execute(delete(list_chunk).where(list_chunk.c.import_id == home["id"], list_chunk.c.number.in_(left)))
        work.done = work.total
        if last:
            if named:
                connection.execute(insert(district), [{"id": ids.new(), "tenant_id": work.tenant_id, "name": name} for name in named])
            _end(connection, work, home, work.detail["counts"])


def _end(connection: Connection, work: Work, home: dict[str, Any], counts: dict[str, int]) -> None:
    from backend.matching.propose import MATCH

    now = work.shell.clock()
    work.result = {"counts": counts}
    connection.execute(update(list_import).where(list_import.c.id == home["id"]).values(
        state="applied", applied_at=now, counts=home["counts"] | {f"did_{what}": many for what, many in counts.items()},
        version=list_import.c.version + 1))
    if counts[NEW] or counts[CHANGED]:
        jobs.start(connection, tenant_id=work.tenant_id, kind=MATCH, staff_id=work.staff_id, at=now,
                   detail={"import": home["id"], "after": ""}, total=counts[NEW] + counts[CHANGED] + counts[SAME])
        recompute.all_soon(connection, work.tenant_id, now)
    audit.record(connection, tenant_id=work.tenant_id, staff_id=work.staff_id, action="list.applied", object_kind="list_import",
                 object_id=home["id"], detail={"kind": home["kind"], **counts}, at=now)


def _districts(connection: Connection, tenant_id: str, import_id: str) -> list[str]:
    """Districts that the list names and the municipality has not: they become its own, so that a town can start from its list."""
    of_import = select(case.c.district).join(list_row, list_row.c.case_id == case.c.id).where(list_row.c.import_id == import_id, case.c.district != "")
    there = set(connection.execute(select(district.c.name).where(district.c.tenant_id == tenant_id)).scalars())
    return sorted(set(connection.execute(of_import.distinct().limit(MOST_DISTRICTS)).scalars()) - there)


@dataclass
class _Taking:
    """One chunk on its way in: everything is made ready in `read`, so that `write` holds the database's lock shortly."""

    into: Into
    home: dict[str, Any]
    dialect: Dialect
    long: bool
    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[Table, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    changed: list[tuple[Any, Draft, int, str]] = field(default_factory=list)
    seen: list[tuple[str, int]] = field(default_factory=list)
    protected: list[str] = field(default_factory=list)
    tokens: bytes = b""
    """Of everybody new, a packed `Run`."""
    said: tuple[Any, ...] = ()
    """What every answer of a list has in common."""

    def read(self, connection: Connection, wanted: list[Wanted], tokens: bytes) -> None:
        kept = self._kept(connection, [one.key for one in wanted])
        homes = self._homes(connection, {one.household for one in wanted if one.household})
        self.said = insertion(self.dialect, answer, columns_of(answer)[len(FILLED[answer]) :], [answered(self.into)]).values[0]
        late: list[bytes] = []  # of rows that were not new when they were made ready
        for one in wanted:
            before = kept.get(one.key)
            if before is None:
                homes[one.household] = self._new(one, homes.get(one.household) if one.household else None, late)
            elif before.digest == one.digest:
                self.seen.append((before.id, one.place))
            else:
                self.changed.append((before, self._draft(connection, one), one.place, one.digest))
        as_made = not late and all((one.key in kept) == (one.made is None) for one in wanted)
        self.tokens = tokens if as_made else self._tokens_of_new([tokens, *late])
        self.counts = {NEW: len(wanted) - len(self.seen) - len(self.changed), CHANGED: len(self.changed), SAME: len(self.seen),
                       "cases": len(self.rows[case])}

    def write(self, connection: Connection) -> None:
        if cases := self.rows[case]:
            count = update(tenant).where(tenant.c.id == self.into.tenant_id).values(next_case=tenant.c.next_case + len(cases))
            after = int(connection.execute(count.returning(tenant.c.next_case)).scalar_one())
            year, first = in_japan(self.into.now).year, after - len(cases)
            demonstration = connection.execute(select(tenant.c.demonstration).where(tenant.c.id == self.into.tenant_id)).scalar_one()
            self.rows[case] = [(case_number(year, number), demonstration, *rest) for number, rest in enumerate(cases, first)]
        for table in (person, case, *_OF_CASES):  # what refers to others after them
            pour(connection, insertion_into(connection.dialect, table)._replace(values=self.rows[table]))
        pour(connection, insertion_into(connection.dialect, answer)._replace(values=self.rows[answer]), self.said)
        if self.tokens and self.long:
            finding.keep(connection, self.home["id"], self.tokens)
        elif self.tokens:
            finding.put(connection, Run.unpacked(self.tokens).pairs())
        if self.protected:
            connection.execute(update(case).where(case.c.id.in_(self.protected)).values(restricted=True, version=case.c.version + 1))
        for before, draft, place, digest in self.changed:
            self._change(connection, before, draft, place, digest)
        for id_, place in self.seen:
            connection.execute(_SEEN.values(import_id=self.home["id"], place=place).where(list_row.c.id == id_))

    def _kept(self, connection: Connection, keys: list[str]) -> dict[str, Any]:
        chosen = select(list_row).where(
            list_row.c.tenant_id == self.into.tenant_id, list_row.c.kind == self.home["kind"], list_row.c.key.in_(keys))
        return {row.key: row for row in connection.execute(chosen)}

    def _homes(self, connection: Connection, households: set[str]) -> dict[str, str]:
        chosen = select(list_row.c.household, list_row.c.case_id).where(
            list_row.c.tenant_id == self.into.tenant_id, list_row.c.kind == self.home["kind"], list_row.c.household.in_(sorted(households)))
        return {row.household: row.case_id for row in connection.execute(chosen)} if households else {}

    def _tokens_of_new(self, runs: list[bytes]) -> bytes:
        """Somebody made ready as new was brought by another list meanwhile, or is new after all."""
        place = columns_of(person).index("id") - len(FILLED.get(person, ()))
        new = {row[place]: set[int]() for row in self.rows[person]}
        for token, id_ in chain.from_iterable(Run.unpacked(one).pairs() for one in runs if one):
            if id_ in new:
                new[id_].add(token)
        return Run.of(new).packed() if new else b""

    def _new(self, one: Wanted, home: str | None, late: list[bytes]) -> str:
        """The rows of a person, and of their case if they are the first of their household. Returns the case's id."""
        ready = one.made
        if ready is None:
            (ready,), tokens = make(self.into, [(unpacked(orjson.loads(one.kept)), one.place, one.key, one.digest, one.household)])
            late.append(tokens)
        made = Made(*ready)
        case_id, rows = home or made.case_id, self.rows
        rows[person].append(made.person)
        rows[household_member].append((case_id, made.head or (home is None and not made.relation), *made.member))
        rows[list_row].append((case_id, *made.row))
        if home is None:
            rows[case].append(made.case)
            if made.decision:
                rows[category_decision].append(made.decision)
            rows[answer] += [(case_id, *said) for said in made.answers]
        elif one.restricted:
            # Whoever lives in one home has one address: a protected member protects the household.
            self.protected.append(case_id)
        return case_id

    def _draft(self, connection: Connection, one: Wanted) -> Draft:
        """What a row says: made ready as a new one, it stands in the chunk alone."""
        if one.kept:
            return unpacked(orjson.loads(one.kept))
        number = (one.place - self.home["header_row"] - 1) // CHUNK
        chosen = select(list_chunk.c.found).where(list_chunk.c.import_id == self.home["id"], list_chunk.c.number == number)
        return next(unpacked(row[4]) for row in connection.execute(chosen).scalar_one()["rows"] if row[0] == one.place)

    def _change(self, connection: Connection, before: Any, draft: Draft, place: int, digest: str) -> None:
        other = differing(before.cells, draft.cells)
        named = [columns()[id_] for id_ in other if id_ in columns()]
        who = self._standing(connection, before.person_id)
        person_columns = {one.person: draft.person[one.person] for one in named if one.person in draft.person}
        people.write(connection, who, person_columns, source=SOURCE, by=self.into.by, at=self.into.now)
        if draft.number and "number" in other:
            people.add_number(connection, self.into.tenant_id, who, draft.number)
        main = connection.execute(select(case.c.person_id).where(case.c.id == before.case_id)).scalar_one() == who
        values: dict[str, Any] = {"changed_at": self.into.now}
        if main:
            fields = {one.field or one.joins for one in named} - {""}
            self._answers(connection, before.case_id, {name: value for name, value in draft.answers.items() if name in fields})
            if "damage_level" in other and "damage_level" in draft.answers:
                values["damage_level"] = draft.answers["damage_level"]
            if "district" in other and draft.district:
                values["district"] = draft.district
            if "category" in other and draft.category and self.into.by:
                values["category"] = draft.category
                decided = {**blank(category_decision), **decision(self.into, before.case_id, draft.category)}
                connection.execute(insert(category_decision).values(decided))
        if draft.restricted:
            values["restricted"] = True
            connection.execute(update(person).where(person.c.id.in_((who, before.person_id))).values(restricted=True))
        connection.execute(update(case).where(case.c.id == before.case_id).values(**values, version=case.c.version + 1))
        past = [*(before.before or []), {"at": before.at.isoformat(), "cells": {id_: before.cells.get(id_, "") for id_ in sorted(other)}}]
        connection.execute(update(list_row).where(list_row.c.id == before.id).values(
            cells=draft.cells, digest=digest, before=past, import_id=self.home["id"], place=place, at=self.into.now))

    def _standing(self, connection: Connection, person_id: str) -> str:
        """Under whom they are kept now, if two records were found to be one human being."""
        while merged := connection.execute(select(person.c.merged_into).where(person.c.id == person_id)).scalar_one():
            person_id = merged
        return person_id

    def _answers(self, connection: Connection, case_id: str, given: dict[str, Any]) -> None:
        if not given:
            return
        holds = (answer.c.case_id == case_id, answer.c.superseded_at.is_(None), answer.c.field.in_(sorted(given)))
        connection.execute(update(answer).where(*holds).values(superseded_at=self.into.now))
        rows = [answered(self.into) | {"case_id": case_id, "field": name, "value": value} for name, value in given.items()]
        run(connection, insertion(connection.dialect, answer, tuple(rows[0]), rows))
        recompute.soon(connection, case_id, self.into.now)  # their chats learn of it, too


_OF_CASES = (household_member, list_row, category_decision)
_SEEN = update(list_row)
