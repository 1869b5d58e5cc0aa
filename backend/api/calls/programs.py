"""The catalogue of programs as the municipality has decided it, and the drafts and editions of those decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from backend.api.bodies_office import Answer, Decisions, Edition, ProgramForm, ProgramId, Reason
from backend.api.call import Asked, Call, attached
from backend.api.paging import moment
from backend.api.problems import Problem, wrong
from backend.audit import service as audit
from backend.clock import in_japan
from backend.db import Row
from backend.jobs import service as jobs
from backend.programs.editing import drafts, form, preview, saving
from backend.programs.editing.differences import differences
from backend.programs.editing.form import Form
from backend.programs.editing.mistakes import of_sheet
from backend.programs.editing.saving import Standing
from backend.programs.edition import current
from backend.programs.listing import listed
from backend.programs.of_case import place_of
from backend.programs.sheet.command import FORMATS, asked_for, compared, rendered
from backend.programs.vocabulary import PARTS
from backend.staff.access import NotForYou
from backend.staff.roles import (
    APPROVES,
    EDITS_PROGRAMS,
    READS_AUDIT,
    RUNS_SETTINGS,
    SEES_FIGURES,
    USES_PROGRAMS,
)
from backend.tenants import decisions as decisions_made
from backend.tenants.models import disaster
from backend.tenants.service import ACTS, current_disaster
from backend.words import LOCALES
from dialogs.core.words import Text

MOST_BYTES = 6_000_000
TYPES = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "html": "text/html"}


def catalogue(asked: Asked) -> dict[str, Any]:
    """Every program of the place, those that are switched off too; names in `locale` (ja). `counted`: how the open cases stood with each
    when somebody had it counted last; null where a small count is hidden."""
    locale = asked.query("locale") if asked.query("locale") in LOCALES else "ja"
    with asked.reading() as c:
        where = place_of(c, asked.staff.tenant_id)
        found = preview.counted_for(c, asked.staff)
    edition, struck = where.decided(current())
    words = asked.shell.words
    counted = {**{name: found[name] for name in ("state", "done", "total")}, "at": moment(found["changed_at"]),
               "households": (found["result"] or {}).get("moves")} if found else None
    return {"version": edition.version, "counted": counted, "items": [
        {"id": one.entry.id, "name": words.word(one.entry.name, locale), "kind": one.entry.kind, "level": one.level, "off": one.off,
         "changed_here": one.changed_here, "confirmed": one.entry.confirmed, "desk": words.word(one.entry.desk, locale),
         "deadline": one.due.next.isoformat() if one.due.next else None}
        for one in listed(edition, struck, in_japan(asked.now).date())
    ], "next": ""}  # fmt: skip


def decisions(asked: Asked) -> dict[str, Any]:
    """What is being written or waits for a second person, and what was published."""
    with asked.reading() as c:
        rows = [*drafts.open_drafts(c, asked.staff.tenant_id), *drafts.published(c, asked.staff.tenant_id)]
    return {"items": [_draft(row) for row in rows], "next": ""}


def read(asked: Asked) -> dict[str, Any]:
    """A program as the fields of its form, with one's own draft in it, or else as it holds. `seen` names this state: it comes back with
    a change."""
    with asked.reading() as c:
        now = saving.standing(c, asked.staff, asked.path("id"))
    return {"id": asked.path("id"), "seen": now.seen, **_fields(now.shown)}


def change(asked: Asked) -> dict[str, Any]:
    """Part of one's own draft, never at once what holds. Conditions and amounts in the catalogue's own words."""
    return _save(asked, asked.path("id"))


def create(asked: Asked) -> dict[str, Any]:
    """A program of the municipality's own, as part of one's draft."""
    return _save(asked, "")


def _save(asked: Asked, program: str) -> dict[str, Any]:
    body: ProgramForm = asked.body
    if unknown := sorted(set(body.texts) - set(form.TEXTS)):
        raise Problem("invalid", errors=[{"field": f"texts.{name}", "kind": "unknown"} for name in unknown[:20]])

    def typed(now: Standing) -> tuple[Form, dict[str, Text]]:
        there = now.shown
        lists = {str(name): tuple(some) for name, some in body.lists.items()}
        ticks = {str(name): ticked for name, ticked in body.ticks.items()}
        return Form({**there.texts, **body.texts}, {**there.lists, **lists}, {**there.ticks, **ticks}), {}

    with asked.writing() as c:
        made = saving.save(c, asked.staff, program, body.seen, None if body.catalogue and program else typed, asked.now)
        if made.wrong:
            said = [{"field": name, "kind": "wrong", "detail": str(asked.shell.words.render(text, asked.staff.locale))}
                    for name, text in made.wrong.items()]  # fmt: skip
            raise Problem("invalid", errors=said[:20])
    return {"program": made.program, "draft": made.draft}


def count(asked: Asked) -> dict[str, Any]:
    """Begin to count how the open cases stand with every program; the list of programs has it (`counted`)."""
    with asked.writing() as c:
        return {"job": preview.count(c, asked.staff.tenant_id, asked.staff.id, asked.now)}


def draft(asked: Asked) -> dict[str, Any]:
    """Field by field what it changes, and what that would mean: households by verdict before and after (`preview`, once worked out;
    `fresh`: it still says something about this draft)."""
    with asked.reading() as c:
        row, where = _own(asked, c), place_of(c, asked.staff.tenant_id)
        job = jobs.find(c, asked.staff.tenant_id, row["preview_id"]) if row["preview_id"] else None
    known = where.disaster.known
    there = {one.id: one for one in current().entries_for(known.get("prefecture", ""), known.get("municipality", ""), known.get("date"))}
    changed = [
        {"program": one.program, "field": one.field, "old": one.old, "new": one.new}
        for program, before in drafts.found(row).items()
        for one in differences(program, before, drafts.wanted(row)[program], there.get(program))
    ]
    fresh = job is not None and job["detail"]["rests_on"] == preview.rests_on(where, row["touched"])
    job = preview.seen_by(asked.staff.role, job) if job else None
    told = {**{name: job[name] for name in ("state", "done", "total")}, "moves": (job["result"] or {}).get("moves")} if job else None
    return {**_draft(row), "reason": row["reason"], "answer": row["answer"], "changes": changed, "preview": told, "fresh": fresh}


def look(asked: Asked) -> dict[str, Any]:
    """Work out what it would mean for the open cases."""
    with asked.writing() as c:
        row = _own(asked, c)
        if row["state"] not in drafts.OPEN:
            raise Problem("refused", why="state")
        return {"job": preview.begin(c, row, asked.staff.id, asked.now)}


def ask(asked: Asked) -> dict[str, Any]:
    body: Reason = asked.body

    def act(c: Connection, row: Row) -> None:
        drafts.ask(c, row, asked.staff.id, asked.version(), body.reason, asked.now)
        if not row["preview_id"]:
            preview.begin(c, row, asked.staff.id, asked.now)  # whoever says yes should have seen what it means

    return _moved(asked, act)


def take_back(asked: Asked) -> dict[str, Any]:
    """Its author goes on writing."""
    return _moved(asked, lambda c, row: drafts.take_back(c, row, asked.staff.id, asked.version(), asked.now))


def take_out(asked: Asked) -> dict[str, Any]:
    """One program less in one's own draft."""
    body: ProgramId = asked.body

    def act(c: Connection, row: Row) -> None:
        if body.program not in row["touched"]:
            raise Problem("refused", why="nothing")
        drafts.take_out(c, row, asked.staff.id, asked.version(), body.program, asked.now)

    return _moved(asked, act)


