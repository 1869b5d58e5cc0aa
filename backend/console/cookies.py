"""The console's cookies: HttpOnly, SameSite=Lax; on https also Secure and bound to this host.

A cookie that is bound to its host (`__Host-`) can not be planted by a neighbouring site (`x.city.example.jp`), which
could otherwise sign somebody in as somebody else, or out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from backend.settings import Settings


class Cookie(NamedTuple):
    """A cookie's name, and the path under which browsers send it where it is not bound to the host."""

    name: str
    path: str

    def of(self, request: Request, settings: Settings) -> str:
        """The value that a request brought, or ""."""
        return request.cookies.get(self._name(settings), "")

    def give(self, response: Response, settings: Settings, value: str, keep: timedelta | None = None) -> None:
        """`keep`: how long beyond the browser's window."""
        # Lax, not Strict: a link in a notice to staff must arrive signed in.
        response.set_cookie(
            self._name(settings), value, max_age=int(keep.total_seconds()) if keep else None, path=self._path(settings), httponly=True,
            samesite="lax", secure=settings.secure_cookies,
        )  # fmt: skip

    def take(self, response: Response, settings: Settings) -> None:
        """Let the browser forget it."""
        response.delete_cookie(
            self._name(settings), path=self._path(settings), httponly=True, samesite="lax",
            secure=settings.secure_cookies,
        )  # fmt: skip

    def _name(self, settings: Settings) -> str:
        return f"__Host-{self.name}" if settings.secure_cookies else self.name

    def _path(self, settings: Settings) -> str:
        return "/" if settings.secure_cookies else self.path


STAFF = Cookie("tsunagi_staff", "/console")
"""The session's token."""
BEFORE = Cookie("tsunagi_login", "/console/login")
"""Only proves that the login form came from this browser (login CSRF)."""
KNOWN = Cookie("tsunagi_known", "/console/login")
"""That somebody signed in here before (`backend.staff.browsers`); it opens nothing."""
