"""Make two cases one, and two again. Everything that hangs on the one goes to the other; how it was is written down whole.

Nothing is deleted: the case that goes keeps its number and its row (status `merged`), answers that another one overrules
are superseded, a person found twice points to the one under whom they are kept (`person.merged_into`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, UniqueConstraint, delete, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.cases.models import answer, case
from backend.conversations.between import between_turns
from backend.db import Row, metadata
from backend.journal.models import conversation
from backend.lists.finding import found_by
from backend.matching.models import match_proposal, merge
from backend.people import service as people
from backend.people.models import household_member, person, person_token
from backend.people.spelling import fold_name
from backend.programs import recompute
from backend.relations import referred

OFFICIAL = frozenset({"certificate", "damage_level", "flood_level"})
"""What the municipality has assessed holds over what somebody said of it."""
_NOT_MOVED = frozenset({"household_change"})


class CannotMerge(ValueError):
    """One of the two is part of another case already, or this merge was undone. `args[0]` is the key of a sentence."""


def unite(
    connection: Connection, *, tenant_id: str, kept: str, gone: str, same: Iterable[tuple[str, str]], by: str, at: datetime,
    proposal_id: str | None = None,
) -> str:
    """Merge the case `gone` into `kept`; `same` are (person of kept, person of gone) who are one human being.

    Returns the merge's id, with which `part` undoes it. Raises `CannotMerge`.
    """
    between_turns(connection, conversation.c.case_id.in_((kept, gone)))
    first, second = (_locked(connection, tenant_id, id_) for id_ in sorted((kept, gone)))
    home, other = (first, second) if first["id"] == kept else (second, first)
    if "merged" in (home["status"], other["status"]) or kept == gone:
        raise CannotMerge("console.matching.already_merged")
    moved: dict[str, Any] = {"rows": {}, "superseded": [], "same": [], "filled": [], "tokens": [], "members": [], "protected": []}
    pairs = [*same, *_evident(connection, home, other, same)]
    for keeps, goes in pairs:
        _one_person(connection, keeps, goes, gone, moved, by, at)
    if other["person_id"] not in {goes for _, goes in pairs}:
        moved["members"].append(_member(connection, tenant_id, kept, other["person_id"]))
    for table in _tables():
        if found := _move(connection, table, gone, kept):
            moved["rows"][str(table.name)] = found
    moved["superseded"] = _overrule(connection, kept, at)
    _write_cases(connection, home, other, moved, at)
    recompute.soon(connection, kept, at)
    id_ = ids.new()
    connection.execute(insert(merge).values(
        id=id_, tenant_id=tenant_id, kept_case=kept, gone_case=gone, proposal_id=proposal_id, moved=moved, by=by, at=at))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="case.merged", object_kind="case", object_id=kept,
                 detail={"gone": gone, "merge": id_}, at=at)
    return id_


def part(connection: Connection, *, tenant_id: str, merge_id: str, by: str, at: datetime) -> Row:
    """Undo a merge: each thing goes back to where it was, what came later through the gone case's conversations too.

    Returns the merge's row. Raises `CannotMerge` where it was undone, or the case has become part of a third one.
    """
    chosen = select(merge).where(merge.c.id == merge_id, merge.c.tenant_id == tenant_id).with_for_update(key_share=True)
    row = connection.execute(chosen).mappings().one()
    kept, gone, moved = row["kept_case"], row["gone_case"], row["moved"]
    between_turns(connection, conversation.c.case_id.in_((kept, gone)))
    home, other = _locked(connection, tenant_id, kept), _locked(connection, tenant_id, gone)
    later = select(merge.c.id).where(merge.c.kept_case == kept, merge.c.undone_at.is_(None), merge.c.at > row["at"])
    if row["undone_at"] or home["status"] == "merged" or other["status"] != "merged" or connection.execute(later.limit(1)).first():
        raise CannotMerge("console.matching.cannot_undo")
    for table in _tables():
        _move_back(connection, table, moved["rows"].get(str(table.name), []), kept, gone)
    _came_later(connection, moved["rows"].get("conversation", []), kept, gone)
    for id_ in moved["members"]:
        connection.execute(delete(household_member).where(household_member.c.id == id_))
    for keeps, tokens in moved["tokens"]:
        people.drop_tokens(connection, keeps, [int(one) for one in tokens])
    for keeps, before, after in moved["filled"]:
        now = connection.execute(select(person).where(person.c.id == keeps)).mappings().one()
        # What somebody has corrected since stays as they left it.
        people.write(connection, keeps, {name: before[name] for name in after if now[name] == after[name]}, source="merge", by=by, at=at)
    for goes in moved["same"]:
        connection.execute(update(person).where(person.c.id == goes[1]).values(merged_into=None))
    connection.execute(update(person).where(person.c.id.in_(moved.get("protected", ()))).values(restricted=False))
    _reinstate(connection, moved["superseded"])
    _restore(connection, home, moved["kept"], at)
    _restore(connection, other, moved["gone"], at)
    for one in (kept, gone):
        recompute.soon(connection, one, at)
    connection.execute(update(merge).where(merge.c.id == merge_id).values(undone_by=by, undone_at=at))
    if row["proposal_id"]:
        connection.execute(update(match_proposal).where(match_proposal.c.id == row["proposal_id"]).values(
            state="open", decided_by=None, decided_at=None, version=match_proposal.c.version + 1))
    audit.record(connection, tenant_id=tenant_id, staff_id=by, action="case.parted", object_kind="case", object_id=kept,
                 detail={"gone": gone, "merge": merge_id}, at=at)
    return dict(row)


def merges_of(connection: Connection, case_id: str) -> list[Row]:
    """Merges that this case has part in and that stand, newest first: whoever looks at it sees what it is made of."""
    mine = (merge.c.kept_case == case_id) | (merge.c.gone_case == case_id)
    chosen = select(merge.c.id, merge.c.kept_case, merge.c.gone_case, merge.c.by, merge.c.at).where(mine, merge.c.undone_at.is_(None))
    return [dict(row) for row in connection.execute(chosen.order_by(merge.c.at.desc())).mappings()]


def _locked(connection: Connection, tenant_id: str, case_id: str) -> Row:
    chosen = select(case).where(case.c.id == case_id, case.c.tenant_id == tenant_id).with_for_update(key_share=True)
    return dict(connection.execute(chosen).mappings().one())


# --- people ---------------------------------------------------------------------------------------------------


def people_of(connection: Connection, case_id: str) -> list[Row]:
    """Everybody of a household, the case's own person first."""
    member = select(household_member.c.person_id).where(household_member.c.case_id == case_id, household_member.c.left_on.is_(None))
    main = select(case.c.person_id).where(case.c.id == case_id)
    chosen = select(person).where(person.c.id.in_(main.union(member)), person.c.merged_into.is_(None))
    own = connection.execute(main).scalar_one()
    return sorted(map(dict, connection.execute(chosen).mappings()), key=lambda row: (row["id"] != own, row["id"]))


