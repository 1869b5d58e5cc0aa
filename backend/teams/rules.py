"""Whose work somebody sees as their own today: what they carry, what lies in their teams' boxes, what absent colleagues carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Mine:
    """`carriers` are account ids, `teams` names of teams whose unclaimed cases count as well."""

    carriers: frozenset[str]
    teams: frozenset[str]
    standing_in: frozenset[str]
    """The absent colleagues among `carriers`."""


def away(last_day: date | None, today: date) -> bool:
    """Whether somebody is absent: up to and including the last day."""
    return last_day is not None and today <= last_day


def work_of(me: str, members: Mapping[str, Iterable[str]], absent: Mapping[str, date], today: date) -> Mine:
    """`members` are team name -> account ids, `absent` account id -> last day away."""
    teams = {name: frozenset(who) for name, who in members.items()}
    own = frozenset(name for name, who in teams.items() if me in who)
    colleagues: frozenset[str] = frozenset().union(*(teams[name] for name in own)) - {me}
    standing_in = frozenset(who for who in colleagues if away(absent.get(who), today))
    return Mine(standing_in | {me}, own, standing_in)