def drop(asked: Asked) -> dict[str, Any]:
    """It stays on record."""
    return _moved(asked, lambda c, row: drafts.drop(c, row, asked.staff.id, asked.version(), asked.now))


def give_back(asked: Asked) -> dict[str, Any]:
    """The second person says what to mend."""
    body: Answer = asked.body
    return _moved(asked, lambda c, row: drafts.give_back(c, row, asked.staff.id, asked.version(), body.answer[: drafts.LONGEST_REASON], asked.now))


def approve(asked: Asked) -> dict[str, Any]:
    """The second person's yes: it holds from here on. Never by the account that wrote it."""
    return _moved(asked, lambda c, row: drafts.approve(c, row, asked.staff.id, asked.version(), asked.now))


def roll_back(asked: Asked) -> dict[str, Any]:
    """A draft that makes everything as an edition had it; a second person approves it like any other."""
    body: Edition = asked.body
    try:
        with asked.writing() as c:
            return {"draft": drafts.roll_back(c, asked.staff.tenant_id, asked.staff.id, body.number, asked.now)}
    except drafts.NotAllowed as refused:
        raise wrong(refused, kind="refused") from None
    except LookupError:
        raise Problem("invalid", errors=[{"field": "number", "kind": "unknown"}]) from None


def sheet(asked: Asked) -> Response:
    """被災者支援早見表 as `format` pdf, xlsx or html, in `locale`. The workbook has the tab that can be edited and brought back."""
    kind, locale = asked.query("format") or "html", asked.query("locale") or "ja"
    if kind not in FORMATS or locale not in LOCALES:
        raise Problem("invalid", errors=[{"field": "format" if kind not in FORMATS else "locale", "kind": "unknown"}])
    with asked.reading() as c:
        where = place_of(c, asked.staff.tenant_id)
    made = rendered(asked.shell, where, where.changes, in_japan(asked.now).date(), kind, locale)
    with asked.writing() as c:
        audit.record(c, tenant_id=asked.staff.tenant_id, staff_id=asked.staff.id, action="programs.sheet_taken", object_kind="sheet",
                     object_id=f"{kind} {locale}", at=asked.now)  # fmt: skip
    return attached(made, TYPES[kind])


