"""Find cases by name, kana, phone, birth date or number, among those that this member of staff may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, literal, or_, select, true
from sqlalchemy.sql.util import ClauseAdapter

from backend.cases.models import case
from backend.cases.rules import read_case_number
from backend.matching.models import merge
from backend.people.models import household_member, person, person_token
from backend.people.spelling import fold_kana, fold_name, name_parts
from backend.people.tokens import ways_to
from backend.staff.access import visible
from backend.staff.roles import SUPERVISOR, Staff
from dialogs.core.reading.day import read_date

LONGEST, MOST_WORDS = 100, 4
CANDIDATES = 1000
"""Records opened for one search. Who looks for one of more people of that name adds a word."""
_COUNTED = 5000
_MOST_COMBINATIONS = 12
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Hit:
    """One person in one case. `by` says what was found: number, name, kana, phone, born. `main`: whose case it is."""

    case_id: str
    number: str
    status: str
    district: str
    restricted: bool
    person_id: str
    name: str
    kana: str
    birth_date: str
    address: str
    by: str
    main: bool


@dataclass(frozen=True, slots=True)
class Result:
    """`more`: there are others that were not looked at. `unclear`: nothing in the words can be looked up."""

    hits: tuple[Hit, ...]
    more: bool = False
    unclear: bool = False


def find(connection: Connection, staff: Staff, words: str, limit: int = 50) -> Result:
    """What the words find, best first; never a case that `staff` may not see by name."""
    said = words.strip()[:LONGEST]
    number = read_case_number(said)
    if number:
        cases = list(connection.execute(_now(staff, number)).scalars())
        rows = _seen(connection, staff, BY_CASE, cases)
        return Result(_opened(connection, [(row, "number") for row in rows]))
    typed = said.split()[:MOST_WORDS]
    ways = [ways_to(staff.tenant_id, word, _days(word)) for word in typed]
    if not typed or not all(ways):
        return Result((), unclear=True)
    found: dict[tuple[str, str], tuple[Any, str]] = {}
    more = False
    for chosen in list(product(*ways))[:_MOST_COMBINATIONS]:
        tokens = {token for _, way in chosen for token in way}
        rows = _candidates(connection, staff, tokens)
        more = more or len(rows) >= CANDIDATES
        for row in rows:
            if all(_holds(kind, word, row) for (kind, _), word in zip(chosen, typed, strict=True)):
                found.setdefault((row.case_id, row.person_id), (row, chosen[0][0]))
    like = _Typed.of(typed)
    best = sorted(found.values(), key=lambda one: like.rank(one[0]))
    return Result(_opened(connection, best[:limit]), more=more or len(best) > limit)


def _candidates(connection: Connection, staff: Staff, tokens: set[int]) -> list[Any]:
    """People with all of the tokens: the rarest is scanned, the others are asked for each.

    First the tokens alone, then the people's cases by their ids, then who may see them: left together, a database
    without statistics begins with all cases of the municipality.
    """
    rarest, *others = sorted(tokens, key=lambda token: _count(connection, token))
    first = person_token.alias()
    held: list[Any] = [first.c.token == rarest]
    for token in others:
        other = person_token.alias()
        held.append(select(literal(1)).where(other.c.token == token, other.c.person_id == first.c.person_id).exists())
    rows: list[Any] = []
    with connection.execute(select(first.c.person_id).where(*held).limit(_COUNTED)) as found:  # of thousands of a common name most are never asked for
        for some in found.scalars().partitions(_CHUNK):
            rows += _seen(connection, staff, BY_PERSON, some) + _seen(connection, staff, BY_MEMBER, some)
            if len(rows) >= CANDIDATES:
                break
    return rows


def _count(connection: Connection, token: int) -> int:
    some = select(person_token.c.person_id).where(person_token.c.token == token).limit(_COUNTED).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _now(staff: Staff, number: str) -> Any:
    """The case of this number, or the one that it has become part of."""
    own = select(case.c.id).where(case.c.tenant_id == staff.tenant_id, case.c.number == number)
    return own.union(select(merge.c.kept_case).where(merge.c.gone_case.in_(own), merge.c.undone_at.is_(None)))


BY_CASE, BY_PERSON, BY_MEMBER = "case", "person", "member"
"""Whose ids cases are looked up by: their own, those of the people whose cases they are, those of others of the household."""


def _seen(connection: Connection, staff: Staff, by: str, ids: Sequence[str]) -> list[Any]:
    """Of these cases, each with a person (`who`): those that may be listed by name."""
    return list(connection.execute(_question(staff, by), {"some": list(ids)}))


@lru_cache(maxsize=256)
def _question(staff: Staff, by: str) -> Select[Any]:
    """Put together once for an account: that takes longer than running it. A member of a household may be protected where the
    case is not. The limit keeps the databases from mixing the two questions."""
    some: BindParameter[Any] = bindparam("some", expanding=True)
    needed = (case.c.id, case.c.tenant_id, case.c.number, case.c.status, case.c.district, case.c.restricted, case.c.assigned_to, case.c.person_id)
    homes = {
        BY_CASE: select(*needed, case.c.person_id.label("who")).where(case.c.id.in_(some)),
        BY_PERSON: select(*needed, case.c.person_id.label("who")).where(case.c.person_id.in_(some)),
        BY_MEMBER: select(*needed, household_member.c.person_id.label("who")).where(
            household_member.c.person_id.in_(some), household_member.c.case_id == case.c.id, household_member.c.left_on.is_(None),
            household_member.c.person_id != case.c.person_id),
    }  # fmt: skip
    home = homes[by].limit(_COUNTED).subquery()
    may = ClauseAdapter(home).traverse(visible(staff))
    handled = true() if staff.role == SUPERVISOR else or_(person.c.restricted.is_(False), home.c.assigned_to == staff.id)
    return select(
        home.c.id.label("case_id"), home.c.number, home.c.status, home.c.district, home.c.restricted,
        (home.c.person_id == person.c.id).label("main"), person.c.id.label("person_id"), person.c.name, person.c.kana,
    ).where(person.c.id == home.c.who, may, handled, home.c.status != "merged", person.c.merged_into.is_(None))


def _holds(kind: str, word: str, row: Any) -> bool:
    """Tokens are coarse (pairs, runs of three): the opened name must hold the word."""
    if kind == "kana":
        return fold_kana(word) in fold_kana(row.kana or "")
    return kind != "name" or fold_name(word) in fold_name(row.name or "")


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, folded once for all that it is compared with."""

    name: str
    kana: str
    parts: frozenset[str]

    @classmethod
    def of(cls, typed: Sequence[str]) -> _Typed:
        whole = "".join(typed)
        return cls(fold_name(whole), fold_kana(whole), frozenset(name_parts(" ".join(typed))))

    def rank(self, row: Any) -> tuple[int, str, str]:
        """Whole names before parts of names before pieces; then by kana."""
        written, read = row.name or "", row.kana or ""
        name, kana = fold_name(written), fold_kana(read)
        if self.name == name or self.kana == kana:
            place = 0
        elif self.parts.issubset(map(fold_kana, read.split())) or self.parts <= {*name_parts(written), *map(fold_kana, read.split())}:
            place = 1
        else:
            place = 2
        return place, kana or name, row.case_id


def _opened(connection: Connection, rows: Sequence[tuple[Any, str]]) -> tuple[Hit, ...]:
    more: dict[str, Any] = {}
    for some in _chunks([row.person_id for row, _ in rows]):
        chosen = select(person.c.id, person.c.birth_date, person.c.address, person.c.current_address).where(person.c.id.in_(some))
        more |= {row.id: row for row in connection.execute(chosen)}
    return tuple(
        Hit(row.case_id, row.number, row.status, row.district, row.restricted, row.person_id, row.name or "", row.kana or "",
            more[row.person_id].birth_date or "", more[row.person_id].current_address or more[row.person_id].address or "",
            by, bool(row.main))
        for row, by in rows
    )


def _days(word: str) -> Iterable[str]:
    day = read_date(word, date.max)
    return (day.isoformat(),) if day else ()


def _chunks(ids: list[str]) -> list[list[str]]:
    return [ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK)]
