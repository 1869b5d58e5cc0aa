"""Forms out of the record: for whom, of whom, how many, and what is written down about it."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.cases.selection import Selection
from backend.files.models import stored_file
from backend.files.service import File
from backend.forms import exports, making
from backend.forms.catalogue import FORMS
from backend.forms.making import Order
from backend.jobs import service as jobs
from backend.jobs.run import Refused, run_slice
from backend.staff.access import NotForYou, Restricted
from backend.staff.models import staff as accounts
from backend.staff.roles import AUDITOR, SUPERVISOR, Staff
from tests.conftest import MovableClock
from tests.forms.conftest import TENANT, account, carried, outsider, settle_home


def result(shell: Shell, id: str) -> dict[str, Any]:
    with shell.engine.connect() as c:
        row = jobs.find(c, TENANT, id)
    assert row is not None and row["state"] == "done", row and (row["state"], row["error"])
    return dict(row["result"])


def opened(shell: Shell, staff: Staff, id: str) -> File | None:
    with shell.engine.begin() as c:
        return exports.fetch(c, staff, exports.found(c, staff, id, shell.clock()), shell.clock())


def content(shell: Shell, staff: Staff, order: Order) -> bytes:
    file = opened(shell, staff, exports.begin(shell, staff, order))
    assert file is not None
    return file.content


def text(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\n", "").replace(" ", "").replace("　", "")


def rows(xlsx: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(xlsx)).worksheets[0].iter_rows(min_row=3)]


def traces(shell: Shell) -> list[Any]:
    with shell.engine.connect() as c:
        return list(c.execute(select(audit).where(audit.c.object_kind == "export").order_by(audit.c.id)))


def drain(shell: Shell) -> None:
    while run_slice(shell, {exports.KIND: exports.export_some}):
        pass


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_form_comes_in_every_format_it_promises(shell: Shell, name: str) -> None:
    staff = account(shell)
    case_id = settle_home(shell, 1)
    carried(shell, case_id, staff)
    for format in FORMS[name].formats:
        made = content(shell, staff, Order(name, format, "" if FORMS[name].blank else case_id))
        assert made[:4] == {"pdf": b"%PDF", "xlsx": b"PK\x03\x04"}.get(format, made[:4])
        if format == "pdf":
            assert ("福祉福子" in text(made)) is not (FORMS[name].blank or FORMS[name].plain)


def test_the_support_record_holds_what_was_done_and_decided(both: Shell) -> None:
    staff = account(both)
    case_id = settle_home(both, 1)
    carried(both, case_id, staff)
    page = text(content(both, staff, Order("record", "pdf", case_id)))
    for words in ("福祉福男", "福祉一郎", "昭和59年1月1日", "補修して住み続けたい", "子の学校を変えたくない", "月に一度訪問する。",
                  "令和8年7月1日時点", "民生委員を紹介した。", "令和8年7月5日"):  # fmt: skip
        assert words in page, words


def test_the_list_has_a_row_for_each_household_of_the_filter(both: Shell) -> None:
    staff = account(both)
    for number, district in enumerate(("中央", "中央", "北"), 1):
        settle_home(both, number, f"福祉 {number}子", district=district)
    settle_home(both, 9, status="closed")
    made = rows(content(both, staff, Order("supported_list", "xlsx", chosen=Selection(district="中央"))))
    assert [row[2] for row in made] == ["福祉 1子", "福祉 2子"]
    assert made[0][4:7] == [40, made[0][5], "女性"] and made[0][15] == "中規模半壊" and made[0][24] == 15000000
    assert made[0][28] == "軽い障がいのある子がいる" and made[0][29] == "浸水区分：床上浸水"


def test_protected_people_are_on_nobodys_list_but_their_handlers(both: Shell) -> None:
    """PR-31, PR-11: the sheet says how many were left out, and not who."""
    colleague, handler, boss = account(both), account(both, "handler"), account(both, "boss", SUPERVISOR)
    settle_home(both, 1)
    secret = settle_home(both, 2, "渡辺 久美", restricted=True, assigned_to=handler.id)
    order = Order("supported_list", "xlsx")
    made = exports.begin(both, colleague, order)
    sheet = [cell for row in rows(opened(both, colleague, made).content) for cell in row if cell]  # type: ignore[union-attr]
    assert "渡辺 久美" not in sheet and "取扱注意のため載せていない世帯：1件" in sheet
    assert result(both, made) | {"file": ""} == {"file": "", "count": 1, "hidden": 1, "refused": 0, "lost": [], "more_lost": False}
    for staff in (handler, boss):
        assert [row[2] for row in rows(content(both, staff, order))][:2] == ["福祉 福子", "渡辺 久美"]
    with pytest.raises(Restricted):
        exports.begin(both, colleague, Order("survey", "pdf", secret))


def test_for_somebody_outside_only_what_was_agreed_to(both: Shell) -> None:
    """consent.rules.can_share decides, category by category: money, health and worries are in no notice."""
    staff = account(both)
    settle_home(both, 1, consent={"professional": "given"})
    settle_home(both, 2, "同意 しない", consent={"professional": "refused"})
    settle_home(both, 3, "まだ 聞かれていない")
    settle_home(both, 4, "別の 同意", consent={"npo": "given"})
    settle_home(both, 5, "やめた 人", consent={"professional": "withdrawn"})
    made = exports.begin(both, staff, Order("supported_list", "xlsx", recipient_id=outsider(both)))
    file = opened(both, staff, made)
    assert file is not None
    first, *rest = rows(file.content)
    assert first[2:7] == ["福祉 福子", "ふくし ふくこ", 40, first[5], "女性"] and first[15] == "中規模半壊"
    assert first[18:29] == [None] * 11
    words = [cell for row in rest for cell in row if cell]
    assert not [word for word in words if "同意 しない" in word or "別の" in word or "やめた" in word or "聞かれて" in word]
    assert any("提供先：みどり法律事務所" in word for word in words)
    assert "提供の同意がないため載せていない世帯：4件" in words
    assert any(word.startswith("同意の範囲外のため空欄の項目：") and "借入金" in word for word in words)
    assert result(both, made)["refused"] == 4


def test_without_a_pledge_nothing_leaves_even_with_consent(shell: Shell) -> None:
    staff = account(shell)
    case_id = settle_home(shell, 1, consent={"professional": "given"})
    page = text(content(shell, staff, Order("survey", "pdf", case_id, recipient_id=outsider(shell, pledged=False))))
    assert "福祉福子" not in page and "提供の同意がないため載せていない世帯：1件" in page


def test_a_protected_household_goes_to_nobody_outside_even_by_its_handler(shell: Shell) -> None:
    boss = account(shell, "boss", SUPERVISOR)
    case_id = settle_home(shell, 1, restricted=True, consent={"professional": "given"})
    assert "福祉福子" not in text(content(shell, boss, Order("record", "pdf", case_id, recipient_id=outsider(shell))))


def test_the_meeting_sheet_without_identities_gives_nobody_away(shell: Shell) -> None:
    staff = account(shell)
    case_id = settle_home(shell, 1)
    carried(shell, case_id, staff)
    page = text(content(shell, staff, Order("meeting_plain", "pdf", case_id)))
    for words in ("福祉", "ふくし", "090-0000", "中央1-2-3", "1986", "昭和61", "T-2026", "hanako"):
        assert words not in page.replace("印刷", "").removesuffix("x") or words == "hanako", words
    assert "●●は補修費用が不安" in page and "40代" in page and "世帯1" in page and "中規模半壊" in page
    assert "配る前に確かめてください" in page


def test_a_file_is_for_its_maker_for_a_day(shell: Shell, clock: MovableClock) -> None:
    staff, colleague = account(shell), account(shell, "colleague")
    made = exports.begin(shell, staff, Order("survey", "pdf", settle_home(shell, 1)))
    assert opened(shell, colleague, made) is None
    assert opened(shell, staff, made) is not None
    clock.move(hours=24)
    assert opened(shell, staff, made) is None


def test_what_was_made_is_written_down_without_a_name(shell: Shell) -> None:
    staff = account(shell)
    settle_home(shell, 1)
    made = exports.begin(shell, staff, Order("supported_list", "csv", chosen=Selection(district="中央")))
    opened(shell, staff, made)
    first, second = traces(shell)
    assert (first.action, second.action, first.staff_id) == ("export.made", "export.fetched", staff.id)
    assert first.detail == {
        "form": "supported_list", "format": "csv", "filter": {"district": "中央"}, "case": "", "recipient": "",
        "count": 1, "hidden": 0,
    }  # fmt: skip


@pytest.mark.parametrize("format", ["pdf", "xlsx", "csv"])
def test_a_large_one_is_made_piece_by_piece_and_survives_a_stop(both: Shell, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    for name in ("MOST_SHEETS", "MOST_ROWS"):
        monkeypatch.setattr(making, name, 2)
    staff = account(both)
    for number in range(1, 6):
        settle_home(both, number, f"福祉 {number}子")
    made = exports.begin(both, staff, Order("supported_list", format))
    assert opened(both, staff, made) is None
    drain(both)
    assert result(both, made)["count"] == 5
    file = opened(both, staff, made)
    assert file is not None
    if format == "csv":
        assert file.content.decode("utf-8-sig").count("\r\n") == 6
    else:
        with ZipFile(BytesIO(file.content)) as bundle:
            assert len(bundle.namelist()) == 3
            parts = [bundle.read(name) for name in bundle.namelist()]
        shown = "".join(text(part) if format == "pdf" else str(rows(part)).replace(" ", "") for part in parts)
        assert all(f"福祉{number}子" in shown for number in range(1, 6))
    with both.engine.connect() as c:
        assert [row.purpose for row in c.execute(select(stored_file.c.purpose))] == ["export"]
    assert [row.action for row in traces(both)] == ["export.begun", "export.made", "export.fetched"]


def test_who_lost_the_account_meanwhile_gets_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    staff = account(shell)
    for number in (1, 2):
        settle_home(shell, number)
    made = exports.begin(shell, staff, Order("survey", "pdf"))
    with shell.engine.begin() as c:
        c.execute(update(accounts).where(accounts.c.id == staff.id).values(active=False))
    drain(shell)
    with shell.engine.connect() as c:
        row = jobs.find(c, TENANT, made)
    assert row is not None and (row["state"], row["error"]) == ("failed", "console.forms.not_yours")


def test_who_is_protected_meanwhile_is_not_on_the_rest(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.cases.models import case

    monkeypatch.setattr(exports, "AT_ONCE", 1)
    monkeypatch.setattr(making, "MOST_SHEETS", 1)
    staff = account(shell)
    ids = [settle_home(shell, number, f"福祉 {number}子") for number in (1, 2, 3)]
    made = exports.begin(shell, staff, Order("survey", "pdf"))
    run_slice(shell, {exports.KIND: exports.export_some})
    with shell.engine.begin() as c:
        c.execute(update(case).where(case.c.id == ids[2]).values(restricted=True))
    drain(shell)
    assert result(shell, made)["count"] == 2


def test_what_cp932_cannot_hold_is_told_afterwards(shell: Shell) -> None:
    staff = account(shell)
    settle_home(shell, 1, "𠮷田 花")
    made = exports.begin(shell, staff, Order("visit_list", "csv_cp932"))
    assert result(shell, made)["lost"] == [["T-2026-000001-0", "③氏名", "U+20BB7"]]


@pytest.mark.parametrize("order", [
    Order("survey", "csv"), Order("nothing", "pdf"), Order("survey_blank", "pdf", recipient_id="x"), Order("survey", "exe"),
])  # fmt: skip
def test_there_is_no_such_form(shell: Shell, order: Order) -> None:
    staff = account(shell)
    assert not order.valid
    with pytest.raises(NotForYou):
        exports.begin(shell, staff, order)


def test_nobody_fits(shell: Shell) -> None:
    with pytest.raises(Refused):
        exports.begin(shell, account(shell), Order("survey", "pdf", chosen=Selection(district="ない")))


def test_an_auditor_takes_nothing_out(shell: Shell) -> None:
    with pytest.raises(NotForYou):
        exports.begin(shell, account(shell, "auditor", AUDITOR), Order("survey", "pdf", settle_home(shell, 1)))
