"""Read from the record what the forms want, some hundred households at a time.

Who may see a household is not decided here: the ids come from whoever has asked `backend.staff.access`. But a protected member
of a household that is not protected is on no paper of it, whoever prints it: paper goes on to others (PR-31).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, select

from backend.cases import record
from backend.cases.models import answer, case, closing, policy_version, support_entry
from backend.clock import in_japan
from backend.forms.household import Household, Line, Value, age_on
from backend.forms.wording import combined, members_line, words_of
from backend.lists.models import list_row
from backend.people.models import household_member, person
from backend.staff.models import staff
from backend.words import Catalogues
from dialogs.core.answers import NOT_GIVEN
from dialogs.core.model import DATE
from dialogs.core.words import Text
from dialogs.fields import FIELDS

CHUNK = 400
"""Cases of one statement: SQLite takes so many variables gladly."""
RECENT = 5
"""Newest entries of the log on the sheet of a case meeting."""

_OF_PERSON = {
    "name": "name", "kana": "kana", "phone": "phone", "landline": "landline", "sex": "sex",
    "address": "disaster_address", "current_address": "current_address",
}  # fmt: skip
"""Column of a person -> key of the forms. The row is kept up to date with the answers, and by hand."""


def households(connection: Connection, words: Catalogues, case_ids: Sequence[str], today: date) -> list[Household]:
    """The households of these cases, in their order. `today` is what ages are counted to."""
    made: dict[str, Household] = {}
    for start in range(0, len(case_ids), CHUNK):
        chunk = list(case_ids[start : start + CHUNK])
        for one in _read(connection, words, chunk, today):
            made[one.case_id] = one
    return [made[id_] for id_ in case_ids if id_ in made]


def _read(connection: Connection, words: Catalogues, ids: list[str], today: date) -> Iterable[Household]:
    cases = list(connection.execute(select(case).where(case.c.id.in_(ids))))
    if not cases:
        return
    names = _names(connection, cases[0].tenant_id)
    said = _grouped(connection, _answers(ids))
    members = _grouped(connection, _members(ids))
    log = _grouped(connection, _log(ids))
    policies = _grouped(connection, _newest_first(policy_version, ids, policy_version.c.number))
    ends = _grouped(connection, _newest_first(closing, ids, closing.c.at))
    rows = _grouped(connection, _newest_first(list_row, ids, list_row.c.at))
    heads = [row.person_id for row in cases]
    people = {row.id: row for row in connection.execute(select(person).where(person.c.id.in_(heads)))}
    for one in cases:
        who = people[one.person_id]
        values, not_given = _of_answers(said[one.id])
        values |= _of_person(who)
        values |= _of_case(one, names)
        own, others = _of_members(one, members[one.id], said[one.id], today)
        values |= own
        entries = tuple(_entry(row, words) for row in log[one.id])
        values |= _of_policy(policies[one.id]) | _of_end(ends[one.id], words) | _of_list(rows[one.id])
        if isinstance(born := values.get("birth_date"), date):
            values["age"] = age_on(born, today)
        if others:
            values["members_line"] = members_line(others)
        yield Household(
            one.id, one.number, combined(values), not_given,
            {
                "members": others, "log": entries, "recent": entries[-RECENT:],
                "policies": tuple({"policy_on": row.as_of, "policy": row.policy, "author": names.get(row.author, "")} for row in policies[one.id]),
            },
        )  # fmt: skip


def _names(connection: Connection, tenant_id: str) -> dict[str, str]:
    return {row.id: row.name for row in connection.execute(select(staff.c.id, staff.c.name).where(staff.c.tenant_id == tenant_id))}


def _answers(ids: list[str]) -> Select[Any]:
    shown = (answer.c.case_id, answer.c.field, answer.c.state, answer.c.value)
    holds = (answer.c.case_id.in_(ids), answer.c.superseded_at.is_(None), answer.c.withdrawn.is_(False))
    return select(*shown).where(*holds).order_by(answer.c.id)


def _members(ids: list[str]) -> Select[Any]:
    """Those who left as well: what was told of them once is not told of the household any more."""
    shown = (household_member, person.c.name, person.c.kana, person.c.sex, person.c.birth_date, person.c.restricted)
    mine = select(*shown).join(person, person.c.id == household_member.c.person_id)
    return mine.where(household_member.c.case_id.in_(ids)).order_by(household_member.c.head.desc(), household_member.c.id)


def _log(ids: list[str]) -> Select[Any]:
    mine = select(support_entry).where(support_entry.c.case_id.in_(ids), support_entry.c.struck_at.is_(None))
    return mine.order_by(support_entry.c.at, support_entry.c.id)


def _newest_first(table: Any, ids: list[str], by: Any) -> Select[Any]:
    return select(table).where(table.c.case_id.in_(ids)).order_by(by.desc(), table.c.id)


def _grouped(connection: Connection, chosen: Select[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(chosen):
        found[row.case_id].append(row)
    return found


def _of_answers(rows: list[Any]) -> tuple[dict[str, Value], dict[str, str]]:
    values: dict[str, Value] = {}
    not_given: dict[str, str] = {}
    for row in rows:
        known = FIELDS.get(row.field)
        if known is None or known.consent:
            continue  # a member's answer, or a decision on sharing: they have places of their own
        key = "kana" if row.field == "name_kana" else row.field
        if row.state in NOT_GIVEN:
            not_given[key] = row.state
        elif row.value is not None:
            values[key] = _value(known.kind, row.value)
    if values.get("head_of_household") == "me":
        values |= {head: values[key] for key, head in (("name", "head_name"), ("kana", "head_kana")) if key in values}
    return values, not_given


def _value(kind: str, value: Any) -> Value:
    if kind == DATE:
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value if isinstance(value, int) else str(value)


def _of_person(row: Any) -> dict[str, Value]:
    values: dict[str, Value] = {key: getattr(row, column) for column, key in _OF_PERSON.items() if getattr(row, column)}
    if row.birth_date:
        values["birth_date"] = date.fromisoformat(row.birth_date)
    if values.get("phone") == values.get("landline"):
        values.pop("phone", None)  # the landline stands in for a phone where there is no other
    return values


def _of_case(row: Any, names: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Any] = {
        "district": row.district, "category": str(row.category or ""), "assigned": names.get(row.assigned_to, ""),
        "review_on": row.review_on, "damage_level": row.damage_level,
        "closed_on": in_japan(row.closed_at).date() if row.closed_at else None,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _of_members(
    home: Any, rows: list[Any], said: list[Any], today: date
) -> tuple[dict[str, Value], tuple[Line, ...]]:
    """What they say about the head of the household, and a line for everybody but the person of the case."""
    own: dict[str, Value] = {}
    lines: list[Line] = []
    for row in rows:
        main = row.person_id == home.person_id
        if row.left_on is not None or (row.restricted and not (main or home.restricted)):
            continue
        if row.head and row.name:
            own |= {"head_name": row.name} | ({"head_kana": row.kana} if row.kana else {})
        if not main:
            lines.append(_member(row, today))
    # However the household wrote the name: a protected member stays out by either.
    named = {"".join(row.name.split()) for row in rows if row.name and row.person_id != home.person_id}
    known = {(row.about or {}).get("answers") for row in rows}
    told = (line for key, line in _told(said) if key not in known and "".join(str(line.get("member_name") or "").split()) not in named)
    return own, (*lines, *told)


def _member(row: Any, today: date) -> Line:
    about = row.about or {}
    born = date.fromisoformat(row.birth_date) if row.birth_date else None
    where = words_of("member_where")
    apart = where["apart"] if not row.lives_together and row.on_register else ""
    if row.lives_together and row.on_register is False:
        apart = where["together"]
    found: dict[str, Any] = {
        "member_name": row.name, "member_sex": row.sex, "member_birth_date": born,
        "member_age": age_on(born, today) if born else about.get("age"),
        "member_relation": about.get("relation") or row.relation, "member_work": about.get("work"),
        "member_income": about.get("income"), "member_note": "、".join(part for part in (str(about.get("note") or ""), apart) if part),
    }  # fmt: skip
    return {key: value for key, value in found.items() if value not in (None, "")}


def _told(rows: list[Any]) -> list[tuple[str, Line]]:
    """Members as the household told them in answers (`members.m1.member_name`), each with its place there (`m1`)."""
    found: dict[str, dict[str, Value]] = {}
    for row in rows:
        parts = row.field.split(".")
        if len(parts) == 3 and parts[0] == "members" and row.state == "given" and row.value is not None and parts[2] in FIELDS:
            found.setdefault(parts[1], {})[parts[2]] = _value(FIELDS[parts[2]].kind, row.value)
    return sorted(found.items())


def _entry(row: Any, words: Catalogues) -> Line:
    said = words.render(record.worded(row.kind, row.args), "ja") if row.kind != "note" else ""
    return {"log_on": in_japan(row.at).date(), "log_words": "\n".join(part for part in (said, row.text or "") if part)}


def _of_policy(rows: list[Any]) -> dict[str, Value]:
    if not rows:
        return {}
    newest = rows[0]
    found = {"policy": newest.policy, "home_wishes": newest.wish_home, "life_wishes": newest.wish_life, "policy_on": newest.as_of, "wishes_on": newest.as_of}
    return {key: value for key, value in found.items() if value}


def _of_end(rows: list[Any], words: Catalogues) -> dict[str, Value]:
    if not rows or rows[0].reopened_at:
        return {}
    end = rows[0]
    found = {
        "close_reason": words.render(Text(f"console.close.reason.{end.reason}"), "ja"), "close_note": end.note,
        "handed_to": end.handed_to, "handover": end.handover,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _of_list(rows: list[Any]) -> dict[str, Value]:
    """㉙ and ㉚ as a list said them that was brought in: no question of ours asks for them."""
    cells: Mapping[str, Any] = next((row.cells for row in rows if row.cells), {})
    found: dict[str, Value] = {}
    if needed := cells.get("support_needed"):
        found["need"] = str(needed)
    # What our own list said under ㉙ is said anew from the answers that hold now.
    ours = tuple(f"{label}：" for label in words_of("notes").values())
    if notes := "、".join(part for part in str(cells.get("notes") or "").split("、") if not part.startswith(ours)):
        found["remarks"] = notes
    return found
