"""Take a checked list in: each new row becomes a case with its people and answers, a changed one changes what it changed.

The same row is the same case, however often the list is brought in. Only cells that say something else than last time are
applied: what staff or the person said meanwhile stays. An empty cell takes nothing away, and no list lifts a protection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, insert, select, update

from backend import crypto, ids
from backend.audit import service as audit
from backend.cases.models import answer, case, category_decision
from backend.cases.rules import case_number
from backend.clock import in_japan
from backend.db import reading
from backend.jobs import service as jobs
from backend.jobs.run import Work
from backend.journal.statements import Writing, insertion, pour, run
from backend.lists.cells import Draft
from backend.lists.columns import columns
from backend.lists.models import list_chunk, list_import, list_row
from backend.lists.rows import CHANGED, NEW, SAME, differing, unpacked
from backend.people import service as people
from backend.people.models import household_member, person, person_token
from backend.people.tokens import number_token, tokens_of
from backend.programs import recompute
from backend.tenants.models import district, tenant

APPLY = "list_apply"
SOURCE = "list"
MOST_DISTRICTS = 200


def apply_some(work: Work) -> None:
    """A slice of the job `APPLY`: one chunk. Its detail is {"import": id, "next": chunk, "counts": …}."""
    import_id, number = work.detail["import"], work.detail["next"]
    with reading(work.shell.engine).connect() as connection:
        chosen = select(list_import).where(list_import.c.id == import_id, list_import.c.tenant_id == work.tenant_id)
        home = dict(connection.execute(chosen).mappings().one())
        chunk = connection.execute(
            select(list_chunk.c.rows, list_chunk.c.found).where(list_chunk.c.import_id == import_id, list_chunk.c.number == number)
        ).one()
        taking = _Taking(work.tenant_id, home, work.staff_id, work.shell.clock())
        taking.read(connection, chunk.found["rows"])
    last = work.done + len(chunk.rows) >= work.total
    with work.saving() as connection:
        taking.write(connection)
        counts = {what: many + taking.counts.get(what, 0) for what, many in work.detail["counts"].items()}
        work.done += len(chunk.rows)
        work.detail |= {"next": number + 1, "counts": counts}
        if last:
            _end(connection, work, home, counts)


def _end(connection: Connection, work: Work, home: dict[str, Any], counts: dict[str, int]) -> None:
    from backend.matching.propose import MATCH

    now = work.shell.clock()
    work.result = {"counts": counts}
    connection.execute(delete(list_chunk).where(list_chunk.c.import_id == home["id"]))
    connection.execute(update(list_import).where(list_import.c.id == home["id"]).values(
        state="applied", applied_at=now, counts=home["counts"] | {f"did_{what}": many for what, many in counts.items()},
        version=list_import.c.version + 1))
    _districts(connection, work.tenant_id, home["id"])
    if counts[NEW] or counts[CHANGED]:
        jobs.start(connection, tenant_id=work.tenant_id, kind=MATCH, staff_id=work.staff_id, at=now,
                   detail={"import": home["id"], "after": ""}, total=counts[NEW] + counts[CHANGED] + counts[SAME])
        recompute.all_soon(connection, work.tenant_id, now)
    audit.record(connection, tenant_id=work.tenant_id, staff_id=work.staff_id, action="list.applied", object_kind="list_import",
                 object_id=home["id"], detail={"kind": home["kind"], **counts}, at=now)


def _districts(connection: Connection, tenant_id: str, import_id: str) -> None:
    """Districts that the list names become districts of the municipality, so that a town can start from its list."""
    of_import = select(case.c.district).join(list_row, list_row.c.case_id == case.c.id).where(list_row.c.import_id == import_id, case.c.district != "")
    there = set(connection.execute(select(district.c.name).where(district.c.tenant_id == tenant_id)).scalars())
    named = set(connection.execute(of_import.distinct().limit(MOST_DISTRICTS)).scalars()) - there
    if named:
        connection.execute(insert(district), [{"id": ids.new(), "tenant_id": tenant_id, "name": name} for name in sorted(named)])


@dataclass
class _Taking:
    """One chunk on its way in: everything is made ready in `read`, so that `write` holds the database's lock shortly."""

    tenant_id: str
    home: dict[str, Any]
    by: str | None
    now: datetime
    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    cases: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[Any, Draft, int, str]] = field(default_factory=list)
    seen: list[tuple[str, int]] = field(default_factory=list)
    protected: list[str] = field(default_factory=list)
    tokens: list[tuple[int, str]] = field(default_factory=list)
    answers: list[tuple[str, str, Any]] = field(default_factory=list)
    sealed: list[Writing] = field(default_factory=list)

    def read(self, connection: Connection, found: Iterable[list[Any]]) -> None:
        wanted = [one for one in found if one[1] in (NEW, CHANGED, SAME)]
        kept = self._kept(connection, [one[2] for one in wanted])
        homes = self._homes(connection, {one[5] for one in wanted if one[5]})
        for place, _, key, digest, draft, household in wanted:
            before = kept.get(key)
            if before is None:
                homes[household] = self._new(unpacked(draft), place, key, digest, household, homes.get(household) if household else None)
            elif before.digest == digest:
                self.seen.append((before.id, place))
            else:
                self.changed.append((before, unpacked(draft), place, digest))
        # People first, what refers to cases later; cases themselves get their numbers in `write`.
        self.sealed = [self._sealed(connection, table) for table in (person, *_OF_CASES)]
        # In the order of the tree they go into.
        self.sealed.append(insertion(connection.dialect, person_token, ("token", "person_id"), ())._replace(values=sorted(self.tokens)))
        self.sealed.append(self._sealed_answers(connection))
        self.counts = {NEW: len(wanted) - len(self.seen) - len(self.changed), CHANGED: len(self.changed), SAME: len(self.seen),
                       "cases": len(self.cases)}

    def write(self, connection: Connection) -> None:
        if self.cases:
            count = update(tenant).where(tenant.c.id == self.tenant_id).values(next_case=tenant.c.next_case + len(self.cases))
            after = int(connection.execute(count.returning(tenant.c.next_case)).scalar_one())
            year, first = in_japan(self.now).year, after - len(self.cases)
            demonstration = connection.execute(select(tenant.c.demonstration).where(tenant.c.id == self.tenant_id)).scalar_one()
            for at, row in enumerate(self.cases):
                row |= {"number": case_number(year, first + at), "demonstration": demonstration}
        of_people, *of_cases = self.sealed
        for writing in (of_people, self._sealed(connection, case), *of_cases):
            if writing.values:
                pour(connection, writing)
        if self.protected:
            connection.execute(update(case).where(case.c.id.in_(self.protected)).values(restricted=True, version=case.c.version + 1))
        for before, draft, place, digest in self.changed:
            self._change(connection, before, draft, place, digest)
        for id_, place in self.seen:
            connection.execute(_SEEN.values(import_id=self.home["id"], place=place).where(list_row.c.id == id_))

    def _kept(self, connection: Connection, keys: list[str]) -> dict[str, Any]:
        chosen = select(list_row).where(
            list_row.c.tenant_id == self.tenant_id, list_row.c.kind == self.home["kind"], list_row.c.key.in_(keys))
        return {row.key: row for row in connection.execute(chosen)}

    def _homes(self, connection: Connection, households: set[str]) -> dict[str, str]:
        chosen = select(list_row.c.household, list_row.c.case_id).where(
            list_row.c.tenant_id == self.tenant_id, list_row.c.kind == self.home["kind"], list_row.c.household.in_(sorted(households)))
        return {row.household: row.case_id for row in connection.execute(chosen)} if households else {}

    def _new(self, draft: Draft, place: int, key: str, digest: str, household: str, home: str | None) -> str:
        """The rows of a person, and of their case if they are the first of their household. Returns the case's id."""
        who = people.new_person(self.tenant_id, draft.person, self.now)
        who["restricted"] = draft.restricted
        tokens = tokens_of(self.tenant_id, who) | ({number_token(self.tenant_id, draft.number)} if draft.number else set())
        self._add(person, who)
        case_id = home or self._case(draft, who["id"])
        self._add(household_member, {
            "id": ids.new(), "tenant_id": self.tenant_id, "case_id": case_id, "person_id": who["id"], "relation": draft.relation,
            "about": {"relation": draft.cells["relation"]} if "relation" in draft.cells else None,
            "head": draft.head or (home is None and not draft.relation), "on_register": True if draft.household else None,
        })  # fmt: skip
        self._add(list_row, {
            "id": ids.new(), "tenant_id": self.tenant_id, "kind": self.home["kind"], "key": key, "household": household,
            "number": draft.number or None, "case_id": case_id, "person_id": who["id"], "import_id": self.home["id"], "place": place,
            "digest": digest, "cells": draft.cells, "at": self.now,
        })  # fmt: skip
        self.tokens += [(token, who["id"]) for token in tokens]
        if home is None:
            self.answers += [(case_id, name, value) for name, value in draft.answers.items()]
        elif draft.restricted:
            # Whoever lives in one home has one address: a protected member protects the household.
            self.protected.append(case_id)
        return case_id

    def _case(self, draft: Draft, person_id: str) -> str:
        decided = draft.category if self.by else None
        row = {
            **blank(case), "id": ids.new(), "tenant_id": self.tenant_id, "number": "", "person_id": person_id, "district": draft.district,
            "damage_level": str(draft.answers.get("damage_level", "")), "restricted": draft.restricted, "category": decided,
            "origin": "import", "opened_at": self.now, "changed_at": self.now,
        }  # fmt: skip
        self.cases.append(row)
        self.rows.setdefault(case, []).append(row)
        if decided:
            self._add(category_decision, self._decision(row["id"], decided))
        return str(row["id"])

    def _sealed(self, connection: Connection, table: Table) -> Writing:
        rows = self.rows.get(table, [])
        return insertion(connection.dialect, table, tuple(rows[0]), rows) if rows else Writing("", [])

    def _sealed_answers(self, connection: Connection) -> Writing:
        """There are twenty to a row, alike but for three columns: only those are made ready for each."""
        row = blank(answer) | self._answer("", "", None)
        names = tuple(row)
        writing = insertion(connection.dialect, answer, names, [row])
        case_at, field_at, value_at = (names.index(name) for name in ("case_id", "field", "value"))
        seal, place, same = crypto.ring().seal, "answer.value", list(writing.values[0])
        made = []
        for case_id, name, value in self.answers:
            same[case_at], same[field_at], same[value_at] = case_id, name, seal(orjson.dumps(value), place)
            made.append(tuple(same))
        return writing._replace(values=made)

    def _add(self, table: Table, row: dict[str, Any]) -> None:
        self.rows.setdefault(table, []).append(blank(table) | row)

    def _answer(self, case_id: str, name: str, value: Any) -> dict[str, Any]:
        return {"tenant_id": self.tenant_id, "case_id": case_id, "field": name, "state": "given", "value": value, "by": "staff",
                "about": "self", "source": SOURCE, "at": self.now}

    def _decision(self, case_id: str, category: int) -> dict[str, Any]:
        return {"id": ids.new(), "tenant_id": self.tenant_id, "case_id": case_id, "category": category, "reasons": [],
                "decided_by": self.by, "at": self.now}

    def _change(self, connection: Connection, before: Any, draft: Draft, place: int, digest: str) -> None:
        other = differing(before.cells, draft.cells)
        named = [columns()[id_] for id_ in other if id_ in columns()]
        who = self._standing(connection, before.person_id)
        person_columns = {one.person: draft.person[one.person] for one in named if one.person in draft.person}
        people.write(connection, who, person_columns, source=SOURCE, by=self.by, at=self.now)
        if draft.number and "number" in other:
            people.add_number(connection, self.tenant_id, who, draft.number)
        main = connection.execute(select(case.c.person_id).where(case.c.id == before.case_id)).scalar_one() == who
        values: dict[str, Any] = {"changed_at": self.now}
        if main:
            fields = {one.field or one.joins for one in named} - {""}
            self._answers(connection, before.case_id, {name: value for name, value in draft.answers.items() if name in fields})
            if "damage_level" in other and "damage_level" in draft.answers:
                values["damage_level"] = draft.answers["damage_level"]
            if "district" in other and draft.district:
                values["district"] = draft.district
            if "category" in other and draft.category and self.by:
                values["category"] = draft.category
                decision = {**blank(category_decision), **self._decision(before.case_id, draft.category)}
                connection.execute(insert(category_decision).values(decision))
        if draft.restricted:
            values["restricted"] = True
            connection.execute(update(person).where(person.c.id.in_((who, before.person_id))).values(restricted=True))
        connection.execute(update(case).where(case.c.id == before.case_id).values(**values, version=case.c.version + 1))
        past = [*(before.before or []), {"at": before.at.isoformat(), "cells": {id_: before.cells.get(id_, "") for id_ in sorted(other)}}]
        connection.execute(update(list_row).where(list_row.c.id == before.id).values(
            cells=draft.cells, digest=digest, before=past, import_id=self.home["id"], place=place, at=self.now))

    def _standing(self, connection: Connection, person_id: str) -> str:
        """Under whom they are kept now, if two records were found to be one human being."""
        while merged := connection.execute(select(person.c.merged_into).where(person.c.id == person_id)).scalar_one():
            person_id = merged
        return person_id

    def _answers(self, connection: Connection, case_id: str, given: dict[str, Any]) -> None:
        if not given:
            return
        holds = (answer.c.case_id == case_id, answer.c.superseded_at.is_(None), answer.c.field.in_(sorted(given)))
        connection.execute(update(answer).where(*holds).values(superseded_at=self.now))
        rows = [blank(answer) | self._answer(case_id, name, value) for name, value in given.items()]
        run(connection, insertion(connection.dialect, answer, tuple(rows[0]), rows))
        recompute.soon(connection, case_id, self.now)  # their chats learn of it, too


_OF_CASES = (household_member, list_row, category_decision)
_SEEN = update(list_row)


@cache
def _blank(table: Table) -> dict[str, Any]:
    return {
        column.name: getattr(column.default, "arg", None) if column.default is not None and not column.default.is_callable else None
        for column in table.columns if column is not table.autoincrement_column
    }  # fmt: skip


def blank(table: Table) -> dict[str, Any]:
    """A row of a table with nothing in it but what its columns have of themselves."""
    return dict(_blank(table))


