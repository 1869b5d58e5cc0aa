"""Who belongs to a household: as they live together now (生活世帯) and as they are registered (住民票), side by side.

Somebody who moves out stays in the household's history, with the day; they may get a case of their own (世帯分離), and come
back. Each change keeps what was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from backend import ids
from backend.cases.models import answer, case
from backend.cases.rules import case_number
from backend.clock import in_japan
from backend.conflict import Conflict
from backend.db import Row
from backend.people import service as people
from backend.people.models import household_change, household_member, person
from backend.tenants.models import tenant
from dialogs.core.answers import Facts

RELATIONS = ("spouse", "child", "parent", "grandchild", "sibling", "other")
"""To the head of the household; "" for the head, or where it is not known. Labels: `field.member_relation.option.…`."""

OF_THE_HOME = ("disaster_address", "damage_level", "flood_level", "certificate", "tenure")
"""Answers about the home as it was: they hold for whoever lived in it, in whichever case they are now."""
CHANGEABLE = ("relation", "about", "lives_together", "on_register", "head", "joined_on", "left_on")


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household. `id` is the member's, empty for the case's own person before anything was written of
    them; `main` is whose case it is; `left_on` is set for who belongs to it no more."""

    id: str
    person: Row
    relation: str = ""
    about: Mapping[str, Any] | None = None
    lives_together: bool = True
    on_register: bool | None = None
    head: bool = False
    joined_on: date | None = None
    left_on: date | None = None
    version: int = 1
    main: bool = False


def household(connection: Connection, case_id: str, *, former: bool = False) -> tuple[Member, ...]:
    """The case's own person, then the head, then the others as they came; with `former`, those who left as well.

    The caller has the case from `staff.access` and leaves out the names of protected people (`person["restricted"]`)
    where the reader does not handle them.
    """
    main = connection.execute(select(case.c.person_id).where(case.c.id == case_id)).scalar_one()
    rows = connection.execute(select(household_member).where(household_member.c.case_id == case_id)).mappings().all()
    held = {row["person_id"] for row in rows}
    chosen = select(person).where(person.c.id.in_(sorted(held | {main})), person.c.merged_into.is_(None))
    known = {row["id"]: dict(row) for row in connection.execute(chosen).mappings()}
    members = [
        Member(row["id"], known[row["person_id"]], version=row["version"], main=row["person_id"] == main, **{name: row[name] for name in CHANGEABLE})
        for row in rows if row["person_id"] in known and (former or row["left_on"] is None)
    ]  # fmt: skip
    if main not in held and main in known:
        members.append(Member("", known[main], main=True))
    return tuple(sorted(members, key=lambda one: (not one.main, one.left_on is not None, not one.head, one.id)))


def add_member(
    connection: Connection, *, case_id: str, columns: Mapping[str, Any], by: str | None, at: datetime, source: str = "console",
    **values: Any,
) -> str:
    """A new person in the household; returns the member's id. `columns` are of the person, `values` some of `CHANGEABLE`."""
    tenant_id = _tenant_of(connection, case_id)
    return _join(connection, tenant_id, case_id, people.add(connection, tenant_id, columns, at), "added", by, at, source, values)


def change_member(
    connection: Connection, *, case_id: str, member_id: str, values: Mapping[str, Any], version: int, by: str | None, at: datetime,
    columns: Mapping[str, Any] | None = None,
) -> None:
    """Change how somebody belongs to the household (`values`, some of `CHANGEABLE`) and, with `columns`, the person.

    Raises `Conflict`; `NoResultFound` for a member of another case.
    """
    row = _member(connection, case_id, member_id)
    if row["version"] != version:
        raise Conflict({name: row[name] for name in values})
    _change(connection, row, {name: value for name, value in values.items() if name in CHANGEABLE}, "changed", by, at)
    if columns:
        people.write(connection, row["person_id"], columns, source="console", by=by, at=at)


