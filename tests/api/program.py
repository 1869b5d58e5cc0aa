"""A program that asks the API with a token, as a municipality's own system does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.api.call import BASE
from backend.app import Shell
from backend.staff.models import staff
from backend.staff.roles import Staff
from backend.staff.tokens import CHOICES, make_token


@dataclass
class Program:
    """`get("/cases")` and the like; `version` goes out as If-Match."""

    client: TestClient
    token: str

    def ask(self, method: str, path: str, body: Any = None, version: int | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | ({"If-Match": f'"{version}"'} if version is not None else {})
        answer: httpx.Response = self.client.request(method, f"{BASE}{path}", json=body, headers=headers)
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def pages(self, path: str) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        found, after = [], ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}after={after}").json()
            found += page["items"]
            after = page["next"]
            if not after:
                return found


def token_for(shell: Shell, login: str, scopes: tuple[str, ...] = CHOICES, days: int = 30) -> str:
    with shell.engine.begin() as c:
        who = Staff.of(c.execute(select(staff).where(staff.c.login == login)).one())
        return make_token(c, who, name="集計", scopes=scopes, lasts=timedelta(days=days), at=shell.clock())


def program_of(shell: Shell, client: TestClient, login: str, **more: Any) -> Program:
    return Program(client, token_for(shell, login, **more))
