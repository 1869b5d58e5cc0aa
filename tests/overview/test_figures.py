"""Figures of a large municipality: counted in pieces by the worker, kept, and the same as those that are counted at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from backend.app import Shell
from backend.followups.models import due
from backend.followups.run import run_due
from backend.jobs.kinds import SLICES
from backend.jobs.models import job
from backend.jobs.run import run_slice
from backend.overview import figures
from backend.overview.figures import KIND, Span
from backend.overview.omuta import Approach, fiscal_years, tables, year_ends
from backend.overview.tally import GROUPS, STAGES, Tally
from backend.staff.roles import PREFECTURE
from bots.worker import due_handlers
from tests.conftest import MakeTenant, MovableClock
from tests.console.conftest import MakeStaff, NewBrowser, make_test_shell
from tests.overview.town import agreed, approached, helped, household, planned

HOME = "tenant-tsunagi"
PAGE = "/console/overview"
ALL = Span(None, date(2026, 7, 6))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A municipality is large from its fourth household on, and looked at by twos."""
    monkeypatch.setattr(figures, "FEW", 3)
    monkeypatch.setattr(figures, "PIECE", 2)


def work(shell: Shell) -> int:
    slices = 0
    while run_slice(shell, SLICES):
        slices += 1
    return slices


# --- counting in pieces ----------------------------------------------------------------------------------------------

_DAYS = st.dates(date(2019, 9, 1), date(2026, 3, 31))
_RESULTS = st.sampled_from(("met", "answered", "absent", "card_left", "moved", "vacant", "refused", "died", "sent", "word", "again", "wrong_number"))
_ROWS = st.lists(st.tuples(_DAYS, st.sampled_from(("visit", "phone", "chat")), _RESULTS, st.sampled_from(("out", "out", "in"))), max_size=8)


@given(st.lists(st.tuples(_DAYS, _ROWS), min_size=1, max_size=12), st.integers(0, 400))
def test_household_by_household_gives_omutas_tables(homes: list[tuple[date, list[tuple[date, str, str, str]]]], later: int) -> None:
    last = max([since for since, _ in homes] + [row[0] for _, rows in homes for row in rows]) + timedelta(days=later)
    tally, known, noted = Tally(), {}, []
    for number, (since, rows) in enumerate(homes):
        tally = Tally.of(tally.kept())
        rows = sorted(rows, key=lambda row: row[0])
        tally.know(since, rows)
        known[f"h{number}"] = since
        noted += [Approach(f"h{number}", on, channel, result, direction) for on, channel, result, direction in rows]
    first = min(known.values())
    spans = fiscal_years(first, last)
    told = tables(known, noted, year_ends(first, last), [(date.min, spans[0][1]), *spans[1:]])
    made = tally.tables(last)
    assert made is not None
    assert (made.households, made.tries, made.channels, made.standings) == (told.households, told.tries, told.channels, told.standings)
    assert list(made.periods) == spans and list(made.periods.values()) == list(told.periods.values())


