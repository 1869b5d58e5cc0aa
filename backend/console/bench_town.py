"""An invented municipality for `bench.py`: a million households with what hangs on them, written as a database stores it.

Sealed columns come sealed, moments as milliseconds, and the indexes are made once the rows are in. Only what the measured
pages look at is there: people, cases, chats, answers of some, tasks, visits, contacts, consents.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Engine, Table, insert, inspect, text

from backend import clock as clocks
from backend import crypto, ids
from backend.app import Shell
from backend.cases.models import answer, case
from backend.consent.models import consent_event
from backend.contacts.models import contact
from backend.db import is_postgres, metadata
from backend.filling import hurried, put
from backend.journal.models import conversation
from backend.people.models import person
from backend.staff import passwords
from backend.staff.models import staff
from backend.tasks.models import task
from backend.tenants.models import district, tenant
from backend.visits.models import visit, visit_request

TOWN = "bench"
PASSWORD = "an-invented-password-of-the-bench"  # noqa: S105
DISTRICTS = tuple(f"第{number}校区" for number in range(1, 41))
LIMITED, LENT = "staff-1", "staff-2"
"""A caseworker with two districts, and an outsourced operator; `staff-0` is the supervisor, the others are caseworkers."""
TALKS = 0.2
"""Part of the households that chat."""
OPEN_TASKS, OPEN_REQUESTS, WANTED = 3_000, 2_000, 20_000
"""What waits in a municipality of a million; the ladder of an outreach leaves thousands of homes to be visited."""
MET, AGREED = 0.6, 0.1
"""Part of the open households that were met, and of all that agreed to something."""
LONE = 2_000
"""Conversations that have no case yet."""
_CHUNK = 20_000
_FILLED = (person, case, conversation, answer, task, visit_request, visit, contact, consent_event)


def filled(engine: Engine) -> bool:
    """Whether this database holds the municipality already (it was kept after an earlier measure)."""
    if not inspect(engine).has_table(tenant.name):
        return False
    with engine.connect() as c:
        return c.execute(tenant.select().where(tenant.c.id == TOWN)).first() is not None


def fill(shell: Shell, many: int) -> None:
    """Make the tables and fill them; a line every 100,000 households on standard error."""
    engine, began, now = shell.engine, time.perf_counter(), clocks.now()
    metadata.create_all(engine)
    indexes = [index for table in _FILLED for index in table.indexes]
    for index in indexes:
        index.drop(engine)
    _office(engine, now)
    with hurried(engine) as raw:
        for start in range(0, many, _CHUNK):
            for table, rows in _households(range(start, min(many, start + _CHUNK)), many, now).items():
                put(raw, table, rows, is_postgres(engine))
            raw.commit()
            if (start + _CHUNK) % 100_000 == 0:
                print(f"  {start + _CHUNK:,} households, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        put(raw, conversation, list(_lone(now)), is_postgres(engine))
        raw.commit()
    for index in indexes:
        index.create(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(text("ANALYZE"))
    print(f"  {many:,} households and their indexes, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def missing_indexes(engine: Engine) -> None:
    """Make the indexes that a kept database does not have yet."""
    for table in _FILLED:
        for index in table.indexes:
            index.create(engine, checkfirst=True)


def _office(engine: Engine, now: datetime) -> None:
    secret = passwords.hashed(PASSWORD)
    role = {0: "supervisor", 2: "operator"}
    with engine.begin() as c:
        c.execute(insert(tenant).values(id=TOWN, slug=TOWN, name={"ja": "つなぎ市"}, live_at=now, created_at=now))
        c.execute(insert(staff), [{
            "id": f"staff-{number}", "tenant_id": TOWN, "login": f"staff-{number}", "name": f"職員{number}", "password_hash": secret,
            "role": role.get(number, "caseworker"), "districts": list(DISTRICTS[:2]) if number == 1 else None, "created_at": now,
        } for number in range(200)])  # fmt: skip
        c.execute(insert(district), [{"id": ids.new(), "tenant_id": TOWN, "name": name} for name in DISTRICTS])


def _households(numbers: range, many: int, now: datetime) -> dict[Table, list[dict[str, Any]]]:
    dice, ring, at = random.Random(numbers.start), crypto.ring(), round(now.timestamp() * 1000)  # noqa: S311  invented people
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in _FILLED}
    chance, day = dice.random, 86_400_000
    for number in numbers:
        key = f"{number:026d}"
        kana = "".join(dice.choices("あいうえおかきくけこさしすせそたちつてと", k=5))
        rows[person].append({"id": key, "tenant_id": TOWN, "name": ring.seal(f"世帯{number}".encode(), "person.name"),
                             "kana": ring.seal(kana.encode(), "person.kana"), "created_at": at})  # fmt: skip
        rows[case].append(home := _case(dice, number, key, at))
        if chance() < TALKS:
            rows[conversation].append(_talk(key, key, at))
        wanted = chance() < WANTED / many
        if wanted or chance() < 0.02:
            rows[answer] += [
                {"tenant_id": TOWN, "case_id": key, "field": field, "state": "given", "value": ring.seal(orjson.dumps(value), "answer.value"),
                 "by": "self", "about": "self", "source": "line", "at": at}
                for field, value in (("household_size", dice.randint(1, 6)), ("birth_date", f"{dice.randint(1930, 2005)}-05-03"), ("special_care", "足が悪い"))
            ]  # fmt: skip
        if chance() < OPEN_TASKS / many or number % 10 == 0:
            is_open = bool(number % 10)
            rows[task].append({"id": key, "tenant_id": TOWN, "kind": "visit", "rank": 6, "case_id": key, "made_at": at,
                               "due_at": at + dice.randint(-48, 300) * 3_600_000, "done_at": None if is_open else at})  # fmt: skip
        if chance() < OPEN_REQUESTS / many or number % 20 == 0:
            rows[visit_request].append({"id": key, "tenant_id": TOWN, "case_id": key, "state": "open" if number % 20 else "done", "made_at": at,
                                        "due_at": at + dice.randint(-2, 5) * day, "changed_at": at})  # fmt: skip
        if wanted or number % 20 == 1:
            rows[visit].append({
                "id": key, "tenant_id": TOWN, "case_id": key, "state": "wanted" if wanted else "done", "why": "ladder", "made_at": at,
                "changed_at": at, "planned_on": None if wanted else date(2026, 7, 1 + number % 30).isoformat()})  # fmt: skip
        rows[contact] += _approaches(dice, number, key, home, at)
        if chance() < AGREED:
            rows[consent_event].append({
                "tenant_id": TOWN, "case_id": key, "recipient": "professional", "event": "given", "method": "staff", "channel": "staff", "locale": "ja",
                "at": at, "prev_hash": "", "hash": ""})  # fmt: skip
    return rows


def _approaches(dice: random.Random, number: int, key: str, home: dict[str, Any], at: int) -> Iterable[dict[str, Any]]:
    """Omuta's way: who is not met is visited again; whoever is met has their first contact that day."""
    chance, day, tries = dice.random, 86_400_000, 0
    last = at - day if home["status"] == "closed" else at - int(chance() * 90) * day
    met = home["status"] == "closed" or chance() < MET
    many = 1 if chance() < 0.7 else 3
    while tries < many and (met or chance() < 0.5):
        tries += 1
        result = "met" if met and tries == many else "absent"
        yield {"id": f"{key[2:]}{tries:02d}", "tenant_id": TOWN, "case_id": key, "channel": "visit", "direction": "out",
               "at": last - (many - tries) * day, "staff_id": f"staff-{number % 199 + 1}", "result": result, "made_at": at}  # fmt: skip
    home["first_contact_at"] = last if met else None


