"""The sheets of a case meeting: everything for a colleague, what was agreed to for a lawyer, no names for the room."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import case
from backend.forms.meeting_paper import NobodyOnIt, meeting_paper
from backend.meetings import service
from backend.staff.models import staff as accounts
from backend.staff.roles import Staff
from tests.forms.conftest import TENANT, account, outsider, settle_home
from tests.forms.test_exports import text


def test_each_reader_has_a_sheet_of_their_own(shell: Shell) -> None:
    staff = account(shell)
    agreed = settle_home(shell, 1, consent={"professional": "given"}, category=4)
    silent = settle_home(shell, 2, "黙っている 人")
    secret = settle_home(shell, 3, "守られる 人", restricted=True)
    recipient_id = outsider(shell)
    now = shell.clock()
    with shell.engine.begin() as c:
        meeting_id = service.plan(c, tenant_id=TENANT, held_on=date(2026, 7, 10), starts_at="13:30", place="本庁", by=staff.id, at=now)
        for case_id in (agreed, silent, secret):
            service.put_on(c, tenant_id=TENANT, meeting_id=meeting_id, case_id=case_id, why="flagged", question="住まいをどうするか", by=staff.id, at=now)
        common = {"tenant_id": TENANT, "meeting_id": meeting_id, "by": staff.id, "at": now}
        service.invite(c, **common, name="花子", organisation="", staff_id=staff.id, recipient_id=None, pledged_on=None)
        service.invite(c, **common, name="緑川", organisation="みどり法律事務所", staff_id=None, recipient_id=recipient_id, pledged_on=date(2026, 7, 1))
        colleague, lawyer = service.participants_of(c, meeting_id)

        def of(reader: str | None) -> str:
            return text(meeting_paper(c, shell, staff, meeting_id, reader).content)

        whole, cut, plain = of(colleague.id), of(lawyer.id), of(None)
        assert "福祉福子" in whole and "黙っている人" in whole and "住まいをどうするか" in whole and "会社員" in whole
        assert "福祉福子" in cut and "黙っている人" not in cut and "会社員" not in cut and "同意の範囲外のため空欄の項目" in cut
        assert "世帯2" in cut and "配付先：緑川" in cut
        assert "福祉" not in plain and "世帯1" in plain and "世帯2" in plain
        for page in (whole, cut, plain):
            assert "守られる人" not in page and "載せていない世帯：1件" in page
        # The workbook is cut alike.
        book = meeting_paper(c, shell, staff, meeting_id, lawyer.id, "xlsx")
        cells = "".join(str(cell) for tab in openpyxl.load_workbook(BytesIO(book.content)).worksheets for row in tab.iter_rows(values_only=True)
                        for cell in row if cell)  # fmt: skip
        assert book.name.endswith("_20260710.xlsx") and "福祉 福子" in cells and "黙っている" not in cells and "守られる" not in cells
        # Whoever prints sees no more than they may open by themselves.
        c.execute(update(accounts).where(accounts.c.id == staff.id).values(districts=["川上"]))
        c.execute(update(case).where(case.c.id == silent).values(district="川上"))
        near = Staff.of(c.execute(select(accounts).where(accounts.c.id == staff.id)).one())
        narrow = text(meeting_paper(c, shell, near, meeting_id, colleague.id).content)
        assert "黙っている人" in narrow and "T-2026-000001-0" not in narrow and "載せていない世帯：2件" in narrow
        c.execute(update(case).where(case.c.id == silent).values(district="緑町"))
        with pytest.raises(NobodyOnIt):
            meeting_paper(c, shell, near, meeting_id, colleague.id)
        made = c.execute(select(audit.c.detail).where(audit.c.action == "export.made")).scalars().all()
        assert [(one["format"], one["count"]) for one in made] == [("pdf", 2)] * 3 + [("xlsx", 2), ("pdf", 1)]
