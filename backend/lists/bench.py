"""How long a list of 100,000 households takes, from the uploaded workbook to cases: a figure for `./run bench import`."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from openpyxl import Workbook
from sqlalchemy.engine.default import DefaultDialect

from backend.app import Shell
from backend.db import reading
from backend.files.service import File
from backend.jobs.run import run_slice
from backend.lists import ahead, checking, finding
from backend.lists import service as lists
from backend.lists.applying import APPLY, _Taking, apply_some
from backend.lists.checking import CHECK, check_some
from backend.lists.template import marked

ROWS = 100_000
FAMILY = ["佐藤さとう", "鈴木すずき", "高橋たかはし", "田中たなか", "伊藤いとう", "渡辺わたなべ", "山本やまもと", "中村なかむら", "小林こばやし", "加藤かとう", "吉田よしだ", "山田やまだ", "佐々木ささき", "山口やまぐち", "松本まつもと", "井上いのうえ", "木村きむら", "林はやし", "斎藤さいとう", "清水しみず", "山崎やまざき", "森もり", "池田いけだ", "橋本はしもと", "阿部あべ", "石川いしかわ", "前田まえだ", "藤田ふじた", "後藤ごとう", "小川おがわ", "岡田おかだ", "村上むらかみ", "長谷川はせがわ", "近藤こんどう", "石井いしい", "坂本さかもと", "遠藤えんどう", "青木あおき", "藤井ふじい", "西村にしむら"]
GIVEN = ["花子はなこ", "太郎たろう", "一郎いちろう", "次郎じろう", "三郎さぶろう", "幸子さちこ", "和子かずこ", "洋子ようこ", "恵子けいこ", "節子せつこ", "清きよし", "実みのる", "勇いさむ", "進すすむ", "誠まこと", "隆たかし", "豊ゆたか", "茂しげる", "正まさし", "弘ひろし", "明あきら", "美咲みさき", "陽菜ひな", "結衣ゆい", "翔太しょうた", "健太けんた", "直樹なおき", "由美ゆみ", "久美子くみこ", "真由美まゆみ", "千代子ちよこ", "文子ふみこ"]


def invented(many: int, dice: random.Random) -> Iterator[list[str]]:
    """Rows of the manual's list about people who do not exist."""
    for at in range(1, many + 1):
        family, given = halves(dice.choice(FAMILY)), halves(dice.choice(GIVEN))
        row = {
            "number": f"A-{at:06}", "district": f"第{dice.randint(1, 20)}校区", "name": f"{family[0]}　{given[0]}", "kana": f"{family[1]}　{given[1]}",
            "birth_date": f"S{dice.randint(1, 63)}.{dice.randint(1, 12)}.{dice.randint(1, 28)}", "sex": dice.choice("男女"),
            "address": f"大牟田市第{dice.randint(1, 60)}町{dice.randint(1, 9)}丁目{dice.randint(1, 30)}番地{dice.randint(1, 20)}号",
            "phone": f"090-{dice.randint(1000, 9999)}-{dice.randint(1000, 9999)}", "landline": f"0944-{dice.randint(40, 59)}-{dice.randint(0, 9999):04}",
            "household_size": str(dice.randint(1, 6)), "household_situation": dice.choice(("高齢者単身", "高齢者のみ", "その他")),
            "tenure": dice.choice(("持ち家(一戸建て)", "借家")), "certificate": dice.choice(("取得済み", "申請中")),
            "damage_level": dice.choice(("全壊", "大規模半壊", "中規模半壊", "半壊", "準半壊", "一部損壊")), "rebuild_method": dice.choice(("補修", "建て替え", "未定")),
            "meals": "問題なし", "sleep": dice.choice(("眠れている", "眠れない")), "work": dice.choice(("定職", "なし")), "debts": dice.choice(("あり", "なし")),
            "worries": "修理の費用", "confidant": "いる", "age": "",
        }  # fmt: skip
        yield [row.get(column.id, "") for column in marked()]


def halves(both: str) -> tuple[str, str]:
    """花子はなこ → 花子, はなこ."""
    at = next(place for place, sign in enumerate(both) if "ぁ" <= sign <= "ゖ")
    return both[:at], both[at:]


