"""What no foreign key holds together is followed all the same, and what is loose is seen."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, update

from backend.cases.models import answer, case
from backend.db import metadata
from backend.matching.merging import _tables
from backend.people.models import person, person_token
from backend.relations import loose, referred
from backend.takeout import checking
from backend.takeout.schema import described
from backend.takeout.tables import taken
from backend.takeout.writing import write
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import make_test_shell
from tests.console.world import settle

NO_RELATION = {
    "audit.object_id": "of any kind", "support_entry.about_id": "of any kind", "program_edition.preview_id": "a job, which ends before it does",
    "letter.file_id": "a file, which ends before it does", "letter.link_id": "a code, which ends before it does",
    "webhook_delivery.case_id": "'' where there is none", "message.inbox_id": "an event, which ends before it does", "inbox.event_id": "the platform's",
    "outbox.request_id": "the platform's",
}  # fmt: skip


def test_every_id_says_what_it_refers_to() -> None:
    """Whoever drops a foreign key keeps the relation: without it a merge leaves rows behind, and an export cannot be checked."""
    silent = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns
              if column.name.endswith("_id") and referred(column) is None}  # fmt: skip
    assert silent == set(NO_RELATION)


def test_answers_are_followed_to_their_case_without_a_foreign_key() -> None:
    assert not answer.c.case_id.foreign_keys and referred(answer.c.case_id) is case.c.id
    assert referred(person_token.c.person_id) is person.c.id and referred(case.c.person_id) is person.c.id and referred(case.c.number) is None
    assert answer in _tables()
    order = [*taken()]
    assert order.index(case) < order.index(answer), "whoever brings an export in has the case first"
    assert described()["tables"]["answer"]["columns"]["case_id"]["refers_to"] == "case.id"


def test_an_answer_without_its_case_is_seen_in_the_database_and_in_an_export(
    engine: Engine, clock: MovableClock, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    make_tenant(engine)
    shell = make_test_shell(engine, clock, tmp_path)
    settle(shell, "tenant-tsunagi", "山田 花子")
    with engine.begin() as c:
        assert [*loose(c)] == []
        c.execute(update(answer).where(answer.c.field == "birth_date").values(case_id="nobody"))
        assert [*loose(c)] == ["answer.case_id"]
    write(shell, "tenant-tsunagi", "tsunagi", tmp_path / "out")
    assert "answer.jsonl: case_id of a record refers to a case that is not here." in checking.problems(tmp_path / "out")
