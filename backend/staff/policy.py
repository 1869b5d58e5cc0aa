"""Every route says who may use it. A route without a policy fails the build (tests/console/test_policy.py).

    @public                     anybody: a login page, a health check, style sheets
    @platform                   a messaging platform, proved by its signature or secret header
    @resident                   the person whose conversation the cookie or one-time link names
    staff_only(CARRIES_CASES)   signed-in staff with one of these roles
    Policy("token", roles)      a program with a token of an account that has one of these roles

Marking is not enforcing: `backend.console.page` enforces staff policies, `backend.api.call` those of tokens, the channels'
routes their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

_MARK = "access_policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """`kind` is public | platform | resident | staff | token; `roles` are set for the last two."""

    kind: str
    roles: frozenset[str] = frozenset()


PUBLIC = Policy("public")
PLATFORM = Policy("platform")
RESIDENT = Policy("resident")


def declare(policy: Policy) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint with its policy."""
    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, policy)
        return endpoint

    return mark


def public(endpoint: Endpoint) -> Endpoint:
    """Anybody may use it."""
    return declare(PUBLIC)(endpoint)


def platform(endpoint: Endpoint) -> Endpoint:
    """For a messaging platform, which proves itself by signature or secret header."""
    return declare(PLATFORM)(endpoint)


def resident(endpoint: Endpoint) -> Endpoint:
    """For the person whose conversation the cookie or one-time link names."""
    return declare(RESIDENT)(endpoint)


def staff_only(roles: frozenset[str]) -> Policy:
    """The policy for signed-in staff with one of `roles`. Raises `ValueError` for none."""
    if not roles:
        raise ValueError("a staff policy names at least one role")
    return Policy("staff", roles)


def policy_of(route: Any) -> Policy | None:
    """The policy of a route (or of the application a mount serves), or None when nobody declared one."""
    for bearer in (route, getattr(route, "endpoint", None), getattr(route, "app", None)):
        found = getattr(bearer, _MARK, None)
        if isinstance(found, Policy):
            return found
    return None


def routes_of(app: Any) -> Iterator[Any]:
    """Every route of an application, those of included routers too; a mount counts as one."""
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from routes_of(inner)