def workbook(many: int) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append([f"{column.mark}{column.title}" for column in marked()])
    for row in invented(many, random.Random(20260706)):  # noqa: S311  the same people every time
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PHASES = (
    (lists, "read", "read_file"), (lists, "divide", "divide"), (checking, "_check", "look_up"), (_Taking, "read", "look_up"),
    (ahead, "made", "rows"), (_Taking, "write", "write"), (finding, "put", "tokens"), (DefaultDialect, "do_commit", "commit"),
)
"""What the time of a list goes into; `rows` is reading and sealing them, or waiting for the helpers that do."""


def measure(shell: Shell, tenant_id: str, many: int = ROWS) -> dict[str, Any]:
    """Seconds of each part; `slice_ms` is the median of a slice, `write_ms` of what the transaction of 400 rows writes and `tokens_ms` of
    what one of tokens does, and what 99 of 100 stay below: residents wait so long.

    `phases`: seconds, and seconds of this process's processor; `helpers_cpu_s`: of the processes that make rows ready.
    """
    content = workbook(many)
    slices = {CHECK: check_some, APPLY: apply_some}
    helped = ahead.worked["s"]
    with _clocked() as (phases, each):
        began, worked = time.perf_counter(), time.process_time()
        id_ = lists.bring(shell.engine, tenant_id=tenant_id, kind="visit", file=File("list.xlsx", "", content), by=None, at=shell.clock())
        read = time.perf_counter() - began
        _begin(shell, tenant_id, id_, "check")
        while run_slice(shell, slices):
            pass
        checked = time.perf_counter() - began
        _begin(shell, tenant_id, id_, "take_in")
        took = []
        while True:
            at = time.perf_counter()
            if not run_slice(shell, slices):
                break
            took.append(time.perf_counter() - at)
        seconds, spent = time.perf_counter() - began, time.process_time() - worked
    with reading(shell.engine).connect() as c:
        home = lists.look(c, tenant_id, id_)
    assert home is not None
    took.sort()
    return {
        "rows": many, "columns": len(marked()), "file_mb": round(len(content) / 1e6, 1), "database": shell.engine.dialect.name,
        "put_in_s": round(read, 1), "check_s": round(checked - read, 1), "take_in_s": round(seconds - checked, 1), "seconds": round(seconds, 1),
        "cpu_s": round(spent, 1), "helpers": ahead.processes() if many >= ahead.LONG else 0, "helpers_cpu_s": round(ahead.worked["s"] - helped, 1),
        "phases": {name: [round(part, 1) for part in parts] for name, parts in phases.items()},
        "cases": home["counts"]["did_cases"], "slice_ms": round(took[len(took) // 2] * 1000),
        "write_ms": _half_and_most(each["write"]), "tokens_ms": _half_and_most(each["tokens"]), "goal": "seconds <= 60",
    }  # fmt: skip


def _half_and_most(took: list[float]) -> list[int]:
    """The milliseconds that half of these stay below, and 99 of 100."""
    ordered = sorted(took) or [0.0]
    return [round(ordered[int(len(ordered) * part)] * 1000) for part in (0.5, 0.99)]


@contextmanager
def _clocked() -> Iterator[tuple[dict[str, list[float]], dict[str, list[float]]]]:
    """Phase → [seconds, seconds of processor], while it is open, and phase → seconds of each time; a phase inside another counts in both."""
    each: dict[str, list[float]] = {name: [] for _, _, name in PHASES}
    phases: dict[str, list[float]] = {name: [0.0, 0.0] for _, _, name in PHASES}
    before = [(where, what, getattr(where, what)) for where, what, _ in PHASES]

    def clocked(do: Callable[..., Any], name: str) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            began, worked = time.perf_counter(), time.process_time()
            try:
                return do(*given, **named)
            finally:
                took = time.perf_counter() - began
                phases[name][0] += took
                each[name].append(took)
                phases[name][1] += time.process_time() - worked

        return run

    for where, what, name in PHASES:
        setattr(where, what, clocked(getattr(where, what), name))
    try:
        yield phases, each
    finally:
        for where, what, do in before:
            setattr(where, what, do)


def _begin(shell: Shell, tenant_id: str, id_: str, what: str) -> None:
    with reading(shell.engine).connect() as c:
        home = lists.look(c, tenant_id, id_)
    assert home is not None
    with shell.engine.begin() as c:
        if what == "check":
            lists.check(c, tenant_id=tenant_id, import_id=id_, mapping=home["mapping"], by=None, at=shell.clock(), version=home["version"])
        else:
            lists.take_in(c, tenant_id=tenant_id, import_id=id_, by=None, at=shell.clock(), version=home["version"])