def main_member(connection: Connection, case_id: str, by: str | None, at: datetime) -> str:
    """The member's id of the case's own person, written down if it was not yet: then it can be changed like the others."""
    tenant_id, main = _tenant_of(connection, case_id), connection.execute(select(case.c.person_id).where(case.c.id == case_id)).scalar_one()
    chosen = select(household_member.c.id).where(household_member.c.case_id == case_id, household_member.c.person_id == main)
    found = connection.execute(chosen).scalar_one_or_none()
    return str(found) if found else _join(connection, tenant_id, case_id, main, "added", by, at, "console", {})


def split(
    connection: Connection, *, case_id: str, member_ids: Iterable[str], own_case: bool, on: date, by: str | None, at: datetime,
) -> str | None:
    """These members live somewhere else from `on`. With `own_case` they become a household of their own, the first of them
    its person; returns that case's id. The register says of them what it said: moving and registering are two things.

    Raises `ValueError` for the case's own person (give the case to somebody else, or split off the others).
    """
    rows = [_member(connection, case_id, id_) for id_ in member_ids]
    home = dict(connection.execute(select(case).where(case.c.id == case_id).with_for_update(key_share=True)).mappings().one())
    if not rows or home["person_id"] in {row["person_id"] for row in rows}:
        raise ValueError("the case's own person cannot leave it")
    made = _case_of_their_own(connection, home, rows, at) if own_case else None
    for row in rows:
        _change(connection, row, {"lives_together": False, **({"left_on": on} if made else {})}, "split", by, at, other=made)
        if made:
            values = {"relation": "", "on_register": row["on_register"], "head": row is rows[0], "joined_on": on}
            _join(connection, home["tenant_id"], made, row["person_id"], "split", by, at, "console", values, other=case_id)
    return made


def rejoin(
    connection: Connection, *, case_id: str, member_ids: Iterable[str], on: date, by: str | None, at: datetime
) -> tuple[str, ...]:
    """These members live with the household again; they leave the one they had meanwhile.

    Returns the cases in which nobody is left but who came back: somebody decides whether they are closed.
    """
    emptied = []
    for row in [_member(connection, case_id, id_) for id_ in member_ids]:
        elsewhere = select(household_member).where(
            household_member.c.person_id == row["person_id"], household_member.c.case_id != case_id, household_member.c.left_on.is_(None))
        other = connection.execute(elsewhere).mappings().first()
        if other:
            _change(connection, dict(other), {"left_on": on, "lives_together": False}, "rejoined", by, at, other=case_id)
            if not [one for one in household(connection, other["case_id"]) if one.person["id"] != row["person_id"]]:
                emptied.append(other["case_id"])
        _change(connection, row, {"left_on": None, "lives_together": True}, "rejoined", by, at, other=other["case_id"] if other else None)
    return tuple(dict.fromkeys(emptied))


def changes_of(connection: Connection, case_id: str) -> list[Row]:
    """What happened to the household, newest first: member_id, what, before, after, other_case_id, staff_id, at."""
    chosen = select(household_change).where(household_change.c.case_id == case_id).order_by(household_change.c.id.desc())
    return [dict(row) for row in connection.execute(chosen).mappings()]


def follow(connection: Connection, case_id: str, facts: Facts, source: str, at: datetime) -> None:
    """What was answered about each member (`members.m1.member_name` …) becomes a person of the household."""
    told: dict[str, dict[str, Any]] = {}
    for key, said in facts.items():
        parts = key.split(".")
        if len(parts) == 3 and parts[0] == "members" and said.given:
            told.setdefault(parts[1], {})[parts[2]] = said.value
    if not told:
        return
    there = {(one.about or {}).get("answers"): one for one in household(connection, case_id, former=True)}
    for key, said_of in told.items():
        columns = {"name": said_of["member_name"]} if "member_name" in said_of else {}
        told_too = {name.removeprefix("member_"): value for name, value in said_of.items() if name in ("member_age", "member_work")}
        known = there.get(key)
        about = {**((known.about or {}) if known else {}), "answers": key, **told_too}
        values = {"about": about, **({"relation": said_of["member_relation"]} if "member_relation" in said_of else {})}
        if known is None:
            add_member(connection, case_id=case_id, columns=columns, by=None, at=at, source=source, **values)
        else:
            _change(connection, _member(connection, case_id, known.id), values, "changed", None, at, source=source)
            people.write(connection, known.person["id"], columns, source=source, by=None, at=at)


