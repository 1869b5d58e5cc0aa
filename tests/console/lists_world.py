"""A list that is on its way in, and a proposal and a merge, for one household of the world."""

from __future__ import annotations

from sqlalchemy import insert

from backend import ids as new_ids
from backend.app import Shell
from backend.files.service import File
from backend.lists import service as lists
from backend.matching.models import match_proposal, merge
from tests.console.world import Home

CSV = "管理番号,氏名,ふりがな,住所\r\n1,山田 花子,やまだ はなこ,新栄町1-2-3\r\n".encode()


def settle_lists(shell: Shell, home: Home) -> None:
    """The proposal and the merge are of the household with itself: there to be guarded, not to be carried out."""
    now, both = shell.clock(), home.ids["case"]
    home.ids |= {"proposal": new_ids.new(), "merge": new_ids.new()}
    with shell.engine.begin() as c:
        home.ids["list_import"] = lists.put_in(
            c, tenant_id=home.tenant, kind="visit", file=File("list.csv", "text/csv", CSV), by=None, at=now)
        c.execute(insert(match_proposal).values(
            id=home.ids["proposal"], tenant_id=home.tenant, one_case=both, other_case=both, one_person=home.ids["person"],
            other_person=home.ids["person"], score=80, reasons=[["kana", "same"]], made_at=now))
        c.execute(insert(merge).values(
            id=home.ids["merge"], tenant_id=home.tenant, kept_case=both, gone_case=both, moved={}, by=None, at=now))
