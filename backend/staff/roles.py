"""Who may do what: eight roles. Carrying cases and running the system are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CASEWORKER = "caseworker"
SUPERVISOR = "supervisor"
ADMINISTRATOR = "administrator"
AUDITOR = "auditor"
BOOTH = "booth"
"""Seeds cases at a consultation booth, and sees those it seeded on the same day."""
PARTNER = "partner"
"""社協, a professional, an NPO: sees what was referred to it, within the consent."""
PREFECTURE = "prefecture"
"""Figures only, never a household."""
OPERATOR = "operator"
"""Outsourced: visits, telephones and types for the municipality; carries the cases assigned to it."""

ROLES = (CASEWORKER, SUPERVISOR, ADMINISTRATOR, AUDITOR, BOOTH, PARTNER, PREFECTURE, OPERATOR)

CARRIES_CASES = frozenset({CASEWORKER, SUPERVISOR})
OPENS_CASES = CARRIES_CASES | {OPERATOR}
"""Case pages and the acts in them. Which cases an account reaches says `backend.staff.access.reach`."""
SEEDS_CASES = frozenset({BOOTH, CASEWORKER, SUPERVISOR, OPERATOR})
"""The booth's form and queue, the phone, the field."""
PLANS_OUTREACH = frozenset({CASEWORKER, SUPERVISOR})
APPROVES = frozenset({SUPERVISOR})
"""The second person: a campaign, a changed program."""
TAKES_REFERRALS = frozenset({PARTNER})
"""The referrals made to the partner that the account belongs to."""
TAKES_DATA_OUT = frozenset({CASEWORKER, SUPERVISOR})
BRINGS_LISTS_IN = frozenset({SUPERVISOR})
EDITS_PROGRAMS = frozenset({CASEWORKER, SUPERVISOR, ADMINISTRATOR})
SEES_FIGURES = frozenset({SUPERVISOR, ADMINISTRATOR, AUDITOR, PREFECTURE, CASEWORKER})
RUNS_SETTINGS = frozenset({ADMINISTRATOR})
SEES_READINESS = frozenset({SUPERVISOR, ADMINISTRATOR})
READS_AUDIT = frozenset({AUDITOR, SUPERVISOR})
USES_PROGRAMS = frozenset({CASEWORKER, SUPERVISOR, ADMINISTRATOR, AUDITOR, PREFECTURE})
"""May let a program work for them over the API. People lent from outside sign in themselves."""
OUTSIDERS = frozenset({PARTNER, PREFECTURE})
"""Not of the municipality: no alarm rings for them, nobody pages them."""
EVERYBODY = frozenset(ROLES)


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in member of staff: what every check of rights looks at."""

    id: str
    tenant_id: str
    login: str
    name: str
    role: str
    locale: str = "ja"
    on_duty: int | None = None
    must_change: bool = False
    demonstration: bool = False
    districts: tuple[str, ...] = ()
    """What a caseworker is limited to; empty: every district."""
    recipient_id: str | None = None
    """Whose referrals a partner sees."""
    enrolled: bool = False
    """Signs in with a one-time code too."""

    @classmethod
    def of(cls, row: Any) -> Staff:
        return cls(
            row.id, row.tenant_id, row.login, row.name, row.role, row.locale, row.on_duty, row.must_change,
            row.demonstration, tuple(row.districts or ()), row.recipient_id, row.totp_since is not None,
        )
