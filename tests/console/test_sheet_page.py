"""The 早見表 in the console: seen in every language, taken out, edited in Excel, brought back as a draft."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select

from backend.app import Shell
from backend.files.models import stored_file
from backend.programs.models import program_edition
from backend.programs.sheet.store import changes_of
from backend.tenants.models import disaster
from tests.console.conftest import Browser, MakeStaff, NewBrowser

REPAIR = "emergency_repair"


@pytest.fixture
def hanako(shell: Shell, tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser) -> Browser:
    make_staff("hanako")
    make_staff("kenji", "supervisor")
    with shell.engine.begin() as c:
        c.execute(insert(disaster).values(
            id="d", tenant_id=tenant_id, name={"ja": "6月の大雨", "en": "June rain"}, happened_on=shell.clock().date(), prefecture="40",
            municipality="40202", acts={"relief_act_applied": True, "recovery_support_act_applied": True}))
    return new_browser("hanako")


def edited(content: bytes, **values: Any) -> bytes:
    """The workbook with some of one program's line typed anew."""
    book = load_workbook(BytesIO(content))
    tab = book.worksheets[1]
    places = {str(cell.value): cell.column for cell in tab[1] if cell.value}
    row = next(row for row in range(4, tab.max_row + 1) if tab.cell(row, places["id"]).value == REPAIR)
    for name, value in values.items():
        tab.cell(row, places[name]).value = value
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def bring(browser: Browser, content: bytes) -> Browser:
    browser.open("/console/sheet")
    hidden = browser.hidden("/console/sheet/bring")
    answer = browser.client.post("/console/sheet/bring", data=hidden, files={"sheet": ("早見表 山田.xlsx", content, "application/octet-stream")})
    return browser._took(answer)


def workbook(browser: Browser) -> bytes:
    return bytes(browser.client.get("/console/sheet/file?format=xlsx&locale=ja").content)


def test_the_sheet_stands_there_in_every_language(hanako: Browser) -> None:
    assert hanako.open("/console/sheet").has("被災者支援早見表", "住宅の応急修理", "全壊")
    assert hanako.open("/console/sheet?locale=en").has("June rain", 'lang="en"')
    assert hanako.open("/console/sheet?locale=ja%40simple").has("全壊（ぜんかい）")
    assert hanako.open("/console/sheet?locale=xx").has("被災者支援早見表")


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("html", b"<!doctype html>")])
def test_it_is_taken_out_as_a_file(hanako: Browser, kind: str, begins: bytes) -> None:
    answer = hanako.client.get(f"/console/sheet/file?format={kind}&locale=en")
    assert answer.content.startswith(begins) and f"tsunagi-2026-07-06-en.{kind}" in answer.headers["content-disposition"]
    assert hanako.client.get("/console/sheet/file?format=exe").status_code == 404


def test_an_edited_workbook_is_compared_becomes_a_draft_and_holds_when_approved(shell: Shell, hanako: Browser, new_browser: NewBrowser) -> None:
    page = bring(hanako, edited(workbook(hanako), desk="建設課 住まいの係", note="先に電話してください。"))
    assert page.has("違うところが2か所", "住宅の応急修理", "建設課 住まいの係", "先に電話してください。", "まだ何も変わっていません")
    with shell.engine.connect() as c:
        assert not c.execute(select(program_edition.c.id)).all()
        assert [row.name for row in c.execute(select(stored_file.c.name))] == ["sheet.xlsx"]
    page.send("/console/sheet/draft")
    draft = page.path
    assert page.has("早見表の取り込み", "建設課 住まいの係")
    page.send(f"{draft}/ask")
    new_browser("kenji").open(draft).send(f"{draft}/approve")
    with shell.engine.connect() as c:
        assert changes_of(c, "tenant-tsunagi")[REPAIR].desk == "建設課 住まいの係"
    assert hanako.open("/console/sheet").has("建設課 住まいの係")


def test_an_untouched_workbook_brings_nothing(hanako: Browser) -> None:
    assert bring(hanako, workbook(hanako)).has("取り込むものはありません")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"phone": 943320000}, "最初の0を消しています"),
        ({"decided": "来月末"}, "日付は 2026-05-31 のように"),
        ({"on": "たぶん"}, "○ か × を"),
        ({"level4": "最大1,000万円"}, "この列は変えられません"),
        ({"id": "emergency_repairs"}, "「emergency_repairs」がありません"),
        ({"desk": "=1+1"}, "計算式です"),
    ],
)
def test_a_mistake_is_told_with_row_and_column_in_the_reader_s_language(hanako: Browser, typed: dict[str, Any], sentence: str) -> None:
    page = bring(hanako, edited(workbook(hanako), **typed))
    assert page.status == 422 and page.has("取り込んでいません", "行目", sentence)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"no workbook"])
def test_another_file_is_refused_in_a_sentence(hanako: Browser, content: bytes) -> None:
    page = bring(hanako, content)
    assert page.status == 422 and page.has("読めるExcelファイル")


def test_a_sheet_that_is_older_than_what_holds_is_refused(shell: Shell, hanako: Browser) -> None:
    old = workbook(hanako)
    with shell.engine.begin() as c:
        c.execute(disaster.update().values(acts={"relief_act_applied": False}))
    assert bring(hanako, edited(old, note="a")).has("新しい表をダウンロード")


def test_a_while_later_the_file_is_gone_and_has_to_be_sent_again(hanako: Browser, clock: Any) -> None:
    page = bring(hanako, edited(workbook(hanako), note="a"))
    clock.move(minutes=21)
    assert page.send("/console/sheet/draft").status == 409
