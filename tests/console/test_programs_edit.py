"""Staff change the catalogue: found in any language, edited in a form, seen beforehand, approved by a second person, taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import insert, select

from backend.app import Shell
from backend.cases.models import answer, case
from backend.console.pages.programs import amounts_of
from backend.jobs.kinds import SLICES
from backend.jobs.run import run_slice
from backend.people.models import person
from backend.programs.conditions import always
from backend.programs.editing import drafts, preview
from backend.programs.edition import current
from backend.programs.models import program_edition
from backend.programs.sheet.changes import Change
from backend.programs.sheet.store import changes_of
from backend.staff.models import staff
from backend.tenants.models import disaster
from tests.console.conftest import Browser, MakeStaff, NewBrowser

REPAIR = "/console/programs/emergency_repair"


@pytest.fixture
def town(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Shell:
    """Twelve households a month after the rain: eight half destroyed, four lightly; one of each asks for special care."""
    make_staff("hanako")
    make_staff("kenji", "supervisor")
    make_staff("admin", "administrator")
    now = shell.clock()
    with shell.engine.begin() as c:
        c.execute(insert(disaster).values(
            id="d", tenant_id=tenant_id, name={"ja": "6月の大雨"}, happened_on=now.date(), prefecture="40", municipality="40202",
            acts={"relief_act_applied": True, "recovery_support_act_applied": True}))
        for n in range(12):
            c.execute(insert(person).values(id=f"p{n}", tenant_id=tenant_id, created_at=now))
            c.execute(insert(case).values(
                id=f"c{n:02}", tenant_id=tenant_id, number=f"T-2026-0000{n:02}-1", person_id=f"p{n}", opened_at=now, changed_at=now,
                restricted=n in (0, 11)))
            c.execute(insert(answer).values(
                tenant_id=tenant_id, case_id=f"c{n:02}", field="damage_level", state="given", value="half" if n < 8 else "partial",
                by="self", about="self", source="web", at=now))
    return shell


@pytest.fixture
def hanako(town: Shell, new_browser: NewBrowser) -> Browser:
    return new_browser("hanako")


@pytest.fixture
def kenji(town: Shell, new_browser: NewBrowser) -> Browser:
    return new_browser("kenji")


def fields(browser: Browser, **changed: Any) -> dict[str, Any]:
    """Everything that stands in the open form, as a browser would send it, with some of it typed anew."""
    html = browser.html
    sent: dict[str, Any] = dict(re.findall(r'<input class="input"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', html))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.S):
        sent[name] = text
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        found = re.search(r'value="([^"]*)" selected', inside)
        sent[name] = found[1] if found else ""
    for tick in re.findall(r'<input type="checkbox" name="([^"]+)" value="([^"]+)" checked', html):
        sent.setdefault(tick[0], []).append(tick[1]) if tick[0] in ("documents", "professions") else sent.update({tick[0]: tick[1]})
    plain = {name: _unescaped(value) if isinstance(value, str) else value for name, value in sent.items()}
    return {**plain, **changed}


def _unescaped(text: str) -> str:
    return text.replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def edit(browser: Browser, path: str = REPAIR, **changed: str) -> Browser:
    browser.open(f"{path}/edit")
    return browser.send(f"{path}/edit", **fields(browser, **changed))


def work(shell: Shell) -> None:
    while run_slice(shell, SLICES):
        pass


def holds(shell: Shell) -> dict[str, Change]:
    with shell.engine.connect() as c:
        return changes_of(c, "tenant-tsunagi")


# --- finding ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["応急修理", "おうきゅうしゅうり", "オウキュウ", "emergency repair", "EMERGENCY_REPAIR"])
def test_a_program_is_found_in_any_language_and_however_it_is_read(hanako: Browser, words: str) -> None:
    assert hanako.open(f"/console/programs?q={words}").has(f'href="{REPAIR}"')


def test_the_list_is_filtered(hanako: Browser) -> None:
    def found(query: str) -> int:
        return len(re.findall(r'class="entry-link"', hanako.open(f"/console/programs?{query}").html))

    everything = found("")
    assert 0 < found("kind=loan") < everything
    assert 0 < found("level=prefecture") < everything
    assert 0 < found("profession=lawyer") < everything
    assert found("state=unconfirmed") + found("state=confirmed") == everything
    assert hanako.open("/console/programs?q=竜宮城").has("合う制度はありません")


def test_a_program_s_page_says_everything_about_it(hanako: Browser) -> None:
    page = hanako.open(REPAIR)
    assert page.has("住宅の応急修理", "災害救助法の適用", "罹災証明書", "建築士", "出典", "標準の内容のまま", "relief_act_applied")
    assert hanako.open("/console/programs/no_such_program").status == 404


def test_amounts_are_told_with_their_conditions_as_they_are_built(hanako: Browser) -> None:
    hanako.open("/console/programs/emergency_small_loan")
    first, _, rest = hanako.html.partition("<li>最大20万円")[2].partition("<li>最大10万円")
    assert "次のどれか" in first and first.count("<li>") == 6, "one of several is enough"
    assert rest.split("</li>")[0].endswith("それ以外</span>")
    for entry in current().entries_for("40", "40544", None):
        told = amounts_of(entry)
        assert [how is None for how, _ in told] == [condition is always for condition, _ in entry.amount.rows], entry.id
        assert all(how is None or how.how != "all" or any(part.how != "one" for part in how.parts) for how, _ in told), "in one line where it can be"


def test_how_many_households_each_program_concerns_is_counted_on_request(town: Shell, kenji: Browser) -> None:
    kenji.open("/console/programs").send("/console/programs/count")
    assert kenji.has("数えています")
    work(town)
    assert kenji.open("/console/programs").has("12世帯を数えました")
    assert kenji.open(REPAIR).has("合わない 4")


def test_the_list_is_put_in_order(town: Shell, kenji: Browser) -> None:
    def order(by: str) -> list[str]:
        return re.findall(r'class="entry-link" href="/console/programs/([a-z_0-9]+)"', kenji.open(f"/console/programs?order={by}").html)

    usual = order("usual")
    assert order("households") == usual and sorted(order("deadline")) == sorted(usual) and order("deadline") != usual
    kenji.open("/console/programs").send("/console/programs/count")
    work(town)
    assert order("households") != usual


def test_what_waits_for_approval_stands_above_the_list(hanako: Browser, kenji: Browser) -> None:
    draft = edit(hanako, note="a").path
    hanako.send(f"{draft}/ask")
    assert kenji.open("/console/programs").has("承認を待っている改定が1件")


# --- editing ----------------------------------------------------------------------------------------------------


def test_a_form_sent_back_untouched_changes_nothing(hanako: Browser, town: Shell) -> None:
    for program in ("emergency_repair", "livelihood_recovery_grant", "disaster_condolence_grant", "fukuoka_condolence_money", "second_survey"):
        page = edit(hanako, f"/console/programs/{program}")
        assert page.status == 422 and page.has("変わるところがありません"), program


def test_from_the_form_to_every_household_and_back(hanako: Browser, kenji: Browser, town: Shell) -> None:
    page = edit(hanako, phone="0943-32-0000", conditions="- disaster.relief_act_applied: true\n- damage_level: [partial]")
    assert page.path.startswith("/console/program-drafts/") and page.has("変わるところ", "0943-32-0000", "damage_level: [partial]")
    draft = page.path
    page.send(f"{draft}/preview")
    work(town)
    page.open(draft)
    for who, half, partial in ((page, 7, 3), (kenji.open(draft), 8, 4)):  # two are restricted: the supervisor alone sees all of them
        assert any(who.has(f"{half}世帯が「{before}」から「合わない」になります") for before in ("可能性あり", "条件に合いそう"))
        assert who.has(f"{partial}世帯が「合わない」から「条件に合いそう」になります", "T-2026-000001-1", f"{half + partial}世帯")
    assert not page.has("T-2026-000000-1") and not page.has("T-2026-000011-1")
    page.send(f"{draft}/ask", reason="要綱の改正（7月1日）")
    assert page.has("承認待ち") and holds(town) == {}
    kenji.open(draft).send(f"{draft}/approve")
    assert kenji.has("第1版", "公開ずみ") and set(holds(town)) == {"emergency_repair"}
    assert hanako.open(REPAIR).has("市町村の決定", "第1版", "作成 hanakoさん・承認 kenjiさん", "0943-32-0000")
    assert hanako.open("/console/cases/c09/programs").has("窓口", "0943-32-0000")
    hanako.open("/console/program-drafts").send("/console/program-drafts/roll-back", number="0")
    back = hanako.path
    assert hanako.has("第0版へ戻す")
    hanako.send(f"{back}/ask")
    kenji.open(back).send(f"{back}/approve")
    assert holds(town) == {}


def test_the_author_cannot_approve_not_even_a_supervisor(kenji: Browser, town: Shell) -> None:
    page = edit(kenji, note="新しい受付は7月から")
    draft = page.path
    page.send(f"{draft}/ask")
    assert page.has("自分で作った案は、自分では承認できません") and not page.has("承認して公開する")
    answer = kenji.client.post(f"{draft}/approve", data={**kenji.hidden(f"{draft}/take-back")})
    assert answer.status_code == 409 and holds(town) == {}


def test_a_caseworker_cannot_approve(hanako: Browser, kenji: Browser, town: Shell) -> None:
    draft = edit(kenji, note="a").path
    kenji.send(f"{draft}/ask")
    assert hanako.open(draft).has("承認する人の確認を待っています")
    assert hanako.client.post(f"{draft}/approve", data=hanako.hidden(f"{draft}/preview")).status_code == 403


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"conditions": "- damage_level: [huge]"}, "「条件」の1行目："),
        ({"conditions": "- damage_level: [half]\n- no_such_thing: true"}, "「条件」の2行目：no_such_thing という言葉はありません"),
        ({"conditions": ""}, "「条件」の1行目：空にはできません"),
        ({"amount": "kind: up_to\ntable:\n  - {yen: たくさん}"}, "「金額」の3行目：整数で"),
        ({"exclusions": "- {when: {using: temporary_housing}}"}, "「使えない場合」"),
        ({"phone": "夜間も可"}, "「電話」：電話番号として読めません"),
        ({"decided": "来月末"}, "「決まった期限」：日付は"),
        ({"name_ja": "", "name_en": "Repairs"}, "「名前」"),
        ({"source_url": "http://10.0.0.1/"}, "https:// で始まる"),
        ({"as_of": "令和8年"}, "「年度」"),
        ({"desk": "あ" * 101}, "「窓口」：100字以内"),
    ],
)
def test_a_mistake_names_the_field_in_a_sentence_and_nothing_is_kept(hanako: Browser, town: Shell, typed: dict[str, str], sentence: str) -> None:
    page = edit(hanako, **typed)
    assert page.status == 422
    assert page.has("保存していません", sentence)
    with town.engine.connect() as c:
        assert not c.execute(select(program_edition.c.id)).all()


def test_several_mistakes_are_told_at_once_and_what_was_typed_stays(hanako: Browser) -> None:
    page = edit(hanako, conditions="- nonsense: 1", amount="kind: gift", phone="x")
    assert page.has("「条件」", "「金額」", "「電話」", "- nonsense: 1")


def test_a_program_of_their_own(hanako: Browser, kenji: Browser, town: Shell) -> None:
    hanako.open("/console/programs/new")
    page = hanako.send("/console/programs/new", **fields(
        hanako, name_ja="住まい応援金", summary_ja="半壊以上の世帯に、町が5万円を出します。", kind="grant", desk="建設課", phone="0943-32-1119",
        conditions="- damage_level: [total, large_half, medium_half, half]\n- desk_decides: 町内に住み続けること",
        amount="kind: fixed\ntable:\n- {yen: 50_000}", source_text="つなぎ市要綱", source_on="2026-07-01", as_of="2026", confirmed="yes"))  # fmt: skip
    assert page.path.startswith("/console/program-drafts/"), page.html
    draft = page.path
    page.send(f"{draft}/ask")
    work(town)
    assert kenji.open(draft).has("8世帯が「制度なし」から「可能性あり」になります", "4世帯が「制度なし」から「合わない」になります")
    assert kenji.open("/console/program-drafts").has("住まい応援金")
    kenji.open(draft).send(f"{draft}/approve")
    [own] = holds(town)
    assert hanako.open("/console/cases/c01/programs").has("住まい応援金", "最大5万円", "町内に住み続けること", "建設課 0943-32-1119")
    assert hanako.open("/console/programs?level=own").has(f"/console/programs/{own}")
    hanako.open(f"/console/programs/{own}/edit")
    assert hanako.send(f"/console/programs/{own}/edit", **fields(hanako, off="yes")).has("止める")


def test_what_a_colleague_published_meanwhile_is_not_written_over(hanako: Browser, kenji: Browser, town: Shell, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    hanako.open(f"{REPAIR}/edit")
    stale = {**hanako.hidden(f"{REPAIR}/edit"), **fields(hanako, note="mine")}
    draft = edit(kenji, note="theirs").path
    kenji.send(f"{draft}/ask")
    make_staff("yoko", "supervisor")
    yoko = new_browser("yoko").open(draft)
    yoko.send(f"{draft}/approve")
    answer = hanako.client.post(f"{REPAIR}/edit", data=stale)
    assert answer.status_code == 409 and "theirs" in answer.text


def test_an_overtaken_draft_begins_again_with_what_holds(hanako: Browser, kenji: Browser, town: Shell) -> None:
    edit(hanako, note="mine")
    theirs = edit(kenji, note="theirs").path
    kenji.send(f"{theirs}/ask")
    with town.engine.begin() as c:
        row = drafts.draft_of(c, "tenant-tsunagi", theirs.rpartition("/")[2])
        drafts.approve(c, row, c.execute(select(staff.c.id).where(staff.c.login == "admin")).scalar_one(), row["version"], town.clock())
    hanako.open(f"{REPAIR}/edit")
    assert hanako.has(">theirs</textarea>") and not hanako.has(">mine</textarea>")


def test_given_back_with_what_to_mend(hanako: Browser, kenji: Browser) -> None:
    draft = edit(hanako, note="a").path
    hanako.send(f"{draft}/ask")
    kenji.open(draft).send(f"{draft}/give-back", answer="日付を入れてください")
    assert hanako.open(draft).has("kenjiさんから戻されました", "日付を入れてください", "承認を依頼する")


def test_one_program_is_left_out_of_a_draft(hanako: Browser) -> None:
    edit(hanako, note="a")
    draft = edit(hanako, "/console/programs/temporary_housing", note="b").path
    assert hanako.has("住宅の応急修理", "応急仮設住宅")
    hanako.send(f"{draft}/out", program="temporary_housing")
    assert hanako.has("住宅の応急修理") and not hanako.has("temporary_housing")


def test_a_caseworker_limited_to_districts_sees_the_numbers_of_theirs(town: Shell, hanako: Browser, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    make_staff("yoko", districts=["川上"])
    with town.engine.begin() as c:
        c.execute(case.update().values(district="緑町"))
        c.execute(case.update().where(case.c.id == "c02").values(district="川上"))
    draft = edit(hanako, off="yes").path
    hanako.send(f"{draft}/ask")
    work(town)
    page = new_browser("yoko").open(draft)
    assert page.has("7世帯が", "T-2026-000002-1") and not page.has("T-2026-000003-1")


def test_an_administrator_sees_counts_but_no_case(town: Shell, hanako: Browser, new_browser: NewBrowser) -> None:
    draft = edit(hanako, off="yes").path
    hanako.send(f"{draft}/ask")
    work(town)
    page = new_browser("admin").open(draft)
    assert page.has("「制度なし」になります") and not page.has("T-2026-0000")


def test_a_consolation_payment_is_made_of_ticks_and_sums(hanako: Browser, kenji: Browser, town: Shell) -> None:
    """What most municipalities add: so much by degree of damage. Nobody has to write a vocabulary."""
    hanako.open("/console/programs/new")
    page = hanako.send("/console/programs/new", **fields(
        hanako, name_ja="緑市災害見舞金", summary_ja="被害の程度に応じた見舞金です。", kind="grant", desk="福祉課", source_text="緑市要綱",
        source_on="2026-07-01", as_of="2026", confirmed="yes", simple_damage=["total", "half"], simple_flood=["above_floor"],
        simple_yen_total="10万円", simple_yen_half="５０，０００円"))  # fmt: skip
    assert page.has("damage_level: [total, half]", "yen: 50000", "住まいの被害の程度：全壊、半壊"), page.html
    draft = page.path
    page.send(f"{draft}/ask")
    kenji.open(draft).send(f"{draft}/approve")
    assert hanako.open("/console/cases/c01/programs").has("緑市災害見舞金", "最大5万円")


@pytest.mark.parametrize("typed", ["たくさん", "-5", "1.5", "99999999999", "5千円"])
def test_a_sum_that_is_none_is_told(hanako: Browser, typed: str) -> None:
    hanako.open("/console/programs/new")
    page = hanako.send("/console/programs/new", **fields(
        hanako, name_ja="見舞金", summary_ja="お金です。", kind="grant", source_text="要綱", source_on="2026-07-01", as_of="2026",
        simple_damage=["half"], simple_yen_half=typed))  # fmt: skip
    assert page.status == 422 and page.has("「金額」：整数で", f'value="{typed}"')


def test_whoever_sees_figures_alone_gets_no_small_count_of_a_program(town: Shell, hanako: Browser, make_staff: MakeStaff, new_browser: NewBrowser) -> None:
    make_staff("ken", "prefecture")
    with town.engine.begin() as c:
        c.execute(answer.update().where(answer.c.case_id == "c03").values(value="none"))
        preview.count(c, "tenant-tsunagi", None, town.clock())
    work(town)
    with town.engine.connect() as c:
        done = preview.last_count(c, "tenant-tsunagi")
    assert done is not None
    counts = done["result"]["moves"]["emergency_repair"]
    assert any(0 < count < 5 for count in counts.values())
    assert hanako.open("/console/programs").html.count("5未満") == 0
    assert "5未満" in new_browser("ken").open("/console/programs").html
