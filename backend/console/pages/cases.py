"""The list of all cases: chosen by what is known in clear, sorted, page by page; selections kept under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from backend.casefile import work
from backend.cases import filters
from backend.cases.selection import NOBODY, NONE, Selection
from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.register import KANA, SORTS, Order, find
from backend.staff.names import names_of_staff
from backend.staff.roles import OPENS_CASES
from backend.teams.service import names_of_teams
from backend.tenants.districts import districts_in
from dialogs.fields import FIELDS

LIST = "/console/cases"
LANGUAGES = ("ja", "ja@simple", "en")


def show(desk: Desk) -> Response:
    asked = desk.request.query_params
    selection, order = Selection.of(asked), Order.of(asked.get("sort", ""))
    with desk.reading() as c:
        found = find(
            c, desk.staff, selection, order, now=desk.now, today=in_japan(desk.now).date(), after=asked.get("after", "")[:120],
            before=asked.get("before", "")[:120],
        )  # fmt: skip
        values = _choices(desk, c) | {"kept": filters.filters_of(c, desk.staff.tenant_id, desk.staff.id)}
    return desk.page(
        "cases/list.html", found=found, selection=selection, chosen=selection.chosen(), order=order, sorts=SORTS, KANA=KANA,
        address=lambda **more: address(selection, order, **more), **values,
    )  # fmt: skip


def keep(desk: Desk) -> Response:
    """Keep the selection of the form under a name, for oneself or for everybody."""
    selection, name = Selection.of({key: desk.sent(key) for key in Selection().__slots__}), desk.sent("name", 60)
    if name:
        with desk.writing() as c:
            filters.keep(
                c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, name=name,
                chosen={**selection.chosen(), "sort": str(Order.of(desk.sent("sort")))}, shared=desk.sent("shared") == "yes",
                at=desk.now,
            )  # fmt: skip
    return desk.to(address(selection, Order.of(desk.sent("sort"))))


def drop(desk: Desk) -> Response:
    with desk.writing() as c:
        filters.drop(c, tenant_id=desk.staff.tenant_id, staff_id=desk.staff.id, filter_id=desk.sent("filter", 26), at=desk.now)
    return desk.to(LIST)


def address(selection: Selection, order: Order, **more: Any) -> str:
    """The list with this selection: nothing about a person stands in it."""
    asked = {"sort": str(order), **selection.chosen(), **{name: str(value) for name, value in more.items() if value}}
    return f"{LIST}?{urlencode(asked)}"


def _choices(desk: Desk, c: Connection) -> dict[str, Any]:
    """What can be chosen, field by field: (value, words), where words are data."""
    tenant_id = desk.staff.tenant_id
    return {
        "districts": [(name, name) for name in districts_in(c, tenant_id)], "teams": [(name, name) for name in names_of_teams(c, tenant_id)], "colleagues": work.colleagues(c, tenant_id),
        "names": names_of_staff(c, tenant_id), "languages": LANGUAGES, "levels": FIELDS["damage_level"].options,
        "NOBODY": NOBODY, "NONE": NONE,
    }  # fmt: skip


PAGES = (
    Page("GET", LIST, show, OPENS_CASES),
    Page("POST", f"{LIST}/filters", keep, OPENS_CASES),
    Page("POST", f"{LIST}/filters/drop", drop, OPENS_CASES),
)
