"""The page, its CSV and its map, for the roles that see figures."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from backend.app import Shell
from backend.audit.models import audit
from backend.jobs.run import run_slice
from backend.overview import chart, figures, geojson
from backend.overview.geojson import WIDE, NoMap, outlines, straightened, thinned
from backend.overview.spans import settled
from backend.staff.roles import PREFECTURE, SEES_FIGURES
from backend.tenants.models import district
from tests.api.program import program_of
from tests.conftest import MovableClock
from tests.console.conftest import Browser, MakeStaff, NewBrowser
from tests.overview.town import approached, household

HOME = "/console/overview"
DISTRICTS = ("緑町", "川上")


@pytest.fixture
def town(shell: Shell, tenant_id: str, clock: MovableClock) -> str:
    with shell.engine.begin() as c:
        for number, name in enumerate(DISTRICTS):
            c.execute(insert(district).values(id=f"d{number}", tenant_id=tenant_id, name=name))
        for n in range(20):
            one = household(c, tenant_id, clock(), district="緑町", first_contact_at=clock())
            approached(c, tenant_id, one, clock(), "met" if n else "refused")
        for _ in range(2):
            household(c, tenant_id, clock(), district="川上")
        household(c, tenant_id, clock(), district="川上", restricted=True)
    clock.move(days=8)  # who sees figures alone sees whole weeks
    return tenant_id


def rows_of(browser: Browser, table: str, more: str = "") -> list[list[str]]:
    got = browser.client.get(f"{HOME}/csv?table={table}{more}")
    assert got.status_code == 200 and got.headers["content-type"] == "text/csv; charset=utf-8"
    assert got.content.startswith(b"\xef\xbb\xbf") and "渡辺" not in got.text
    return list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))


def count(shell: Shell, most: int = 0) -> int:
    """The worker's slices, at most so many (0: all); how many there were."""
    done = 0
    while (not most or done < most) and run_slice(shell, {figures.KIND: figures.count_some}):
        done += 1
    return done


