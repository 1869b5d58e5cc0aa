"""Letters on either database: two colleagues at once print each letter once, and post it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import update

from backend.campaigns import counting, letters, service
from backend.campaigns.letters import CannotSend
from backend.campaigns.models import letter
from backend.campaigns.service import Plan
from backend.cases.models import case
from backend.jobs.kinds import SLICES
from backend.jobs.run import run_slice
from backend.people.models import person
from tests.campaigns.field import Town
from tests.campaigns.test_letters import BORN, BY_POST


def due(town: Town, many: int) -> tuple[str, list[str]]:
    """A campaign in which so many letters are due, and the cases."""
    homes = [town.household(answers=BORN) for _ in range(many)]
    with town.engine.begin() as c:
        c.execute(update(person).values(address="つなぎ市中央1-2-3"))
    id = town.begin(Plan("手紙", ladders=BY_POST))
    town.tick()
    return id, homes


def test_from_printing_to_coming_back(town: Town) -> None:
    id, homes = due(town, 3)
    run = letters.print_some(town.engine, town.clock, town.second, id, set(homes), lambda some: b"%PDF" + bytes(len(some)))
    with town.engine.connect() as c:
        assert letters.homes(c, town.second, id, town.clock()) == []
        (one,) = letters.printings(c, town.second, id)
    assert (one["run"], one["ready"], len(one["letters"])) == (run, True, 3)
    with town.engine.begin() as c:
        file = letters.paper(c, town.second, id, run, town.clock())
    assert file is not None and file.content == b"%PDF" + bytes(3)
    kept = {row["id"] for row in one["letters"][:2]}
    assert letters.posted(town.engine, town.clock, town.second, id, run, kept) == 2
    with town.engine.connect() as c:
        out = letters.out_there(c, town.second, id, town.clock())
    letters.returned(town.engine, town.clock, town.second, id, out[0]["id"])
    letters.returned(town.engine, town.clock, town.second, id, out[0]["id"])
    assert sorted(row.state for row in town.rows(letter)) == ["dropped", "posted", "returned"]
    assert town.contacts(out[0]["case_id"]) == [("letter", "sent"), ("letter", "wrong_address")]


def test_two_colleagues_print_and_post_each_letter_once(town: Town) -> None:
    id, homes = due(town, 4)

    def print_them(staff) -> str:
        try:
            return letters.print_some(town.engine, town.clock, staff, id, set(homes), lambda some: b"%PDF")
        except CannotSend:
            return ""

    def post_them(run: str) -> int:
        try:
            return letters.posted(town.engine, town.clock, town.second, id, run, {row.id for row in town.rows(letter)})
        except CannotSend:
            return 0

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(print_them, (town.second, town.planner)))
        assert town.count(letter) == 4 and runs.count("") == 1
        (run,) = filter(None, runs)
        assert sorted(pool.map(post_them, (run, run))) == [0, 4]
    assert [town.contacts(home) for home in homes] == [[("letter", "sent")]] * 4


def test_a_large_audience_is_counted_the_same(town: Town, monkeypatch) -> None:
    monkeypatch.setattr("backend.campaigns.audience.PAGE", 2)
    monkeypatch.setattr("backend.campaigns.counting.PAGES", 1)
    for number in range(5):
        town.household(f"U{number}")
    id = service.draw_up(town.engine, town.clock, town.planner, Plan("声かけ"))
    with town.engine.begin() as c:
        row = service.find(c, town.planner, id)
        counting.begin(c, town.planner, row, town.clock())
    while run_slice(town.shell, SLICES):
        pass
    with town.engine.connect() as c:
        found = counting.counted(c, row)
    assert found is not None and found["state"] == "done" and counting.preview_of(found).counted == 5 == town.count(case)