def _case(dice: random.Random, number: int, key: str, at: int) -> dict[str, Any]:
    chance = dice.random
    return {
        "id": key, "tenant_id": TOWN, "number": f"T-2026-{number:07d}", "person_id": key,
        "status": "open" if chance() < 0.8 else "closed", "district": DISTRICTS[int(chance() * 40)], "damage_level": "half",
        "restricted": chance() < 0.001, "assigned_to": f"staff-{1 + int(chance() * 199)}" if chance() < 0.5 else None,
        "category": (1, 1, 1, 2, 3, 4)[int(chance() * 6)] if chance() < 0.8 else None,
        "review_on": (date(2026, 7, 1) + timedelta(days=int(chance() * 300))).isoformat() if chance() < 0.3 else None,
        "language": ("ja" if chance() < 0.96 else ("en", "en", "zh", "vi")[int(chance() * 4)]), "opened_at": at - int(chance() * 500) * 86_400_000,
        "first_contact_at": None, "origin": "import", "closed_at": at, "waiting_since": at if chance() < 0.001 else None, "changed_at": at - int(chance() * 60 * 24 * 40) * 60_000,
    }  # fmt: skip


def _talk(key: str, case_id: str | None, at: int) -> dict[str, Any]:
    return {"id": key, "tenant_id": TOWN, "channel": "line", "address_index": key, "address": b"", "case_id": case_id, "created_at": at,
            "last_heard_at": at}  # fmt: skip


def _lone(now: datetime) -> Iterable[dict[str, Any]]:
    at = round(now.timestamp() * 1000)
    return (_talk(f"lone{number:022d}", None, at - number * 60_000) for number in range(LONE))