def _evident(connection: Connection, home: Row, other: Row, same: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Others who stand in both households under one name, with no birth date that says otherwise.

    Never a protected one: whoever merges may not see them, and what is known of them would fill a record in the open.
    """
    taken = {id_ for pair in same for id_ in pair}
    pairs = []
    theirs = [row for row in people_of(connection, other["id"]) if row["id"] not in taken and not row["restricted"]]
    for one in (row for row in people_of(connection, home["id"]) if not row["restricted"]):
        for two in theirs:
            if one["id"] in taken or two["id"] in taken or not one["name"] or not two["name"]:
                continue
            born = {one["birth_date"], two["birth_date"]} - {None}
            if fold_name(one["name"]) == fold_name(two["name"]) and len(born) < 2:
                pairs.append((one["id"], two["id"]))
                taken |= {one["id"], two["id"]}
    return pairs


def _one_person(connection: Connection, keeps: str, goes: str, gone: str, moved: dict[str, Any], by: str, at: datetime) -> None:
    one, two = (dict(connection.execute(select(person).where(person.c.id == id_)).mappings().one()) for id_ in (keeps, goes))
    missing = {name: two[name] for name in sorted(people.COLUMNS) if two[name] and not one[name]}
    if missing:
        people.write(connection, keeps, missing, source="merge", by=by, at=at)
        moved["filled"].append([keeps, {name: one[name] for name in missing}, missing])
    # Asked of the records, not of the tree: what a list has just brought may be on its way into it.
    theirs = found_by(connection, two) | _found_through(connection, goes, gone)
    held = select(person_token.c.token).where(person_token.c.person_id == keeps, person_token.c.token.in_(sorted(theirs)))
    more = theirs - found_by(connection, {**one, **missing}) - set(connection.execute(held).scalars())
    if more:  # found under either name and number
        people.put_tokens(connection, keeps, more)
        moved["tokens"].append([keeps, [str(token) for token in sorted(more)]])
    if two["restricted"] and not one["restricted"]:
        connection.execute(update(person).where(person.c.id == keeps).values(restricted=True))
        moved["protected"].append(keeps)
    connection.execute(update(person).where(person.c.id == goes).values(merged_into=keeps))
    moved["same"].append([keeps, goes])


def _found_through(connection: Connection, person_id: str, case_id: str) -> set[int]:
    """By what a person is found since others turned out to be them."""
    chosen = select(merge.c.moved).where(merge.c.kept_case == case_id, merge.c.undone_at.is_(None))
    before = [one for moved in connection.execute(chosen).scalars() for one in moved["tokens"]]
    return {int(token) for keeps, tokens in before if keeps == person_id for token in tokens}


def _member(connection: Connection, tenant_id: str, case_id: str, person_id: str) -> str:
    id_ = ids.new()
    connection.execute(insert(household_member).values(id=id_, tenant_id=tenant_id, case_id=case_id, person_id=person_id))
    return id_


# --- rows -----------------------------------------------------------------------------------------------------


def _tables() -> list[Table]:
    """Every table whose rows hang on a case by `case_id`, and have an id of their own."""
    return [
        table for table in metadata.sorted_tables
        if "case_id" in table.c and [column.name for column in table.primary_key] == ["id"] and table.name not in _NOT_MOVED
        and referred(table.c.case_id) is case.c.id
    ]  # fmt: skip


def _move(connection: Connection, table: Table, gone: str, kept: str) -> list[Any]:
    """The ids of the rows that went over. Where the kept case has one like it (policy version 1), it stays behind."""
    rows = connection.execute(select(table).where(table.c.case_id == gone)).mappings().all()
    taken = connection.execute(select(table).where(table.c.case_id == kept)).mappings().all() if _unique(table) else []
    free = [row["id"] for row in rows if not any(
        all(row[name] == there[name] for name in names) for names in _unique(table) for there in taken)]
    for at in range(0, len(free), 400):
        connection.execute(update(table).where(table.c.id.in_(free[at : at + 400])).values(case_id=kept))
    return free


def _move_back(connection: Connection, table: Table, moved: list[Any], kept: str, gone: str) -> None:
    for at in range(0, len(moved), 400):
        connection.execute(update(table).where(table.c.id.in_(moved[at : at + 400]), table.c.case_id == kept).values(case_id=gone))


def _unique(table: Table) -> list[list[str]]:
    """For each uniqueness that `case_id` is part of: the other columns."""
    sets = [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    sets += [list(one.columns) for one in table.indexes if one.unique]
    return [[column.name for column in columns if column.name != "case_id"] for columns in sets if any(column.name == "case_id" for column in columns)]


def _came_later(connection: Connection, talks: list[Any], kept: str, gone: str) -> None:
    """What was said in the gone case's conversations after the merge belongs to it."""
    for table in _tables():
        if "conversation_id" in table.c and table is not conversation and talks:
            said = update(table).where(table.c.conversation_id.in_(talks), table.c.case_id == kept)
            connection.execute(said.values(case_id=gone))


# --- answers --------------------------------------------------------------------------------------------------


def _overrule(connection: Connection, case_id: str, at: datetime) -> list[int]:
    """Of two answers to one question one holds from now on; the ids of the others."""
    shown = (answer.c.id, answer.c.field, answer.c.by, answer.c.source, answer.c.state, answer.c.at)
    chosen = select(*shown).where(answer.c.case_id == case_id, answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False))
    holding: dict[str, Any] = {}
    overruled: list[int] = []
    for row in sorted(connection.execute(chosen), key=_weight, reverse=True):
        if row.field in holding:
            overruled.append(row.id)
        holding.setdefault(row.field, row)
    if overruled:
        connection.execute(update(answer).where(answer.c.id.in_(overruled)).values(superseded_at=at))
    return overruled


