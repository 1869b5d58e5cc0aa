"""`./run forms`: files from the command line, several where one would be too large."""

from __future__ import annotations

import argparse
import csv as reader
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.app import Shell
from backend.audit.models import audit
from backend.cases.rules import case_number
from backend.forms import command, making
from tests.forms.conftest import settle_home


def run(shell: Shell, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_commands(parser.add_subparsers(), lambda: shell)
    given = parser.parse_args(["forms", *words])
    return int(given.do(given))


def test_one_case_by_its_number(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle_home(shell, 1, number=case_number(2026, 1))
    out = tmp_path / "survey.pdf"
    assert run(shell, "survey", "--case", case_number(2026, 1), "--out", str(out)) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert "1 household; 0 protected left out." in capsys.readouterr().err
    with shell.engine.connect() as c:
        row = c.execute(select(audit)).one()
    assert (row.action, row.staff_id, row.detail["count"]) == ("export.made", None, 1)


@pytest.mark.parametrize(("name", "begins"), [("list.xlsx", b"PK"), ("list.CSV", "\ufeff".encode()), ("list.pdf", b"%PDF"), ("list", b"%PDF")])
def test_a_file_is_what_it_is_called(name: str, begins: bytes, shell: Shell, tmp_path: Path) -> None:
    settle_home(shell, 1)
    assert run(shell, "supported_list", "--out", str(tmp_path / name)) == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_list_goes_on_in_the_same_csv(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_ROWS", 2)
    for number in range(1, 6):
        settle_home(shell, number, f"福祉 {number}子", restricted=number == 5)
    out = tmp_path / "list.csv"
    assert run(shell, "supported_list", "--format", "csv", "--out", str(out)) == 0
    table = list(reader.reader(StringIO(out.read_text("utf-8-sig"))))
    assert [row[2] for row in table] == ["③氏名", "福祉 1子", "福祉 2子", "福祉 3子", "福祉 4子"]
    assert run(shell, "supported_list", "--format", "csv", "--protected", "--out", str(out)) == 0
    assert "福祉 5子" in out.read_text("utf-8-sig")


def test_many_sheets_are_several_files(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_TABS", 2)
    for number in range(1, 4):
        settle_home(shell, number)
    assert run(shell, "record", "--format", "xlsx", "--filter", "district=中央", "--out", str(tmp_path / "r.xlsx")) == 0
    assert sorted(path.name for path in tmp_path.glob("r*.xlsx")) == ["r_001.xlsx", "r_002.xlsx"]


@pytest.mark.parametrize("words", [
    ("survey", "--format", "csv"), ("survey", "--filter", "colour=red"), ("survey", "--case", "T-1"),
    ("survey", "--for", "nobody"), ("survey", "--filter", "district=ない"), ("survey", "--tenant", "tonari"),
])  # fmt: skip
def test_what_cannot_be_made_is_said_in_a_sentence(
    shell: Shell, tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shell, *words, "--out", str(tmp_path / "x.pdf")) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "x.pdf").exists()


def test_a_blank_sheet_needs_no_case(shell: Shell, tmp_path: Path) -> None:
    assert run(shell, "survey_blank", "--out", str(tmp_path / "blank.pdf")) == 0
    assert (tmp_path / "blank.pdf").stat().st_size > 10_000
