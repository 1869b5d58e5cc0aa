"""What staff see: from the draft over the preview and the second person to the results, and the switch on every page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from backend.campaigns import counting, service
from backend.campaigns.audience import Audience, preview
from backend.campaigns.models import approach, campaign, member, outreach
from backend.cases.models import case
from backend.contacts.models import contact, other_way
from backend.contacts.service import Told, note
from backend.jobs.kinds import SLICES
from backend.jobs.models import job
from backend.jobs.run import run_slice
from backend.people.models import person
from tests.campaigns import planner as at_desk
from tests.console.conftest import _quick_passwords, app, make_staff, new_browser  # noqa: F401

town, shell, planner = at_desk.town, at_desk.shell, at_desk.planner


@pytest.fixture
def chief(new_browser, make_staff):  # noqa: F811
    make_staff("kacho2", "supervisor")
    return new_browser("kacho2")


LADDER = {f"{which}_{by}": days for which in ("standard", "pressing")
          for by, days in (("chat", "0"), ("remind", "3"), ("phone", "5"), ("visit", "5"))}
FORM = {"name": "夏の声かけ", "kind": "outreach", "pace": "36000", **LADDER}


def draft(browser, **fields: str) -> str:
    browser.open("/console/outreach/new").send("/console/outreach/new", **{**FORM, **fields})
    assert browser.status == 200 and browser.path.startswith("/console/campaigns/"), browser.html[:400]
    return browser.path


def test_from_the_draft_to_the_results(town, planner):
    answering = town.household("U1")
    town.household("U2")
    here = draft(planner)
    assert planner.has("2世帯", "対象の確認", "今月送れる通数に上限はありません", "いま始めたら", "つなぎ市の生活再建の相談窓口です")
    planner.send(f"{here}/ask")
    assert planner.has("実施中")
    town.enrol()
    town.tick()
    town.clock.move(minutes=20)
    town.writes(answering)
    planner.open(here)
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", planner.html))
    assert figures == {"返事があった・所在が分かった": "1", "まだ返事がない": "1", "断られた": "0", "ほかの理由で終わり": "0", "全世帯": "2"}
    assert planner.has("受け付けられた", "読まれたかどうかは分かりません")
    town.days(4)
    planner.log_in("hanako").open(here)
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", planner.html))
    assert (figures["返事があった・所在が分かった"], figures["まだ返事がない"]) == ("1", "1")


def test_the_preview_says_why_each_is_in_or_out(town, planner):
    town.household("U1", damage_level="total")
    town.household("U2", damage_level="half")
    town.household(damage_level="total", restricted=True)
    closed = town.household("U4", damage_level="total", status="closed")
    town.household("U5", damage_level="total", answers={"contact_way": "none"})
    town.household(damage_level="total", phone="0944-00-0000")
    draft(planner, damage="total")
    assert planner.has("2世帯", "終了したケース", "断られた・連絡を望まない", "最初は電話（職員）", "最初はチャット")
    (row,) = town.rows(case, case.c.id == closed)
    assert row.number in planner.html
    (shut,) = town.rows(case, case.c.restricted)
    assert shut.number not in planner.html and "取扱注意" not in planner.html.partition("<main")[2]
    assert town.count(member) == 0 == town.count(approach)  # a dry run


def test_news_reach_those_who_are_being_called_on_too_and_only_by_chat(town, planner):
    town.household("U1")
    town.household(phone="0944-00-0000")
    town.begin()
    town.tick()
    draft(planner, kind="news", words_ja="炊き出しがあります。")
    assert planner.has("1世帯", "送る方法がない", "炊き出しがあります。") and not planner.has("別の声かけの途中")


def test_above_the_limit_somebody_else_approves(town, planner, chief):
    for number in range(3):
        town.household(f"U{number}")
    chief.open("/console/outreach").send("/console/outreach/habits", approve_over="2", weekly_cap="2", quiet_from="19:00", quiet_until="09:00", month_pushes="")
    here = draft(planner)
    assert planner.has("承認を依頼する", "2世帯を超えるため")
    planner.send(f"{here}/ask")
    assert planner.has("承認待ち", "作成した人とは別の責任者が承認して始めます")
    assert f"{here}/approve" not in planner.html
    chief.open(here)
    chief.send(f"{here}/approve")
    assert chief.has("実施中", "承認：kacho2さん")


def test_a_supervisor_cannot_approve_their_own(town, chief):
    town.household("U1")
    chief.open("/console/outreach").send("/console/outreach/habits", approve_over="0", weekly_cap="2", quiet_from="19:00", quiet_until="09:00", month_pushes="")
    here = draft(chief)
    chief.send(f"{here}/ask")
    assert chief.has("承認待ち") and f"{here}/approve" not in chief.html
    hidden = chief.hidden(f"{here}/back")
    answer = chief.client.post(f"{here}/approve", data=hidden)
    assert answer.status_code == 400 and "別の責任者" in answer.text
    assert town.rows(campaign)[0].state == "asked"


@pytest.mark.parametrize("page", ["/console/outreach", "/console/outreach/new", "a campaign"])
def test_the_switch_is_on_every_page_of_outreach(town, planner, chief, page):
    town.household("U1")
    here = draft(planner) if page == "a campaign" else page
    planner.open(here).send("/console/outreach/stop")
    assert planner.path == here and planner.has("自動の送信は止まっています", "hanakoさん", "再開できるのは責任者")
    assert town.rows(outreach)[0].stopped_at is not None
    chief.open(here).send("/console/outreach/release")
    assert not chief.has("自動の送信は止まっています") and town.rows(outreach)[0].stopped_at is None


@pytest.mark.parametrize(("fields", "said"), [
    ({"name": " "}, "名前を書いてください"), ({"kind": "news"}, "お知らせの文面を、日本語で書いてください"), ({"pace": "7"}, "種類と速さ"),
    ({"standard_chat": "x"}, "段階を確かめて"), ({"standard_phone": "99"}, "段階を確かめて"), ({"words_ja": "あ" * 501}, "文が長すぎます"),
])
def test_what_is_wrong_is_said_and_nothing_is_kept(town, planner, fields, said):
    planner.open("/console/outreach/new").send("/console/outreach/new", **{**FORM, **fields})
    assert planner.status == 400 and said in planner.html and town.count(campaign) == 0


def test_two_who_change_it_at_once(town, planner, chief):
    town.household("U1")
    here = draft(planner)
    planner.open(f"{here}/edit")
    chief.open(f"{here}/edit").send(f"{here}/edit", **{**FORM, "name": "秋の声かけ"})
    planner.send(f"{here}/edit", **{**FORM, "name": "冬の声かけ"})
    assert planner.status == 409 and planner.has("秋の声かけ", "冬の声かけ")


def test_the_quota_pauses_it_and_says_so(town, planner):
    for number in range(4):
        town.household(f"U{number}")
    here = draft(planner)
    planner.send(f"{here}/ask")
    with town.engine.begin() as c:
        c.execute(update(outreach).values(quota_limit=1000, quota_used=998, quota_at=town.clock()))
    town.enrol()
    for _ in range(3):
        town.tick()
        town.clock.move(seconds=10)
    assert len(town.sent) == 2
    assert planner.open(here).has("今月送れる通数を使い切ったため")


def test_the_ledger_counts_what_line_counts(town, planner):
    town.household("U1")
    town.begin()
    town.tick()
    planner.open("/console/outreach")
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", planner.html))
    assert figures == {"返事（無料）": "0", "こちらから送った分": "1", "あと送れる通数": "上限なし。".rstrip("。")}


# --- the contact log ------------------------------------------------------------------------------------------------


def test_noting_a_visit(town, planner):
    home = town.household("U1")
    here = f"/console/cases/{home}/contacts"
    planner.open(here)
    assert planner.has("まだ一度も連絡がとれていません")
    planner.send(here, channel="visit", result="card_left", on="2026-07-06", at="09:30", note="隣の人は元気だと言う")
    assert planner.has("不在・不在票を置いた", "隣の人は元気だと言う", "まだ一度も連絡がとれていません")
    planner.send(here, channel="phone", result="answered", on="2026-07-06", at="09:45", note="", next_on="2026-07-13")
    assert planner.has("初めて連絡がとれた日：7月6日 09:45", "次は7月13日")
    assert [(row.channel, row.direction, row.result) for row in town.rows(contact)] == [
        ("visit", "out", "card_left"), ("phone", "out", "answered")]


@pytest.mark.parametrize("fields", [
    {"on": "2026-07-07"}, {"on": "2020-01-01"}, {"on": "gestern"}, {"at": "25:00"}, {"result": "sent"}, {"channel": "pigeon"},
    {"next_on": "2026-07-05"}, {"next_on": "2031-01-01"},
])
def test_what_cannot_be_is_not_noted(town, planner, fields):
    home = town.household("U1")
    here = f"/console/cases/{home}/contacts"
    planner.open(here).send(here, **{"channel": "visit", "result": "met", "on": "2026-07-06", "at": "09:30", "note": "", **fields})
    assert planner.status == 400 and town.count(contact) == 0


def test_a_name_is_shown_only_to_whom_it_may_be(town, planner):
    town.household("U1")
    with town.engine.begin() as c:
        c.execute(update(person).values(name="田中 一郎"))
    draft(planner)
    assert planner.has("田中 一郎")
    with town.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
    assert not planner.open(planner.path).has("田中 一郎") and planner.has("0世帯")


@pytest.mark.parametrize(("kind", "given", "kept"), [
    ("sms", "０９０－１２３４－５６７８", "+819012345678"), ("sms", "060 1234 5678", "+816012345678"), ("email", "Hanako@Example.jp", "hanako@example.jp"),
])
def test_another_way_is_kept_as_the_networks_want_it_and_set_aside(town, planner, kind, given, kept):
    home = town.household("U1")
    here = f"/console/cases/{home}"
    planner.open(f"{here}/contacts").send(f"{here}/ways", kind=kind, address=given)
    assert planner.has(kept) and [(row.kind, row.address, row.good) for row in town.rows(other_way)] == [(kind, kept, True)]
    planner.send(f"{here}/ways/aside")
    assert not planner.has(kept) and [row.good for row in town.rows(other_way)] == [False]
    planner.send(f"{here}/ways", kind=kind, address=given)
    assert planner.has(kept) and town.count(other_way) == 1


@pytest.mark.parametrize(("kind", "given"), [("sms", "0944-41-0000"), ("sms", "山田"), ("email", "hanako"), ("email", "a@b.jp, c@d.jp"), ("fax", "1")])
def test_what_is_no_address_is_said(town, planner, kind, given):
    home = town.household("U1")
    planner.open(f"/console/cases/{home}/contacts").send(f"/console/cases/{home}/ways", kind=kind, address=given)
    assert planner.status == 400 and planner.has("確かめてください") and town.count(other_way) == 0


def test_a_large_audience_is_counted_exactly_by_a_job_with_its_progress(town, planner, monkeypatch):
    monkeypatch.setattr("backend.campaigns.counting.AT_ONCE", 3)
    monkeypatch.setattr("backend.campaigns.counting.PAGES", 2)
    monkeypatch.setattr("backend.campaigns.audience.PAGE", 2)
    homes = [town.household(f"U{n}" if n % 2 else "", damage_level="total") for n in range(11)]
    town.household("U-shut", damage_level="total", restricted=True)
    note(town.engine, town.clock, town.second, homes[0], Told("phone", "refused", town.clock()))
    here = draft(planner, damage="total")
    assert planner.has("対象を数えています（0／12世帯）") and f"{here}/ask" not in planner.html
    assert run_slice(town.shell, SLICES)
    assert "4／12" in planner.client.get(here.replace("/console/", "/console/live/") + "/counting").text
    while run_slice(town.shell, SLICES):
        pass
    assert "結果を見る" in planner.client.get(here.replace("/console/", "/console/live/") + "/counting").text
    planner.open(here)
    assert planner.has("10世帯", "に数えました", "断られた・連絡を望まない", "最初はチャット", "T-0002")
    with town.engine.connect() as c:
        row = service.find(c, town.planner, here.rpartition("/")[2])
        found = counting.preview_of(counting.counted(c, row))
        assert found == preview(c, row["tenant_id"], Audience.of(row["audience"]), town.clock(), sms=False, campaign_id=row["id"])
    planner.send(f"{here}/ask")
    assert planner.has("実施中") and town.campaign(here.rpartition("/")[2]).counted == 10


def test_another_audience_is_counted_anew_and_the_same_one_is_counted_once(town, planner, monkeypatch):
    monkeypatch.setattr("backend.campaigns.counting.AT_ONCE", 1)
    for n in range(3):
        town.household(f"U{n}", damage_level="total" if n else "half")
    here = draft(planner)
    planner.open(f"{here}/edit").send(f"{here}/edit", **{**FORM, "name": "秋の声かけ"})
    assert town.count(job) == 1
    planner.open(f"{here}/edit").send(f"{here}/edit", **{**FORM, "damage": "total"})
    assert town.count(job) == 2
    while run_slice(town.shell, SLICES):
        pass
    assert planner.open(here).has("2世帯") and not planner.has("数えています")
    planner.send(f"{here}/count")
    assert town.count(job) == 3 and planner.has("数えています")
