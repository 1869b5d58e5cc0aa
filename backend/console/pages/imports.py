"""Bring a list in: put the file in, say which column is which, look at the dry run, take it in."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from backend.console.desk import Desk
from backend.console.page import Page
from backend.db import Row
from backend.lists import service as lists
from backend.lists.columns import KINDS, Column, columns
from backend.lists.reading import MOST_BYTES, Unreadable, letter
from backend.lists.template import template
from backend.staff.access import NotForYou
from backend.staff.names import names_of_staff
from backend.staff.roles import BRINGS_LISTS_IN
from dialogs.core.words import Text

LISTS = "/console/lists"
SHOWN = 20
"""Rows that are shown as they were read."""
MOST_TROUBLE, MOST_LINES, ROWS_NAMED = 4_000, 200, 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_all(desk: Desk) -> Response:
    return _all(desk)


def put_in(desk: Desk) -> Response:
    kind, file = desk.sent("kind", 20), desk.upload("file")
    if file is None or kind not in KINDS:
        return _all(desk, wrong="console.lists.no_file", status=422)
    try:
        made = lists.bring(desk.engine, tenant_id=desk.staff.tenant_id, kind=kind, file=file, by=desk.staff.id, at=desk.now)
    except Unreadable as unreadable:
        return _all(desk, wrong=str(unreadable.args[0]), status=422)
    return desk.to(f"{LISTS}/{made}")


def other_sheet(desk: Desk) -> Response:
    """Another sheet of the same workbook, as a list of its own."""
    home, sheet = _home(desk), desk.sent("sheet", 200)
    try:
        made = lists.bring_another(desk.engine, tenant_id=desk.staff.tenant_id, import_id=home["id"], sheet=sheet, by=desk.staff.id, at=desk.now)
    except Unreadable as unreadable:
        return desk.page("imports/one.html", 422, **_one(desk) | {"wrong": str(unreadable.args[0])})
    return desk.to(f"{LISTS}/{made}")


def show(desk: Desk) -> Response:
    return desk.page("imports/one.html", **_one(desk))


def part(desk: Desk) -> Response:
    return desk.fragment("imports/state.html", **_one(desk))


def check(desk: Desk) -> Response:
    """The columns were chosen: remember them, and begin the dry run."""
    chosen = {str(place): id_ for place in range(len(_home(desk)["headers"])) if (id_ := desk.sent(f"column{place}", 40))}
    return _begun(desk, lambda c, home: lists.check(
        c, tenant_id=desk.staff.tenant_id, import_id=home, mapping=chosen, by=desk.staff.id, at=desk.now, version=desk.number("version")))


def take_in(desk: Desk) -> Response:
    _home(desk)
    return _begun(desk, lambda c, home: lists.take_in(
        c, tenant_id=desk.staff.tenant_id, import_id=home, by=desk.staff.id, at=desk.now, version=desk.number("version")))


def stop(desk: Desk) -> Response:
    home = _home(desk)
    with desk.writing() as c:
        lists.stop(c, tenant_id=desk.staff.tenant_id, import_id=home["id"], by=desk.staff.id, at=desk.now)
    return desk.to(f"{LISTS}/{home['id']}")


def find_again(desk: Desk) -> Response:
    home = _home(desk)
    with desk.writing() as c:
        lists.find_again(c, tenant_id=desk.staff.tenant_id, import_id=home["id"], by=desk.staff.id, at=desk.now)
    return desk.to(f"{LISTS}/{home['id']}")


def workbook(_desk: Desk) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="list.xlsx"', "X-Content-Type-Options": "nosniff"}
    return Response(template(), media_type=XLSX, headers=headers)


def label_of(column: Column) -> Text:
    """A column for those who do not read the manual's own words."""
    return Text(f"field.{column.field}.label") if column.field else Text(f"console.lists.column.{column.id}")


def _begun(desk: Desk, begin: Any) -> Response:
    home = desk.path("id")
    try:
        with desk.writing() as c:
            begin(c, home)
    except lists.NotNow as why:
        return desk.page("imports/one.html", 422, **_one(desk) | {"wrong": str(why.args[0])})
    return desk.to(f"{LISTS}/{home}")


def _home(desk: Desk) -> Row:
    with desk.reading() as c:
        home = lists.look(c, desk.staff.tenant_id, desk.path("id"))
    if home is None:
        raise NotForYou
    return home


def _one(desk: Desk) -> dict[str, Any]:
    home = _home(desk)
    with desk.reading() as c:
        trouble, rows = lists.findings(c, home["id"], SHOWN, MOST_TROUBLE) if home["state"] in ("checked", "stopped") else ([], [])
    mapping = home["mapping"]
    return {
        "home": home, "wrong": home["error"], "trouble": _together(trouble), "rows": [_preview(one) for one in rows], "columns": columns(),
        "label_of": label_of, "running": home["state"] in ("checking", "applying"), "chosen": mapping, "back": f"{LISTS}/{home['id']}",
        "letter_of": {id_: letter(int(place)) for place, id_ in mapping.items()},
        "headers": [{"place": place, "letter": letter(place), **one} for place, one in enumerate(home["headers"])],
    }  # fmt: skip


def _together(trouble: list[list[Any]]) -> list[dict[str, Any]]:
    """The same trouble with the same words of a column is one line, with its rows: it is one thing to mend."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for row, what, column, said in trouble:
        found.setdefault((what, column, said), []).append(row)
    return [{"what": what, "column": column, "said": said, "rows": rows[:ROWS_NAMED], "more": len(rows[ROWS_NAMED:])} for (what, column, said), rows in found.items()][:MOST_LINES]


def _preview(found: list[Any]) -> dict[str, Any]:
    place, verdict, _key, _digest, draft, _household = found
    return {"place": place, "verdict": verdict, **draft}


def _all(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.reading() as c:
        values = {"imports": lists.imports_of(c, desk.staff.tenant_id), "names": names_of_staff(c, desk.staff.tenant_id)}
    return desk.page("imports/all.html", status, wrong=wrong, kinds=KINDS, most_mb=MOST_BYTES // 2**20, **values)


PAGES = (
    Page("GET", LISTS, show_all, BRINGS_LISTS_IN),
    Page("POST", LISTS, put_in, BRINGS_LISTS_IN, files=1, max_bytes=MOST_BYTES + 2**20),
    Page("GET", f"{LISTS}/template", workbook, BRINGS_LISTS_IN),
    Page("GET", f"{LISTS}/{{id}}", show, BRINGS_LISTS_IN),
    Page("GET", "/console/live/lists/{id}", part, BRINGS_LISTS_IN, live=True),
    Page("POST", f"{LISTS}/{{id}}/sheet", other_sheet, BRINGS_LISTS_IN),
    Page("POST", f"{LISTS}/{{id}}/check", check, BRINGS_LISTS_IN),
    Page("POST", f"{LISTS}/{{id}}/take-in", take_in, BRINGS_LISTS_IN),
    Page("POST", f"{LISTS}/{{id}}/stop", stop, BRINGS_LISTS_IN),
    Page("POST", f"{LISTS}/{{id}}/find", find_again, BRINGS_LISTS_IN),
)
