"""How long a search takes among a million households: a figure for `./run bench search`.

The database is thrown away. People are written as a list writes them, name and reading sealed, tokens with them; only what
no search looks at (answers, conversations) is left out.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text

from backend import ids
from backend.app import Shell
from backend.cases.models import case
from backend.cases.rules import case_number
from backend.db import is_postgres, reading
from backend.filling import hurried, stream
from backend.journal.statements import insertion
from backend.lists.bench import FAMILY, GIVEN, halves
from backend.lists.preparing import blank
from backend.people.models import person, person_token
from backend.people.service import new_person
from backend.people.tokens import tokens_of
from backend.search.find import find
from backend.staff.models import staff
from backend.staff.roles import Staff

HOUSEHOLDS = 1_000_000
LIMIT_MS = 200
_BATCH = 5000
_SYLLABLES = "か き く け こ さ し す せ そ た ち つ て と な に ぬ ね の は ひ ふ へ ほ ま み む め も や ゆ よ ら り る れ ろ わ".split()  # noqa: SIM905


def measure(shell: Shell, tenant_id: str, many: int = HOUSEHOLDS) -> dict[str, Any]:
    """Median and p95 in milliseconds over searches as a desk makes them; `worst` names the slowest kind."""
    dice = random.Random(20260706)  # noqa: S311  the same people every time
    began = time.perf_counter()
    _fill(shell, tenant_id, many, dice)
    filled = time.perf_counter() - began
    who = _somebody(shell, tenant_id)
    took: dict[str, list[float]] = {}
    with reading(shell.engine).connect() as c:
        for kind, words in _asked(dice, many, 40):
            started = time.perf_counter()
            find(c, who, words)
            took.setdefault(kind, []).append((time.perf_counter() - started) * 1000)
    every = sorted(one for some in took.values() for one in some)
    return {
        "households": many, "database": shell.engine.dialect.name, "tokens": _tokens(shell), "filled_in_s": round(filled), "searches": len(every),
        "median_ms": round(statistics.median(every), 1), "p95_ms": round(every[int(len(every) * 0.95)], 1), "slowest_ms": round(every[-1], 1),
        "p95_by_kind_ms": {kind: round(sorted(some)[int(len(some) * 0.95)], 1) for kind, some in took.items()}, "goal": f"p95_ms <= {LIMIT_MS}",
    }  # fmt: skip


def _asked(dice: random.Random, many: int, each: int) -> Iterable[tuple[str, str]]:
    """What is typed at a desk: mostly a whole name or its reading, often a telephone or a number."""
    asked = []
    for _ in range(each):
        family, given = halves(dice.choice(FAMILY)), halves(dice.choice(GIVEN))
        asked += [
            ("name", f"{family[0]} {given[0]}"), ("kana", f"{family[1]} {given[1]}"), ("family", family[0]), ("family kana", family[1]),
            ("start", given[1][:2]), ("phone", _phone(dice.randrange(many))), ("last digits", f"{dice.randrange(10_000):04}"),
            ("birth", _born(dice.randrange(many))), ("name and birth", f"{family[0]} {_born(dice.randrange(many))}"),
            ("number", case_number(2026, dice.randrange(1, many))), ("nobody", "鷹司 雅楽之助"),
        ]  # fmt: skip
    return asked


def _fill(shell: Shell, tenant_id: str, many: int, dice: random.Random) -> None:
    """A line every 100,000 households on standard error. Tokens are put in order before they go into their tree."""
    now, engine, began = shell.clock(), shell.engine, time.perf_counter()
    same, postgres, dialect = blank(case), is_postgres(engine), engine.dialect
    indexes = [index for table in (person, case, person_token) for index in table.indexes]
    for index in indexes:
        index.drop(engine)
    with hurried(engine) as raw:
        raw.cursor().execute("CREATE TABLE heap (token BIGINT, person_id VARCHAR(26))")
        for first in range(0, many, _BATCH):
            people, cases, tokens = [], [], []
            for at in range(first, min(first + _BATCH, many)):
                family, given = halves(dice.choice(FAMILY)) if dice.random() < 0.6 else _rare(dice), halves(dice.choice(GIVEN))
                row = new_person(tenant_id, {
                    "name": f"{family[0]} {given[0]}", "kana": f"{family[1]} {given[1]}", "phone": _phone(at), "birth_date": _born(at),
                    "address": f"第{at % 3000}町{at % 9 + 1}-{at % 31}-{at % 17}"}, now) | {"restricted": at % 200 == 0}
                people.append({**blank(person), **row})
                cases.append({**same, "id": ids.new(), "tenant_id": tenant_id, "number": case_number(2026, at + 1), "person_id": row["id"],
                              "restricted": at % 200 == 0, "origin": "import", "opened_at": now, "changed_at": now + timedelta(milliseconds=at)})
                tokens += [(token, row["id"]) for token in tokens_of(tenant_id, row)]
            for table, rows in ((person, people), (case, cases)):
                made = insertion(dialect, table, tuple(rows[0]), rows)
                stream(raw, made.into, made.values, postgres)
            stream(raw, "heap (token, person_id)", tokens, postgres)
            raw.commit()
            if (first + _BATCH) % 100_000 == 0:
                print(f"  {first + _BATCH:,} households, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        cursor = raw.cursor()
        cursor.execute("INSERT INTO person_token (token, person_id) SELECT token, person_id FROM heap ORDER BY token, person_id")
        cursor.execute("DROP TABLE heap")
        raw.commit()
    for index in indexes:
        index.create(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(text("ANALYZE"))
    print(f"  {many:,} households with their tokens and indexes, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def _rare(dice: random.Random) -> tuple[str, str]:
    """A family name that few have: 4 of 10 people bear one."""
    signs = "".join(chr(0x4E00 + dice.randrange(3000)) for _ in range(2))
    return signs, "".join(dice.choice(_SYLLABLES) for _ in range(4))


def _phone(at: int) -> str:
    return f"090-{at // 10_000 % 10_000:04}-{at * 7919 % 10_000:04}"


def _born(at: int) -> str:
    return f"{1930 + at * 31 % 80}-{at * 7 % 12 + 1:02}-{at * 13 % 28 + 1:02}"


def _tokens(shell: Shell) -> int:
    with reading(shell.engine).connect() as c:
        return int(c.execute(text("SELECT count(*) FROM person_token")).scalar_one())


def _somebody(shell: Shell, tenant_id: str) -> Staff:
    id_ = ids.new()
    with shell.engine.begin() as c:
        c.execute(insert(staff).values(
            id=id_, tenant_id=tenant_id, login="bench", name="bench", role="caseworker", password_hash="-", created_at=shell.clock()))  # noqa: S106
    return Staff(id_, tenant_id, "bench", "bench", "caseworker")