def _tenant_of(connection: Connection, case_id: str) -> str:
    return str(connection.execute(select(case.c.tenant_id).where(case.c.id == case_id)).scalar_one())


def _member(connection: Connection, case_id: str, member_id: str) -> Row:
    chosen = select(household_member).where(household_member.c.id == member_id, household_member.c.case_id == case_id)
    return dict(connection.execute(chosen.with_for_update(key_share=True)).mappings().one())


def _join(
    connection: Connection, tenant_id: str, case_id: str, person_id: str, what: str, by: str | None, at: datetime, source: str,
    values: Mapping[str, Any], other: str | None = None,
) -> str:
    id_ = ids.new()
    kept = {name: value for name, value in values.items() if name in CHANGEABLE}
    connection.execute(insert(household_member).values(id=id_, tenant_id=tenant_id, case_id=case_id, person_id=person_id, **kept))
    _note(connection, tenant_id, case_id, id_, what, None, kept, by, at, source, other)
    return id_


def _change(
    connection: Connection, row: Row, values: Mapping[str, Any], what: str, by: str | None, at: datetime, *, other: str | None = None,
    source: str = "console",
) -> None:
    changed = {name: value for name, value in values.items() if row[name] != value}
    if not changed:
        return
    connection.execute(update(household_member).where(household_member.c.id == row["id"]).values(**changed, version=row["version"] + 1))
    before = {name: row[name] for name in changed}
    _note(connection, row["tenant_id"], row["case_id"], row["id"], what, before, changed, by, at, source, other)


def _note(
    connection: Connection, tenant_id: str, case_id: str, member_id: str, what: str, before: Mapping[str, Any] | None,
    after: Mapping[str, Any], by: str | None, at: datetime, source: str, other: str | None,
) -> None:
    connection.execute(insert(household_change).values(
        tenant_id=tenant_id, case_id=case_id, member_id=member_id, what=what, before=_plain(before), after=_plain(after),
        other_case_id=other, source=source, staff_id=by, at=at))


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _case_of_their_own(connection: Connection, home: Row, rows: list[Row], at: datetime) -> str:
    """A case with what the old one knows of the home; protected as it was, in the same hands."""
    counted = update(tenant).where(tenant.c.id == home["tenant_id"]).values(next_case=tenant.c.next_case + 1).returning(tenant.c.next_case)
    serial = int(connection.execute(counted).scalar_one()) - 1
    made = ids.new()
    same = ("tenant_id", "district", "damage_level", "demonstration", "assigned_to", "team", "language")
    protected = connection.execute(select(person.c.restricted).where(person.c.id.in_([row["person_id"] for row in rows]))).scalars()
    connection.execute(insert(case).values(
        **{name: home[name] for name in same}, id=made, number=case_number(in_japan(at).year, serial), person_id=rows[0]["person_id"],
        restricted=home["restricted"] or any(protected), origin="split", opened_at=at, changed_at=at))
    chosen = select(answer).where(answer.c.case_id == home["id"], answer.c.field.in_(OF_THE_HOME), answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False))
    for row in connection.execute(chosen).mappings().all():
        copied = {name: row[name] for name in ("tenant_id", "field", "state", "value", "by", "about", "source", "at")}
        connection.execute(insert(answer).values(**copied, case_id=made))
    return made
