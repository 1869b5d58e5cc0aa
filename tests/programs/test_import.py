"""The sheet goes out as a workbook, is edited in Excel, and comes back: every difference told, nothing half."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from sqlalchemy import select

from backend.audit import service as audits
from backend.audit.models import audit
from backend.conversations.offices import read_office
from backend.programs.edition import current
from backend.programs.looking import look
from backend.programs.of_case import Place
from backend.programs.sheet.changes import Change, Changes
from backend.programs.sheet.command import compared, rendered
from backend.programs.sheet.importing import BadSheet, Difference, opened
from backend.programs.sheet.store import changes_of
from backend.programs.situation import Disaster
from tests.conftest import MovableClock
from tests.programs.conftest import NUMBER, WORDS, approve_all, run
from tests.programs.test_sheet import DAY, JULY_RAIN

REPAIR = "emergency_repair"


@pytest.fixture(scope="module")
def as_written() -> dict[str, bytes]:
    return {}


@pytest.fixture
def sheet(tmp_path: Path, as_written: dict[str, bytes], clock: MovableClock) -> Path:
    """The workbook of the tests' municipality as `programs sheet` makes it."""
    if not as_written:
        acts = {"relief_act_applied": True, "recovery_support_act_applied": True}
        where = Place("t", "tsunagi", {"ja": "つなぎ市"}, Disaster.of(clock().date(), "40", "40202", acts), {"ja": "6月の大雨"}, {})
        as_written["xlsx"] = rendered(Here, where, {}, clock().date(), "xlsx", "ja")
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(as_written["xlsx"])
    return path


def edit(path: Path, program: str, /, **values: Any) -> dict[str, str]:
    """Type into one program's line, as desk staff would; gives the addresses typed into."""
    book = load_workbook(path)
    tab = book.worksheets[1]
    places = {str(cell.value): cell.column for cell in tab[1] if cell.value}
    row = next(row for row in range(4, tab.max_row + 1) if tab.cell(row, places["id"]).value == program)
    for name, value in values.items():
        tab.cell(row, places[name]).value = value
    book.save(path)
    return {name: f"row {row}, column {get_column_letter(places[name])}" for name in values}


def kept(shell: Any) -> dict[str, Any]:
    with shell.engine.connect() as connection:
        return {program: change.to_json() for program, change in changes_of(connection, "tenant-tsunagi").items()}


def bring_in(shell: Any, path: Path) -> int:
    """Bring it in, and the second person says yes."""
    status = run(shell, "import", str(path), "--apply")
    approve_all(shell)
    return status


