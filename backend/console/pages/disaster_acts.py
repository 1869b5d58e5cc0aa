"""Which Acts apply to the disaster and which deadlines were extended: dated, and with who entered what."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.console.desk import Desk
from backend.console.page import Page
from backend.console.pages.programs import here
from backend.programs.of_case import place_of
from backend.programs.vocabulary import PARTS
from backend.staff.names import names_of_staff
from backend.staff.roles import APPROVES, EVERYBODY, RUNS_SETTINGS
from backend.tenants import decisions
from backend.tenants.models import disaster
from backend.tenants.service import ACTS, current_disaster

HOME = "/console/acts"
DECIDES = RUNS_SETTINGS | APPROVES
MORE = 3
"""Empty lines for deadlines that were extended since."""
MOST = 60


def show(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    own = desk.staff.tenant_id
    with desk.reading() as c:
        struck = current_disaster(c, own)
        rows = here(desk, place_of(c, own))
        names = names_of_staff(c, own)
        changes = decisions.history(c, own, struck.id) if struck else []
    extended = sorted((struck.extended_deadlines or {}).items()) if struck else []
    return desk.page(
        "programs/acts.html", status, back=HOME, wrong=wrong, disaster=struck, acts=ACTS, changes=changes, names=names,
        extended=[(*_parted(name), day) for name, day in extended] + [("", "", "")] * MORE,
        titles={one.entry.id: one.entry.name for one in rows}, parts_of=PARTS, decides=desk.staff.role in DECIDES,
        deadline=decisions.DEADLINE, longest=decisions.LONGEST_SOURCE,
    )  # fmt: skip


def _parted(name: str) -> tuple[str, str]:
    program, _, part = name.partition(".")
    return program, part


def keep(desk: Desk) -> Response:
    extended, fits = _sent_deadlines(desk)
    typed = desk.sent("decided_on", 10)
    decided_on = _date(typed)
    if not fits or (typed and decided_on is None):
        return show(desk, "console.acts.wrong", 422)
    acts = {act: desk.sent(act) == "yes" for act in ACTS if desk.sent(act) in ("yes", "no")}
    with desk.writing() as c:
        row = _row(c, desk.staff.tenant_id)
        if row is None:
            return show(desk, "console.programs.no_disaster", 409)
        decisions.decide(
            c, row, desk.staff.id, desk.number("version"), acts=acts, extended=extended, decided_on=decided_on,
            source=desk.sent("source", decisions.LONGEST_SOURCE), at=desk.now,
        )  # fmt: skip
    return desk.to(HOME)


def _row(c: Connection, tenant_id: str) -> dict[str, Any] | None:
    struck = current_disaster(c, tenant_id)
    if struck is None:
        return None
    return dict(c.execute(select(disaster).where(disaster.c.id == struck.id)).mappings().one())


def _sent_deadlines(desk: Desk) -> tuple[dict[str, date], bool]:
    """The lines that name a program; one with a program and no day, or an unknown part, does not fit."""
    extended: dict[str, date] = {}
    with desk.reading() as c:
        known = {one.entry.id for one in here(desk, place_of(c, desk.staff.tenant_id))}
    for at in range(MOST):
        program, part, typed = desk.sent(f"program_{at}", 60), desk.sent(f"part_{at}", 30), desk.sent(f"day_{at}", 10)
        if not program or not typed:
            # A line without a day is one that is taken back.
            continue
        day = _date(typed)
        if day is None or program not in known or part not in ("", *PARTS):
            return {}, False
        extended[f"{program}.{part}" if part else program] = day
    return extended, True


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


PAGES = (
    Page("GET", HOME, show, EVERYBODY),
    Page("POST", HOME, keep, DECIDES),
)
