"""A list that went out comes in again in another town, with the same words."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from backend.clock import in_japan
from backend.forms import columns, csv, excel
from backend.forms.columns import SUPPORTED
from backend.forms.data import households
from backend.forms.household import Household
from tests.lists.conftest import Town, make_town

__all__ = ["make_town"]

EVERY = columns.columns(SUPPORTED)
LIST = (
    [one.heading for one in EVERY],
    ["1", "中央", "福祉　福子", "ふくし ふくこ", "", "昭和61年4月2日", "女", "つなぎ市中央1-2-3", "090-1234-5678", "0944-12-3456", "3", "その他",
     "つなぎ市北4-5", "持ち家（一戸建て）", "取得済み", "中規模半壊", "補修（未着手）", "現在の場所", "十分な食事がとれていない", "問題なく睡眠をとれている",
     "定職に就いている", "", "あり", "住宅ローン", "1500万円", "補修費用が不安", "今の場所で暮らしたい", "相談相手が欲しい", "軽い障がいのある子がいる", "犬がいる", "必要", "3"],
    ["2", "北", "髙﨑 𠮷男", "たかさき よしお", "", "S30.1.2", "男", "つなぎ市北6", "", "", "1", "高齢者単身", "", "借家", "申請中", "一部損壊",
     "未定", "", "", "", "仕事なし", "", "なし", "", "", "=1+1", "", "", "", "", "", ""],
)  # fmt: skip


def workbook(rows: Any) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value is not None:
                cell.data_type = "s"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def everybody(town: Town) -> list[Household]:
    with town.engine.connect() as c:
        ids = [row["id"] for row in town.cases()]
        return households(c, town.shell.words, ids, in_japan(town.clock()).date())


def exported(town: Town, format: str) -> bytes:
    found = everybody(town)
    if format == "xlsx":
        return excel.list_workbook(EVERY, found, title="支援対象者リスト", foot="x", remarks=("※ 1件",))
    encoding = csv.CP932 if format == "cp932" else csv.UTF8
    return csv.head(EVERY, encoding) + csv.rows(EVERY, found, encoding)[0]


def rows_of(town: Town) -> list[dict[str, Any]]:
    from backend.forms.lists import row_of

    rows = [dict(zip((one.key for one in EVERY), row_of(one, EVERY), strict=True)) for one in everybody(town)]
    # The number is the municipality's own; everything else has to be the same.
    return sorted(({key: value for key, value in row.items() if key != "number"} for row in rows), key=lambda row: str(row["name"]))


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_another_town_that_takes_it_in_has_the_same_list(sqlite_engine: Engine, make_town: Callable[..., Town], format: str) -> None:
    home, other = make_town(sqlite_engine), make_town(sqlite_engine, "tonari")
    home.import_(workbook(LIST))
    before = rows_of(home)
    assert before[0]["debts_balance"] == 15000000 and before[1]["name"] == "髙﨑 𠮷男"
    other.import_(exported(home, format))
    assert rows_of(other) == before


@pytest.mark.parametrize("format", ["xlsx", "csv", "cp932"])
def test_its_own_list_taken_in_again_changes_nothing(sqlite_engine: Engine, make_town: Callable[..., Town], format: str) -> None:
    home = make_town(sqlite_engine)
    home.import_(workbook(LIST[:2] if format == "cp932" else LIST))
    before, cases = rows_of(home), home.cases()
    again = home.import_(exported(home, format))
    assert (len(home.cases()), rows_of(home)) == (len(cases), before)
    assert (again["counts"]["same"], again["counts"].get("new", 0), again["counts"].get("changed", 0)) == (len(cases), 0, 0)


def test_what_was_changed_outside_comes_back_and_nothing_else(sqlite_engine: Engine, make_town: Callable[..., Town]) -> None:
    """The list goes to the district's office, somebody writes a telephone number in, it comes back."""
    home = make_town(sqlite_engine)
    home.import_(workbook(LIST))
    before, cases = rows_of(home), home.cases()
    book = openpyxl.load_workbook(BytesIO(exported(home, "xlsx")))
    at = [one.key for one in EVERY].index("landline") + 1
    row = next(row for row in (3, 4) if book.worksheets[0].cell(row, 3).value == "髙﨑 𠮷男")
    book.worksheets[0].cell(row, at).value = "0944-99-8888"
    out = BytesIO()
    book.save(out)
    again = home.import_(out.getvalue())
    assert again["counts"]["changed"] == 1 and len(home.cases()) == len(cases)
    after = rows_of(home)
    assert [{key: (one[key], two[key]) for key in one if one[key] != two[key]} for one, two in zip(before, after, strict=True)] == [
        {}, {"landline": (None, "0944-99-8888")}]


def test_the_number_of_another_town_is_no_number_of_ours(sqlite_engine: Engine, make_town: Callable[..., Town]) -> None:
    home, other = make_town(sqlite_engine), make_town(sqlite_engine, "tonari")
    home.import_(workbook(LIST))
    other.import_(exported(home, "xlsx"))
    assert len(other.cases()) == 2 and len(home.cases()) == 2


def test_a_correction_is_not_said_beside_what_was_wrong(sqlite_engine: Engine, make_town: Callable[..., Town]) -> None:
    """㉙ is put together anew each time, whatever an earlier list of ours had said there."""
    home = make_town(sqlite_engine)
    flooded = [[*LIST[0], "浸水区分"], [*LIST[1], "床上浸水"]]
    home.import_(workbook(flooded))
    home.import_(exported(home, "xlsx"))
    home.import_(workbook([flooded[0], [*LIST[1], "床下浸水"]]))
    assert rows_of(home)[0]["remarks"] == "犬がいる、浸水区分：床下浸水"
