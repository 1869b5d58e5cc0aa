"""Where one can go from every page, by role: groups of places, each with its address and who may use it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from backend.staff.roles import (
    APPROVES,
    BRINGS_LISTS_IN,
    CARRIES_CASES,
    EDITS_PROGRAMS,
    EVERYBODY,
    OPENS_CASES,
    PLANS_OUTREACH,
    READS_AUDIT,
    RUNS_SETTINGS,
    SEEDS_CASES,
    SEES_FIGURES,
    SEES_READINESS,
    TAKES_DATA_OUT,
    TAKES_REFERRALS,
    USES_PROGRAMS,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the menu. `key` is the message key of its words."""

    key: str
    path: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together; one that holds a single place for a role is shown as that place."""

    key: str
    places: tuple[Place, ...]


MENU: tuple[Group, ...] = (
    Group("console.menu.work", (
        Place("console.nav.list", "/console", OPENS_CASES),
        Place("console.nav.referred", "/console/referred", TAKES_REFERRALS),
    )),
    Group("console.menu.cases", (
        Place("console.nav.search", "/console/search", OPENS_CASES),
        Place("console.nav.cases", "/console/cases", OPENS_CASES),
        Place("console.nav.meetings", "/console/meetings", CARRIES_CASES),
        Place("console.nav.replies", "/console/replies", OPENS_CASES),
        Place("console.nav.teams", "/console/teams", OPENS_CASES | RUNS_SETTINGS),
    )),
    Group("console.menu.booth", (
        Place("console.nav.booth", "/console/booth", SEEDS_CASES),
        Place("console.nav.days", "/console/days", SEEDS_CASES),
    )),
    Group("console.menu.outreach", (
        Place("console.nav.outreach", "/console/outreach", PLANS_OUTREACH),
        Place("console.nav.visits", "/console/visits", CARRIES_CASES),
        Place("console.nav.field", "/console/visits/field", OPENS_CASES),
    )),
    Group("console.menu.lists", (
        Place("console.nav.imports", "/console/lists", BRINGS_LISTS_IN),
        Place("console.nav.matching", "/console/matching", CARRIES_CASES),
        Place("console.nav.exports", "/console/exports", TAKES_DATA_OUT),
    )),
    Group("console.menu.programs", (
        Place("console.nav.programs", "/console/programs", EVERYBODY),
        Place("console.nav.program_drafts", "/console/program-drafts", EDITS_PROGRAMS | APPROVES | READS_AUDIT),
        Place("console.nav.sheet", "/console/sheet", EVERYBODY),
        Place("console.nav.acts", "/console/acts", EVERYBODY),
    )),
    Group("console.menu.figures", (
        Place("console.nav.overview", "/console/overview", SEES_FIGURES),
        Place("console.nav.map", "/console/overview/map", RUNS_SETTINGS),
    )),
    Group("console.menu.office", (
        Place("console.nav.settings", "/console/settings", RUNS_SETTINGS),
        Place("console.nav.accounts", "/console/accounts", RUNS_SETTINGS),
        Place("console.nav.readiness", "/console/readiness", SEES_READINESS),
        Place("console.nav.audit", "/console/audit", READS_AUDIT),
    )),
    Group("console.menu.me", (
        Place("console.nav.me", "/console/me", EVERYBODY),
        Place("console.nav.api", "/console/api", USES_PROGRAMS),
    )),
)  # fmt: skip


@cache
def menu_of(role: str) -> tuple[Group, ...]:
    """The groups with the places that a role may use; empty ones left out."""
    mine = (Group(group.key, tuple(place for place in group.places if role in place.roles)) for group in MENU)
    return tuple(group for group in mine if group.places)
