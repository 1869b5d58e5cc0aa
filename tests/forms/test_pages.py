"""A caseworker makes paper in the browser: for one case with a tap, for a filter, large ones with progress."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from backend.app import Shell
from backend.forms import exports
from backend.jobs.run import run_slice
from tests.console.conftest import (
    Browser,
    MakeStaff,
    NewBrowser,
    _quick_passwords,
    app,
    make_staff,
    new_browser,
)
from tests.forms.conftest import outsider, settle_home

__all__ = ["_quick_passwords", "app", "make_staff", "new_browser"]


@pytest.fixture
def browser(shell: Shell, make_staff: MakeStaff, new_browser: NewBrowser) -> Browser:
    make_staff("hanako")
    return new_browser("hanako")


def fetched(browser: Browser) -> tuple[str, bytes]:
    answer = browser.client.get(f"{browser.path}/file")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    return unquote(answer.headers["content-disposition"].partition("''")[2]), answer.content


def test_a_survey_sheet_of_a_case(shell: Shell, browser: Browser) -> None:
    case_id = settle_home(shell, 1)
    page = f"/console/cases/{case_id}/forms"
    browser.open(page)
    assert browser.status == 200 and browser.has("T-2026-000001-0", "訪問調査票") and not browser.has("白紙")
    browser.send(page, what="survey", format="pdf")
    assert browser.path.startswith("/console/exports/") and browser.has("できました", "1世帯")
    name, content = fetched(browser)
    assert name == "訪問調査票_20260706.pdf" and content.startswith(b"%PDF")


def test_a_list_of_a_filter_that_becomes_long_work(shell: Shell, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    for number in (1, 2, 3):
        settle_home(shell, number, district="中央" if number < 3 else "北")
    browser.open("/console/exports")
    browser.send("/console/exports", what="visit_list", format="csv", status="open", district="中央")
    assert browser.has("順番を待っています", "2世帯のうち 0世帯", "data-live")
    where = browser.path
    while run_slice(shell, {exports.KIND: exports.export_some}):
        pass
    browser.open(f"/console/live{where.removeprefix('/console')}")
    assert browser.has("できました", "2世帯")
    browser.path = where
    assert fetched(browser)[1].decode("utf-8-sig").count("福祉 福子") == 2
    assert browser.open("/console/exports").has("作った帳票", where)


def test_a_blank_sheet_for_the_field(browser: Browser) -> None:
    browser.open("/console/exports")
    browser.send("/console/exports", what="survey_blank", format="pdf")
    assert fetched(browser)[0] == "訪問調査票（記入用）_20260706.pdf"


def test_long_work_can_be_stopped(shell: Shell, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    for number in (1, 2):
        settle_home(shell, number)
    browser.open("/console/exports")
    browser.send("/console/exports", what="record", format="pdf")
    browser.send(f"{browser.path}/stop")
    assert browser.has("中止しました") and not run_slice(shell, {exports.KIND: exports.export_some})


@pytest.mark.parametrize(("form", "format", "said"), [
    ("survey", "csv", "その帳票は、その形式では作れません。"), ("nothing", "pdf", "その帳票は、その形式では作れません。"),
    ("survey", "pdf", "当てはまる世帯がありません。"),
])  # fmt: skip
def test_what_cannot_be_made_is_said(browser: Browser, form: str, format: str, said: str) -> None:
    browser.open("/console/exports")
    browser.send("/console/exports", what=form, format=format, district="ない")
    assert browser.status == 422 and browser.has(said)


def test_for_a_recipient_the_page_says_who_was_left_out(shell: Shell, browser: Browser) -> None:
    settle_home(shell, 1, consent={"professional": "given"})
    settle_home(shell, 2)
    browser.open("/console/exports")
    assert not browser.has("みどり法律事務所")
    lawyer = outsider(shell)
    browser.open("/console/exports")
    browser.send("/console/exports", what="supported_list", format="xlsx", status="open", recipient=lawyer)
    assert browser.has("1世帯", "提供の同意がないため載せていない世帯：1件")


def test_a_colleague_sees_that_it_was_made_and_cannot_open_it(
    shell: Shell, browser: Browser, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    case_id = settle_home(shell, 1)
    browser.open(f"/console/cases/{case_id}/forms")
    browser.send(f"/console/cases/{case_id}/forms", what="record", format="xlsx")
    make_staff("taro")
    colleague = new_browser("taro").open(browser.path)
    assert colleague.has("開けるのは、作ったhanakoさんだけです。") and not colleague.has(f"{browser.path}/file")
    answer = colleague.client.get(f"{browser.path}/file", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, browser.path)


def test_a_form_of_somebody_elses_recipient_is_not_there(browser: Browser, shell: Shell) -> None:
    settle_home(shell, 1)
    browser.open("/console/exports")
    browser.send("/console/exports", what="survey", format="pdf", status="open", recipient="invented")
    assert browser.status == 404



def test_the_case_page_makes_a_form_with_one_tap(shell: Shell, browser: Browser) -> None:
    case_id = settle_home(shell, 1)
    browser.open(f"/console/cases/{case_id}")
    assert browser.status == 200 and browser.has("帳票の作成・書き出し", f'href="/console/cases/{case_id}/forms"')
    forms = re.findall(r'<input type="hidden" name="what" value="(\w+)">', browser.html)
    assert forms == ["survey", "record", "policy", "meeting", "handover"]
    browser.send(f"/console/cases/{case_id}/forms", what="handover", format="pdf")
    assert fetched(browser)[0] == "引継ぎシート_20260706.pdf"


def test_the_list_of_cases_hands_its_choice_over(shell: Shell, browser: Browser) -> None:
    settle_home(shell, 1, language="vi")
    browser.open("/console/cases?language=vi&district=中央")
    where = re.search(r'href="(/console/exports\?[^"]+)"', browser.html)
    assert where
    browser.open(where[1].replace("&amp;", "&"))
    assert browser.has('name="language" value="vi"', "一覧で選んだほかの条件も引き継いでいます。")
    browser.send("/console/exports", what="visit_list", format="csv", status="open", district="")
    assert browser.has("1世帯")
