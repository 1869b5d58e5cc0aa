"""On what terms somebody works here: role, districts, whose referrals, who sent them, and when the account ends.

Borrowed staff (応援職員) come from other municipalities for weeks: nobody remembers to close their accounts, so an
account with an end closes itself, with every window and every way of being notified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from backend.audit import service as audit
from backend.cases.models import case
from backend.clock import JST, in_japan
from backend.followups.models import due
from backend.followups.plan import put_due
from backend.followups.run import Due
from backend.journal.batch import Batch
from backend.staff import tokens
from backend.staff.accounts import AccountError, end_staff
from backend.staff.models import staff, staff_session
from backend.staff.roles import ADMINISTRATOR, CARRIES_CASES, CASEWORKER, PARTNER, ROLES
from backend.tenants.models import district, recipient

ENDS = "account_end"
"""Kind of the due rows; their subject is the account."""
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Terms:
    """`last_day` in Japan, None for no end. `districts` empty: every one. `recipient_id` for partners alone."""

    role: str
    last_day: date | None = None
    sent_by: str = ""
    districts: Sequence[str] = ()
    recipient_id: str | None = None

    @property
    def ends_at(self) -> datetime | None:
        """Midnight after the last day."""
        if self.last_day is None:
            return None
        after = self.last_day + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=JST)


def check(connection: Connection, tenant_id: str, terms: Terms, at: datetime) -> None:
    """Raise `AccountError` where the terms make no sense in this municipality."""
    if terms.role not in ROLES:
        raise AccountError(f"There is no role {terms.role!r}. The roles are: {', '.join(ROLES)}.")
    today = in_japan(at).date()
    if terms.last_day is not None and not today <= terms.last_day <= today + LONGEST:
        raise AccountError("The last day lies in the past, or more than three years ahead.", "console.accounts.wrong_end")
    known = set(connection.execute(select(district.c.name).where(district.c.tenant_id == tenant_id)).scalars())
    if set(terms.districts) - known:
        raise AccountError("There is no such district.")
    if terms.districts and terms.role != CASEWORKER:
        raise AccountError("Only a caseworker is kept to districts.", "console.accounts.wrong_districts")
    if (terms.recipient_id is not None) != (terms.role == PARTNER):
        raise AccountError("A partner, and nobody else, belongs to one of the recipients.", "console.accounts.wrong_partner")
    own = select(recipient.c.id).where(recipient.c.id == terms.recipient_id, recipient.c.tenant_id == tenant_id)
    if terms.recipient_id is not None and connection.execute(own).first() is None:
        raise AccountError("There is no such recipient.", "console.accounts.wrong_partner")


def set_terms(
    connection: Connection, *, tenant_id: str, staff_id: str, terms: Terms, at: datetime, by: str | None
) -> None:
    """Change an open account's terms, at once in its open windows too. Nobody changes their own. Raises `AccountError`.

    Another role, or another recipient, is other work: windows and tokens of the old one end.
    """
    chosen = select(staff).where(staff.c.id == staff_id, staff.c.tenant_id == tenant_id, staff.c.active)
    row = connection.execute(chosen.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise AccountError("There is no such open account.")
    if row.id == by:
        raise AccountError("Nobody changes the terms of their own account.", "console.accounts.own")
    check(connection, tenant_id, terms, at)
    if row.role == ADMINISTRATOR and (terms.role != ADMINISTRATOR or terms.last_day is not None):
        _keep_one(connection, tenant_id, staff_id)
    values = {
        "role": terms.role, "ends_at": terms.ends_at, "sent_by": terms.sent_by.strip()[:80],
        "districts": list(terms.districts), "recipient_id": terms.recipient_id,
        "on_duty": row.on_duty if terms.role in CARRIES_CASES else None,
    }  # fmt: skip
    connection.execute(update(staff).where(staff.c.id == staff_id).values(**values))
    if terms.ends_at is not None:
        put_due(connection, ENDS, staff_id, terms.ends_at, {})
        later = (staff_session.c.staff_id == staff_id, staff_session.c.expires_at > terms.ends_at)
        connection.execute(update(staff_session).where(*later).values(expires_at=terms.ends_at))
    else:
        connection.execute(delete(due).where(due.c.kind == ENDS, due.c.subject == staff_id))
    ended = 0
    if (row.role, row.recipient_id) != (terms.role, terms.recipient_id):
        connection.execute(delete(staff_session).where(staff_session.c.staff_id == staff_id))
        ended = tokens.end_all(connection, staff_id, at)
    detail = {
        "tokens": ended,
        "role": [row.role, terms.role], "districts": list(terms.districts), "recipient": terms.recipient_id or "",
        "last_day": terms.last_day.isoformat() if terms.last_day else "",
    }  # fmt: skip
    audit.record(
        connection, tenant_id=tenant_id, staff_id=by, action="staff.changed", object_kind="staff", object_id=staff_id,
        detail=detail, at=at,
    )  # fmt: skip


def last_day(ends_at: datetime | None) -> date | None:
    """The day that an account's end was set for."""
    return in_japan(ends_at - timedelta(seconds=1)).date() if ends_at is not None else None


def end_due(batch: Batch, rows: Sequence[Due]) -> None:
    """Handler of due rows of kind `account_end`: close the accounts whose time is over."""
    chosen = select(staff.c.id, staff.c.tenant_id).where(
        staff.c.id.in_([row.subject for row in rows]), staff.c.active, staff.c.ends_at <= batch.now
    )
    for row in batch.connection.execute(chosen).all():
        try:
            end_staff(batch.connection, tenant_id=row.tenant_id, staff_id=row.id, at=batch.now, by=None)
        except AccountError:
            continue  # the last administrator: signing in is over all the same, and another one is made by command


def carried_by(connection: Connection, tenant_id: str) -> dict[str, int]:
    """Open cases by the account they are assigned to, so that what a closed account left behind is seen."""
    chosen = select(case.c.assigned_to, func.count()).where(
        case.c.tenant_id == tenant_id, case.c.status == "open", case.c.assigned_to.is_not(None)
    )
    return {row[0]: row[1] for row in connection.execute(chosen.group_by(case.c.assigned_to))}


def _keep_one(connection: Connection, tenant_id: str, but: str) -> None:
    others = select(func.count()).where(
        staff.c.tenant_id == tenant_id, staff.c.role == ADMINISTRATOR, staff.c.active, staff.c.id != but,
        staff.c.ends_at.is_(None),
    )  # fmt: skip
    if not connection.execute(others).scalar_one():
        raise AccountError("The last administrator stays one: make another one first.", "console.accounts.last")