def test_figures_that_nobody_counted_yet_say_how_far_they_are(
    town: str, shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of a large municipality, from the first look to the figures; its table waits as well, and its part tells by itself."""
    monkeypatch.setattr(figures, "FEW", 0)
    monkeypatch.setattr(figures, "PIECE", 10)
    make_staff("chief", "supervisor")
    page = new_browser("chief").open(f"{HOME}?by=language")
    live = f"/console/live/overview?since=&until={shell.clock().date()}&by=language"
    assert page.has("数字を数えています", "まもなく始まります") and not page.has("把握から終了まで")
    assert f'data-live="{live.replace("&", "&amp;")}"' in page.html
    assert page.client.get(f"{HOME}/csv?table=funnel", follow_redirects=False).status_code == 303, "no table of half a count"
    count(shell, 2)
    assert page.open(live).has("のうち20世帯まで数えました")
    assert not page.has("数え終わりました")
    assert count(shell) > 0
    assert page.open(live).has("数え終わりました") and page.open(f"{HOME}?by=language").has("把握から終了まで", "時点の数字です")
    again = page.send(f"{HOME}/again", since="", until=str(shell.clock().date()), by="language")
    assert again.path == HOME and again.has("把握から終了まで"), "what was counted is shown meanwhile"


def test_a_program_is_told_to_come_again_until_the_worker_has_counted(
    town: str, shell: Shell, app: TestClient, make_staff: MakeStaff, new_browser: NewBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_staff("chief", "supervisor")
    program = program_of(shell, app, "chief")
    small = [program.get(f"/figures/{name}").json() for name in ("funnel", "outreach")]
    monkeypatch.setattr(figures, "FEW", 0)
    monkeypatch.setattr(figures, "PIECE", 10)
    for worked in (0, 10, 20):
        for name in ("funnel", "outreach"):
            waits = program.get(f"/figures/{name}")
            assert (waits.status_code, waits.headers["retry-after"], waits.headers["content-type"]) == (409, "30", "application/problem+json")
            told = waits.json()
            assert (told["type"].rpartition("/")[2], told["why"], told["done"]) == ("refused", "counting", worked)
        count(shell, 1)
    count(shell)
    assert [program.get(f"/figures/{name}").json() for name in ("funnel", "outreach")] == small, "one count, whoever did it"
    with shell.engine.begin() as c:
        taken = c.execute(select(audit.c.object_id, audit.c.detail).where(audit.c.action == "figures.exported")).all()
    assert [row.object_id for row in taken] == ["funnel", "outreach"] * 2 and taken[0].detail["by"] == "district", "not what was still counted"
    assert program.ask("POST", f"/figures/again?until={shell.clock().date()}").status_code == 200
    assert program.get("/figures/funnel").status_code == 200, "the last count is told while a newer one runs"


def test_every_role_that_sees_figures_sees_them_and_nobody_in_them(town: str, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    for role in sorted(SEES_FIGURES):
        make_staff(role, role)
        page = new_browser(role).open(HOME)
        assert page.status == 200 and page.has("把握から終了まで", "アウトリーチの結果", "年度末の状況"), role
        assert not page.has("渡辺") and "/console/cases/" not in page.html.split("<main")[1]


def test_two_households_in_a_district_are_not_to_be_found(town: str, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    make_staff("ken", PREFECTURE)
    browser = new_browser("ken")
    assert browser.path == HOME, "the prefecture begins here"
    table = {row[0]: row[1:] for row in rows_of(browser, "funnel")}
    assert table["全体"][0] == "23"
    assert table["川上"][0] == table["緑町"][0] == "<5*", "22 known less 20 would be 2"
    assert table["未定・非公開"][0] == "<5*"


def test_a_download_is_traced_and_holds_the_tables(town: str, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell) -> None:
    make_staff("chief", "supervisor")
    browser = new_browser("chief")
    outreach = {row[0]: row[1] for row in rows_of(browser, "outreach")}
    assert outreach["把握世帯"] == "23" and outreach["1回"] == "<5*"
    assert rows_of(browser, "standings")[0][0] == "時点"
    assert browser.client.get(f"{HOME}/csv?table=people").status_code == 400
    with shell.engine.begin() as c:
        kept = c.execute(select(audit.c.object_id).where(audit.c.action == "figures.exported")).scalars().all()
    assert kept == ["outreach", "standings"]


@pytest.mark.parametrize("mark", ["=", "＝"])
def test_a_district_that_looks_like_a_formula_is_none(mark: str, shell: Shell, town: str, clock: MovableClock, make_staff: MakeStaff,
                                                      new_browser: NewBrowser) -> None:  # fmt: skip
    with shell.engine.begin() as c:
        for _ in range(9):
            household(c, town, clock(), district=f'{mark}HYPERLINK("x")')
    make_staff("chief", "supervisor")
    assert any(row[0] == f'\'{mark}HYPERLINK("x")' for row in rows_of(new_browser("chief"), "funnel"))


def test_who_sees_figures_alone_asks_for_whole_months(town: str, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    """Two spans that differ by a day differ by the households of that day."""
    make_staff("ken", PREFECTURE)
    make_staff("chief", "supervisor")
    asked = f"{HOME}?since=2026-06-15&until=2026-06-20"
    assert new_browser("ken").open(asked).has('value="2026-06-01"', 'value="2026-06-30"')
    assert new_browser("chief").open(asked).has('value="2026-06-15"', 'value="2026-06-20"')


def test_figures_of_today_less_those_of_yesterday_tell_of_nobody(
    town: str, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    make_staff("ken", PREFECTURE)
    seen = []
    for _ in range(15):
        with shell.engine.begin() as c:
            household(c, town, clock(), district="緑町", first_contact_at=clock())
        seen.append(rows_of(new_browser("ken"), "funnel")[-1][1])
        clock.move(days=1)
    assert len(set(seen)) <= 4 and seen == sorted(seen, key=int), "a step a week, not one a day"


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_span_ends_with_a_month_or_a_week_that_is_over(until: date, today: date) -> None:
    since, end = settled(until, until, today)
    assert since is not None and since.day == 1 and end < today
    assert end.weekday() == 6 or (end + timedelta(days=1)).day == 1
    for day in range(7):
        monday = today - timedelta(days=today.weekday())
        assert settled(until, until, monday + timedelta(days=day)) == (since, end), "the same on every day of the week"


@pytest.mark.parametrize("query", ["since=x", "until=9999-99-99", "until=0001-01-01", "since=2030-01-01", "by=name", "by=&since=&until="])
def test_odd_questions_get_the_page(query: str, town: str, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    make_staff("chief", "supervisor")
    assert new_browser("chief").open(f"{HOME}?{query}").status == 200


def test_a_town_without_households_has_a_page(tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    make_staff("chief", "supervisor")
    assert new_browser("chief").open(HOME).has("まだ数えるものがありません")


# --- the map -------------------------------------------------------------------------------------------------------


def square(name: str, west: float, south: float, size: float = 0.1, key: str = "A27_007") -> dict[str, Any]:
    spots = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Feature", "properties": {key: name, "A27_005": "広川町立"}, "geometry": {"type": "Polygon", "coordinates": [spots]}}


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def send_map(browser: Browser, content: bytes) -> Browser:
    browser.open(f"{HOME}/map")
    hidden = browser.hidden(f"{HOME}/map")
    return browser._took(browser.client.post(f"{HOME}/map", data=hidden, files={"file": ("校区.geojson", content, "application/json")}))


def test_a_map_is_brought_in_drawn_and_shaded(town: str, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell) -> None:
    make_staff("admin", "administrator")
    admin = new_browser("admin")
    assert admin.open(HOME).has("まだ取り込まれていません")
    send_map(admin, collection(square("緑町小学校区", 130.5, 33.2), square("川上校区", 130.6, 33.2), square("別の町", 131, 34)))
    assert admin.status == 200 and admin.has("いまの地図（2校区）") and not admin.has("別の町")
    page = admin.open(HOME).html
    assert page.count("<path") == 2 and 'class="few"' in page and "http" not in page.split("<figure")[1].split("</figure")[0]
    assert send_map(admin, collection(square("緑町", 130.5, 33.2))).has("地図にない校区", "川上")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no_geojson"), (b"[]", "no_geojson"), (b"{}", "no_geojson"), (b'{"features": 5}', "no_geojson"), (b"\xff\xfe", "no_geojson"),
        (collection(), "no_district"), (collection(square("別の町", 130, 33)), "no_district"),
        (collection({"type": "Feature", "properties": {"n": "緑町"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}), "no_geojson"),
        (collection({"type": "Feature", "properties": {"n": "緑町"}, "geometry": {"type": "Polygon", "coordinates": [[["x", 1]]]}}), "no_geojson"),
        (collection(square("緑町", -40000.0, 33)), "no_geojson"),
        (b'{"features": [{"properties": {"n": "\xe7\xb7\x91\xe7\x94\xba"}, "geometry": {"type": "Polygon"}}]}', "no_geojson"),
    ],
)  # fmt: skip
def test_files_that_are_no_map_are_refused_with_a_sentence(content: bytes, why: str) -> None:
    with pytest.raises(NoMap) as refused:
        outlines(content, DISTRICTS)
    assert refused.value.args[0] == f"console.map.{why}"


def test_a_name_that_is_markup_stays_words(shell: Shell, town: str, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    with shell.engine.begin() as c:
        c.execute(insert(district).values(id="dx", tenant_id=town, name="<script>x</script>"))
    make_staff("admin", "administrator")
    admin = send_map(new_browser("admin"), collection(square("<script>x</script>", 130, 33)))
    assert "<script>x" not in admin.html and "<script>x" not in admin.open(HOME).html


def test_islands_and_holes_are_one_district_and_the_drawing_keeps_its_shape() -> None:
    parts = [[[[130, 33], [131, 33], [131, 34], [130, 33]]], [[[132, 33], [133, 33], [133, 34], [132, 33]]]]
    drawing = outlines(collection({
        "type": "Feature", "properties": {"name": "緑町"}, "geometry": {"type": "MultiPolygon", "coordinates": parts}}), DISTRICTS)
    assert drawing["paths"]["緑町"].count("M") == 2
    assert drawing["width"] == WIDE and drawing["height"] == pytest.approx(WIDE / (3 * math.cos(math.radians(33.5))), abs=2)


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), min_size=0, max_size=60))
def test_a_straightened_line_keeps_its_ends_and_strays_little(line: list[tuple[float, float]]) -> None:
    made = straightened(line)
    assert made[:1] == line[:1] and made[-1:] == line[-1:] and set(made) <= set(line)
    coarse = thinned(line)
    assert coarse[:1] == line[:1] and coarse[-1:] == line[-1:] and set(coarse) <= set(line)


@pytest.mark.parametrize("size", [2_000, 4_000])
def test_no_line_takes_more_than_n_log_n_steps(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each farthest point next to the last one: it took a step for every pair."""
    steps = 0

    def counted(*points: tuple[float, float]) -> float:
        nonlocal steps
        steps += 1
        return measured(*points)

    measured = geojson._distance
    monkeypatch.setattr(geojson, "_distance", counted)
    line = [(n * 1000 / size, 500 * (-1) ** n * (1 - n / size)) for n in range(size)]
    made = straightened(line)
    assert steps < size * 3 * math.log2(size) and len(made) > size / 4
    for start, end in itertools.pairwise([line.index(point) for point in made[:200]]):
        assert all(measured(line[n], line[start], line[end]) <= 1.2 for n in range(start + 1, end))


def test_a_map_finer_than_any_drawing_is_refused_in_words() -> None:
    saw = [[130.0 + n / 1_000_000 + 0.01 * (n % 2), 33.0 + 0.3 * (n % 2)] for n in range(geojson.MOST_DRAWN + 10)]
    read = {"features": [{"properties": {"name": "緑町"}, "geometry": {"type": "Polygon", "coordinates": [saw]}}]}
    with pytest.raises(NoMap) as refused:
        outlines(orjson.dumps(read), DISTRICTS)
    assert refused.value.args == ("console.map.too_fine",)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.none() | st.integers(0, 3000), max_size=12))
def test_drawings_never_show_what_is_hidden(counts: dict[str, int | None]) -> None:
    for bar in chart.bars(counts):
        assert (bar.width is None) is (counts[bar.name] is None) and (bar.width is None or 0 <= bar.width <= 100)
    shades = chart.shades(counts)
    assert all((shades[name] is None) is (count is None) for name, count in counts.items())
    assert all(1 <= shades[name] <= chart.SHADES for name, count in counts.items() if count and shades[name] is not None)  # type: ignore[operator]
    known = {name: count for name, count in counts.items() if count}
    pieces = chart.stacked(counts, sum(known.values()) + 1)
    assert [piece.name for piece in pieces] == list(known)
