"""A program that the demonstration municipality proposes for itself and that waits for the second person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from backend import ids
from backend.programs.editing import drafts
from backend.programs.sheet.changes import Change

GIFT = Change(
    desk="福祉課 被災者支援窓口",
    own={
        "name": "{ja: つなぎ市災害見舞金（実演）, en: Tsunagi City consolation payment (demonstration)}",
        "summary": "{ja: 住まいの被害の程度に応じた、市の見舞金です。, en: 'Money from the city, by degree of damage to the home.'}",
        "kind": "grant",
        "conditions": "- damage_level: [total, large_half, medium_half, half]",
        "amount": "kind: fixed\ntable:\n- {when: {damage_level: total}, yen: 100_000}\n- {yen: 50_000}",
        "documents": "[application, certificate, bankbook]",
        "source": "{text: つなぎ市災害見舞金要綱（実演）, collected_on: 2026-11-01}",
        "as_of": "2026",
        "confirmed": "true",
    },
)


def propose(connection: Connection, tenant_id: str, author: str, at: datetime) -> None:
    """The caseworker has written it and asks; nothing of it holds yet."""
    drafts.begin(
        connection, tenant_id, author, {f"own_{ids.new()}": GIFT}, origin="form", at=at, reason="要綱ができたため（実演）", waiting=True
    )
