"""`./run programs explain`: a case on a terminal and as JSON."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from backend.audit.models import audit
from backend.cases.rules import case_number
from backend.programs.models import program_edition
from backend.programs.sheet.changes import Change
from tests.programs.conftest import NUMBER, decide, run


def test_a_case_is_explained_in_japanese(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shell, "explain", NUMBER) == 0
    out = capsys.readouterr().out
    assert "被災者生活再建支援金" in out
    assert "やむを得ない解体" in out
    assert "○" in out and "×" in out and "？" in out
    assert "最大" in out


def test_the_number_is_read_as_people_type_it_and_the_look_is_kept(either_shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(either_shell, "explain", NUMBER.replace("-", "").lower(), "--json", "--tenant", "tsunagi") == 0
    said = orjson.loads(capsys.readouterr().out)
    assert said["case"] == NUMBER
    grant = next(one for one in said["programs"] if one["program"] == "livelihood_recovery_grant")
    assert grant["verdict"] == "possible"
    assert "household.demolished" in grant["missing"]
    assert all(one["words"] for one in grant["reasons"])
    with either_shell.engine.connect() as connection:
        [entry] = connection.execute(select(audit.c.action, audit.c.object_id)).all()
    assert entry == ("programs.explained", "c")


def test_a_declined_answer_is_unknown_and_not_no(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, "explain", NUMBER, "--json")
    said = orjson.loads(capsys.readouterr().out)
    debts = next(one for one in said["programs"] if one["program"] == "debt_relief_guideline")
    assert debts["verdict"] == "possible"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["T-2026-000001-9"], "no case number"),
        ([case_number(2026, 2)], "has no case"),
        ([NUMBER, "--tenant", "elsewhere"], "Say which municipality"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(shell: Any, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str) -> None:
    assert run(shell, "explain", *words) == 1
    told = capsys.readouterr()
    assert sentence in told.err
    assert not told.out


def test_a_municipality_s_own_words_are_checked_against_the_catalogue_of_today(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    decide(shell, emergency_repair=Change(own={"conditions": "- damage_level: [partial]"}))
    assert run(shell, "check", "--tenant", "tsunagi") == 0
    assert "1 programs decided, 0 that no longer fit" in capsys.readouterr().out
    with shell.engine.begin() as connection:
        old = {"emergency_repair": {"own": {"conditions": "- an_input_of_last_year: true"}}}
        connection.execute(update(program_edition).values(changes=old))
    assert run(shell, "check", "--tenant", "tsunagi") == 1
    assert "there is no input or fact named an_input_of_last_year" in capsys.readouterr().err
    assert run(shell, "check", "--tenant", "nowhere") == 1
