"""The figures of a span of time: counted at once in a small municipality, by a job in a large one, whose result is kept.

A town of two thousand households is counted while the page is made. A million households take seconds of processor time:
they are counted in pieces by the worker (`backend/jobs`), once for each span, by every group at once; the page says as of
when its figures are and shows how far a first count has come. A span is counted again when it is looked at and older than
`FRESH`; the one until today also each night by the clock, so that the morning's meeting finds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, Engine, Table, delete, func, literal, select

from backend.audit import service as audit
from backend.cases.models import case
from backend.clock import JST, in_japan
from backend.contacts.models import contact
from backend.db import reading
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.jobs import service as jobs
from backend.jobs.models import job
from backend.jobs.run import Work
from backend.jobs.service import OPEN
from backend.journal.batch import Batch
from backend.overview.load import Asked, take_in
from backend.overview.omuta import Tables
from backend.overview.spans import settled
from backend.overview.tally import Tally
from backend.staff.roles import Staff

KIND = "figures"
"""Kind of the job, and of the due row whose subject is the municipality. `detail`: since, until (days), key, as_of, after, counts."""
FEW, FEW_CONTACTS = 3_000, 20_000
"""Households and approaches that a page counts by itself: a tenth of a second."""
PIECE = 5_000
"""Households in a slice: some 50 ms, in which the worker's other parts wait."""
FRESH, SETTLED = timedelta(hours=1), timedelta(days=1)
"""How old figures may be where the span includes today, and where it is over: what is noted late still counts."""
SOON = timedelta(minutes=5)
"""For whoever asks for newer figures, and after a count that failed."""
MOST_AT_ONCE = 3
"""Counts of a municipality that are under way; whoever asks for a fourth span waits."""
LOOKED_THROUGH = 200
"""Jobs of a municipality in which a span is searched for."""
KEPT = timedelta(days=30)
"""After that long a count goes when another begins."""
AT = time(4, 30)
"""When the clock counts, in Japan."""


@dataclass(frozen=True, slots=True)
class Span:
    """From the first moment of a day to the last of another, in Japan. `since` None: from the beginning."""

    since: date | None
    until: date

    @property
    def start(self) -> datetime | None:
        return _midnight(self.since) if self.since else None

    @property
    def end(self) -> datetime:
        """Midnight after the last day."""
        return _midnight(self.until + timedelta(days=1))

    def key(self, today: date) -> str:
        """What it is found by. "Until today" is the same span tomorrow: yesterday's figures are shown while today's are counted."""
        return f"{self.since or ''}..{'' if self.until >= today else self.until}"


@dataclass(frozen=True, slots=True)
class Progress:
    """A count under way, or one that failed."""

    done: int
    total: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """`tally` is None until the first count is done; `span` is the one that was counted. `as_of`: None for this moment."""

    span: Span
    tally: Tally | None
    as_of: datetime | None = None
    progress: Progress | None = None

    def tables(self) -> Tables | None:
        return self.tally.tables(self.span.until) if self.tally else None


def of(engine: Engine, tenant_id: str, span: Span, at: datetime, *, staff_id: str | None = None, newer: bool = False) -> Figures:
    """The figures of a span, or how far they are. Begins a count where none is there, or where it is old (`newer`: not new)."""
    with reading(engine).begin() as c:
        if is_small(c, tenant_id):
            return Figures(span, _counted(c, Asked(tenant_id, span.start, span.end)))
        found, wanted = _kept(c, tenant_id, span, at, newer)
    if wanted:
        with engine.begin() as c:
            found, wanted = _kept(c, tenant_id, span, at, newer)
            if wanted and _under_way(c, tenant_id) < MOST_AT_ONCE:
                begin(c, tenant_id, span, at, staff_id)
                put_due(c, KIND, tenant_id, _next_night(at), {})
                found, _ = _kept(c, tenant_id, span, at, newer)
    return found


def taken(connection: Connection, staff: Staff, table: str, span: Span, by: str, at: datetime) -> None:
    """A table left the office with whoever asked: into the trail, with its span."""
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="figures.exported", object_kind="overview", object_id=table,
                 detail={"since": str(span.since or ""), "until": str(span.until), "by": by}, at=at)  # fmt: skip


