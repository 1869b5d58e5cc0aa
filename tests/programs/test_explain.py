"""`./run programs explain`: a case on a terminal and as JSON."""

from __future__ import annotations

import argparse
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, insert, select

from backend.audit.models import audit
from backend.cases.models import answer, case
from backend.cases.rules import case_number
from backend.people.models import person
from backend.programs.command import add_commands
from backend.tenants.models import disaster
from backend.words import Catalogues
from tests.conftest import MakeTenant, MovableClock

WORDS = Catalogues.load()
NUMBER = case_number(2026, 1)


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, make_tenant: MakeTenant) -> Any:
    tenant_id = make_tenant(engine)
    given = {"damage_level": "half", "household_size": 2, "flood_level": "above_floor"}
    with engine.begin() as connection:
        connection.execute(
            insert(disaster).values(
                id="d", tenant_id=tenant_id, name={"ja": "6月の大雨"}, happened_on=clock().date(), prefecture="40",
                municipality="40202", acts={"relief_act_applied": True, "recovery_support_act_applied": True},
            )
        )  # fmt: skip
        connection.execute(insert(person).values(id="p", tenant_id=tenant_id, created_at=clock()))
        connection.execute(
            insert(case).values(id="c", tenant_id=tenant_id, number=NUMBER, person_id="p", opened_at=clock(), changed_at=clock())
        )
        for field, value in given.items():
            connection.execute(
                insert(answer).values(
                    tenant_id=tenant_id, case_id="c", field=field, state="given", value=value, by="self", about="self",
                    source="web", at=clock(),
                )
            )  # fmt: skip
        connection.execute(
            insert(answer).values(
                tenant_id=tenant_id, case_id="c", field="debts", state="declined", value=None, by="self", about="self",
                source="web", at=clock(),
            )
        )  # fmt: skip
    return SimpleNamespace(engine=engine, clock=clock, words=WORDS)


def run(shell: Any, *words: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(), lambda: shell)
    args = parser.parse_args(["programs", *words])
    return int(args.do(args))


def test_a_case_is_explained_in_japanese(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shell, "explain", NUMBER) == 0
    out = capsys.readouterr().out
    assert "被災者生活再建支援金" in out
    assert "やむを得ない解体" in out
    assert "○" in out and "×" in out and "？" in out
    assert "最大" in out


def test_the_number_is_read_as_people_type_it_and_the_look_is_kept(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shell, "explain", NUMBER.replace("-", "").lower(), "--json", "--tenant", "tsunagi") == 0
    said = orjson.loads(capsys.readouterr().out)
    assert said["case"] == NUMBER
    grant = next(one for one in said["programs"] if one["program"] == "livelihood_recovery_grant")
    assert grant["verdict"] == "possible"
    assert "household.demolished" in grant["missing"]
    assert all(one["words"] for one in grant["reasons"])
    with shell.engine.connect() as connection:
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
