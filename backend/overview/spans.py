"""Which spans of time the figures may be asked for by roles that see no household (pure).

Figures until today less figures until yesterday would tell of one household. Whoever sees figures alone therefore asks for
whole months, and within the running one up to the last Sunday: on every day of a week the answer is the same span.
"""

from __future__ import annotations

from datetime import date, timedelta


def settled(since: date | None, until: date, today: date) -> tuple[date | None, date]:
    """The span that stands for an asked one: from the first of a month to the end of one, or to the last Sunday before today."""
    end = (until.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    sunday = today - timedelta(days=today.weekday() + 1)
    return since.replace(day=1) if since else None, min(end, sunday)
