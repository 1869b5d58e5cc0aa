"""The letter rung on paper: printed together, posted by a person, and the ladder goes on, also when a letter comes back."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from backend.booth.links import attempt, find
from backend.booth.models import case_link
from backend.campaigns.ladder import LETTER, MEETING, VISIT, Ladder, Ladders, Rung
from backend.campaigns.letters import CannotSend, print_some
from backend.campaigns.models import letter, member
from backend.campaigns.service import Plan
from backend.cases.models import case
from backend.contacts import service as log
from backend.contacts.service import Told
from backend.forms.glyphs import CannotPrint
from backend.people.models import person
from backend.tasks.models import task
from tests.campaigns import planner as at_desk
from tests.campaigns.field import Town
from tests.console.conftest import _quick_passwords, app, make_staff, new_browser  # noqa: F401

town, shell, planner = at_desk.town, at_desk.shell, at_desk.planner

BY_POST = Ladders(Ladder((Rung(LETTER, 0), Rung(VISIT, 10), Rung(MEETING, 10))))
BORN = {"birth_date": "1948-04-02"}


def home(town: Town, address: str = "つなぎ市中央1-2-3", **columns) -> str:
    id = town.household(**columns)
    (row,) = town.rows(case, case.c.id == id)
    with town.engine.begin() as c:
        c.execute(update(person).where(person.c.id == row.person_id).values(address=address or None))
    return id


def begun(town: Town) -> str:
    """A campaign that writes letters, and everybody's is due; the page of its letters."""
    id = town.begin(Plan("手紙", ladders=BY_POST))
    town.tick()
    return f"/console/campaigns/{id}/letters"


def pages(browser, here: str) -> list[str]:
    run = browser.html.partition("/file?run=")[2].partition('"')[0]
    answer = browser.client.get(f"{here}/file?run={run}")
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["cache-control"] == "no-store"
    return [page.extract_text().replace("\n", "") for page in PdfReader(BytesIO(answer.content)).pages]


def run_of(town: Town) -> str:
    return str(town.rows(letter, letter.c.state == "printed")[0].run)


def test_from_the_list_to_the_post_and_the_ladder_goes_on(town, planner):
    known = home(town, name="佐藤 花", answers=BORN)
    other = home(town, name="John Smith", language="en")
    here = begun(town)
    assert planner.open(here.removesuffix("/letters")).has("手紙を印刷・発送する")
    planner.open(here)
    assert planner.has("印刷する手紙（2通）", "佐藤 花", "つなぎ市中央1-2-3", "英語")
    planner.send(here, case=[known, other])
    assert planner.has("印刷する手紙（0通）", "（2通）", "PDFを開く")
    first, second = pages(planner, here)
    assert "佐藤 花" in first and "T-0001" in first and "生年月日をうかがいます" in first and "Are you having" not in first
    assert "John Smith" in second and "お困りのことはありませんか" in second and "Are you having any" in second
    assert "生年月日" not in second  # nobody knows it: the code opens an empty chat
    assert town.contacts(known) == []  # printed is not posted
    town.clock.move(days=2)
    planner.log_in("hanako").open(here)
    planner.send(f"{here}/posted", run=run_of(town), letter=[row.id for row in town.rows(letter)])
    assert planner.has("発送した手紙（2通）")
    assert town.contacts(known) == [("letter", "sent")] and town.rows(task, task.c.done_at.is_(None)) == []
    town.days(13)  # ten working days from the task have passed, and none from the post
    assert town.tasks(known) == ["letter"]
    town.days(4)
    assert town.tasks(known) == ["letter", "visit"]


def test_the_postal_code_stands_over_the_address_where_it_is_certain(town, planner):
    homes = [home(town, address) for address in ("大牟田市新栄町6番地1", "〒836-0041　つなぎ市中央1-2-3", "つなぎ市中央1-2-3")]
    here = begun(town)
    planner.open(here).send(here, case=homes)
    first, second, third = pages(planner, here)
    assert "〒836-0041大牟田市新栄町6番地1" in first
    assert "〒836-0041つなぎ市中央1-2-3" in second and "〒" not in third


