"""Make the person of a case out of what they answered."""

from __future__ import annotations

from collections.abc import Container

from backend import crypto, ids
from backend.journal.batch import Batch
from backend.people.models import person
from dialogs.core.answers import Facts


def person_from(batch: Batch, tenant_id: str, facts: Facts) -> str:
    """Write a new person and return the id. A person who gave no name is a person all the same."""
    phone = _said(facts, "phone") or _said(facts, "landline")
    person_id = ids.new()
    batch.add(
        person,
        {
            "id": person_id, "tenant_id": tenant_id, "name": _said(facts, "name"), "kana": _said(facts, "name_kana"),
            "phone": phone, "phone_index": phone_index(phone) if phone else None, "created_at": batch.now,
        },
    )  # fmt: skip
    return person_id


def changes(facts: Facts) -> dict[str, str | None]:
    """What new answers change in the person's row, column by column."""
    columns: dict[str, str | None] = {}
    if "name" in facts:
        columns["name"] = _said(facts, "name")
    if "name_kana" in facts:
        columns["kana"] = _said(facts, "name_kana")
    if phone := _said(facts, "phone"):
        columns |= {"phone": phone, "phone_index": phone_index(phone)}
    return columns


def without(gone: Container[str], facts: Facts) -> dict[str, str | None]:
    """What withdrawn answers take out of the person's row; `facts` are those that still hold."""
    columns: dict[str, str | None] = {}
    if "name_kana" in gone:
        columns["kana"] = None
    if "phone" in gone:
        phone = _said(facts, "landline")
        columns |= {"phone": phone, "phone_index": phone_index(phone) if phone else None}
    return columns


def phone_index(phone: str) -> str:
    """The look-up value of a phone number: the number itself cannot be read back from it."""
    return crypto.ring().index("".join(letter for letter in phone if letter.isdigit()), "person.phone")


def _said(facts: Facts, field: str) -> str | None:
    answer = facts.get(field)
    return str(answer.value) if answer is not None and answer.given else None
