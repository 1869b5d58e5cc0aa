"""The list of all cases: every case once, in order, page by page, forwards and back; and only those one may see."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, insert

from backend import ids
from backend.app import Shell
from backend.cases.models import case, saved_filter
from backend.cases.selection import Selection
from backend.clock import in_japan
from backend.console import register
from backend.console.register import SORTS, Order, find
from backend.people.models import person
from backend.staff.roles import Staff
from backend.tenants.models import tenant
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import MakeStaff, NewBrowser, make_test_shell

TOWN = "tenant-tsunagi"
CHIEF = Staff("s", TOWN, "chief", "主任", "supervisor")
TODAY = date(2026, 7, 6)


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, tmp_path: Path) -> Shell:
    return make_test_shell(engine, clock, tmp_path)


def add(engine: Engine, now: Any, kana: str = "", **columns: Any) -> str:
    case_id, person_id = ids.new(), ids.new()
    with engine.begin() as c:
        c.execute(insert(person).values(id=person_id, tenant_id=TOWN, name=kana or None, kana=kana or None, created_at=now))
        c.execute(insert(case).values({
            "id": case_id, "tenant_id": TOWN, "number": case_id[-20:], "person_id": person_id, "opened_at": now, "changed_at": now, **columns}))
    return case_id


def walk(engine: Engine, order: Order, selection: Selection, now: Any, back: bool = False) -> list[str]:
    """Every id, by turning pages to the end; with `back`, from the end to the beginning."""
    with engine.connect() as c:
        pages = [find(c, CHIEF, selection, order, now=now, today=TODAY)]
        while pages[-1].next:
            pages.append(find(c, CHIEF, selection, order, now=now, today=TODAY, after=pages[-1].next))
        if back:
            pages = [pages[-1]]
            while pages[-1].previous:
                pages.append(find(c, CHIEF, selection, order, now=now, today=TODAY, before=pages[-1].previous))
            pages.reverse()
    return [row.id for page in pages for row in page.rows]


_case = st.fixed_dictionaries({
    "days": st.integers(0, 3), "district": st.sampled_from(["", "東", "西"]), "category": st.none() | st.integers(1, 4),
    "review_on": st.none() | st.dates(date(2026, 7, 1), date(2026, 7, 4)), "waits": st.booleans(),
})  # fmt: skip


@pytest.mark.parametrize("few", [0, 5000], ids=["along the index", "in memory"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cases=st.lists(_case, max_size=9))
def test_every_case_is_on_exactly_one_page_whichever_way_one_turns(
    engine: Engine, make_tenant: MakeTenant, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, few: int, cases: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(register, "FEW", few)
    monkeypatch.setattr(register, "PER_PAGE", 2)
    now = clock()
    with engine.begin() as c:
        for table in (case, person):
            c.execute(delete(table))
        c.execute(delete(tenant))
    make_tenant(engine)
    for number, one in enumerate(cases):
        add(engine, now, "あいう"[number % 3], changed_at=now - timedelta(days=one["days"]), district=one["district"],
            category=one["category"], review_on=one["review_on"],
            waiting_since=now - timedelta(hours=number % 2) if one["waits"] else None)  # fmt: skip
    for sort in SORTS:
        for order in (Order(sort, False), Order(sort, True)):
            shown = walk(engine, order, Selection(), now)
            assert len(shown) == len(set(shown)) == len(cases), order
            assert walk(engine, order, Selection(), now, back=True) == shown, order


@pytest.mark.parametrize("few", [0, 5000])
def test_sorted_by_what_was_asked_and_the_empty_last(
    engine: Engine, make_tenant: MakeTenant, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(register, "FEW", few)
    make_tenant(engine)
    four, none, one = (add(engine, clock(), category=number) for number in (4, None, 1))
    assert walk(engine, Order("category", False), Selection(), clock()) == [one, four, none]
    assert walk(engine, Order("category", True), Selection(), clock()) == [four, one, none]


def test_kana_sorts_what_the_database_cannot_read(engine: Engine, make_tenant: MakeTenant, clock: MovableClock) -> None:
    make_tenant(engine)
    names = {kana: add(engine, clock(), kana) for kana in ("わたなべ くみ", "あおき いち", "さとう はな", "")}
    assert walk(engine, Order("kana", False), Selection(), clock()) == [
        names["あおき いち"], names["さとう はな"], names["わたなべ くみ"], names[""]]


@pytest.mark.parametrize(("chosen", "found"), [
    ({}, {"a", "b", "c"}), ({"status": "closed"}, {"d"}), ({"status": "all"}, {"a", "b", "c", "d"}),
    ({"district": "東"}, {"a"}), ({"district": "none"}, {"b", "c"}), ({"category": "4"}, {"a"}), ({"category": "none"}, {"b", "c"}),
    ({"team": "北班"}, {"b"}), ({"language": "en"}, {"b"}), ({"damage": "half"}, {"c"}), ({"waiting": "yes"}, {"c"}),
    ({"review": "due"}, {"a"}), ({"review": "month"}, {"a", "b"}), ({"review": "none"}, {"c"}), ({"stalled": "yes"}, {"a"}),
    ({"assigned": "nobody"}, {"a", "b", "c"}), ({"category": "9", "review": "x", "waiting": "1"}, {"a", "b", "c"}),
])  # fmt: skip
def test_what_is_chosen(engine: Engine, make_tenant: MakeTenant, clock: MovableClock, chosen: dict[str, str], found: set[str]) -> None:
    make_tenant(engine)
    now = clock()
    made = {
        add(engine, now, district="東", category=4, review_on=TODAY, changed_at=now - timedelta(days=46)): "a",
        add(engine, now, team="北班", language="en", review_on=TODAY + timedelta(days=20), changed_at=now - timedelta(days=46)): "b",
        add(engine, now, damage_level="half", waiting_since=now): "c",
        add(engine, now, status="closed"): "d",
    }
    assert {made[id_] for id_ in walk(engine, Order.of(""), Selection.of(chosen), now)} == found


@given(st.dictionaries(st.sampled_from(Selection().__slots__), st.text(max_size=5) | st.sampled_from(["yes", "1", "none", "closed", "due"])))
def test_a_selection_comes_back_as_it_was_kept(chosen: dict[str, str]) -> None:
    selection = Selection.of(chosen)
    assert Selection.of(selection.chosen()) == selection


def test_restricted_people_are_listed_for_their_handlers_alone(engine: Engine, make_tenant: MakeTenant, clock: MovableClock) -> None:
    make_tenant(engine)
    add(engine, clock(), "ひみつ", restricted=True)
    me = Staff("me", TOWN, "me", "私", "caseworker")
    with engine.connect() as c:
        assert [row.kana for row in find(c, CHIEF, Selection(), Order.of(""), now=clock(), today=TODAY).rows] == ["ひみつ"]
        found = find(c, me, Selection(), Order.of("kana"), now=clock(), today=TODAY)
    assert (found.rows, found.count) == ([], 0), "not even counted"


# --- the page ---------------------------------------------------------------------------------------------------


def test_a_filter_is_kept_shared_and_taken_away(
    new_browser: NewBrowser, shell: Shell, tenant_id: str, make_staff: MakeStaff, clock: MovableClock
) -> None:
    """ST-04: lists are filtered and sorted by an address that holds no personal data."""
    make_staff("hanako")
    make_staff("jiro")
    add(shell.engine, clock(), "あおき", category=4)
    add(shell.engine, clock(), "さとう", category=1)
    page = new_browser("hanako").open("/console/cases?category=4&sort=kana")
    assert page.has("あおき", "1件") and not page.has("さとう")
    page.send("/console/cases/filters", name="分類4", shared="yes")
    other = new_browser("jiro").open("/console/cases")
    assert other.has("分類4", "さとう") and not other.has("「分類4」を消す")
    (kept,) = re.findall(r'href="(/console/cases\?[^"]*category=4[^"]*)"', other.html)
    assert not other.open(kept.replace("&amp;", "&")).has("さとう")
    page.open("/console/cases").send("/console/cases/filters/drop")
    with shell.engine.connect() as c:
        assert c.execute(saved_filter.select()).all() == []


@pytest.mark.parametrize("odd", ["after=v+x+y", "after=n", "before=i+nobody", "after=v+99999999999999999999+a", "sort=name;--", "category=ア", "after=%00"])
def test_odd_addresses_are_no_error(
    new_browser: NewBrowser, shell: Shell, tenant_id: str, make_staff: MakeStaff, clock: MovableClock, odd: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make_staff("hanako")
    add(shell.engine, clock(), "あおき")
    browser = new_browser("hanako")
    for few in (0, 5000):
        monkeypatch.setattr(register, "FEW", few)
        assert browser.open(f"/console/cases?{odd}").status == 200


def test_more_than_memory_takes_says_so_instead_of_sorting_by_kana(
    new_browser: NewBrowser, shell: Shell, tenant_id: str, make_staff: MakeStaff, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_staff("hanako")
    add(shell.engine, clock(), "あおき")
    monkeypatch.setattr(register, "FEW", 0)
    assert new_browser("hanako").open("/console/cases?sort=kana").has("5,000件以下に絞り込むと", "あおき")


def test_today_is_the_day_in_japan(clock: MovableClock) -> None:
    assert in_japan(clock()).date() == TODAY


def plans(engine: Engine, staff: Staff, chosen: dict[str, str], order: str, now: Any, **place: str) -> list[str]:
    """How SQLite goes about every question of one page, step by step."""
    asked: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", hear)
    with engine.connect() as c:
        find(c, staff, Selection.of(chosen), Order.of(order), now=now, today=TODAY, **place)
        event.remove(engine, "before_cursor_execute", hear)
        selects = [(statement, values) for statement, values in asked if statement.startswith("SELECT")]
        return [str(row[3]) for statement, values in selects for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


def whole(steps: list[str]) -> list[str]:
    """Steps that look at every case of a municipality, or sort what was found."""
    return [one for one in steps if one.startswith("SCAN case") or re.match(r"SEARCH case .*\(tenant_id=\?( AND status=\?)?\)$", one)]


def leading(steps: list[str]) -> str:
    """The step by which cases are found; whatever comes behind it looks single ones up by their ids."""
    return [one for one in steps if one.startswith("SEARCH") and not re.search(r"\bid=\?\)$", one)][-1]


@pytest.mark.parametrize(("chosen", "index"), [
    ({"language": "vi", "waiting": "yes"}, "ix_case_waiting"), ({"assigned": "a", "waiting": "yes"}, "ix_case_assigned_to"),
    ({"district": "東", "category": "4"}, "ix_case_district"), ({"category": "4", "team": "none"}, "ix_case_team"),
    ({"category": "4"}, "ix_case_category"), ({"review": "due"}, "ix_case_review_on"), ({"stalled": "yes"}, "ix_case_changed_at"),
    ({"damage": "total"}, "ix_case_damage_level"), ({"damage": "total", "status": "all"}, "ix_case_damage_level"),
    ({"category": "none", "status": "all"}, "ix_case_category"),
])  # fmt: skip
def test_sqlite_looks_by_the_narrowest_of_what_was_chosen(sqlite_engine: Engine, clock: MovableClock, chosen: dict[str, str], index: str) -> None:
    """It keeps no figures about its tables: left alone it walks through the whole municipality for a handful."""
    steps = plans(sqlite_engine, CHIEF, chosen, "", clock())
    assert index in leading(steps) and not whole(steps), steps


def test_the_narrowest_is_found_by_counting(
    sqlite_engine: Engine, make_tenant: MakeTenant, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tenant(sqlite_engine)
    for number in range(6):
        add(sqlite_engine, clock(), district="東", category=4 if number < 2 else 1, damage_level="half" if number < 4 else "total")
    monkeypatch.setattr(register, "FEW", 3)
    steps = plans(sqlite_engine, CHIEF, {"district": "東", "category": "4"}, "", clock())
    assert "ix_case_category" in leading(steps), steps
    with sqlite_engine.connect() as c:
        found = find(c, CHIEF, Selection.of({"district": "東", "category": "4"}), Order.of(""), now=clock(), today=TODAY)
    assert found.count == 2


NEAR = Staff("n", TOWN, "near", "近", "caseworker", districts=("東", "西"))
LENT = Staff("l", TOWN, "lent", "借", "operator")


@pytest.mark.parametrize("order", ["changed", "-changed", "number", "-number", "district", "-district", "category", "-category", "review", "waiting", "-waiting"])
@pytest.mark.parametrize("status", ["open", "all"])
@pytest.mark.parametrize("staff", [CHIEF, NEAR], ids=["everything", "two districts"])
def test_a_page_of_many_is_read_along_the_index_of_its_order(
    sqlite_engine: Engine, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, staff: Staff, status: str, order: str
) -> None:
    """Not a million are sorted: each stream follows its index, and what two streams gave is put together."""
    monkeypatch.setattr(register, "_few", lambda *_: None)
    column = register.COLUMNS[order.removeprefix("-")].name
    steps = [one for one in plans(sqlite_engine, staff, {"status": status}, order, clock()) if "case USING" in one]
    own = {"number": "sqlite_autoindex_case_2", "waiting_since": "ix_case_waiting|sqlite_autoindex_case_1"}.get(column, f"ix_case_{column}")
    theirs = "|ix_case_assigned_to" if staff is NEAR and column == "district" else ""
    assert steps and all(re.search(own + theirs, one) for one in steps), steps


def test_an_operator_is_led_by_what_was_given_to_it(sqlite_engine: Engine, clock: MovableClock) -> None:
    for chosen in ({}, {"damage": "total"}, {"status": "all", "category": "none"}):
        steps = plans(sqlite_engine, LENT, chosen, "", clock())
        assert not whole(steps), steps
    assert any("ix_case_assigned_to" in one for one in plans(sqlite_engine, LENT, {}, "", clock()))


@pytest.mark.parametrize("order", ["district", "-district", "waiting", "category"])
def test_two_districts_are_paged_like_one(
    engine: Engine, make_tenant: MakeTenant, make_staff: MakeStaff, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    """In their districts, without a district, and theirs elsewhere: each once, in the order of the whole list."""
    make_tenant(engine)
    me = Staff(make_staff("near"), TOWN, "near", "近", "caseworker", districts=("東", "西"))
    for number, district in enumerate(("東", "西", "南", "北", "") * 4):
        add(engine, clock(), district=district, category=number % 3 or None, assigned_to=me.id if number % 4 == 0 else None)
    monkeypatch.setattr(register, "PER_PAGE", 3)
    pages: dict[int, list[str]] = {}
    for few in (5000, 2):
        monkeypatch.setattr(register, "FEW", few)
        with engine.connect() as c:
            shown = [find(c, me, Selection(), Order.of(order), now=clock(), today=TODAY)]
            while shown[-1].next:
                shown.append(find(c, me, Selection(), Order.of(order), now=clock(), today=TODAY, after=shown[-1].next))
        pages[few] = [row.id for page in shown for row in page.rows]
        assert all(row.district in ("東", "西", "") or row.assigned_to == me.id for page in shown for row in page.rows)
    assert len(pages[2]) == len(set(pages[2])) == 14 and sorted(pages[2]) == sorted(pages[5000])
