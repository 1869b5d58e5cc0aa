"""Outreach: the campaigns, one campaign from draft to results, and the switch that stops everything automatic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.campaigns import counting, service, switch
from backend.campaigns.audience import Audience, Preview
from backend.campaigns.costs import ledger
from backend.campaigns.figures import MESSAGES, figures, of_tenant
from backend.campaigns.ladder import KINDS, USUAL, Ladder, Ladders, WrongLadder
from backend.campaigns.previewed import count_if_large, look, plan_of, written
from backend.campaigns.saying import LONGEST, languages_missing
from backend.campaigns.service import Habits, Plan, WrongCampaign
from backend.cases.models import case
from backend.console.desk import Desk
from backend.console.page import Page
from backend.conversations.offices import read_office
from backend.db import Row
from backend.people.models import person
from backend.staff.access import visible
from backend.staff.names import names_of_staff
from backend.staff.roles import APPROVES, PLANS_OUTREACH
from backend.tenants.districts import districts_in
from backend.words import LOCALES

HOME = "/console/outreach"
NEW = f"{HOME}/new"
DAMAGE = ("total", "large_half", "medium_half", "half", "quasi_half", "partial", "none")
ORIGINS = ("chat", "booth", "import", "phone", "console")
CATEGORIES = ("1", "2", "3", "4")
PRESSING = (3, 4)


def overview(desk: Desk) -> Response:
    return _overview(desk)


def _overview(desk: Desk, wrong: str = "") -> Response:
    with desk.reading() as c:
        values = {
            "campaigns": of_tenant(c, desk.staff.tenant_id), "spent": ledger(c, desk.staff.tenant_id, desk.now),
            **_switch(desk, c),
        }  # fmt: skip
    return desk.page("campaigns/overview.html", 400 if wrong else 200, wrong=wrong, back=HOME, **values)


def draft(desk: Desk) -> Response:
    return _form(desk, Plan(""), None)


def draw_up(desk: Desk) -> Response:
    try:
        id = service.draw_up(desk.engine, desk.shell.clock, desk.staff, _sent(desk))
    except (WrongCampaign, WrongLadder) as wrong:
        return _form(desk, _sent(desk, strict=False), None, str(wrong.args[0]))
    count_if_large(desk.engine, desk.shell.clock, desk.staff, id)
    return desk.to(f"/console/campaigns/{id}")


def edit(desk: Desk) -> Response:
    with desk.reading() as c:
        row = service.find(c, desk.staff, desk.path("id"))
    return _form(desk, plan_of(row), row)


def change(desk: Desk) -> Response:
    with desk.reading() as c:
        row = service.find(c, desk.staff, desk.path("id"))
    try:
        service.change(desk.engine, desk.shell.clock, desk.staff, row["id"], _sent(desk), desk.number("version"))
    except (WrongCampaign, WrongLadder) as wrong:
        return _form(desk, _sent(desk, strict=False), row, str(wrong.args[0]))
    count_if_large(desk.engine, desk.shell.clock, desk.staff, row["id"])
    return desk.to(f"/console/campaigns/{row['id']}")


def show(desk: Desk) -> Response:
    return _show(desk)


def _show(desk: Desk, wrong: str = "") -> Response:
    with desk.reading() as c:
        row = service.find(c, desk.staff, desk.path("id"))
        values = _results(c, row) | _switch(desk, c)
        values["names"] = names_of_staff(c, desk.staff.tenant_id)
        if row["state"] in ("draft", "asked"):
            values |= _preview(desk, c, row)
    return desk.page("campaigns/campaign.html", 400 if wrong else 200, plan=plan_of(row), wrong=wrong,
                     back=f"/console/campaigns/{row['id']}", **values)


def _preview(desk: Desk, c: Connection, row: Row) -> dict[str, Any]:
    """A small audience is looked at now; of a large one what the job found, or how far it is."""
    found, job = look(c, row, desk.now, sms=bool(desk.shell.settings.sms_url))
    if found is None:
        return {"counting": job, "looked": None}
    return {"counting": None, "counted_at": job["changed_at"] if job else None, **_looked(desk, c, found, row)}


def count(desk: Desk) -> Response:
    """Count the audience anew: the records have moved on since."""
    with desk.writing() as c:
        counting.begin(c, desk.staff, service.find(c, desk.staff, desk.path("id")), desk.now)
    return desk.to(f"/console/campaigns/{desk.path('id')}")


def progress(desk: Desk) -> Response:
    with desk.reading() as c:
        row = service.find(c, desk.staff, desk.path("id"))
        return desk.fragment("campaigns/counting.html", campaign=row, counting=counting.counted(c, row) or {"state": "none"})


def results(desk: Desk) -> Response:
    with desk.reading() as c:
        row = service.find(c, desk.staff, desk.path("id"))
        return desk.fragment("campaigns/results.html", **_results(c, row))


def ask(desk: Desk) -> Response:
    """Begin it, or ask a second person: with exactly the households that were on the page."""
    return _act(desk, lambda id: service.ask(desk.engine, desk.shell.clock, desk.staff, id, desk.number("counted"), desk.number("version")))


def approve(desk: Desk) -> Response:
    return _act(desk, lambda id: service.approve(desk.engine, desk.shell.clock, desk.staff, id, desk.number("version")))


def send_back(desk: Desk) -> Response:
    return _act(desk, lambda id: service.send_back(desk.engine, desk.shell.clock, desk.staff, id, desk.number("version")))


def pause(desk: Desk) -> Response:
    return _act(desk, lambda id: service.pause(desk.engine, desk.shell.clock, desk.staff, id, desk.number("version")))


def resume(desk: Desk) -> Response:
    return _act(desk, lambda id: service.resume(desk.engine, desk.shell.clock, desk.staff, id, desk.number("version")))


def end(desk: Desk) -> Response:
    return _act(desk, lambda id: service.end(desk.engine, desk.shell.clock, desk.staff, id, desk.number("version")))


def stop(desk: Desk) -> Response:
    switch.stop(desk.engine, desk.shell.clock, desk.staff)
    return desk.to(desk.came_from())


def release(desk: Desk) -> Response:
    switch.release(desk.engine, desk.shell.clock, desk.staff.tenant_id, desk.staff.id)
    return desk.to(desk.came_from())


def habits(desk: Desk) -> Response:
    budget = desk.sent("month_pushes", 9)
    sent = Habits(desk.number("approve_over"), desk.number("weekly_cap"), desk.sent("quiet_from", 5), desk.sent("quiet_until", 5),
                  desk.number("month_pushes") if budget else None)
    try:
        service.set_habits(desk.engine, desk.shell.clock, desk.staff, sent, desk.number("version"))
    except WrongCampaign as wrong:
        return _overview(desk, str(wrong.args[0]))
    return desk.to(HOME)


# --- what the pages show --------------------------------------------------------------------------------------


def _act(desk: Desk, do: Callable[[str], object]) -> Response:
    with desk.reading() as c:
        row = service.find(c, desk.staff, desk.path("id"))
    try:
        do(row["id"])
    except WrongCampaign as wrong:
        return _show(desk, str(wrong.args[0]))
    return desk.to(f"/console/campaigns/{row['id']}")


def _switch(desk: Desk, c: Connection) -> dict[str, Any]:
    return {"outreach": switch.standing(c, desk.staff.tenant_id), "may_release": desk.staff.role in APPROVES,
            "stopped_by": names_of_staff(c, desk.staff.tenant_id)}


def _results(c: Connection, row: Row) -> dict[str, Any]:
    return {"campaign": row, "figures": figures(c, row["id"]), "message_states": MESSAGES}


def _looked(desk: Desk, c: Connection, looked: Preview, row: Row) -> dict[str, Any]:
    shown = [*looked.sample, *looked.left_out]
    # The figures are of everybody; households outside one's own districts are not shown.
    names = {id: name for id, name in c.execute(
        select(case.c.id, person.c.name).join(person, person.c.id == case.c.person_id)
        .where(case.c.id.in_([one.case_id for one in shown]), visible(desk.staff)))}
    plan = plan_of(row)
    office = read_office(c, desk.staff.tenant_id, desk.now)
    spent = ledger(c, desk.staff.tenant_id, desk.now)
    return {
        "looked": looked, "called": {id: name or "" for id, name in names.items()},
        "needs_second": looked.counted > switch.standing(c, desk.staff.tenant_id)["approve_over"], "spent": spent,
        "short": spent.room is not None and spent.room < looked.pushes, "hours_needed": -(-looked.pushes // row["pace"]),
        "written": written(desk.shell.words, office, plan), "missing": languages_missing(plan.words, LOCALES), "may_approve": desk.staff.role in APPROVES and row["made_by"] != desk.staff.id,
    }  # fmt: skip


# --- the form -------------------------------------------------------------------------------------------------


def _form(desk: Desk, plan: Plan, row: Row | None, wrong: str = "") -> Response:
    with desk.reading() as c:
        districts = districts_in(c, desk.staff.tenant_id)
        thrown = _switch(desk, c)
    pressing = plan.ladders.for_category(PRESSING[0])
    return desk.page(
        "campaigns/form.html", 400 if wrong else 200, plan=plan, row=row, wrong=wrong, districts=districts, damage=DAMAGE,
        origins=ORIGINS, categories=CATEGORIES, languages=LOCALES, kinds=service.KINDS, paces=service.PACES, rungs=KINDS,
        standard=_days(plan.ladders.standard), pressing=_days(pressing), longest=LONGEST,
        back=f"/console/campaigns/{row['id']}/edit" if row else NEW, **thrown,
    )  # fmt: skip


def _days(ladder: Ladder) -> dict[str, int]:
    return {rung.by: rung.days for rung in ladder.rungs}


def _sent(desk: Desk, *, strict: bool = True) -> Plan:
    """The form as it was sent. Raises `WrongLadder`; `strict=False` shows what was wrong again."""
    pace = desk.number("pace")
    try:
        ladders = Ladders(_ladder(desk, "standard"), {number: _ladder(desk, "pressing") for number in PRESSING})
    except WrongLadder:
        if strict:
            raise
        ladders = USUAL
    audience = Audience(
        districts=tuple(desk.sent_all("district")), damage=_among(desk, "damage", DAMAGE), origins=_among(desk, "origin", ORIGINS),
        categories=tuple(int(one) for one in _among(desk, "category", CATEGORIES)), languages=_among(desk, "language", LOCALES),
        never_reached=desk.sent("never_reached") == "yes", alone=desk.sent("alone") == "yes", silent_days=max(0, min(desk.number("silent_days"), 3650)),
    )  # fmt: skip
    words = {locale: desk.sent(f"words_{locale.replace('@', '_')}", LONGEST + 1) for locale in LOCALES}
    return Plan(desk.sent("name", service.LONGEST_NAME), desk.sent("kind") or "outreach", audience, ladders, words, pace)


def _ladder(desk: Desk, which: str) -> Ladder:
    """A rung whose days are empty is left out."""
    rows = [(by, desk.sent(f"{which}_{by}", 3)) for by in KINDS]
    return Ladder.of([(by, days) for by, days in rows if days != ""])


def _among(desk: Desk, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    chosen = set(desk.sent_all(name))
    return tuple(one for one in known if one in chosen)


PAGES = (
    Page("GET", HOME, overview, PLANS_OUTREACH),
    Page("GET", NEW, draft, PLANS_OUTREACH),
    Page("POST", NEW, draw_up, PLANS_OUTREACH),
    Page("POST", f"{HOME}/stop", stop, PLANS_OUTREACH),
    Page("POST", f"{HOME}/release", release, APPROVES),
    Page("POST", f"{HOME}/habits", habits, APPROVES),
    Page("GET", "/console/campaigns/{id}", show, PLANS_OUTREACH, shows="campaign"),
    Page("GET", "/console/live/campaigns/{id}", results, PLANS_OUTREACH, live=True, shows="campaign"),
    Page("GET", "/console/live/campaigns/{id}/counting", progress, PLANS_OUTREACH, live=True, shows="campaign"),
    Page("POST", "/console/campaigns/{id}/count", count, PLANS_OUTREACH),
    Page("GET", "/console/campaigns/{id}/edit", edit, PLANS_OUTREACH, shows="campaign"),
    Page("POST", "/console/campaigns/{id}/edit", change, PLANS_OUTREACH),
    Page("POST", "/console/campaigns/{id}/ask", ask, PLANS_OUTREACH),
    Page("POST", "/console/campaigns/{id}/approve", approve, APPROVES),
    Page("POST", "/console/campaigns/{id}/back", send_back, PLANS_OUTREACH),
    Page("POST", "/console/campaigns/{id}/pause", pause, PLANS_OUTREACH),
    Page("POST", "/console/campaigns/{id}/resume", resume, PLANS_OUTREACH),
    Page("POST", "/console/campaigns/{id}/end", end, PLANS_OUTREACH),
)
