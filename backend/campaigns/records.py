"""Other records of one person that nobody has merged yet: same telephone and same name. A shared telephone alone says
nothing: a family, a shelter or a shop lends its number to households that are silent all the same."""

from __future__ import annotations

import unicodedata

from sqlalchemy import Connection, bindparam, select

from backend.cases.models import case
from backend.people.models import person

MOST = 20


def same_person(connection: Connection, person_id: str, case_id: str) -> list[str]:
    """Ids of the other cases that are about this person."""
    mine = connection.execute(select(person).where(person.c.id == person_id)).mappings().one()
    found = [row.id for row in connection.execute(_OWN, {"person": person_id, "case": case_id})]
    if mine["phone_index"] is None:
        return found
    asked = {"tenant": mine["tenant_id"], "phone": mine["phone_index"], "person": person_id}
    names = {_plain(mine["name"]), _plain(mine["kana"])} - {""}
    return found + [row.id for row in connection.execute(_SAME_PHONE, asked) if names & {_plain(row.name), _plain(row.kana)}]


def _plain(name: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", name or "").split())


_OWN = select(case.c.id).where(case.c.person_id == bindparam("person"), case.c.id != bindparam("case")).limit(MOST)
_SAME_PHONE = (
    select(case.c.id, person.c.name, person.c.kana).join(person, person.c.id == case.c.person_id)
    .where(person.c.tenant_id == bindparam("tenant"), person.c.phone_index == bindparam("phone"), person.c.id != bindparam("person"))
    .limit(MOST)
)  # fmt: skip