def town(shell: Shell, clock: MovableClock, tenant: str = HOME) -> None:
    with shell.engine.begin() as c:
        for n in range(9):
            home = household(c, tenant, clock() - timedelta(days=300 + n), district=("緑町", "川上")[n % 2], category=n % 4 or None,
                             language=("ja", "en")[n % 2], restricted=n == 5, status=("open", "closed", "merged")[n // 4],
                             closed_at=clock() - timedelta(days=1) if n // 4 == 1 else None, first_contact_at=clock() - timedelta(days=n))
            for days in range(0, 40 * n, 40):
                approached(c, tenant, home, clock() - timedelta(days=days), "met" if days == 80 else "absent")
            if n % 3 == 0:
                agreed(c, tenant, home, clock() - timedelta(days=30))
                planned(c, tenant, home, clock() - timedelta(days=20))
                helped(c, tenant, home, clock() - timedelta(days=10))


@pytest.fixture
def office(engine: Engine, clock: MovableClock, tmp_path: Path, make_tenant: MakeTenant) -> Shell:
    """On both databases."""
    make_tenant(engine)
    return make_test_shell(engine, clock, tmp_path)


@pytest.mark.parametrize("span", [ALL, Span(date(2025, 9, 7), date(2026, 6, 20)), Span(None, date(2026, 3, 31))])
def test_what_the_worker_counts_is_what_a_page_counts_at_once(office: Shell, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, span: Span) -> None:
    town(office, clock)
    at_once = figures.of(office.engine, HOME, span, clock())
    assert at_once.tally is not None and at_once.as_of is None
    monkeypatch.setattr(figures, "FEW", 3)
    monkeypatch.setattr(figures, "PIECE", 2)
    begun = figures.of(office.engine, HOME, span, clock())
    assert begun.tally is None and begun.progress is not None and not begun.progress.failed
    assert run_slice(office, SLICES) and run_slice(office, SLICES)
    halfway = figures.of(office.engine, HOME, span, clock())
    assert halfway.tally is None and halfway.progress is not None and (halfway.progress.done, halfway.progress.total) == (4, 9)
    assert work(office) == 3
    found = figures.of(office.engine, HOME, span, clock())
    assert found.progress is None and found.as_of == clock() and found.tally is not None
    assert found.tally.kept() == at_once.tally.kept() and found.tables() == at_once.tables()
    assert all(set(found.tally.counted(by)) and len(STAGES) == 7 for by in GROUPS)


def test_a_span_is_counted_once_until_it_is_old(office: Shell, clock: MovableClock, large: None) -> None:
    town(office, clock)

    def look(newer: bool = False) -> figures.Figures:
        return figures.of(office.engine, HOME, Span(None, clock().date()), clock(), newer=newer)

    assert look().tally is None and look().tally is None
    assert work(office) == 5, "two looks are one count"
    clock.move(minutes=50)
    assert look().progress is None and look(newer=True).progress is not None, "whoever asks gets newer ones"
    first = look()
    assert first.tally is not None and work(office) == 5
    second = look()
    assert second.as_of is not None and first.as_of is not None and second.as_of - first.as_of == timedelta(minutes=50)
    clock.move(minutes=61)
    assert look().tally is not None and look().progress is not None, "the old ones are shown meanwhile"


def test_tomorrow_shows_todays_figures_until_its_own_are_counted(office: Shell, clock: MovableClock, large: None) -> None:
    town(office, clock)
    today = Span(None, clock().date())
    figures.of(office.engine, HOME, today, clock())
    work(office)
    clock.move(days=1)
    found = figures.of(office.engine, HOME, Span(None, clock().date()), clock())
    assert found.tally is not None and found.span == today and found.progress is not None
    assert figures.of(office.engine, HOME, today, clock()).tally is None, "a span that ends there is another one"


def test_counts_of_long_ago_are_not_kept(office: Shell, clock: MovableClock, large: None) -> None:
    town(office, clock)
    for days in (0, 20, 20):
        clock.move(days=days)
        figures.of(office.engine, HOME, Span(None, clock().date()), clock())
        work(office)
    with office.engine.begin() as c:
        assert len(c.execute(select(job.c.id)).all()) == 2


def test_no_more_than_three_spans_are_counted_side_by_side(office: Shell, clock: MovableClock, large: None) -> None:
    town(office, clock)
    begun = [figures.of(office.engine, HOME, Span(date(2026, month, 1), ALL.until), clock()).progress for month in range(1, 6)]
    assert [one is not None for one in begun] == [True, True, True, False, False]
    work(office)
    assert figures.of(office.engine, HOME, Span(date(2026, 4, 1), ALL.until), clock()).progress is not None


def test_a_count_that_failed_is_said_and_tried_again_later(office: Shell, clock: MovableClock, large: None) -> None:
    town(office, clock)
    figures.of(office.engine, HOME, ALL, clock())
    with office.engine.begin() as c:
        c.execute(update(job).values(state="failed", error="console.job.failed", changed_at=clock()))
    found = figures.of(office.engine, HOME, ALL, clock())
    assert found.progress is not None and found.progress.failed and work(office) == 0
    clock.move(minutes=6)
    figures.of(office.engine, HOME, ALL, clock())
    assert work(office) == 5


def test_the_clock_counts_each_night_what_is_opened_first(
    office: Shell, clock: MovableClock, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town(office, clock)
    figures.of(office.engine, HOME, ALL, clock())
    work(office)
    for _ in range(2):
        clock.move(days=1)
        assert run_due(office.engine, clock, due_handlers(office)) and work(office) == 10, "for staff, and for whoever sees figures alone"
        found = figures.of(office.engine, HOME, Span(None, clock().date()), clock())
        assert found.span.until == clock().date() and found.progress is None
    with office.engine.begin() as c:
        assert c.execute(select(due.c.kind).where(due.c.kind == KIND)).scalars().all() == [KIND]
    monkeypatch.setattr(figures, "FEW", 30)
    clock.move(days=1)
    assert run_due(office.engine, clock, due_handlers(office)) and work(office) == 0
    with office.engine.begin() as c:
        assert c.execute(select(due.c.kind).where(due.c.kind == KIND)).scalars().all() == [], "small again: nothing to count beforehand"


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_says_how_far_it_is_and_then_as_of_when(
    shell: Shell, clock: MovableClock, large: None, make_staff: MakeStaff, new_browser: NewBrowser, tenant_id: str
) -> None:
    town(shell, clock, tenant_id)
    make_staff("chief", "supervisor")
    browser = new_browser("chief")
    assert browser.open(PAGE).has("数字を数えています", "まもなく始まります") and not browser.has("把握から終了まで")
    run_slice(shell, SLICES)
    assert browser.open("/console/live/overview?by=district").has("9世帯のうち2世帯まで数えました")
    assert browser.client.get(f"{PAGE}/csv?table=funnel", follow_redirects=False).headers["location"].startswith(PAGE)
    work(shell)
    assert browser.open("/console/live/overview?by=district").has("数え終わりました")
    assert browser.open(PAGE).has("時点の数字です", "把握から終了まで", "年度末の状況", "いまの数字に数え直す")
    assert browser.open(f"{PAGE}?by=language").has("言語") and work(shell) == 0, "every group is counted at once"
    assert browser.client.get(f"{PAGE}/csv?table=standings").status_code == 200
    clock.move(minutes=10)
    assert browser.send(f"{PAGE}/again", since="", until=clock().date().isoformat(), by="language").has("いま数え直しています", "把握から終了まで")
    assert work(shell) == 5


def test_whoever_sees_figures_alone_waits_for_their_own_span(
    shell: Shell, clock: MovableClock, large: None, make_staff: MakeStaff, new_browser: NewBrowser, tenant_id: str
) -> None:
    town(shell, clock, tenant_id)
    make_staff("ken", PREFECTURE)
    browser = new_browser("ken")
    assert browser.path == PAGE and browser.has("数字を数えています")
    work(shell)
    assert browser.open(PAGE).has("時点の数字です")
    with shell.engine.begin() as c:
        until = c.execute(select(job.c.detail)).scalar_one()["until"]
    assert datetime.fromisoformat(until).weekday() == 6, "whole weeks"
