"""Everything of a municipality comes out, nothing of another's; what comes out can be checked and brought in again."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, LargeBinary, create_engine, insert, select

from backend import crypto, ids
from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import answer, case
from backend.db import metadata
from backend.files import service as files
from backend.files.service import File
from backend.journal.models import attachment
from backend.people.models import person
from backend.staff.models import staff
from backend.takeout import checking, command, packing, writing
from backend.takeout.tables import SECRET, STAYS, columns_of, owned, taken
from backend.takeout.values import from_json, kind_of
from backend.takeout.writing import NotThis, write
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import make_test_shell
from tests.console.world import Home, settle

NAME = "髙﨑 𠮷\ue001子"


@pytest.fixture
def shell(request: pytest.FixtureRequest, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant) -> Shell:
    engine: Engine = request.getfixturevalue("engine" if "engine" in request.fixturenames else "sqlite_engine")
    for slug in ("tsunagi", "tonari"):
        make_tenant(engine, slug)
    return make_test_shell(engine, clock, tmp_path)


@pytest.fixture
def home(shell: Shell) -> Home:
    settle(shell, "tenant-tonari", "隣の 人")
    made = settle(shell, "tenant-tsunagi", NAME)
    with shell.engine.begin() as c:
        c.execute(insert(staff).values(
            id=ids.new(), tenant_id="tenant-tsunagi", login="hanako", name="花子", role="caseworker", password_hash="秘密の値", created_at=shell.clock()))
        for purpose in ("consent", "export"):
            files.keep(c, tenant_id="tenant-tsunagi", purpose=purpose, file=File(f"{purpose}.pdf", "application/pdf", purpose.encode()),
                       at=shell.clock(), case_id=made.ids["case"])  # fmt: skip
    return made


def content_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def run(shell: Shell, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_commands(parser.add_subparsers(), lambda: shell)
    given = parser.parse_args(["export", *words])
    return int(given.do(given))


def test_every_table_goes_along_or_stays_for_a_reason() -> None:
    for table in metadata.sorted_tables:
        assert (table.name in STAYS) or owned(table, "x") is not None
    assert set(STAYS) <= set(metadata.tables)
    assert {name.split(".")[0] for name in SECRET} <= {table.name for table in taken()}


def test_what_opens_something_stays(shell: Shell, home: Home, tmp_path: Path) -> None:
    write(shell, "tenant-tsunagi", "tsunagi", tmp_path / "out")
    written = content_of(tmp_path / "out")
    assert "秘密の値".encode() not in written
    assert "hanako" in [row["login"] for row in checking.records(tmp_path / "out", "staff")]


def test_all_of_it_and_nothing_of_the_neighbours(engine: Engine, shell: Shell, home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    manifest = write(shell, "tenant-tsunagi", "tsunagi", out)
    assert [row["name"] for row in checking.records(out, "person")] == [NAME]
    assert {row["field"]: row["value"] for row in checking.records(out, "answer")}["birth_date"] == "1948-04-02"
    written = content_of(out)
    assert "隣の 人".encode() not in written and b"tenant-tonari" not in written
    kept = next(checking.records(out, "attachment"))["content"]
    assert (out / kept["file"]).read_bytes() == b"\xff\xd8jpeg" and kept["sha256"] == manifest["files"][kept["file"]]
    assert {row["purpose"] for row in checking.records(out, "stored_file")} == {"consent"}
    assert checking.problems(out) == []
    with shell.engine.connect() as c:
        assert checking.missing(c, out) == []


def test_it_is_for_its_owner_alone(shell: Shell, home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(shell, "tenant-tsunagi", "tsunagi", out)
    assert {oct(path.stat().st_mode & 0o077) for path in (out, *out.rglob("*"))} == {"0o0"}


@pytest.mark.parametrize("stopped_at", [1, 5, 9])
def test_stopped_anywhere_it_goes_on_and_comes_out_the_same(
    shell: Shell, home: Home, tmp_path: Path, stopped_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROWS", 2)
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    write(shell, "tenant-tsunagi", "tsunagi", whole)

    class Killed(BaseException):
        pass

    told = 0

    def stop(_name: str, _rows: int) -> None:
        nonlocal told
        told += 1
        if told == stopped_at:
            raise Killed

    with pytest.raises(Killed):
        write(shell, "tenant-tsunagi", "tsunagi", halves, stop)
    under_way = [name for name, done in orjson.loads((halves / "progress.json").read_bytes())["tables"].items() if not done["done"]]
    for name in under_way:
        with (halves / "tables" / f"{name}.jsonl").open("ab") as torn:
            torn.write(b'{"half a line')
    write(shell, "tenant-tsunagi", "tsunagi", halves)
    for path in (whole / "tables").iterdir():
        assert (halves / "tables" / path.name).read_bytes() == path.read_bytes(), path.name
    assert checking.problems(halves) == []


def test_a_folder_with_something_else_in_it_is_left_alone(shell: Shell, home: Home, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(NotThis):
        write(shell, "tenant-tsunagi", "tsunagi", tmp_path / "out")


@pytest.mark.parametrize(("spoil", "said"), [
    (lambda out: (out / "tables" / "person.jsonl").write_bytes(b""), "person.jsonl was changed"),
    (lambda out: (out / "tables" / "case.jsonl").unlink(), "case.jsonl is missing"),
    (lambda out: next((out / "files").rglob("*/*")).write_bytes(b"x"), "is missing or was changed"),
    (lambda out: (out / "schema.json").write_text("{}"), "schema.json was changed"),
    (lambda out: (out / "manifest.json").unlink(), "no finished export"),
])  # fmt: skip
def test_the_check_sees_what_was_changed(shell: Shell, home: Home, tmp_path: Path, spoil: Any, said: str) -> None:
    write(shell, "tenant-tsunagi", "tsunagi", tmp_path / "out")
    spoil(tmp_path / "out")
    assert any(said in problem for problem in checking.problems(tmp_path / "out"))


def test_the_check_sees_a_record_whose_household_is_gone(shell: Shell, home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(shell, "tenant-tsunagi", "tsunagi", out)
    (out / "tables" / "person.jsonl").write_bytes(b"")
    manifest = orjson.loads((out / "manifest.json").read_bytes())
    manifest["tables"]["person"] = {"rows": 0, "sha256": writing.hash_of(out / "tables" / "person.jsonl")}
    (out / "manifest.json").write_bytes(orjson.dumps(manifest))
    assert "case.jsonl: person_id of a record refers to a person that is not here." in checking.problems(out)


def test_brought_into_an_empty_database_it_comes_out_the_same(
    engine: Engine, shell: Shell, home: Home, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """R26: the export is enough to begin again with, for us or for whoever follows."""
    first, second = tmp_path / "first", tmp_path / "second"
    write(shell, "tenant-tsunagi", "tsunagi", first)
    shutil.copyfile(request.getfixturevalue("_sqlite_template"), tmp_path / "other.db")
    other = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with other.begin() as c:
        for table in taken():
            for record in checking.records(first, table.name):
                c.execute(insert(table).values(_row(table, record, first)))
    write(Shell(shell.settings, other, shell.clock, shell.keyring, shell.words, shell.book), "tenant-tsunagi", "tsunagi", second)
    for path in (first / "tables").iterdir():
        assert (second / "tables" / path.name).read_bytes() == path.read_bytes(), path.name
    with other.connect() as c:
        joined = select(person.c.name, answer.c.value).join(case, case.c.person_id == person.c.id).join(answer, answer.c.case_id == case.c.id)
        assert (NAME, "1948-04-02") in [tuple(row) for row in c.execute(joined)]


def _row(table: Any, record: dict[str, Any], folder: Path) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in columns_of(table):
        value = record[column.name]
        if type(column.type) is LargeBinary and value is not None:
            row[column.name] = crypto.ring().seal((folder / value["file"]).read_bytes(), f"{table.name}.{column.name}")
        else:
            row[column.name] = from_json(kind_of(column.type), value)
    for column in table.columns:
        if column.name not in row and not column.nullable and column.default is None:
            row[column.name] = f"new-{record['id']}"[:32]
    return row


def test_a_zip_with_a_passphrase(shell: Shell, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    phrase, out = tmp_path / "phrase", tmp_path / "tsunagi.zip"
    phrase.write_text("ひまわりのたねをまくひとたちのうた\n", encoding="utf-8")
    assert run(shell, "--tenant", "tsunagi", "--out", str(out), "--passphrase-file", str(phrase)) == 0
    assert NAME.encode() not in out.read_bytes() and not (tmp_path / "tsunagi.zip.begun").exists()
    assert run(shell, "--check", str(out), "--passphrase-file", str(phrase)) == 0
    assert "audit" in capsys.readouterr().err  # the export itself was written down since
    phrase.write_text("something else entirely\n")
    assert run(shell, "--check", str(out), "--passphrase-file", str(phrase)) == 1
    with pytest.raises(packing.WeakPassphrase):
        packing.pack(tmp_path, tmp_path / "x.zip", "short")


def test_who_took_everything_out_is_written_down(shell: Shell, home: Home, tmp_path: Path) -> None:
    assert run(shell, "--tenant", "tsunagi", "--out", str(tmp_path / "out")) == 0
    with shell.engine.connect() as c:
        row = c.execute(select(audit).where(audit.c.action == "municipality.exported")).one()
    assert row.detail["files"] >= 2 and row.detail["rows"] > 10


def test_attachments_without_content_are_told_as_such(shell: Shell, home: Home, tmp_path: Path) -> None:
    with shell.engine.begin() as c:
        c.execute(attachment.update().values(content=None, state="gone"))
    write(shell, "tenant-tsunagi", "tsunagi", tmp_path / "out")
    assert next(checking.records(tmp_path / "out", "attachment"))["content"] is None
