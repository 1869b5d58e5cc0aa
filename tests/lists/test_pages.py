"""A supervisor brings a list in, and a caseworker decides who is the same, in a browser without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import case
from backend.jobs.run import run_slice
from backend.lists import finding
from backend.lists.runs import Run
from backend.people import service as people
from tests.console.conftest import (  # noqa: F401
    Browser,
    MakeStaff,
    NewBrowser,
    app,
    make_staff,
    new_browser,
    shell,
    tenant_id,
)
from tests.console.conftest import _quick_passwords as _quick_passwords
from tests.console.world import settle
from tests.lists.conftest import HANAKO, HEADER, SLICES, TARO, sheet
from tests.lists.test_files import book


@pytest.fixture
def desk(shell: Shell, tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser) -> Browser:  # noqa: F811
    make_staff("supervisor", "supervisor")
    make_staff("caseworker")
    return new_browser("supervisor")


def put_in(browser: Browser, content: bytes, kind: str = "visit") -> Browser:
    browser.open("/console/lists")
    answer = browser.client.post("/console/lists", data={**browser.hidden("/console/lists"), "kind": kind},
                                 files={"file": ("名簿.xlsx", content, "application/octet-stream")})
    return browser._took(answer)


def worked(shell: Shell) -> None:  # noqa: F811
    while run_slice(shell, SLICES):
        pass


def test_from_the_file_to_the_cases(desk: Browser, shell: Shell) -> None:  # noqa: F811
    put_in(desk, sheet(["令和8年6月豪雨"], [*HEADER, "謎の欄"], HANAKO, TARO, ["3", "", "", "", "S65.1.2"]))
    assert desk.has("列の割り当て", "①管理番号", "山田　花子", "謎の欄")
    here = desk.path
    chosen = dict(re.findall(r'<select class="input" id="c\d+" name="(column\d+)">.*?<option value="(\w*)" selected>', desk.html, re.S))
    assert chosen["column2"] == "name" and "column10" not in chosen
    desk.send(f"{here}/check", **chosen)
    assert desk.has("確かめています")
    worked(shell)
    desk.open(here)
    assert desk.has("まだ取り込んでいません", "氏名もふりがなもありません", "S30.1.2", "2行を取り込む", "1948-04-02")
    with shell.engine.connect() as c:
        assert c.execute(select(case)).first() is None
    desk.send(f"{here}/take-in")
    worked(shell)
    assert desk.open(here).has("取り込みました", "新しいケース")
    with shell.engine.connect() as c:
        assert len(c.execute(select(case)).all()) == 2
        assert {"list.put_in", "list.checked", "list.applied"} <= set(c.execute(select(audit.c.action)).scalars())
    assert desk.open("/console/lists").has("名簿.xlsx", "取り込みました")


def test_one_thing_to_mend_is_one_line_with_its_rows_and_the_words_that_fit(desk: Browser, shell: Shell) -> None:  # noqa: F811
    """Whoever made the list wrote ひどい twenty times: it is mended once."""
    put_in(desk, sheet(HEADER, *([str(at), "三池", f"山田 {at}", "やまだ", "S30.1.2", "女", f"三池{at}", "", "取得済み", "ひどい" if at % 2 else "半壊"] for at in range(1, 31))))
    here = desk.path
    chosen = dict(re.findall(r'<select class="input" id="c\d+" name="(column\d+)">.*?<option value="(\w*)" selected>', desk.html, re.S))
    desk.send(f"{here}/check", **chosen)
    worked(shell)
    desk.open(here)
    assert desk.html.count("「ひどい」") == 1 and desk.has("2、4、6、8、10、12、14、16、18、20、22、24 ほか3行")
    assert desk.has("次のどれかの言葉で書いてください：全壊、大規模半壊、中規模半壊、半壊、準半壊、一部損壊、被害なし", "30行を取り込む")


def test_another_sheet_of_the_same_file_is_one_button_away(desk: Browser, shell: Shell) -> None:  # noqa: F811
    def hide(made: Workbook) -> None:
        made["新栄"].row_dimensions[3].hidden = True

    put_in(desk, book({"新栄": [HEADER, HANAKO, HANAKO], "三池 <1>": [HEADER, TARO]}, hide))
    first = desk.path
    assert desk.has("ほかのシート", "ここで読み込んだのは「新栄」だけです", "「三池 &lt;1&gt;」も読み込む", "非表示の行（フィルターなど）が1行")
    desk.send(f"{first}/sheet", sheet="三池 <1>")
    assert desk.path != first and desk.has("三池 &lt;1&gt;", "髙﨑 太郎", "「新栄」も読み込む") and "隠れている行" not in desk.html
    desk.open(first).send(f"{first}/sheet", sheet="無い")
    assert desk.status == 422 and desk.has("その名前のシートがありません")


def test_people_who_cannot_be_found_yet_are_told_and_made_findable(desk: Browser, shell: Shell) -> None:  # noqa: F811
    put_in(desk, sheet(HEADER, HANAKO))
    here = desk.path
    with shell.engine.begin() as c:
        finding.keep(c, here.rpartition("/")[2], Run.of({}).packed())
    assert desk.open("/console/lists").has("検索の準備が止まっています") and desk.open(here).has("まだ検索で見つからない人")
    desk.send(f"{here}/find")
    assert "検索で見つからない" not in desk.html, "it is under way"
    worked(shell)
    assert "検索で見つからない" not in desk.open(here).html and "検索の準備" not in desk.open("/console/lists").html


def test_a_photo_is_no_list_and_the_page_says_so(desk: Browser) -> None:
    put_in(desk, b"\xff\xd8\xff\xe0 photo")
    assert desk.status == 422 and desk.has("文字を読み取れません")
    desk.open("/console/lists").send("/console/lists", kind="visit")
    assert desk.status == 422 and desk.has("ファイルを選んで")


def test_one_column_twice_is_said_on_the_page(desk: Browser) -> None:
    put_in(desk, sheet(HEADER, HANAKO))
    desk.send(f"{desk.path}/check", column2="name", column3="name")
    assert desk.status == 422 and desk.has("2つの列に選んでいます")


def test_the_workbook_is_there_to_be_filled_in(desk: Browser) -> None:
    answer = desk.client.get("/console/lists/template")
    assert answer.content[:2] == b"PK" and "list.xlsx" in answer.headers["content-disposition"]


def test_two_records_side_by_side_one_and_two_again(desk: Browser, shell: Shell, new_browser: NewBrowser) -> None:  # noqa: F811
    home = settle(shell, "tenant-tsunagi", "山田花子")
    with shell.engine.begin() as c:
        people.write(c, home.ids["person"], {"birth_date": "1948-04-02"}, source="line", by=None, at=shell.clock())
    put_in(desk, sheet(HEADER, HANAKO))
    chosen = {f"column{place}": id for place, id in enumerate(("number", "district", "name", "kana", "birth_date", "sex", "address", "phone", "certificate", "damage_level"))}
    here = desk.path
    desk.send(f"{here}/check", **chosen)
    worked(shell)
    desk.open(here).send(f"{here}/take-in")
    worked(shell)
    browser = new_browser("caseworker")
    browser.open("/console/matching")
    assert browser.has("山田 花子", "氏名が同じ", "電話番号が同じ", "未確認（1）")
    (link,) = re.findall(r'href="(/console/matching/\w{26})"', browser.html)
    browser.open(link)
    assert browser.has("同じ人ですか", "書き方だけ違う", "片方だけ", "新栄町１丁目２−３", "受け取った")
    browser.send(f"{link}/decide", decision="same")
    assert browser.path == "/console/matching" and browser.has("1つの記録にまとめました", "元に戻す")
    with shell.engine.connect() as c:
        assert c.execute(select(case.c.status).where(case.c.id != home.ids["case"])).scalar_one() == "merged"
    (undo,) = re.findall(r'action="(/console/merges/\w+/undo)"', browser.html)
    browser.send(undo)
    assert browser.has("元に戻しました", "未確認（1）")
    browser.open(link).send(f"{link}/decide", decision="later")
    assert browser.has("「あとで」に移しました", "あとで（1）")


def test_words_that_are_searched_for_stand_in_no_address(desk: Browser, shell: Shell, new_browser: NewBrowser, tmp_path: Path) -> None:  # noqa: F811
    put_in(desk, sheet(HEADER, HANAKO, TARO))
    here = desk.path
    desk.send(f"{here}/check", column2="name", column3="kana", column6="address")
    worked(shell)
    desk.open(here).send(f"{here}/take-in")
    worked(shell)
    browser = new_browser("caseworker")
    browser.open("/console/search").send("/console/search", words="はなこ")
    assert browser.has("山田 花子", "1件") and not browser.has("髙﨑")
    with shell.engine.connect() as c:
        number = c.execute(select(case.c.number).order_by(case.c.number)).scalars().first()
    address = str(browser.client.get("/console/search").url)
    assert "はなこ" not in address
    browser.open("/console/search").send("/console/search", words=str(number).lower().replace("-", ""))
    assert browser.path.startswith("/console/cases/"), "one case for one number: there it is"
    browser.open("/console/search").send("/console/search", words="や")
    assert browser.has("探せません")


def test_a_sealed_search_is_for_whom_it_was_made(desk: Browser, shell: Shell, new_browser: NewBrowser) -> None:  # noqa: F811
    put_in(desk, sheet(HEADER, HANAKO))
    here = desk.path
    desk.send(f"{here}/check", column2="name", column3="kana")
    worked(shell)
    desk.open(here).send(f"{here}/take-in")
    worked(shell)
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
    desk.open("/console/search")
    answer = desk.client.post("/console/search", data={**desk.hidden("/console/search"), "words": "はなこ"}, follow_redirects=False)
    desk.open(answer.headers["location"])
    assert desk.has("山田 花子", "取扱注意")
    other = new_browser("caseworker")
    other.open(answer.headers["location"])
    assert not other.has("花子")
    other.open("/console/search").send("/console/search", words="はなこ")
    assert other.has("0件") and not other.has("花子")
    assert other.open("/console/search?s=%E3%81%AF%00zz").status == 200


def test_several_that_are_surely_the_same_are_decided_at_once(desk: Browser, shell: Shell, new_browser: NewBrowser) -> None:  # noqa: F811
    rows = [[str(n), "新栄", f"山田 {name}", kana, f"S2{n}.4.2", "女", f"新栄町{n}-1", f"090-1234-000{n}", "", "半壊"]
            for n, (name, kana) in enumerate((("花子", "やまだ はなこ"), ("梅子", "やまだ うめこ"), ("松子", "やまだ まつこ")), 1)]
    for kind in ("visit", "certificate"):
        put_in(desk, sheet(HEADER, *rows), kind)
        chosen = dict(re.findall(r'name="(column\d+)">.*?<option value="(\w*)" selected>', desk.html, re.S))
        here = desk.path
        desk.send(f"{here}/check", **chosen)
        worked(shell)
        desk.open(here).send(f"{here}/take-in")
        worked(shell)
    browser = new_browser("caseworker").open("/console/matching")
    ticks = re.findall(r'name="ticked" value="([^"]+)"', browser.html)
    assert len(ticks) == 3 and browser.has("未確認（3）")
    hidden = browser.hidden("/console/matching/same")
    stale = ticks[2].replace(".1", ".7")
    browser._took(browser.client.post("/console/matching/same", data={**hidden, "ticked": [*ticks[:2], stale, "x", "y.z"]}))
    assert browser.has("未確認（1）", "1つの記録にまとめました"), "what changed meanwhile is left as it is"
    hidden = browser.open("/console/matching").hidden("/console/matching/same")
    browser._took(browser.client.post("/console/matching/same", data=hidden))
    assert browser.status == 422