def begin(connection: Connection, tenant_id: str, span: Span, at: datetime, staff_id: str | None = None) -> str:
    """Count a span; the job's id."""
    connection.execute(delete(job).where(
        job.c.tenant_id == tenant_id, job.c.kind == KIND, job.c.state.not_in(OPEN), job.c.made_at < at - KEPT))
    return jobs.start(connection, tenant_id=tenant_id, kind=KIND, staff_id=staff_id, at=at, detail={
        "since": span.since.isoformat() if span.since else "", "until": span.until.isoformat(), "key": span.key(in_japan(at).date()),
        "after": "", "counts": Tally().kept()})


def is_small(connection: Connection, tenant_id: str) -> bool:
    """Whether a page may count it by itself."""
    return _fewer(connection, case, tenant_id, FEW) and _fewer(connection, contact, tenant_id, FEW_CONTACTS)


def count_some(work: Work) -> None:
    """A slice of the job."""
    detail, tally = work.detail, Tally.of(work.detail["counts"])
    span = Span(date.fromisoformat(detail["since"]) if detail["since"] else None, date.fromisoformat(detail["until"]))
    with reading(work.shell.engine).begin() as c:
        if not work.total:
            work.total = int(c.execute(select(func.count()).select_from(case).where(case.c.tenant_id == work.tenant_id)).scalar_one())
        after, looked = take_in(c, tally, Asked(work.tenant_id, span.start, span.end), detail["after"], PIECE)
    work.detail = {**detail, "after": after, "counts": tally.kept(), "as_of": detail.get("as_of") or work.shell.clock().isoformat()}
    work.done += looked
    if looked < PIECE:
        work.total, work.result = work.done, work.detail.pop("counts")
    with work.saving():
        pass


def nightly(batch: Batch, rows: Sequence[Due]) -> Mapping[int, datetime]:
    """Kind `figures`: count what staff and whoever sees figures alone open first. It ends where the municipality is small (again)."""
    again = {}
    today = in_japan(batch.now).date()
    for one in rows:
        if is_small(batch.connection, one.subject):
            continue
        for span in {Span(None, today), Span(*settled(None, today, today))}:
            begin(batch.connection, one.subject, span, batch.now)
        again[one.id] = _next_night(batch.now)
    return again


def _counted(connection: Connection, asked: Asked) -> Tally:
    tally, after, looked = Tally(), "", PIECE
    while looked == PIECE:
        after, looked = take_in(connection, tally, asked, after, PIECE)
    return tally


def _kept(connection: Connection, tenant_id: str, span: Span, at: datetime, newer: bool) -> tuple[Figures, bool]:
    """What is there of a span, and whether a count should begin."""
    mine = select(job.c.id, job.c.state, job.c.detail, job.c.done, job.c.total, job.c.changed_at, job.c.made_at).where(
        job.c.tenant_id == tenant_id, job.c.kind == KIND).order_by(job.c.made_at.desc(), job.c.id.desc()).limit(LOOKED_THROUGH)
    key = span.key(in_japan(at).date())
    same = [row for row in connection.execute(mine) if row.detail["key"] == key]
    done = next((row for row in same if row.state == "done"), None)
    # A later day of "until today" is another span to count, not a newer count of the same.
    going = next((row for row in same if row.state in OPEN and row.detail["until"] == span.until.isoformat()), None)
    failed = bool(same) and going is None and same[0].state == "failed"
    progress = Progress(going.done, going.total) if going else Progress(0, 0, failed=True) if failed else None
    if done is None:
        found = Figures(span, None, None, progress)
        return found, going is None and (not failed or at - same[0].changed_at > SOON)
    counts = connection.execute(select(job.c.result).where(job.c.id == done.id)).scalar_one()
    counted = Span(span.since, date.fromisoformat(done.detail["until"]))
    as_of = datetime.fromisoformat(done.detail["as_of"])
    lasts = SOON if newer else FRESH if span.until >= in_japan(at).date() else SETTLED
    old = at - max(as_of, same[0].changed_at if failed else as_of) > lasts or counted.until < span.until
    return Figures(counted, Tally.of(counts), as_of, progress), going is None and old


def _under_way(connection: Connection, tenant_id: str) -> int:
    going = select(func.count()).select_from(job).where(job.c.tenant_id == tenant_id, job.c.kind == KIND, job.c.state.in_(OPEN))
    return int(connection.execute(going).scalar_one())


def _fewer(connection: Connection, table: Table, tenant_id: str, most: int) -> bool:
    some = select(literal(1)).where(table.c.tenant_id == tenant_id).limit(most + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one()) <= most


def _next_night(at: datetime) -> datetime:
    here = in_japan(at)
    tonight = datetime.combine(here.date(), AT, JST)
    return tonight if tonight > here else tonight + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=JST)
