"""What a member of staff puts in motion at the booth, with the person beside them: a home visit, a professional, a call back."""

from __future__ import annotations

from sqlalchemy import Engine, insert, select

from backend import ids
from backend.audit import service as audit
from backend.booth import links
from backend.cases import carrying
from backend.clock import Clock
from backend.consent.rules import standing
from backend.consent.service import decisions_of
from backend.conversations.offices import read_office
from backend.journal.batch import Batch
from backend.referrals.models import referral
from backend.staff.roles import Staff
from backend.staff.seeded import seeded_for
from backend.tasks import rules
from backend.tasks.raising import raise_task
from backend.visits.models import visit_request
from dialogs.fields import PROFESSIONS

KINDS = ("visit", "refer", "talk")


def ask_for(engine: Engine, clock: Clock, staff: Staff, case_id: str, kind: str, profession: str = "") -> bool:
    """Open a visit request, a referral or a task to call back; False where the same is open already.

    A referral carries the decision taken on sharing with professionals: without a "yes" the caseworker speaks with the person
    first, and nothing leaves. Raises `ValueError` for what cannot be asked for, `NotForYou` or `Restricted`.
    """
    if kind not in KINDS or (kind == "refer" and profession not in PROFESSIONS):
        raise ValueError("a visit, a known profession, or a call back")
    with engine.begin() as connection:
        now = clock()
        seeded_for(connection, staff, case_id, now, viewing=False)
        office = read_office(connection, staff.tenant_id, now)
        batch = Batch(connection, now)
        by = rules.due_at(kind, now, office.calendar, office.contact_days)
        row = {"id": ids.new(), "tenant_id": staff.tenant_id, "case_id": case_id, "made_at": now, "due_at": by, "changed_at": now,
               "changed_by": staff.id}  # fmt: skip
        if kind == "visit":
            there = select(visit_request.c.id).where(visit_request.c.case_id == case_id, visit_request.c.state.in_(("open", "planned")))
            if connection.execute(there.limit(1)).first() is not None:
                return False
            connection.execute(insert(visit_request).values(row))
            raise_task(batch, office, "visit", case_id=case_id, visit_request_id=str(row["id"]), due_at=by)
        elif kind == "refer":
            same = select(referral.c.id).where(
                referral.c.case_id == case_id, referral.c.state == "open", referral.c.profession == profession)  # fmt: skip
            if connection.execute(same.limit(1)).first() is not None:
                return False
            consent = standing(decisions_of(connection, case_id=case_id), now).get("professional", "deferred")
            consent = "refused" if consent == "withdrawn" else consent
            connection.execute(insert(referral).values(**row, profession=profession, consent=consent))
            raise_task(batch, office, "refer", topic=profession, case_id=case_id, referral_id=str(row["id"]), due_at=by)
        else:
            raise_task(batch, office, "talk", topic="booth", case_id=case_id)
        batch.flush()
        audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=f"booth.asked_{kind}", object_kind="case",
                     object_id=case_id, detail={"profession": profession} if profession else {}, at=now)  # fmt: skip
    return True


def protect(engine: Engine, clock: Clock, staff: Staff, case_id: str, version: int) -> None:
    """PR-30: somebody says that another must not learn where they are. From here on only handlers see the case; the papers that wait
    to be scanned end, and those on duty are told. Raises `Conflict`, `NotForYou` or `Restricted`."""
    with engine.begin() as connection:
        now = clock()
        seeded_for(connection, staff, case_id, now, viewing=False)
        carrying.restrict(connection, case_id=case_id, restricted=True, by=staff.id, version=version, at=now)
        links.call_back(connection, staff, case_id, now)
        batch = Batch(connection, now)
        raise_task(batch, read_office(connection, staff.tenant_id, now), "yellow", topic="protect", case_id=case_id)
        batch.flush()