def _weight(row: Any) -> tuple[bool, bool, datetime, int]:
    """Given before not given; the office's on what it assesses, the household's own on everything else; then the newest."""
    office = row.source == "list"
    return row.state == "given", office if row.field in OFFICIAL else not office, row.at, row.id


def _reinstate(connection: Connection, overruled: list[int]) -> None:
    for id_ in overruled:
        row = connection.execute(select(answer.c.case_id, answer.c.field).where(answer.c.id == id_)).one()
        holds = select(answer.c.id).where(
            answer.c.case_id == row.case_id, answer.c.field == row.field, answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False))
        if connection.execute(holds.limit(1)).first() is None:
            connection.execute(update(answer).where(answer.c.id == id_).values(superseded_at=None))


# --- the two cases --------------------------------------------------------------------------------------------


def _write_cases(connection: Connection, home: Row, other: Row, moved: dict[str, Any], at: datetime) -> None:
    waits = [since for since in (home["waiting_since"], other["waiting_since"]) if since]
    damage = select(answer.c.value).where(
        answer.c.case_id == home["id"], answer.c.field == "damage_level", answer.c.state == "given",
        answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False))
    after = {
        "district": home["district"] or other["district"], "assigned_to": home["assigned_to"] or other["assigned_to"],
        "category": home["category"] or other["category"], "restricted": home["restricted"] or other["restricted"],
        "damage_level": connection.execute(damage.limit(1)).scalar_one_or_none() or home["damage_level"] or other["damage_level"],
        "waiting_since": min(waits) if waits else None,
    }  # fmt: skip
    changed = {name: value for name, value in after.items() if home[name] != value}
    moved["kept"] = {name: [_kept(home[name]), _kept(value)] for name, value in changed.items()}
    moved["gone"] = {"status": [other["status"], "merged"], "waiting_since": [_kept(other["waiting_since"]), None]}
    connection.execute(update(case).where(case.c.id == home["id"]).values(**changed, version=home["version"] + 1, changed_at=at))
    connection.execute(update(case).where(case.c.id == other["id"]).values(
        status="merged", waiting_since=None, version=other["version"] + 1, changed_at=at))


def _restore(connection: Connection, now: Row, changed: dict[str, Any], at: datetime) -> None:
    """Columns that are still as the merge left them become what they were."""
    back = {name: _read(name, before) for name, (before, after) in changed.items() if _kept(now[name]) == after}
    connection.execute(update(case).where(case.c.id == now["id"]).values(**back, version=now["version"] + 1, changed_at=at))


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name == "waiting_since" else value
