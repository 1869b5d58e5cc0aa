"""The line format of `./run programs assess`: other programs speak it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.programs.lines import assess_lines

ROOT = Path(__file__).parents[2]
HOUSE = {
    "id": "A-7", "as_of": "2024-02-01", "something_new": [1],
    "disaster": {"date": "2024-01-01", "prefecture": "17", "recovery_support_act_applied": True, "alert_level": 5},
    "household": {"size": 2, "damage_level": "total", "rebuild_method": "rent", "cats": 2, "members": [{"age": 70, "hat": "red"}]},
}  # fmt: skip
KEYS = {
    "program", "verdict", "amount", "reasons", "missing", "deadline", "deadlines", "days_left", "as_of", "confirmed", "desk",
    "documents", "professions", "source",
}  # fmt: skip


def answer(line: Any) -> dict[str, Any]:
    text = line if isinstance(line, str) else json.dumps(line)
    [out] = assess_lines([text])
    return dict(json.loads(out))


def program(out: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in out["programs"] if one["program"] == name)


def test_a_whole_line() -> None:
    out = answer(HOUSE)
    assert set(out) == {"id", "programs"}
    assert out["id"] == "A-7"
    for one in out["programs"]:
        assert one.keys() >= KEYS
        assert one["verdict"] in ("eligible", "possible", "not_eligible")
        assert one["amount"]["kind"] in ("fixed", "up_to", "range", "none", "unknown")
        assert set(one["amount"]) == {"kind", "min_yen", "max_yen"}
        assert all(set(reason) == {"field", "condition", "met"} for reason in one["reasons"])
    grant = program(out, "livelihood_recovery_grant")
    assert grant["verdict"] == "eligible"
    assert grant["amount"] == {"kind": "fixed", "min_yen": 1_500_000, "max_yen": 1_500_000}
    assert grant["deadline"] == "2025-01-31"
    assert grant["deadlines"] == [{"part": "basic", "date": "2025-01-31"}, {"part": "addition", "date": "2027-02-01"}]
    assert grant["days_left"] == 365
    assert program(out, "disaster_relief_loan")["deadlines"] == [{"part": "application", "date": None, "confirmed": False}]
    assert {"field": "household.damage_level", "condition": "recovery_class is one of as_total, large_half, medium_half", "met": True} in grant["reasons"]


def test_an_empty_object_is_a_household_of_which_nothing_is_known() -> None:
    out = answer("{}")
    assert out["id"] is None
    assert {one["verdict"] for one in out["programs"]} == {"possible"}


def test_null_is_the_same_as_absent() -> None:
    nothing = {"id": None, "as_of": None, "disaster": None, "household": {"size": None, "members": [{"age": None}]}}
    assert answer({**nothing, "household": {"size": None, "members": None}}) == answer("{}")
    assert "error" not in answer(nothing)


def test_results_come_in_the_order_of_the_lines() -> None:
    lines = [json.dumps({"id": number}) for number in range(5)]
    lines[2] = "{"
    assert [json.loads(out)["id"] for out in assess_lines(lines)] == [0, 1, None, 3, 4]


@pytest.mark.parametrize(
    ("line", "name", "sentence"),
    [
        ("{", None, "line 1: this is not JSON"),
        ("[]", None, "line 1: the line must hold one JSON object"),
        ('{"id": true}', None, "line 1: id must be text or a whole number"),
        ('{"id": 5, "household": 3}', 5, "line 1: household must be an object"),
        ('{"id": "x", "household": {"size": "three"}}', "x", "line 1: household.size must be a whole number from 1 to 1000"),
        ('{"id": "x", "household": {"size": 2.0}}', "x", "line 1: household.size must be a whole number from 1 to 1000"),
        ('{"id": "x", "household": {"size": true}}', "x", "line 1: household.size must be a whole number from 1 to 1000"),
        ('{"id": "x", "household": {"damage_level": "全壊"}}', "x", "line 1: household.damage_level must be one of total, large_half,"),
        ('{"id": "x", "household": {"demolished": "no"}}', "x", "line 1: household.demolished must be true or false"),
        ('{"id": "x", "household": {"members": {}}}', "x", "line 1: household.members must be a list"),
        ('{"id": "x", "household": {"members": [{}, {"age": -1}]}}', "x", "line 1: household.members[1].age must be a whole number"),
        ('{"id": "x", "household": {"using": "repair"}}', "x", "line 1: household.using must be a list of program ids"),
        ('{"id": "x", "disaster": {"date": "2024-02-30"}}', "x", "line 1: disaster.date must be a date written YYYY-MM-DD"),
        ('{"id": "x", "disaster": {"date": "9999-12-31"}}', "x", "line 1: disaster.date must be a date written YYYY-MM-DD"),
        ('{"id": "x", "disaster": {"prefecture": 40}}', "x", "line 1: disaster.prefecture must be a JIS X 0402 code"),
        ('{"id": "x", "disaster": {"prefecture": "48"}}', "x", "line 1: disaster.prefecture must be a JIS X 0402 code"),
        ('{"id": "x", "disaster": {"extended_deadlines": {"disaster_relief_loan": "soon"}}}', "x", "line 1: disaster.extended_deadlines."),
        ('{"id": "x", "as_of": 20240101}', "x", "line 1: as_of must be a date written YYYY-MM-DD"),
    ],
)
def test_a_wrong_line_says_line_and_field(line: str, name: Any, sentence: str) -> None:
    out = answer(line)
    assert set(out) == {"id", "error"}
    assert out["id"] == name
    assert out["error"].startswith(sentence)


def test_an_error_never_repeats_what_was_written() -> None:
    assert "山田" not in answer('{"household": {"damage_level": "山田 花子"}}')["error"]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "household", "members", "disaster", "size", "age", "date", "using"]), inner, max_size=4), max_leaves=12).map(json.dumps)))  # fmt: skip
def test_no_line_stops_the_rest(line: str) -> None:
    outs = [json.loads(out) for out in assess_lines([line.replace("\n", " "), '{"id": "next"}'])]
    assert outs[-1]["id"] == "next"
    assert all(("error" in out) != ("programs" in out) for out in outs)


def run(lines: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "backend.programs.command", "programs", "assess"]
    return subprocess.run(command, input=lines, capture_output=True, cwd=ROOT, timeout=600, check=False)


def test_the_command_ends_with_one_if_a_line_failed() -> None:
    good = run(b'{"id": 1}\n\n{"id": 2}\n')
    assert (good.returncode, good.stderr) == (0, b"")
    assert [json.loads(line)["id"] for line in io.BytesIO(good.stdout)] == [1, 2]
    bad = run(b'{"id": 1}\n\xff\xfe\n{"id": 3}')
    assert bad.returncode == 1
    assert [json.loads(line)["id"] for line in io.BytesIO(bad.stdout)] == [1, None, 3]
