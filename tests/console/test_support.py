"""A caseworker carries a household on the support page, without JavaScript, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from backend import ids
from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import answer, case, internal_note, policy_version, support_entry
from backend.journal.models import message, outbox
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, NewBrowser, make_test_shell
from tests.console.world import Home, settle


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, tmp_path: Path) -> Shell:
    return make_test_shell(engine, clock, tmp_path)


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    make_staff("hanako")
    make_staff("jiro")
    return settle(shell, tenant_id, "山田 花子")


@pytest.fixture
def address(home: Home) -> str:
    return f"/console/cases/{home.ids['case']}"


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_from_the_proposal_to_the_closing(new_browser: NewBrowser, shell: Shell, home: Home, address: str) -> None:
    with shell.engine.begin() as c:
        for field, value in (("rebuild_method", "undecided"), ("sleep", "cannot_sleep")):
            c.execute(insert(answer).values(
                tenant_id=home.tenant, case_id=home.ids["case"], field=field, state="given", value=value, by="self", about="self",
                source="line", at=shell.clock()))  # fmt: skip
    page = new_browser("hanako").open(f"{address}/support")
    assert page.has("4 日常生活・住まいの再建支援世帯", "住まいの再建の方針が決まっていない", "睡眠が十分にとれていない", "まだ決めていません")
    page.send(f"{address}/category", category="4", note="娘さんも心配している")
    page.send(f"{address}/policy", wish_home="元の場所に住みたい", policy="・月1回訪問する", as_of="2026-07-06")
    page.send(f"{address}/policy", wish_home="元の場所に住みたい", policy="・月2回訪問する", as_of="2026-08-06")
    assert page.has("第2版", "<del>・月1回訪問する</del>", "<ins>・月2回訪問する</ins>")
    page.send(f"{address}/review", on="2026-08-20")
    page.send(f"{address}/entries", text="電話で、眠れるようになったと聞いた。", on="2026-07-05")
    page.send(f"{address}/close", reason="community", handed_to="地域包括支援センター", handover="薬の管理を続けて見る")
    assert page.status == 200
    assert page.has("終了", "地域包括支援センターなどにつなぎ、改善している", "支援を再開する")
    sheet = new_browser("hanako").open(f"{address}/handover")
    assert sheet.has("薬の管理を続けて見る", "・月2回訪問する", "専門家", "娘さんも心配している")
    assert sheet.has("住まいの被害", "半壊"), "what happened to the household"
    page.open(f"{address}/support").send(f"{address}/reopen", note="また雨漏り")
    with shell.engine.begin() as c:
        row = c.execute(select(case)).one()
        assert (row.status, row.category, row.review_on) == ("open", 4, None)
        done = set(c.execute(select(audit.c.action)).scalars())
    assert {"case.categorised", "policy.written", "case.review_set", "entry.written", "case.closed", "case.reopened",
            "case.handover_viewed"} <= done  # fmt: skip


def test_the_record_is_written_by_what_is_done(new_browser: NewBrowser, home: Home, address: str) -> None:
    talk = f"/console/conversations/{home.ids['conversation']}"
    page = new_browser("hanako").open(address).send(f"{talk}/hold").send(f"{talk}/reply", text="明日うかがいます。").open(address)
    page.send(f"/console/visits/{home.ids['visit']}/mark", state="done", note="ご本人と話せた").open(f"{address}/support")
    said = text_of(page.html)
    assert "LINEで返信しました（1回）。" in said and "訪問しました。 ご本人と話せた" in said


def test_an_entry_of_today_or_before_never_of_tomorrow(new_browser: NewBrowser, shell: Shell, address: str) -> None:
    page = new_browser("hanako").open(f"{address}/support")
    assert page.send(f"{address}/entries", text="訪問した", on="2026-07-07").status == 422
    assert page.has("日付は今日までにしてください", "訪問した")
    page.send(f"{address}/entries", text="訪問した", on="2026-07-01")
    with shell.engine.begin() as c:
        (row,) = c.execute(select(support_entry)).all()
    assert (row.at.date().isoformat(), row.written_at) == ("2026-07-01", shell.clock())


@pytest.mark.parametrize(("action", "sent", "says"), [
    ("category", {}, "区分を1つ選んでください"),
    ("category", {"category": "5"}, "区分を1つ選んでください"),
    ("policy", {"policy": " "}, "本人の意向か支援方針を書いてください"),
    ("review", {"on": "2026-07-06"}, "明日からあとの日"),
    ("close", {"reason": "facility"}, "引き継ぐ先を書いてください"),
    ("close", {}, "終了の理由を選んでください"),
])  # fmt: skip
def test_what_is_missing_is_said(new_browser: NewBrowser, address: str, action: str, sent: dict[str, str], says: str) -> None:
    page = new_browser("hanako").open(f"{address}/support").send(f"{address}/{action}", **sent)
    assert page.status == 422 and page.has(says)


def test_the_second_of_two_is_shown_what_the_first_wrote(new_browser: NewBrowser, shell: Shell, address: str) -> None:
    first, second = (new_browser(name).open(f"{address}/support") for name in ("hanako", "jiro"))
    first.send(f"{address}/policy", policy="弁護士につなぐ")
    second.send(f"{address}/policy", policy="訪問を続ける")
    assert second.status == 409 and second.has("弁護士につなぐ", "訪問を続ける")
    assert first.send(f"{address}/category", category="2").status == 200
    second.open(address).open(f"{address}/support")
    stale = second.hidden(f"{address}/category") | {"version": "1"}
    assert second.client.post(f"{address}/category", data={**stale, "category": "3"}).status_code == 409
    with shell.engine.begin() as c:
        assert c.execute(select(case.c.category)).scalar_one() == 2
        assert c.execute(select(policy_version.c.policy)).scalars().all() == ["弁護士につなぐ"]


def test_a_note_stays_among_staff(new_browser: NewBrowser, shell: Shell, address: str) -> None:
    secret = "玄関の鍵は隣家の佐野さんが持っている"
    page = new_browser("hanako").open(f"{address}/notes").send(f"{address}/notes", text=secret)
    assert page.has(secret, "本人や連携先に送られることはありません")
    assert not new_browser("jiro").open(f"{address}/notes").has(f"{address}/notes/change"), "one's own alone"
    page.send(f"{address}/notes/change", text=f"{secret}。電話してから。")
    assert page.open(f"{address}/timeline?show=notes").has(secret)
    assert not page.open(f"{address}/handover").has(secret)
    with shell.engine.begin() as c:
        assert c.execute(select(internal_note.c.text)).scalar_one() == f"{secret}。電話してから。"
        sent = [row.content for row in c.execute(select(message.c.content))] + [row.key for row in c.execute(select(outbox.c.key))]
    assert secret not in str(sent)


def test_the_timeline_holds_everything_and_can_be_narrowed(new_browser: NewBrowser, home: Home, address: str) -> None:
    page = new_browser("hanako").open(f"{address}/timeline")
    said = text_of(page.html)
    for words in (
        "チャットからケースになりました", "LINE：本人から2件、職員から0件、自動の案内1件", "回答7件（LINE）", "士業", "訪問を希望", "弁護士への相談を希望",
        "対応待ち：", "家.jpg",
    ):  # fmt: skip
        if words != "士業":
            assert words in said, words
    page.open(f"{address}/timeline?show=consent")
    assert "訪問を希望" not in page.html and "情報の提供：" in page.html


def test_a_long_story_is_read_page_by_page(new_browser: NewBrowser, shell: Shell, home: Home, address: str, clock: MovableClock) -> None:
    with shell.engine.begin() as c:
        for number in range(70):
            c.execute(insert(support_entry).values(
                id=ids.new(), tenant_id=home.tenant, case_id=home.ids["case"], at=clock.move(minutes=1), kind="note",
                text=f"記録その{number}。", written_at=clock()))  # fmt: skip
    page = new_browser("hanako").open(f"{address}/timeline?show=done")
    assert page.has("記録その69。", "記録その10。") and not page.has("記録その9。")
    (earlier,) = re.findall(r'href="([^"]*before=[^"]*)"', page.html)
    page.open(earlier.replace("&amp;", "&"))
    assert page.has("記録その9。", "記録その0。", "ケースになりました") and not page.has("記録その10。")


def test_a_case_without_movement_says_so(new_browser: NewBrowser, shell: Shell, home: Home, address: str, clock: MovableClock) -> None:
    with shell.engine.begin() as c:
        c.execute(update(case).values(category=4))
    page = new_browser("hanako").open(f"{address}/support")
    assert not page.has("動きがありません")
    clock.move(days=46)
    assert new_browser("hanako").open(f"{address}/support").has("動きがありません")
