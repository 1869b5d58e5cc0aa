"""Who may do what: four roles. Carrying cases and running the system are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CASEWORKER = "caseworker"
SUPERVISOR = "supervisor"
ADMINISTRATOR = "administrator"
AUDITOR = "auditor"

ROLES = (CASEWORKER, SUPERVISOR, ADMINISTRATOR, AUDITOR)

CARRIES_CASES = frozenset({CASEWORKER, SUPERVISOR})
RUNS_SETTINGS = frozenset({ADMINISTRATOR})
SEES_READINESS = frozenset({SUPERVISOR, ADMINISTRATOR})
READS_AUDIT = frozenset({AUDITOR, SUPERVISOR})
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

    @classmethod
    def of(cls, row: Any) -> Staff:
        return cls(
            row.id, row.tenant_id, row.login, row.name, row.role, row.locale, row.on_duty, row.must_change,
            row.demonstration,
        )
