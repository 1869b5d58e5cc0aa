"""The sheets of a case meeting: everything for a colleague, what was agreed to for a lawyer, no names for the room."""

from __future__ import annotations

from datetime import date

import pytest

from backend.app import Shell
from backend.forms.exports import setting_of
from backend.forms.meeting_paper import meeting_pdf, meeting_sheets
from backend.meetings import service
from backend.meetings.sheet import sheet_for
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
        setting, own = setting_of(c, staff, shell), frozenset({agreed, silent})

        def of(reader: str | None) -> str:
            return text(meeting_pdf(sheet_for(c, meeting_id, reader, tenant_id=TENANT, at=now), setting, own))

        whole, cut, plain = of(colleague.id), of(lawyer.id), of(None)
        assert "福祉福子" in whole and "黙っている人" in whole and "住まいをどうするか" in whole and "会社員" in whole
        assert "福祉福子" in cut and "黙っている人" not in cut and "会社員" not in cut and "同意の範囲外のため空欄の項目" in cut
        assert "世帯2" in cut and "配付先：緑川" in cut
        assert "福祉" not in plain and "世帯1" in plain and "世帯2" in plain
        for page in (whole, cut, plain):
            assert "守られる人" not in page and "載せていない世帯：1件" in page
        # Whoever prints sees no more than they may open by themselves.
        table = sheet_for(c, meeting_id, colleague.id, tenant_id=TENANT, at=now)
        assert [sheet.mark for sheet in meeting_sheets(table, setting, frozenset({silent}))] == ["T-2026-000002-0"]
        with pytest.raises(ValueError, match="sheet"):
            meeting_pdf(table, setting, frozenset())
