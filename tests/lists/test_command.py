"""`./run lists`: the same dry run and the same taking in as in the console, and a workbook to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from backend import crypto, migrations
from backend.app import make_shell
from backend.cases.models import case
from backend.crypto import Keyring
from backend.matching.models import match_proposal
from backend.settings import Settings
from bots.cli import main
from tests.conftest import SECRET, MakeTenant
from tests.lists.conftest import HANAKO, HEADER, TARO, sheet
from tests.lists.test_files import book


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_tenant: MakeTenant) -> Iterator[Any]:
    for name, value in {"TSUNAGI_DATA_DIR": str(tmp_path), "TSUNAGI_SECRET_KEY": "k" * 40}.items():
        monkeypatch.setenv(name, value)
    import os

    made = make_shell(Settings.from_env(os.environ))
    migrations.upgrade(made.engine)
    make_tenant(made.engine, "hirokawa")
    yield made
    made.engine.dispose()
    crypto.use(Keyring(SECRET))


def test_a_dry_run_and_then_in_earnest(shell: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "名簿.xlsx"
    file.write_bytes(sheet(HEADER, HANAKO, TARO, ["4", "", "山田 花子", "", "S23.4.2", "", "新栄町1-2-3", "", "", "たぶん"]))
    assert main(["lists", "import", str(file)]) == 0
    told = capsys.readouterr()
    assert "new=3" in told.out and "4: 被害程度 「たぶん」がどの選択肢にあたるか" in told.out
    assert "氏名  →  ③氏名" in told.err and "山田" not in told.err.replace("山田 花子", "")
    with shell.engine.connect() as c:
        assert c.execute(select(case)).first() is None
    assert main(["lists", "import", str(file), "--apply", "--tenant", "hirokawa"]) == 0
    assert "did_cases=3" in capsys.readouterr().out
    with shell.engine.connect() as c:
        assert len(c.execute(select(case)).all()) == 3
        assert c.execute(select(match_proposal)).first() is not None, "山田 花子 stands in it under two numbers"


def test_the_other_sheets_are_named_and_can_be_read(shell: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "名簿.xlsx"
    file.write_bytes(book({"新栄": [HEADER, HANAKO, TARO], "三池": [HEADER, TARO]}))
    assert main(["lists", "import", str(file)]) == 0
    told = capsys.readouterr()
    assert "new=2" in told.out and "left out: the sheet 三池 (2 rows); --sheet '三池' reads it" in told.err
    assert main(["lists", "import", str(file), "--sheet", "三池"]) == 0 and "new=1" in capsys.readouterr().out
    assert main(["lists", "import", str(file), "--sheet", "無い"]) == 1 and "その名前のシートがありません" in capsys.readouterr().err


def test_what_is_wrong_is_a_sentence(shell: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"a,b\r\n1,2\r\n")
    assert main(["lists", "import", str(file)]) == 1 and "見出しの行が見つかりません" in capsys.readouterr().err
    assert main(["lists", "import", str(file), "--tenant", "nowhere"]) == 2 and "hirokawa" in capsys.readouterr().err
    assert main(["lists", "import", str(tmp_path / "none.xlsx")]) == 2


def test_the_workbook_is_written(tmp_path: Path) -> None:
    assert main(["lists", "template", "--out", str(tmp_path / "t.xlsx")]) == 0
    assert (tmp_path / "t.xlsx").read_bytes()[:2] == b"PK"