def test_the_code_opens_the_case_for_the_birth_date_and_for_as_long_as_the_post_takes(town, planner, monkeypatch):
    known = home(town, answers=BORN)
    here = begun(town)
    tokens: list[str] = []
    from backend.booth import links
    real = links.issue
    monkeypatch.setattr("backend.campaigns.letters.links.issue", lambda *a, **k: tokens.append((made := real(*a, **k)).token) or made)
    planner.open(here).send(here, case=known)
    town.clock.move(days=40)
    with town.engine.begin() as c:
        found = find(c, tokens[0], town.clock())
        assert found is not None and attempt(c, found["id"], ("birth", "1950-01-01"), town.clock()) is None
        opened = attempt(c, found["id"], ("birth", BORN["birth_date"]), town.clock())
        assert opened is not None and opened.case_id == known


def test_a_letter_that_came_back_is_a_wrong_address_and_the_next_rung_is_taken_now(town, planner):
    known = home(town, answers=BORN)
    here = begun(town)
    planner.open(here).send(here, case=known)
    planner.send(f"{here}/posted", run=run_of(town), letter=[row.id for row in town.rows(letter)])
    town.days(3)
    planner.log_in("hanako").open(here).send(f"{here}/back", letter=town.rows(letter)[0].id)
    assert town.contacts(known) == [("letter", "sent"), ("letter", "wrong_address")]
    assert town.rows(case_link)[0].ended_at is not None and town.rows(letter)[0].state == "returned"
    town.tick()
    assert town.rows(member)[0].rung == VISIT and "visit" in town.tasks(known)
    assert not planner.open(here).has("宛先不明で戻った</button>")
    assert planner.open(here.removesuffix("/letters")).has("宛先不明で戻った 1")


def test_whoever_answered_meanwhile_gets_no_letter_and_the_task_can_be_closed(town, planner):
    heard, lost = home(town, name="佐藤 花"), home(town, address="", name="鈴木 一")
    here = begun(town)
    log.note(town.engine, town.clock, town.second, heard, Told("phone", "met", town.clock()))
    planner.open(here)
    assert planner.has("印刷する手紙（0通）", "いまは印刷しない手紙（2通）", "返事があった", "住所か氏名が分からない")
    planner.open(here).send(here, case=heard)
    assert planner.status == 422 and town.count(letter) == 0
    planner.send(f"{here}/off")
    assert town.rows(task, task.c.done_at.is_(None)) == []
    town.tick()
    assert "visit" in town.tasks(lost) and "visit" not in town.tasks(heard)


def test_a_protected_person_gets_no_letter_also_when_it_was_due_before(town, planner):
    hidden = home(town, name="秘密 の人")
    here = begun(town)
    with town.engine.begin() as c:
        c.execute(update(case).where(case.c.id == hidden).values(restricted=True))
    planner.open(here)
    assert "秘密" not in planner.html and planner.has("印刷する手紙（0通）")
    with pytest.raises(CannotSend):
        print_some(town.engine, town.clock, town.second, here.split("/")[3], {hidden}, lambda _: b"")
    assert town.count(letter) == 0


def test_what_was_not_put_into_an_envelope_is_due_again_and_its_code_is_dead(town, planner):
    one, two = home(town, answers=BORN), home(town, answers=BORN)
    here = begun(town)
    planner.open(here).send(here, case=[one, two])
    kept = next(row.id for row in town.rows(letter) if row.case_id == one)
    planner.send(f"{here}/posted", run=run_of(town), letter=kept)
    assert planner.has("印刷する手紙（1通）", "発送した手紙（1通）")
    assert {(row.case_id, row.ended_at is None) for row in town.rows(case_link)} == {(one, True), (two, False)}


def test_a_printing_that_fails_leaves_no_code_behind(town, planner, monkeypatch):
    one = home(town, answers=BORN)
    here = begun(town)

    def broken(*_):
        raise CannotPrint("no")

    monkeypatch.setattr("backend.campaigns.letter_words.set_letters", broken)
    planner.open(here).send(here, case=one)
    assert planner.status == 500 and town.rows(case_link)[0].ended_at is not None
    assert planner.open(here).has("印刷する手紙（1通）")


def test_the_paper_ends_and_a_colleague_of_another_district_does_not_get_it(town, planner, new_browser, make_staff):  # noqa: F811
    one = home(town, answers=BORN)
    here = begun(town)
    planner.open(here).send(here, case=one)
    make_staff("nishi", districts=["西"])
    run = run_of(town)
    assert new_browser("nishi").client.get(f"{here}/file?run={run}").status_code == 404
    town.clock.move(days=8)
    planner.log_in("hanako")
    answer = planner.client.get(f"{here}/file?run={run}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, here)
