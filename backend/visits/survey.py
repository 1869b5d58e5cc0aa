"""The short survey at the door: questions of the first survey sheet, as the chat and the booth ask them (`dialogs/fields.py`).

The whole sheet is the booth's form, which opens from a case as well; these few can be filled in without a connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, update

from backend.booth.reading import Unreadable, value_of
from backend.cases import record
from backend.cases import service as cases
from backend.cases.models import case
from backend.clock import in_japan
from backend.contacts.consequences import CHECK
from backend.conversations.offices import Office, read_office
from backend.db import Row
from backend.journal.batch import Batch
from backend.programs import recompute
from backend.staff.roles import Staff
from backend.tasks.raising import raise_task
from dialogs.core.answers import Answer
from dialogs.core.danger import assess
from dialogs.core.words import Text
from dialogs.fields import FIELDS

Raw: TypeAlias = str | list[str]

QUESTIONS = ("household_size", "damage_level", "certificate", "living_now", "rebuild_method", "meals", "sleep", "worries", "wishes")
SOURCE = "visit"


def keep(connection: Connection, staff: Staff, home: Row, raw: Mapping[str, Raw], now: datetime) -> int:
    """Keep what was answered at the door as answers of the case; how many changed.

    What cannot be read as an answer is kept as it was written, in the support record, and somebody is asked to look at it.
    Words that sound like danger call a human, as they would in the chat (SF-01).
    """
    today = in_japan(now).date()
    before = cases.facts_of_case(connection, home["id"])
    given: dict[str, Answer] = {}
    unread: dict[str, str] = {}
    for name in QUESTIONS:
        if not (said := raw.get(name)):
            continue
        try:
            value: Any = value_of(name, said, today)
        except Unreadable:
            unread[name] = said if isinstance(said, str) else "、".join(said)
            continue
        one = Answer(name, value)
        there = before.get(name)
        if there is None or (there.value, there.state) != (one.value, one.state):
            given[name] = one
    if not given and not unread:
        return 0
    batch = Batch(connection, now)
    office = read_office(connection, staff.tenant_id, now)
    if unread:
        _keep_as_written(batch, office, staff, home, unread)
    if not given:
        return 0
    place = {"id": None, "tenant_id": staff.tenant_id, "case_id": home["id"], "waiting_since": None}
    cases.keep_answers(batch, place, given.values(), SOURCE, replacing=[name for name in given if name in before])
    for level, topic, rule in {assess(str(one.value)) for one in given.values() if FIELDS[one.field].free}:
        if level:
            raise_task(batch, office, level, topic=topic, rule=rule, case_id=home["id"])
    batch.flush()
    if "damage_level" in given:
        connection.execute(update(case).where(case.c.id == home["id"]).values(damage_level=str(given["damage_level"].value)))
    recompute.look_again(batch, home["id"], lambda _: office)
    batch.flush()
    return len(given)


def _keep_as_written(batch: Batch, office: Office, staff: Staff, home: Row, unread: Mapping[str, str]) -> None:
    for name, said in unread.items():
        record.add(batch.connection, tenant_id=home["tenant_id"], case_id=home["id"], kind="visit", state="unread", at=batch.now,
                   staff_id=staff.id, args={"question": Text(f"field.{name}.label")}, text=said)
    for level, topic, rule in {assess(said) for said in unread.values()}:
        if level:
            raise_task(batch, office, level, topic=topic, rule=rule, case_id=home["id"])
    raise_task(batch, office, CHECK, topic="unread", case_id=home["id"])
    batch.flush()
