"""One request of a signed-in member of staff: who asks, what they sent, and how to answer."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, select
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend import ids
from backend.console import lists
from backend.console.menu import menu_of
from backend.db import reading
from backend.files.service import File
from backend.staff.roles import CARRIES_CASES, OUTSIDERS, Staff
from backend.staff.sessions import Session
from backend.tenants.models import tenant

if TYPE_CHECKING:
    from backend.app import Shell
    from backend.console.paper import Paper


@dataclass
class Desk:
    """What a page's handler gets. `form` is empty for GET; its CSRF token and its form id were checked before."""

    shell: Shell
    paper: Paper
    request: Request
    session: Session
    form: FormData = field(default_factory=FormData)

    @property
    def staff(self) -> Staff:
        return self.session.staff

    @property
    def engine(self) -> Engine:
        return self.shell.engine

    @property
    def now(self) -> datetime:
        return self.shell.clock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with reading(self.engine).begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def path(self, name: str) -> str:
        """A part of the address (`{id}`)."""
        return plain(str(self.request.path_params[name]))

    def sent(self, name: str, longest: int = 200) -> str:
        """One field of the form, trimmed; empty when absent or not text."""
        value = self.form.get(name, "")
        return plain(value).strip()[:longest] if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """A whole number of the form; -1 when it is none, which fits no version."""
        value = self.sent(name, 12)
        return int(value) if value.isascii() and value.isdigit() else -1

    def sent_all(self, name: str) -> list[str]:
        return [plain(value).strip() for value in self.form.getlist(name) if isinstance(value, str) and value.strip()]

    def upload(self, name: str) -> File | None:
        """The file of a form's field; None when nobody chose one. Its name is the last part alone, and the media type
        is what the browser claims: look at the bytes before believing it."""
        value = self.form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            return None
        last = plain(value.filename).replace("\\", "/").rpartition("/")[2][:200]
        return File(last, (value.content_type or "application/octet-stream")[:100], value.file.read())

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A whole page, with the frame that every page has."""
        return self.paper.answer(template, self.staff.locale, status, **{**self.frame(), **values})

    def fragment(self, template: str, **values: Any) -> Response:
        """A part of a page, for the live script."""
        return self.paper.answer(template, self.staff.locale, 200, **{**self.frame(), **values})

    def frame(self) -> dict[str, Any]:
        """What every page shows: who is signed in, and the dangers that nobody has acknowledged."""
        with self.reading() as c:
            alarms = [] if self.staff.role in OUTSIDERS else lists.dangers(c, self.staff.tenant_id)
            office = c.execute(select(tenant).where(tenant.c.id == self.staff.tenant_id)).one()
        return {
            "staff": self.staff, "csrf": self.session.csrf, "form_id": ids.new, "now": self.now, "alarms": alarms,
            "office": office, "back": self.request.url.path, "carries_cases": self.staff.role in CARRIES_CASES,
            "menu": menu_of(self.staff.role),
        }

    def to(self, path: str) -> Response:
        """Go there after a form was handled (303: reloading sends nothing twice)."""
        return RedirectResponse(path, 303)

    def came_from(self) -> str:
        """The page the form was on (it says so itself: our pages send no referrer), if it is one of ours."""
        path = urlsplit(self.sent("back")).path
        return path if path == "/console" or path.startswith("/console/") else "/console"


def plain(words: str) -> str:
    """Without what no database keeps: NUL and lone surrogates."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode()


def same(given: str, expected: str) -> bool:
    """Whether two tokens are equal, in constant time. `given` is whatever a stranger sent, not only ASCII."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


Handler: TypeAlias = Callable[[Desk], Response]
