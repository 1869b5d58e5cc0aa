"""The catalogue of programs as this municipality has it: to search, to read, to see how many households each may concern."""

from __future__ import annotations

from starlette.responses import Response

from backend.clock import in_japan
from backend.console.desk import Desk
from backend.console.page import Page
from backend.db import Row
from backend.programs.editing import drafts, preview
from backend.programs.editing.mistakes import of_field
from backend.programs.edition import current
from backend.programs.entry import Entry
from backend.programs.grouped import Group, group_of
from backend.programs.listing import LEVELS, Listed, Wanted, chosen, listed
from backend.programs.of_case import Place, place_of
from backend.programs.sheet.changes import MINE, misfits
from backend.programs.vocabulary import PROFESSIONS, PROGRAM_KINDS
from backend.staff.access import NotForYou
from backend.staff.names import names_of_staff
from backend.staff.roles import EDITS_PROGRAMS, EVERYBODY, SEES_FIGURES
from dialogs.core.words import Arg, Text, Yen

HOME = "/console/programs"
ORDERS = ("usual", "deadline", "households")
LAST_DAY = 10**6
STATES = ("confirmed", "unconfirmed", "changed", "off", "soon")
CODE = ("conditions", "exclusions", "amount", "deadlines")


def index(desk: Desk) -> Response:
    asked = desk.request.query_params
    wanted = Wanted(*(asked.get(name, "")[:100] for name in ("q", "kind", "level", "profession", "state")))
    with desk.reading() as c:
        where = place_of(c, desk.staff.tenant_id)
        rows = here(desk, where)
        counted = preview.counted_for(c, desk.staff)
        waiting = sum(one["state"] == "waiting" for one in drafts.open_drafts(c, desk.staff.tenant_id))
    order = asked.get("order", "")
    return desk.page(
        "programs/index.html", back=HOME, wanted=wanted, rows=_ordered(chosen(rows, wanted), order, counted), all=len(rows), kinds=PROGRAM_KINDS, levels=LEVELS,
        professions=PROFESSIONS, states=STATES, orders=ORDERS, order=order, waiting=waiting, counted=counted, edits=desk.staff.role in EDITS_PROGRAMS,
        sees_figures=desk.staff.role in SEES_FIGURES, disaster_known=bool(where.disaster.known.get("date")),
        misfits={program: of_field(wrong) for program, wrong in misfits(current(), where.disaster, where.changes).items()},
    )  # fmt: skip


def _ordered(rows: tuple[Listed, ...], order: str, counted: Row | None) -> tuple[Listed, ...]:
    """What is asked first; `households` rests on the last count, and leaves the usual order where there is none."""
    if order == "deadline":
        return tuple(sorted(rows, key=lambda one: one.days_left if one.days_left is not None and one.days_left >= 0 else LAST_DAY))
    if order == "households" and counted and counted["result"]:
        moves = counted["result"]["moves"]
        return tuple(sorted(rows, key=lambda one: -(moves.get(one.entry.id, {}).get("eligible") or 0)))
    return rows


def here(desk: Desk, where: Place) -> tuple[Listed, ...]:
    """Every program of the municipality, with its own decisions in it."""
    edition, disaster = where.decided(current())
    return listed(edition, disaster, in_japan(desk.now).date())


def progress(desk: Desk) -> Response:
    with desk.reading() as c:
        return desk.fragment("programs/counting.html", counted=preview.counted_for(c, desk.staff), back=HOME)


def count(desk: Desk) -> Response:
    with desk.writing() as c:
        preview.count(c, desk.staff.tenant_id, desk.staff.id, desk.now)
    return desk.to(HOME)


def show(desk: Desk) -> Response:
    with desk.reading() as c:
        where = place_of(c, desk.staff.tenant_id)
        one = next((one for one in here(desk, where) if one.entry.id == desk.path("program")), None)
        if one is None:
            raise NotForYou
        history = [row for row in drafts.published(c, desk.staff.tenant_id) if one.entry.id in row["touched"]]
        counted = preview.counted_for(c, desk.staff)
        names = names_of_staff(c, desk.staff.tenant_id)
    wrong = misfits(current(), where.disaster, where.changes).get(one.entry.id)
    return desk.page(
        "programs/program.html", back=HOME, one=one, entry=one.entry, history=history, names=names, counted=counted,
        edits=desk.staff.role in EDITS_PROGRAMS and not _taken_away(one), conditions=conditions_of(one.entry),
        exclusions=exclusions_of(one.entry), amounts=amounts_of(one.entry),
        code={key: one.entry.parts[key].written() for key in CODE if key in one.entry.parts}, wrong=of_field(wrong) if wrong else None,
    )  # fmt: skip


def _taken_away(one: Listed) -> bool:
    """Switched off by an overlay of the catalogue, not by the municipality: there is nothing here to change."""
    return any(what == "off" and name != MINE for name, what in one.layers)


def conditions_of(entry: Entry) -> tuple[Group, ...]:
    """The conditions in words, for nobody in particular: all of them must hold."""
    found = group_of(entry.parts["conditions"])
    return found.parts if found.how == "all" else (found,)


def exclusions_of(entry: Entry) -> list[tuple[Group, str]]:
    """What shuts the program, and what follows then."""
    nodes = entry.parts["exclusions"].items() if "exclusions" in entry.parts else ()
    return [(group_of(node.mapping()["when"]), each.then) for node, each in zip(nodes, entry.exclusions, strict=True)]


def amounts_of(entry: Entry) -> list[tuple[Group | None, Arg]]:
    """The rows of an amount's table, the first that holds counts: when (None: otherwise), and how much at most."""
    rows: list[tuple[Group | None, Arg]] = []
    nodes = entry.parts["amount"].mapping(("table", "per_member"), ("kind",))["table"].items() if entry.amount.rows else ()
    for node, (_, yen) in zip(nodes, entry.amount.rows, strict=True):
        when = node.mapping(("when",), ("yen",)).get("when")
        most: Arg = Text("console.amount.up_to", {"high": Yen(yen)}) if yen else Text("console.programs.nothing_paid" if yen == 0 else "console.amount.unknown")
        rows.append((in_a_line(group_of(when)) if when else None, most))
    return rows


def in_a_line(group: Group) -> Group:
    """What must all hold, one condition each, is said in one line; everything else as it is built."""
    if group.how == "all" and all(part.how == "one" for part in group.parts):
        return Group("one", tuple(words for part in group.parts for words in part.words))
    return group


PAGES = (
    Page("GET", HOME, index, EVERYBODY),
    Page("POST", f"{HOME}/count", count, SEES_FIGURES),
    Page("GET", "/console/live/programs", progress, SEES_FIGURES, live=True),
    Page("GET", f"{HOME}/{{program}}", show, EVERYBODY),
)
