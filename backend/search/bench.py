"""How long a search takes among a million households: a figure for `./run bench search`.

The database is thrown away. People are written as a list writes them, name and reading sealed, tokens with them; only what
no search looks at (answers, conversations) is left out.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, text

from backend import ids
from backend.app import Shell
from backend.cases.models import case
from backend.cases.rules import case_number
from backend.db import is_postgres, reading
from backend.journal.statements import insertion, run
from backend.lists.applying import blank
from backend.lists.bench import FAMILY, GIVEN, halves
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
    now, dialect = shell.clock(), shell.engine.dialect
    same = blank(case)
    with shell.engine.begin() as c:
        _hurry(c)
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
        with shell.engine.begin() as c:
            _hurry(c)
            for table, rows in ((person, people), (case, cases)):
                run(c, insertion(dialect, table, tuple(rows[0]), rows))
            _many_tokens(c, sorted(tokens))
    with shell.engine.execution_options(isolation_level="AUTOCOMMIT").connect() if is_postgres(shell.engine) else shell.engine.begin() as c:
        c.execute(text("ANALYZE"))


def _many_tokens(connection: Connection, tokens: list[tuple[int, str]]) -> None:
    if not is_postgres(connection):
        run(connection, insertion(connection.dialect, person_token, ("token", "person_id"), ())._replace(values=tokens))
        return
    cursor = connection.connection.cursor()
    with cursor.copy("COPY person_token (token, person_id) FROM STDIN") as copy:
        for row in tokens:
            copy.write_row(row)


def _hurry(connection: Connection) -> None:
    """Filling is not what is measured: foreign keys hold by how the rows are made."""
    if is_postgres(connection):
        connection.execute(text("SET LOCAL session_replication_role = replica"))


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