def bring(asked: Asked) -> dict[str, Any]:
    """The edited workbook is the body: every difference to what holds. Nothing is written, but with `draft=yes` it becomes a draft."""
    # openpyxl takes half a second to load, and only a workbook needs it.
    from backend.programs.sheet import importing

    made = ""
    try:
        tab = importing.opened(asked.body)  # before the database is asked to wait
        with asked.writing() as c:
            found = compared(asked.shell, place_of(c, asked.staff.tenant_id), *tab)
            if asked.query("draft") == "yes" and found.differences:
                made = drafts.begin(c, asked.staff.tenant_id, asked.staff.id, asked_for(found), origin="sheet", at=asked.now)
    except importing.BadSheet as bad:
        said = [str(asked.shell.words.render(one, asked.staff.locale)) for one in of_sheet(bad.sentences)]
        raise Problem("invalid", errors=[{"field": "", "kind": "sheet", "detail": one} for one in said[:20]]) from None
    return {"draft": made, "changes": [
        {"program": one.program, "field": one.field, "old": one.old, "new": one.new} for one in found.differences
    ]}  # fmt: skip


def acts(asked: Asked) -> dict[str, Any]:
    """Which Acts apply to the disaster and which deadlines were extended, with every change of them; null: no disaster is known yet."""
    with asked.reading() as c:
        struck = current_disaster(c, asked.staff.tenant_id)
        changes = decisions_made.history(c, asked.staff.tenant_id, struck.id) if struck else []
    if struck is None:
        return {"acts": None, "known": list(ACTS)}
    return {"acts": dict(struck.acts or {}), "extended": dict(struck.extended_deadlines or {}), "known": list(ACTS), "version": struck.version,
            "changes": [{name: one[name] for name in ("fact", "before", "after", "source")} | {
                "decided_on": one["decided_on"].isoformat() if one["decided_on"] else None, "at": moment(one["at"])} for one in changes]}  # fmt: skip


def decide_acts(asked: Asked) -> dict[str, Any]:
    """From now on; every open case is looked at again."""
    body: Decisions = asked.body
    with asked.writing() as c:
        where = place_of(c, asked.staff.tenant_id)
        edition, disaster_ = where.decided(current())
        known = {one.entry.id for one in listed(edition, disaster_, in_japan(asked.now).date())}
        unknown = [name for name in body.extended if name.partition(".")[0] not in known or name.partition(".")[2] not in ("", *PARTS)]
        unknown += [name for name in body.acts if name not in ACTS]
        if unknown:
            raise Problem("invalid", errors=[{"field": name, "kind": "unknown"} for name in unknown[:20]])
        struck = current_disaster(c, asked.staff.tenant_id)
        if struck is None:
            raise Problem("refused", why="no_disaster")
        row = dict(c.execute(select(disaster).where(disaster.c.id == struck.id)).mappings().one())
        decisions_made.decide(c, row, asked.staff.id, asked.version(), acts=body.acts, extended=body.extended, decided_on=body.decided_on,
                              source=body.source, at=asked.now)  # fmt: skip
    return acts(asked)


