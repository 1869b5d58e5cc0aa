"""Figures: how far households have come, Omuta's outreach tables, a map of the districts; as a page and as CSV, from the same count."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from starlette.responses import Response

from backend.audit import service as audit
from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.forms.cells import plain
from backend.overview import chart, figures, funnel, geojson
from backend.overview.figures import Figures, Span
from backend.overview.geojson import NoMap
from backend.overview.omuta import STATES, fiscal_year
from backend.overview.printed import Printed, printed
from backend.overview.small import LEAST
from backend.overview.spans import settled
from backend.overview.tally import GROUPS, STAGES, Tally
from backend.staff.roles import OPENS_CASES, RUNS_SETTINGS, SEES_FIGURES
from backend.tenants.districts import districts_in
from backend.tenants.service import By

HOME = "/console/overview"
TABLES = ("funnel", "outreach", "standings")


def show(desk: Desk) -> Response:
    """The figures, or how far the first count of them is."""
    by, found = _by(desk), _figures(desk)
    with desk.reading() as c:
        names = districts_in(c, desk.staff.tenant_id)
        drawing = geojson.kept(c, desk.staff.tenant_id, By(None, desk.now))
    query = _query(_span(desk), by)
    values: dict[str, Any] = {
        "span": found.span, "asked": _span(desk), "by": by, "groups": GROUPS, "least": LEAST, "months_only": _months_only(desk), "query": query,
        "found": found, "live": False, "back": HOME,
    }  # fmt: skip
    if found.tally is None:
        return desk.page("overview/counting.html", **values)
    shown = _funnel(found.tally, by, names)
    here = shown if by == "district" else _funnel(found.tally, "district", names)
    by_district = {name: row["known"] for name, row in here.rows.items() if name in names}
    made = found.tables()
    tables = printed(made) if made else None
    return desk.page(
        "overview/page.html", **values, stages=STAGES, funnel=shown,
        bars=chart.bars(shown.whole), tables=tables, states=STATES, fiscal_year=fiscal_year,
        tries=chart.bars(tables.tries) if tables else [], channels=chart.bars(tables.channels) if tables else [],
        stacked=[chart.stacked(one.states, one.known) for one in tables.standings] if tables else [],
        drawing=drawing, shades=chart.shades(by_district), steps=chart.steps(by_district), by_district=by_district,
    )  # fmt: skip


def progress(desk: Desk) -> Response:
    """How far the count is: fetched again and again while it runs."""
    by = _by(desk)
    return desk.fragment("overview/progress.html", found=_figures(desk), by=by, query=_query(_span(desk), by), live=True, back=HOME)


def again(desk: Desk) -> Response:
    """Count anew what is not old yet."""
    span, by = _span(desk), _by(desk)
    figures.of(desk.engine, desk.staff.tenant_id, span, desk.now, staff_id=desk.staff.id, newer=True)
    return desk.to(f"{HOME}?{_query(span, by)}")


def download(desk: Desk) -> Response:
    """One of the tables, as spreadsheets read it: UTF-8 with a mark, no formulas, hidden counts as hidden."""
    name = desk.request.query_params.get("table", "")
    if name not in TABLES:
        return desk.page("trouble.html", 400, what="stale_form")
    by, found = _by(desk), _figures(desk)
    if found.tally is None:
        return desk.to(f"{HOME}?{_query(_span(desk), by)}")
    span, made = found.span, found.tables()
    with desk.reading() as c:
        names = districts_in(c, desk.staff.tenant_id)
    if name == "funnel":
        rows = _funnel_rows(desk, _funnel(found.tally, by, names), by)
    else:
        rows = [] if made is None else (_outreach_rows if name == "outreach" else _standing_rows)(desk, printed(made))
    with desk.writing() as c:
        figures.taken(c, desk.staff, name, span, by, desk.now)
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([[plain(cell) for cell in row] for row in rows])
    headers = {
        "Content-Disposition": f'attachment; filename="tsunagi-{name}-{span.until.isoformat()}.csv"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def show_map(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        drawing, names = geojson.kept(c, desk.staff.tenant_id, By(None, desk.now)), districts_in(c, desk.staff.tenant_id)
    missing = [name for name in names if not drawing or name not in drawing["paths"]]
    return desk.page("overview/map.html", status, wrong=wrong, drawing=drawing, districts=names, missing=missing, back=f"{HOME}/map")


def keep_map(desk: Desk) -> Response:
    sent = desk.upload("file")
    if sent is None:
        return show_map(desk, "console.map.no_file", 422)
    with desk.reading() as c:
        names = districts_in(c, desk.staff.tenant_id)
    try:
        drawing = geojson.outlines(sent.content, names)
    except NoMap as wrong:
        return show_map(desk, str(wrong.args[0]), 422)
    with desk.writing() as c:
        geojson.keep(c, desk.staff.tenant_id, By(desk.staff.id, desk.now), drawing)
        audit.record(
            c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, action="map.kept", object_kind="tenant",
            object_id=desk.staff.tenant_id, detail={"districts": len(drawing["paths"])}, at=desk.now,
        )  # fmt: skip
    return desk.to(f"{HOME}/map")


def _figures(desk: Desk) -> Figures:
    return figures.of(desk.engine, desk.staff.tenant_id, _span(desk), desk.now, staff_id=desk.staff.id)


def _funnel(tally: Tally, by: str, names: list[str]) -> funnel.Funnel:
    return funnel.printed(tally.counted(by), names if by == "district" else ())


def _funnel_rows(desk: Desk, found: funnel.Funnel, by: str) -> list[list[Any]]:
    rows: list[list[Any]] = [[_say(desk, f"console.overview.by.{by}"), *(_say(desk, f"console.overview.stage.{one}") for one in STAGES)]]
    rows += [[group_name(desk, by, name), *(_cell(row[one]) for one in STAGES)] for name, row in found.rows.items()]
    return [*rows, [_say(desk, "console.overview.all"), *(_cell(found.whole[one]) for one in STAGES)]]


def _outreach_rows(desk: Desk, made: Printed) -> list[list[Any]]:
    rows: list[list[Any]] = [[_say(desk, "console.overview.households"), _cell(made.households)]]
    rows += [[_say(desk, f"console.overview.tries.{name}"), _cell(count)] for name, count in made.tries.items()]
    rows += [[_say(desk, f"console.overview.way.{name}"), _cell(count)] for name, count in made.channels.items()]
    return rows + [[f"{start.isoformat()} – {end.isoformat()}", _cell(count)] for (start, end), count in made.periods.items()]


def _standing_rows(desk: Desk, made: Printed) -> list[list[Any]]:
    heads = ("until_day", "known", "reached", *(f"state.{one}" for one in STATES), "visits")
    rows: list[list[Any]] = [[_say(desk, f"console.overview.{one}") for one in heads]]
    return rows + [
        [one.until.isoformat(), _cell(one.known), _cell(one.reached), *(_cell(one.states[name]) for name in STATES), one.visits]
        for one in made.standings
    ]  # fmt: skip


def group_name(desk: Desk, by: str, name: str) -> str:
    """A group in words; the one without a value holds protected people too."""
    if not name:
        return _say(desk, "console.overview.no_group")
    if by == "category":
        return _say(desk, f"console.support.name.{name}")
    if by == "language":
        key = f"console.locale.{name.replace('@', '_')}"
        return _say(desk, key) if desk.paper.known(key) else name
    return name


def _say(desk: Desk, key: str) -> str:
    return desk.paper.words(desk.staff.locale, key)


def _cell(count: int | None) -> Any:
    return f"<{LEAST}*" if count is None else count


def _by(desk: Desk) -> str:
    said = _asked(desk, "by")
    return said if said in GROUPS else "district"


def _months_only(desk: Desk) -> bool:
    """Who sees no household asks for whole months and weeks: spans that differ by a day would tell of one household."""
    return desk.staff.role not in OPENS_CASES


def _span(desk: Desk) -> Span:
    today = in_japan(desk.now).date()
    since, until = (_date(_asked(desk, name)) for name in ("since", "until"))
    until = min(until or today, today)
    if _months_only(desk):
        since, until = settled(since, until, today)
    return Span(since if since is None or since <= until else None, until)


def _query(span: Span, by: str) -> str:
    return f"since={span.since or ''}&until={span.until}&by={by}"


def _date(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _asked(desk: Desk, name: str) -> str:
    return desk.sent(name) if desk.request.method == "POST" else desk.request.query_params.get(name, "")


PAGES = (
    Page("GET", HOME, show, SEES_FIGURES),
    Page("POST", f"{HOME}/again", again, SEES_FIGURES),
    Page("GET", "/console/live/overview", progress, SEES_FIGURES, live=True),
    Page("GET", f"{HOME}/csv", download, SEES_FIGURES),
    Page("GET", f"{HOME}/map", show_map, RUNS_SETTINGS),
    Page("POST", f"{HOME}/map", keep_map, RUNS_SETTINGS, files=1, max_bytes=geojson.MOST_BYTES),
)
