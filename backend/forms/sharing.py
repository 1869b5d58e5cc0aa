"""What of a household may stand on paper for somebody outside: `consent.rules.can_share`, category by category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from backend.cases.models import case
from backend.consent.models import consent_event
from backend.consent.rules import CATEGORIES, Decision, Recipient, can_share
from backend.forms.household import Household
from backend.tenants.models import recipient as recipients
from dialogs.core.words import Words

PURPOSE = "survivor_support"


def recipient_of(connection: Connection, tenant_id: str, recipient_id: str) -> tuple[Recipient, str] | None:
    """A municipality's recipient as the rule wants it, and its Japanese name."""
    chosen = select(recipients).where(recipients.c.id == recipient_id, recipients.c.tenant_id == tenant_id)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        return None
    return Recipient(row.kind, row.active, row.pledge_until), Words.of(row.name).in_locale("ja")


def cut(
    connection: Connection, households: Sequence[Household], to: Recipient, at: datetime
) -> tuple[list[Household], int, frozenset[str]]:
    """The households that anything may be told of, cut to that; how many may not be told of at all; what was cut."""
    ids = [one.case_id for one in households]
    decisions = _decisions(connection, ids)
    restricted = {row.id: row.restricted for row in connection.execute(select(case.c.id, case.c.restricted).where(case.c.id.in_(ids)))}
    kept: list[Household] = []
    gone: set[str] = set()
    for one in households:
        allowed = frozenset(
            category for category in CATEGORIES
            if can_share(restricted=restricted.get(one.case_id), recipient=to, category=category, purpose=PURPOSE,
                         decisions=decisions[one.case_id], at=at).allowed
        )  # fmt: skip
        if allowed:
            kept.append(one.cut_to(allowed))
            gone |= CATEGORIES - allowed
    return kept, len(households) - len(kept), frozenset(gone)


def _decisions(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[Decision]]:
    """Every decision of these cases, oldest first."""
    found: dict[str, list[Decision]] = defaultdict(list)
    shown = (consent_event.c.case_id, consent_event.c.recipient, consent_event.c.event, consent_event.c.at, consent_event.c.purpose)
    for row in connection.execute(select(*shown).where(consent_event.c.case_id.in_(ids)).order_by(consent_event.c.id)):
        found[row.case_id].append(Decision(row.recipient, row.event, row.at, row.purpose))
    return found
