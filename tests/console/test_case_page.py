"""The list and the case page, on both databases: everything as the person saw it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from backend.app import Shell
from backend.audit import service as audit
from backend.audit.models import audit as trail
from backend.cases.models import case
from backend.journal.models import conversation, message
from backend.referrals.models import referral
from backend.tasks.models import task
from tests.chance import apart
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, NewBrowser, make_test_shell
from tests.console.world import NOTICE, Home, alert, settle, stranger


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


def test_the_list_puts_danger_first_and_counts_in_the_title(
    new_browser: NewBrowser, shell: Shell, home: Home
) -> None:
    page = new_browser("hanako")
    assert page.has("<title>今日やること</title>", "山田 花子", "専門家への相談")
    alert(shell, home, "red")
    page.open("/console")
    assert page.has("<title>(1) 今日やること</title>", "命の危険", "まだ誰も見ていません")
    assert page.html.index("命・緊急 <span") < page.html.index("そのほか（新しい順） <span")


def test_somebody_without_a_case_is_on_the_list_too(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    lone = stranger(shell, home.tenant, "水がありません")
    page = new_browser("hanako").open("/console")
    assert page.has("（ケースになる前の会話）", f"/console/conversations/{lone}")
    assert page.open(f"/console/conversations/{lone}").has("水がありません", "この会話を引き継ぐ")


def test_the_case_shows_the_conversation_as_the_person_saw_it(
    new_browser: NewBrowser, home: Home, address: str
) -> None:
    """ST-03: original and rendering, delivery state per message, consent beside the conversation."""
    page = new_browser("hanako").open(address)
    assert page.has("What is damaged?", "The roof", "どこがこわれていますか。", "屋根")
    assert page.has("届いたか不明"), "delivery state"
    assert page.has("&lt;b&gt;The roof&lt;/b&gt; &amp; the wall") and not page.has("<b>The roof")
    assert page.has("本人が送信を取り消しました")


def test_answers_show_how_they_were_not_given(new_browser: NewBrowser, address: str) -> None:
    """UX-03: わからない, あとで, 答えたくない are distinct stored values."""
    page = new_browser("hanako").open(address)
    assert page.has("半壊", "わからない", "あとで答える", "本人が回答を希望しない", "12万円", "1948年4月2日", "住まい、お金")


def test_the_situation_is_told_in_one_line_before_anything_else(new_browser: NewBrowser, address: str) -> None:
    html = new_browser("hanako").open(address).html
    glance = html[html.index('<dl class="glance"') : html.index("</dl>", html.index('<dl class="glance"'))]
    assert glance.index("住まい、お金") < glance.index("半壊") and "山田" not in glance
    assert "わからない" not in glance and "本人が回答を希望しない" not in glance
    assert html.index('<dl class="glance"') < html.index('id="talk-head"')


def test_consent_is_shown_with_its_wording(new_browser: NewBrowser, address: str) -> None:
    page = new_browser("hanako").open(address)
    assert page.has(NOTICE, "SHA-256 abababababab", "まだ聞いていません")


def test_suggestions_never_promise(new_browser: NewBrowser, address: str) -> None:
    """ST-12: programs are candidates with reasons and desk."""
    page = new_browser("hanako").open(address)
    assert page.has("被災者生活再建支援金", "最大150万円（50万円から）", "可能性あり", "約束しないでください")


def test_english_for_english_readers(new_browser: NewBrowser, address: str) -> None:
    page = new_browser("hanako").send("/console/language", locale="en").open(address)
    assert page.has("does not wish to answer", "may not have arrived", "up to ¥1,500,000 (from ¥500,000)")


def test_taking_over_answering_and_handing_back(
    new_browser: NewBrowser, shell: Shell, home: Home, address: str
) -> None:
    talk = f"/console/conversations/{home.ids['conversation']}"
    page = new_browser("hanako").open(address).send(f"{talk}/hold")
    assert page.has("あなたが話しています")
    page.send(f"{talk}/reply", text="  市の花子です。<お電話>してもよいですか。")
    assert page.has("市の花子です。&lt;お電話&gt;してもよいですか。", "送信待ち")
    page.send(f"{talk}/hand-back")
    assert page.has("今は自動応答が話しています")
    with shell.engine.begin() as c:
        said = c.execute(select(message.c.content).where(message.c.author == "staff")).scalars().all()
        assert [one["text"] for one in said] == ["市の花子です。<お電話>してもよいですか。"]
        assert c.execute(select(conversation.c.held_by)).scalar_one() is None


def test_two_people_do_not_answer_the_same_person(new_browser: NewBrowser, home: Home, address: str) -> None:
    """ST-02: claim, hand over, no double reply."""
    talk = f"/console/conversations/{home.ids['conversation']}"
    late = new_browser("jiro").open(address)
    new_browser("hanako").open(address).send(f"{talk}/hold")
    late.send(f"{talk}/hold")
    assert late.status == 409 and late.has("ほかの職員が引き継いでいます")
    assert late.open(address).has("hanakoさん") and not late.has(f'action="{talk}/reply"')


def test_a_form_sent_twice_is_done_once(new_browser: NewBrowser, shell: Shell, home: Home, address: str) -> None:
    """ST-11: a form sent twice does its work once."""
    talk = f"/console/conversations/{home.ids['conversation']}"
    page = new_browser("hanako").open(address).send(f"{talk}/hold")
    form = {**page.hidden(f"{talk}/reply"), "text": "一度だけ"}
    answers = [page.client.post(f"{talk}/reply", data=form, follow_redirects=False) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    with shell.engine.begin() as c:
        assert len(c.execute(select(message.c.id).where(message.c.author == "staff")).all()) == 1


def test_a_danger_rings_on_every_page_until_somebody_takes_it(
    new_browser: NewBrowser, shell: Shell, home: Home, address: str, make_staff: MakeStaff
) -> None:
    make_staff("admin", "administrator")
    red = alert(shell, home, "red")
    admin = new_browser("admin").open("/console/settings")
    assert admin.has("命の危険：すぐに対応してください") and not admin.has("山田", address)
    page = new_browser("hanako").open(address)
    assert page.has("命の危険：すぐに", "確認しました（対応します）", "ja.breath/1")
    page.send(f"/console/tasks/{red}/acknowledge")
    assert page.has("hanakoさん") and not page.has("命の危険：すぐに")
    page.send(f"/console/tasks/{red}/verdict", verdict="false")
    page.send(f"/console/tasks/{red}/finish")
    with shell.engine.begin() as c:
        row = c.execute(select(task).where(task.c.id == red)).one()
        assert (row.verdict, row.done_at is not None, row.acked_at is not None) == ("false", True, True)


def test_a_danger_that_went_on_after_the_page_was_opened_is_not_finished_unread(
    new_browser: NewBrowser, shell: Shell, home: Home, address: str
) -> None:
    red = alert(shell, home, "red")
    page = new_browser("hanako").open(address)
    with shell.engine.begin() as c:
        c.execute(insert(message).values(
            conversation_id=home.ids["conversation"], direction="in", author="person", content={"shown": "まだ息が苦しい", "kind": "said"}, at=shell.clock()))
    page.send(f"/console/tasks/{red}/finish")
    assert page.status == 409 and page.has("まだ読んでいないメッセージ", f'href="{address}')
    again = new_browser("hanako").open(address)
    assert again.has("まだ息が苦しい") and again.send(f"/console/tasks/{red}/finish").status == 200
    with shell.engine.begin() as c:
        assert c.execute(select(task.c.done_at).where(task.c.id == red)).scalar_one() is not None


def test_a_referral_is_marked_and_a_late_colleague_sees_the_difference(
    new_browser: NewBrowser, shell: Shell, home: Home, address: str
) -> None:
    act = f"/console/referrals/{home.ids['referral']}/mark"
    late = new_browser("jiro").open(address)
    page = new_browser("hanako").open(address).send(act, state="accepted", note="木曜に会う", recipient="")
    assert page.has("引き受け", "木曜に会う", "hanakoさん")
    late.send(act, state="declined", note="忙しいとのこと", recipient="")
    assert late.status == 409 and late.has("忙しいとのこと", "木曜に会う", "ほかの人が先に変更しました")
    with shell.engine.begin() as c:
        assert c.execute(select(referral.c.state)).scalar_one() == "accepted"


def test_a_visit_is_marked(new_browser: NewBrowser, home: Home, address: str) -> None:
    page = new_browser("hanako").open(address)
    page.send(f"/console/visits/{home.ids['visit']}/mark", state="planned", note="7月9日 14時")
    assert page.has("予定あり", "7月9日 14時")


def test_a_case_is_given_to_a_colleague_and_late_changes_conflict(
    new_browser: NewBrowser, shell: Shell, address: str, make_staff: MakeStaff
) -> None:
    colleague = make_staff("sachiko")
    late = new_browser("jiro").open(address)
    page = new_browser("hanako").open(address).send(f"{address}/assign", to=colleague, district="緑町")
    assert page.has("sachikoさん")
    late.send(f"{address}/assign", to="", district="")
    assert late.status == 409
    with shell.engine.begin() as c:
        row = c.execute(select(case)).one()
        assert (row.assigned_to, row.district, row.version) == (colleague, "緑町", 2)


def test_a_way_back_for_a_resident_is_shown_once_and_kept_only_as_a_hash(
    new_browser: NewBrowser, shell: Shell, address: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.ids.code", lambda digits=6: "735284")  # one that stands in no number by chance
    from backend.staff.codes import take_code
    from backend.staff.models import binding_code

    page = new_browser("hanako").open(address).send(f"{address}/return-code")
    code = page.html.split('class="one-time">')[1][:7].replace(" ", "")
    assert code.isdigit() and len(code) == 6 and page.has("/chat/return", "10分")
    with shell.engine.begin() as c:
        assert code not in apart(str(c.execute(select(binding_code)).all()))
        taken = take_code(c, code, purpose="case", now=shell.clock(), scope=home.ids["case"])
        assert taken is not None and taken["case_id"] == home.ids["case"]


def test_photos_are_shown_and_counted_as_seen(new_browser: NewBrowser, shell: Shell, home: Home, address: str) -> None:
    page = new_browser("hanako").open(address)
    assert page.has("写真 · 家.jpg")
    answer = page.client.get(f"/console/attachments/{home.ids['attachment']}")
    assert answer.content == b"\xff\xd8jpeg" and answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff" and "sandbox" in answer.headers["content-security-policy"]
    with shell.engine.begin() as c:
        assert c.execute(select(trail.c.id).where(trail.c.action == "attachment.viewed")).first()


def test_looking_is_written_down_once_and_the_chain_holds(
    new_browser: NewBrowser, shell: Shell, home: Home, address: str, clock: MovableClock
) -> None:
    """ST-05: one append-only audit of views and changes."""
    page = new_browser("hanako").open(address)
    for part in ("todo", "talk", "hold", "record"):
        assert page.client.get(f"/console/live/cases/{home.ids['case']}/{part}").status_code == 200
    with shell.engine.begin() as c:
        seen = select(trail.c.id).where(trail.c.action == "case.viewed")
        assert len(c.execute(seen).all()) == 1
    clock.move(minutes=11)
    page.open(address)
    with shell.engine.begin() as c:
        assert len(c.execute(seen).all()) == 2
        assert audit.verify(c, home.tenant) is None


def test_no_page_holds_anything_inline(new_browser: NewBrowser, address: str) -> None:
    """Strict CSP: a style or a script inside a page would silently not work."""
    page = new_browser("hanako")
    for path in ("/console", address, "/console/me", "/console/password"):
        html = page.open(path).html
        assert " style=" not in html and " onclick" not in html and "<style" not in html
        assert all("src=" in part[:40] for part in html.split("<script")[1:])


@pytest.mark.parametrize("odd", ["\x00", "\x00a\x00", "\U0001f600" * 400, "%", "';--", "٣", "\ud800"])
def test_odd_input_is_never_an_error_of_ours(new_browser: NewBrowser, home: Home, address: str, odd: str) -> None:
    from urllib.parse import quote

    page = new_browser("hanako").open(address)
    sent = odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    safe = quote(sent, safe="")
    for path in (f"/console/cases/{safe}", f"/console/conversations/{safe}", f"{address}?talk={safe}&all={safe}"):
        assert page.client.get(path).status_code in (200, 404), path
    page.send(f"/console/referrals/{home.ids['referral']}/mark", state=sent, note=sent, recipient=sent, version=sent)
    assert page.status == 409
    page.open(address).send(f"{address}/assign", to=sent, district=sent, version="1")
    assert page.status in (200, 404)
    assert new_browser().log_in(f"x{sent}", sent).status == 401


def test_whoever_reads_a_conversation_is_told_when_it_becomes_a_case(new_browser: NewBrowser, shell: Shell, home: Home, address: str) -> None:
    live = f"/console/live/conversations/{home.ids['conversation']}/todo"
    told = new_browser("hanako").open(live)
    assert told.has("この会話は、ケース", f'href="{address}?talk={home.ids["conversation"]}"')
    assert "この会話は、ケース" not in new_browser("hanako").open(f"/console/live/cases/{home.ids['case']}/todo").html
    assert "この会話は、ケース" not in new_browser("hanako").open(address).html
    with shell.engine.begin() as c:
        c.execute(update(conversation).where(conversation.c.id == home.ids["conversation"]).values(case_id=None))
    assert "この会話は、ケース" not in new_browser("hanako").open(live).html
