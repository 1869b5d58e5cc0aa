"""A protected person who lives in a household that is open: what was answered about them is for their handlers alone (PR-31).

The household's members say who is protected; the answers say `members.m1.member_name`. Which is whose, the member's row
knows (`about["answers"]`), and the name where a list brought the same person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import Connection, select

from backend.cases.models import answer, case
from backend.people.models import household_member, person

T = TypeVar("T")


def scopes(connection: Connection, case_id: str) -> tuple[str, ...]:
    """The beginnings (`members.m2.`) of the answers about protected members of a case, its own person not among them."""
    chosen = (
        select(person.c.name, household_member.c.about)
        .join(person, person.c.id == household_member.c.person_id)
        .join(case, case.c.id == household_member.c.case_id)
        .where(household_member.c.case_id == case_id, person.c.restricted, person.c.id != case.c.person_id)
    )
    protected = connection.execute(chosen).all()
    if not protected:
        return ()
    known = {str((row.about or {}).get("answers")) for row in protected}
    names = {"".join(row.name.split()) for row in protected if row.name}
    told = select(answer.c.field, answer.c.value).where(answer.c.case_id == case_id, answer.c.field.like("members.%.member_name"))
    for row in connection.execute(told):
        if isinstance(row.value, str) and "".join(row.value.split()) in names:
            known.add(row.field.split(".")[1])
    return tuple(f"members.{key}." for key in sorted(known - {"None"}))


def without(found: Mapping[str, T], hidden: tuple[str, ...]) -> dict[str, T]:
    """Answers by field, those about protected members left out."""
    return {field: one for field, one in found.items() if not (hidden and field.startswith(hidden))}
