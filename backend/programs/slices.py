"""The long work `reassess`: every open case of a municipality looked at again, slice by slice, by any worker."""

from __future__ import annotations

from sqlalchemy import func, select

from backend.audit import service as audit
from backend.cases.models import case
from backend.clock import in_japan
from backend.conversations.offices import read_office
from backend.db import reading
from backend.jobs.run import Work
from backend.journal.batch import Batch
from backend.programs import snapshot
from backend.programs.looking import look
from backend.programs.reassess import Looked, Tally, read_households, write
from backend.programs.service import catalogue_version

SLICE = 25
"""Cases a slice: worked out outside the transaction, written in a few milliseconds."""


def reassess_some(work: Work) -> None:
    """The next cases after `detail["after"]`; `detail` counts what came of it."""
    now = work.shell.clock()
    today, after = in_japan(now).date(), work.detail["after"]
    mine = (case.c.tenant_id == work.tenant_id) & (case.c.status == "open")
    with reading(work.shell.engine).connect() as connection:
        office = read_office(connection, work.tenant_id, now)
        if not work.total:
            work.total = connection.execute(select(func.count()).select_from(case).where(mine)).scalar_one()
        ids = list(connection.execute(select(case.c.id).where(mine, case.c.id > after).order_by(case.c.id).limit(SLICE)).scalars())
        households, newest = read_households(connection, ids)
    looked, version = [], catalogue_version()
    for one in households:
        found = look(one.answers, office, today)
        version = found.catalogue or version
        if found.counts != one.before:
            newly = tuple(name for name in found.counts if one.before is not None and name not in one.before)
            looked.append(Looked(one.case_id, one.answers, [snapshot.kept(program) for program in found.programs], newly))
    tally = Tally(changed=work.detail.get("changed", 0), tasks=work.detail.get("tasks", 0))
    work.done += len(ids)
    with work.saving() as connection:
        batch = Batch(connection, now)
        write(batch, office, version, today, newest, looked, tally)
        batch.flush()
        counted = {"changed": tally.changed, "tasks": tally.tasks}
        work.detail = {**counted, "after": ids[-1] if ids else after}
        if len(ids) < SLICE:
            work.result = {"cases": work.done, **counted}
            audit.record(
                connection, tenant_id=work.tenant_id, staff_id=work.staff_id, action="programs.reassessed", object_kind="tenant",
                object_id=work.tenant_id, detail={**work.result, "catalogue": version}, at=now,
            )  # fmt: skip