def test_a_sheet_is_what_its_file_is_called_and_no_terminal_is_given_a_workbook(
    shell: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(shell, "sheet", "--out", str(tmp_path / "sheet.xlsx")) == 0
    assert (tmp_path / "sheet.xlsx").read_bytes().startswith(b"PK")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run(shell, "sheet", "--format", "xlsx") == 1 and run(shell, "sheet", "--out", str(tmp_path / "no" / "sheet.html")) == 1
    said = capsys.readouterr()
    assert said.out == "" and "--out sheet.xlsx" in said.err and "cannot be written" in said.err


def test_an_untouched_sheet_changes_nothing(shell: Any, sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring_in(shell, sheet) == 0
    assert capsys.readouterr().out == ""
    assert kept(shell) == {}


def test_a_dry_run_lists_every_difference_and_keeps_none(shell: Any, sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = edit(sheet, REPAIR, desk="建設課 住まいの係", decided=datetime(2026, 9, 30), on="○")
    assert run(shell, "import", str(sheet)) == 0
    said = capsys.readouterr()
    first, second = said.out.splitlines()
    assert f"編集, {at['desk']} (emergency_repair 住宅の応急修理), 問い合わせ窓口: " in first
    assert first.endswith("→ 建設課 住まいの係")
    assert at["decided"] in second and second.endswith("— → 2026-09-30")
    assert "--apply" in said.err
    assert kept(shell) == {}


def test_applied_it_reaches_chat_explain_and_sheet(either_shell: Any, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(sheet, REPAIR, desk="建設課", phone="０９４３－３２－００００", note="先に電話してください。", decided="2026年9月30日")
    assert bring_in(either_shell, sheet) == 0
    assert kept(either_shell) == {REPAIR: {"desk": "建設課", "phone": "0943-32-0000", "note": "先に電話してください。", "deadline": "2026-09-30"}}
    with either_shell.engine.connect() as connection:
        office = read_office(connection, "tenant-tsunagi", either_shell.clock())
    found = look({"damage_level": "half"}, office, date(2026, 7, 6))
    repair = next(one for one in found.programs if one.id == REPAIR)
    assert repair.desk is not None and repair.desk.in_locale("ja") == "建設課 0943-32-0000"
    assert (repair.deadline, repair.warnings[0].in_locale("ja")) == (date(2026, 9, 30), "先に電話してください。")
    assert found.catalogue.startswith(current().version + "+")
    capsys.readouterr()
    run(either_shell, "explain", NUMBER, "--json")
    explained = next(one for one in orjson.loads(capsys.readouterr().out)["programs"] if one["program"] == REPAIR)
    assert (explained["desk"], explained["deadline"]) == ("建設課 0943-32-0000", "2026-09-30")
    page = tmp_path / "sheet.html"
    run(either_shell, "sheet", "--out", str(page))
    assert "先に電話してください。" in page.read_text("utf-8")
    with either_shell.engine.connect() as connection:
        [entry] = connection.execute(select(audit.c.detail).where(audit.c.action == "programs.changed")).all()
        assert audits.verify(connection, "tenant-tsunagi") is None
    assert entry.detail["touched"][REPAIR]["before"] == {}
    assert set(entry.detail["touched"][REPAIR]["after"]) == {"desk", "phone", "note", "deadline"}


def test_switched_off_it_is_neither_suggested_nor_on_the_sheet_and_comes_back(shell: Any, sheet: Path, tmp_path: Path) -> None:
    edit(sheet, REPAIR, on="x")
    assert bring_in(shell, sheet) == 0
    again, page = tmp_path / "again.xlsx", tmp_path / "page.html"
    run(shell, "sheet", "--out", str(page))
    assert "住宅の応急修理" not in page.read_text("utf-8")
    run(shell, "sheet", "--format", "xlsx", "--out", str(again))
    edit(again, REPAIR, on="○")
    assert bring_in(shell, again) == 0
    assert kept(shell) == {}


def test_emptied_the_catalogue_s_own_desk_stands_again(shell: Any, sheet: Path, tmp_path: Path) -> None:
    edit(sheet, REPAIR, desk="建設課", note="a")
    bring_in(shell, sheet)
    again = tmp_path / "again.xlsx"
    run(shell, "sheet", "--format", "xlsx", "--out", str(again))
    edit(again, REPAIR, desk=None, note=None)
    assert bring_in(shell, again) == 0
    assert kept(shell) == {}


def test_what_somebody_else_brought_in_meanwhile_is_not_taken_back(shell: Any, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.xlsx"
    mine.write_bytes(sheet.read_bytes())
    edit(sheet, REPAIR, note="theirs")
    bring_in(shell, sheet)
    edit(mine, "temporary_housing", note="mine")
    capsys.readouterr()
    assert bring_in(shell, mine) == 1
    assert "changed since this sheet was made" in capsys.readouterr().err
    assert set(kept(shell)) == {REPAIR}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"phone": 943320000}, "dropped its first 0"),
        ({"phone": "夜間も可"}, "no telephone number"),
        ({"desk": "=1+1"}, "formula"),
        ({"desk": "あ" * 101}, "longer than 100"),
        ({"desk": datetime(2026, 7, 1)}, "format the cell as text"),
        ({"decided": "来月末"}, "like 2026-05-31"),
        ({"decided": "2026-02-30"}, "like 2026-05-31"),
        ({"decided": 1.5}, "like 2026-05-31"),
        ({"on": "たぶん"}, "write ○ or ×"),
        ({"on": None}, "write ○ or ×"),
        ({"level4": "最大1,000万円"}, "cannot be changed here"),
        ({"program": "応急の修理"}, "cannot be changed here"),
        ({"id": "emergency_repairs"}, "no program 'emergency_repairs'"),
        ({"id": "temporary_housing"}, "already"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_brought_in(
    shell: Any, sheet: Path, capsys: pytest.CaptureFixture[str], typed: dict[str, Any], sentence: str
) -> None:
    edit(sheet, "temporary_housing", note="this line is right")
    at = edit(sheet, REPAIR, **typed)
    assert bring_in(shell, sheet) == 1
    told = capsys.readouterr()
    assert sentence in told.err
    if "already" not in sentence:
        assert next(iter(at.values())) in told.err
    assert "Nothing was brought in" in told.err
    assert not told.out
    assert kept(shell) == {}


def other_workbook() -> bytes:
    held = BytesIO()
    Workbook().save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not an Excel workbook"),
        (b"PK\x03\x04 broken", "not an Excel workbook"),
        (b"x" * 6_000_000, "larger than 5 MB"),
        (other_workbook(), "no tab to bring in"),
    ],
    ids=["empty", "broken", "large", "another workbook"],
)
def test_another_file_is_refused_in_a_sentence(
    shell: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, sentence: str
) -> None:
    path = tmp_path / "other.xlsx"
    path.write_bytes(content)
    assert bring_in(shell, path) == 1
    assert sentence in capsys.readouterr().err


def test_a_merged_cell_that_claims_half_a_sheet_takes_no_memory(sheet: Path) -> None:
    """A few bytes: the library makes a cell for each that it covers, 17,000,000,000 for a whole sheet."""
    book = load_workbook(sheet)
    book.worksheets[1].merge_cells("Q200:R201")
    book.save(sheet)
    spoilt = BytesIO()
    with ZipFile(sheet) as parts, ZipFile(spoilt, "w") as made:
        for name in parts.namelist():
            made.writestr(name, parts.read(name).replace(b"Q200:R201", b"Q200:XFD240"))
    tab, origin = opened(spoilt.getvalue())
    assert origin.slug == "tsunagi" and len(tab._cells) < 20_000


def test_a_file_that_is_not_there(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shell, "import", "nowhere.xlsx") == 1
    assert "cannot be read" in capsys.readouterr().err


def test_another_municipality_s_sheet_is_refused(shell: Any, sheet: Path, make_tenant: Any, capsys: pytest.CaptureFixture[str]) -> None:
    make_tenant(shell.engine, "elsewhere")
    assert run(shell, "import", str(sheet), "--tenant", "elsewhere", "--apply") == 1
    assert "made for tsunagi, not for elsewhere" in capsys.readouterr().err


def test_a_missing_column_is_told(shell: Any, sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = load_workbook(sheet)
    tab = book.worksheets[1]
    next(cell for cell in tab[1] if cell.value == "phone").value = None
    book.save(sheet)
    assert run(shell, "import", str(sheet)) == 1
    assert "the column phone is missing" in capsys.readouterr().err


def test_columns_may_be_moved_and_lines_sorted(shell: Any, sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(sheet, REPAIR, note="sorted")
    book = load_workbook(sheet)
    tab = book.worksheets[1]
    lines = [[cell.value for cell in row] for row in tab.iter_rows()]
    own = len(lines[0]) - 4  # the mark and what the file says about itself stay at the end
    book.remove(tab)
    moved = book.create_sheet("moved")
    for row, line in enumerate([*lines[:3], *lines[:2:-1]], 1):
        for at, value in enumerate([*line[own - 1 :: -1], *line[own:]], 1):
            moved.cell(row, at).value = value
    book.save(sheet)
    assert run(shell, "import", str(sheet)) == 0
    [said] = capsys.readouterr().out.splitlines()
    assert said.startswith("moved, row ") and said.endswith("— → sorted")


SAFE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)


class Here:
    """Just enough of a shell for the pure parts."""

    words = WORDS

    @staticmethod
    def clock() -> datetime:
        from datetime import UTC

        return datetime(2023, 10, 15, 3, tzinfo=UTC)


def hirokawa(changes: Changes) -> Place:
    return Place("t", "hirokawa", {"ja": "広川町"}, JULY_RAIN, {"ja": "令和5年7月豪雨"}, changes)


def there_and_back(before: Changes) -> tuple[Changes, tuple[Difference, ...]]:
    """Out as a workbook and in again, nothing typed."""
    tab, origin = opened(rendered(Here, hirokawa(before), before, DAY, "xlsx", "ja"))
    found = compared(Here, hirokawa(before), tab, origin)
    return found.changes, found.differences


@settings(max_examples=12)
@given(desk=st.none() | SAFE, note=st.none() | SAFE, deadline=st.none() | st.dates(date(2023, 8, 1), date(2030, 1, 1)), off=st.booleans())
def test_whatever_was_decided_goes_out_and_comes_back_the_same(desk: str | None, note: str | None, deadline: date | None, off: bool) -> None:
    change = Change(desk=desk, note=note, deadline=deadline, off=off)
    changes, differences = there_and_back({REPAIR: change} if not change.is_nothing else {})
    assert differences == ()
    assert changes == ({REPAIR: change} if not change.is_nothing else {})


def test_the_disaster_s_facts_belong_to_the_state_of_a_sheet() -> None:
    tab, origin = opened(rendered(Here, hirokawa({}), {}, DAY, "xlsx", "ja"))
    known = {**JULY_RAIN.known, "relief_act_applied": False}
    with pytest.raises(BadSheet, match="changed since"):
        compared(Here, Place("t", "hirokawa", {"ja": "広川町"}, Disaster(known), {}, {}), tab, origin)
