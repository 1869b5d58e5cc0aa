"""A town with a booth: staff at tables, people who come to them and go home with a piece of paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from backend.booth import drafts, intake, links
from backend.booth.intake import Explained
from backend.staff.models import staff as accounts
from backend.staff.roles import Staff
from tests.conversations.conftest import Town, small_town, town, words  # noqa: F401

HANA = {
    "language": "ja", "safe_now": "safe", "trouble": ["home", "money"], "for_whom": "self", "name": "山田 花子",
    "name_kana": "やまだ はなこ", "contact_way": "here", "disaster_address": "大牟田市新栄町1-1", "damage_level": "half",
    "flood_level": "above_floor", "certificate": "applied", "household_size": "2", "living_now": "shelter", "rebuild_method": "repair",
    "birth_date": "昭和30年5月3日", "share_professional": "given", "share_npo": "refused", "share_welfare_council": "given",
    "share_welfare_commissioner": "deferred",
}  # fmt: skip
"""Everything that the first conversation would ask, told at the table."""


@dataclass
class Booth:
    """Tables of one town and who sits at them."""

    town: Town

    def staff(self, name: str, role: str = "caseworker", **columns: Any) -> Staff:
        self.town.staff(name, role=role, **columns)
        return self.signed_in(name)

    def signed_in(self, name: str) -> Staff:
        with self.town.engine.begin() as connection:
            return Staff.of(connection.execute(select(accounts).where(accounts.c.login == name)).one())

    def seed(self, staff: Staff, raw: dict[str, Any] | None = None, **more: Any) -> str:
        """Fill in a form and finish it; the id of the case."""
        with self.town.engine.begin() as connection:
            draft = drafts.begin(connection, staff, at=self.town.clock())
        return self.finish(staff, draft, {**(HANA if raw is None else raw), **more})

    def finish(self, staff: Staff, draft: str, raw: dict[str, Any], seen: int = 1, how: str = "oral") -> str:
        engine, clock = self.town.engine, self.town.clock
        return intake.finish(engine, clock, self.town.words, staff, draft, seen, raw, Explained(staff.id, how))

    def link(self, staff: Staff, case_id: str, speaker: str = "self", relation: str = "", locale: str = "ja") -> links.Link:
        with self.town.engine.begin() as connection:
            return links.issue(connection, staff, case_id, speaker=speaker, relation=relation, locale=locale, at=self.town.clock())


@pytest.fixture
def booth(town: Town) -> Booth:  # noqa: F811
    return Booth(town)


@pytest.fixture
def small_booth(small_town: Town) -> Booth:  # noqa: F811
    """The same on SQLite alone."""
    return Booth(small_town)