def _moved(asked: Asked, act: Callable[[Connection, Row], object]) -> dict[str, Any]:
    try:
        with asked.writing() as c:
            act(c, _own(asked, c))
            return _draft(_own(asked, c))
    except drafts.NotAllowed as refused:
        raise wrong(refused, kind="refused") from None


def _own(asked: Asked, c: Connection) -> Row:
    try:
        return drafts.draft_of(c, asked.staff.tenant_id, asked.path("id"))
    except LookupError:
        raise NotForYou from None


def _fields(shown: Form) -> dict[str, Any]:
    return {"texts": dict(shown.texts), "lists": {name: list(some) for name, some in shown.lists.items()}, "ticks": dict(shown.ticks)}


def _draft(row: Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "state", "number", "origin", "made_by", "decided_by", "restores", "version")},
        "programs": sorted(row["touched"]), **{name: moment(row[name]) for name in ("made_at", "asked_at", "decided_at")},
    }  # fmt: skip


READS = EDITS_PROGRAMS | APPROVES | READS_AUDIT
CALLS = (
    Call("GET", "/programs", catalogue, "programs:read", USES_PROGRAMS, "The catalogue as it holds here", queries=("locale",)),
    Call("POST", "/programs", create, "programs:write", EDITS_PROGRAMS, "Draft a program of one's own", body=ProgramForm, status=201),
    Call("POST", "/programs/count", count, "programs:write", SEES_FIGURES, "Count how the open cases stand with every program"),
    Call("GET", "/programs/{id}", read, "programs:read", USES_PROGRAMS, "A program as the fields of its form"),
    Call("PUT", "/programs/{id}", change, "programs:write", EDITS_PROGRAMS, "Draft a change of a program", body=ProgramForm),
    Call("GET", "/program-drafts", decisions, "programs:read", READS, "Drafts and editions"),
    Call("POST", "/program-drafts/roll-back", roll_back, "programs:write", EDITS_PROGRAMS, "Draft the way back to an edition", body=Edition,
         status=201),
    Call("GET", "/program-drafts/{id}", draft, "programs:read", READS, "One draft or edition, and what it would mean"),
    Call("POST", "/program-drafts/{id}/preview", look, "programs:write", EDITS_PROGRAMS, "Work out what a draft would mean"),
    Call("POST", "/program-drafts/{id}/ask", ask, "programs:write", EDITS_PROGRAMS, "Ask the second person", body=Reason, versioned=True),
    Call("POST", "/program-drafts/{id}/take-back", take_back, "programs:write", EDITS_PROGRAMS, "Go on writing", versioned=True),
    Call("POST", "/program-drafts/{id}/out", take_out, "programs:write", EDITS_PROGRAMS, "Take a program out of a draft", body=ProgramId,
         versioned=True),
    Call("POST", "/program-drafts/{id}/drop", drop, "programs:write", EDITS_PROGRAMS, "Throw a draft away", versioned=True),
    Call("POST", "/program-drafts/{id}/give-back", give_back, "programs:approve", APPROVES, "Say what to mend", body=Answer, versioned=True),
    Call("POST", "/program-drafts/{id}/approve", approve, "programs:approve", APPROVES, "Approve a draft as the second person", versioned=True),
    Call("GET", "/sheet", sheet, "programs:read", USES_PROGRAMS, "The quick-reference sheet", queries=("format", "locale")),
    Call("POST", "/sheet", bring, "programs:write", EDITS_PROGRAMS, "Bring an edited workbook back", queries=("draft",), upload=MOST_BYTES),
    Call("GET", "/acts", acts, "programs:read", USES_PROGRAMS, "Acts that apply and deadlines that were extended"),
    Call("PUT", "/acts", decide_acts, "settings:write", RUNS_SETTINGS | APPROVES, "Write down Acts and extended deadlines", body=Decisions,
         versioned=True),
)  # fmt: skip
