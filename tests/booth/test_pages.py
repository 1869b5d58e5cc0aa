"""The booth's pages as a tablet without JavaScript meets them: fill in, save, be told of a clash, finish, hand on."""

from __future__ import annotations

import re
import zlib
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from backend.audit.models import audit
from backend.booth import photos
from backend.booth.models import booth_draft, booth_ticket, case_link
from backend.booth.photos import FORMATS
from backend.cases.models import answer, case
from backend.consent.models import consent_event
from backend.contacts.models import contact
from backend.files.models import stored_file
from backend.files.service import File
from backend.referrals.models import referral
from backend.tasks.models import task
from backend.visits.models import visit_request
from tests.booth.world import photo
from tests.chance import apart
from tests.console.conftest import _quick_passwords, app, make_staff, new_browser, shell, tenant_id  # noqa: F401
from tests.console.world import settle

# ruff: noqa: F811  (fixtures)


@pytest.fixture
def sato(tenant_id, make_staff, new_browser):
    make_staff("sato", "booth")
    return new_browser("sato")


def rows(shell, table, **match):
    with shell.engine.begin() as c:
        chosen = select(table)
        for name, value in match.items():
            chosen = chosen.where(table.c[name] == value)
        return [dict(row) for row in c.execute(chosen).mappings()]


def begin(browser, **fields):
    browser.open("/console/booth").send("/console/booth", **fields)
    return browser.path.removesuffix("/ask")


def send(browser, draft, act, **fields):
    """Press a button of the form that is open, as a browser without a script does: hidden fields, and what is filled in."""
    hidden = browser.hidden(f"{draft}/finish")
    browser._took(browser.client.post(f"{draft}/{act}", data={**hidden, **fields}))
    return browser


def test_the_booth_begins_at_its_own_page_and_its_menu_is_short(sato):
    sato.open("/console")
    assert sato.path == "/console/booth" and sato.has("新しい聞き取り")
    assert not sato.has('href="/console/cases"')


def test_a_form_is_filled_in_saved_and_finished(sato, shell):
    draft = begin(sato)
    assert sato.has("住まいの被害", "まだ聞いていない", "答えたくない")
    send(sato, draft, "save", **{"a.name": "山田 花子", "a.damage_level": "half"})
    assert sato.path == draft and sato.has('value="山田 花子"')
    send(sato, draft, "finish", **{"a.name": "山田 花子", "a.damage_level": "half", "a.share_npo": "given", "how": "paper"})
    (row,) = rows(shell, case)
    assert sato.path == f"/console/seeded/{row['id']}" and sato.has(row["number"], "山田 花子")
    assert {one["field"]: one["value"] for one in rows(shell, answer)} == {"name": "山田 花子", "damage_level": "half"}
    assert [(one["recipient"], one["method"]) for one in rows(shell, consent_event)] == [("npo", "paper")]


def test_questions_appear_when_the_answer_before_them_is_saved(sato):
    draft = begin(sato)

    def hidden(key):
        return re.search(rf'id="q-{key}"[^>]*hidden', sato.html) is not None

    assert hidden("relation") and not hidden("flood_level")
    send(sato, draft, "save", **{"a.for_whom": "family", "a.damage_level": "none"})
    assert not hidden("relation") and hidden("flood_level")


def test_what_cannot_be_read_is_marked_and_kept(sato, shell):
    draft = begin(sato)
    send(sato, draft, "finish", **{"a.birth_date": "昭和のはじめ", "a.name": "山田"})
    assert sato.status == 422 and sato.has("読み取れない答えがあります", 'value="昭和のはじめ"', 'aria-invalid="true"')
    assert rows(shell, case) == []


def test_two_tabs_are_shown_both_values_and_choose(sato, shell):
    draft = begin(sato)
    other = sato.client.get(draft).text
    send(sato, draft, "save", **{"a.name": "山田 花子", "a.household_size": "2"})
    sato.html = other
    send(sato, draft, "save", **{"a.name": "山田 華子", "a.phone": ""})
    assert sato.status == 409 and sato.has("山田 花子", "山田 華子", "お名前")
    hidden = sato.hidden(f"{draft}/save")
    sato._took(sato.client.post(f"{draft}/save", data={**hidden, "keep.name": "mine"}))
    assert sato.path == draft and sato.has('value="山田 華子"', 'value="2"')


def test_what_the_chat_changed_meanwhile_is_chosen_too(sato, shell, make_staff, new_browser):
    draft = begin(sato)
    send(sato, draft, "finish", **{"a.name": "山田 花子", "a.household_size": "2"})
    home = sato.path
    sato.send(f"{home}/edit")
    mine = sato.path
    sato.html = sato.client.get(mine).text
    ito = new_browser("sato")
    ito.open(home).send(f"{home}/edit")
    send(ito, ito.path, "finish", **{"a.name": "山田 花子", "a.household_size": "3"})
    send(sato, mine, "finish", **{"a.name": "山田 花子", "a.household_size": "4"})
    assert sato.status == 409
    hidden = sato.hidden(f"{mine}/finish")
    sato._took(sato.client.post(f"{mine}/finish", data={**hidden, "keep.household_size": "theirs"}))
    assert sato.path == home
    assert [one["value"] for one in rows(shell, answer, field="household_size", superseded_at=None)] == [3]


def test_autosave_takes_only_what_was_touched_and_tells_of_a_clash(sato, shell):
    draft = begin(sato)
    hidden = sato.hidden(f"{draft}/finish")

    def autosave(form, **fields):
        return sato.client.post(f"{draft}/autosave", data={**hidden, "form": form, **fields})

    one = autosave("f1", touched="name", **{"a.name": "山田"})
    assert one.json()["version"] == 2 and re.fullmatch(r"\d\d:\d\d", one.json()["at"])
    assert autosave("f2", touched="damage_level", **{"a.damage_level": "half", "a.name": "つられて来た"}).json()["version"] == 3
    clash = autosave("f3", touched="name", **{"a.name": "佐藤"})
    assert clash.status_code == 409
    assert clash.json()["fields"] == [{"key": "name", "label": "お名前", "mine": "佐藤", "theirs": "山田", "value": "山田"}]
    assert autosave("f4", touched="name", **{"a.name": "佐藤", "seen.name": "3"}).status_code == 200
    autosave("f5", touched="trouble", **{"n.trouble": "-declined"})
    (kept,) = rows(shell, booth_draft)
    assert kept["fields"]["name"][-1][1] == "佐藤" and kept["fields"]["trouble"][-1][1] == "-declined"
    raw = str(shell.engine.connect().exec_driver_sql("select fields from booth_draft").scalar_one())
    assert "佐藤" not in raw, "sealed"


def test_a_household_of_ten_fits_into_one_form(sato, shell):
    """The whole form at once, every question touched: a browser sends it as one post."""
    draft = begin(sato)
    send(sato, draft, "save", **{f"a.members.m{n}.member_age": str(n) for n in (1, 2)})
    for most in (4, 6, 8, 10):
        send(sato, draft, "save", **{f"a.members.m{n}.member_age": str(n) for n in range(1, most + 1)})
    names = re.findall(r'<(?:input|textarea)[^>]*? name="([an]\.[^"]+)"', sato.html)
    keys = sato.hidden(f"{draft}/finish")["keys"].split(",")
    full = {name: "" for name in names} | {f"a.members.m{n}.member_age": str(n) for n in range(1, 11)}
    send(sato, draft, "finish", **full, seen=",".join(f"{key}:2" for key in keys))
    assert sato.status == 200 and sato.path.startswith("/console/seeded/"), sato.status
    assert len(rows(shell, answer, state="given")) == 10


def test_a_finished_form_leads_to_its_case_from_every_other_tab(sato, shell):
    draft = begin(sato)
    page = sato.html
    send(sato, draft, "finish", **{"a.name": "山田"})
    home = sato.path
    sato.html = page
    hidden = sato.hidden(f"{draft}/finish")
    late = sato.client.post(f"{draft}/autosave", data={**hidden, "form": "late", "touched": "name", "a.name": "x"})
    assert (late.status_code, late.json()) == (410, {"to": home})
    assert sato.open(draft).path == home and len(rows(shell, case)) == 1


def test_read_aloud_in_the_residents_language_with_the_japanese_beside_it(sato, shell):
    draft = begin(sato, locale="en", aloud="1")
    assert sato.path == f"{draft}/ask"
    seen = []
    for _ in range(80):
        key = re.search(r'name="key" value="([^"]*)"', sato.html)
        if key is None:
            break
        seen.append(key[1])
        assert 'lang="ja"' in sato.html and 'class="say" lang="en"' in sato.html
        hidden = sato.hidden(f"{draft}/ask")
        reply = {"damage_level": {"a.damage_level": "half"}, "for_whom": {"a.for_whom": "family"}, "debts": {"n.debts": "-declined"},
                 "name": {"a.name": "Maria Example"}}.get(key[1], {})
        sato._took(sato.client.post(f"{draft}/ask", data={**hidden, **reply}))
    assert seen.index("notice:sharing") < seen.index("share_npo") < seen.index("name")
    assert "relation" in seen and "debts_kind" not in seen, "only what applies is asked"
    assert sato.has("ここまでです")
    sato.send(f"{draft}/finish")
    assert {one["field"]: (one["value"], one["by"]) for one in rows(shell, answer, state="given")} == {
        "damage_level": ("half", "proxy"), "for_whom": ("family", "proxy"), "name": ("Maria Example", "proxy")}
    assert rows(shell, case)[0]["language"] == "en"


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP"])
def test_only_the_picture_of_a_signed_sheet_is_kept(kind: str) -> None:
    """A telephone writes where it was: at a shelter, or at the new home of somebody who hides."""
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright, stored lying
    exif[0x010F] = "Planted Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (33.0, 1.0, 48.0)})
    taken, out = Image.new("RGB", (8, 4), "white"), BytesIO()
    more = {"save_all": True, "append_images": [taken.copy()]} if kind == "MPO" else {}
    taken.save(out, kind, exif=exif, xmp=b"<x>Planted place</x>", comment=b"Planted words", **more)
    assert b"Planted Camera" in out.getvalue()
    made = photos.picture(File("同意書.jpg", "image/jpeg", out.getvalue()))
    with Image.open(BytesIO(made.content)) as kept:
        assert (kept.size, dict(kept.getexif()), kept.getpixel((1, 1))) == ((4, 8), {}, (255, 255, 255))
        assert FORMATS[str(kept.format)] == made.media_type and getattr(kept, "n_frames", 1) == 1
    assert b"Planted" not in made.content and b"Exif" not in made.content


def test_a_picture_that_claims_more_than_forty_million_pixels_is_refused_by_its_header(monkeypatch) -> None:
    """12 MB of PNG can unfold to gigabytes."""
    monkeypatch.setattr(photos, "_bare", lambda *_: pytest.fail("it was decoded"))
    out = BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    huge = bytearray(out.getvalue())
    for wide, high, decoded in ((8000, 5001, False), (8000, 5000, True)):
        huge[16:24] = wide.to_bytes(4, "big") + high.to_bytes(4, "big")
        huge[29:33] = zlib.crc32(huge[12:29]).to_bytes(4, "big")
        with pytest.raises(pytest.fail.Exception if decoded else photos.NotAPicture):
            photos.picture(File("同意書.png", "image/png", bytes(huge)))


def test_a_photo_of_the_signed_sheet_is_kept_with_the_case_and_nothing_else_is(sato, shell, make_staff, new_browser):
    draft = begin(sato)
    hidden = sato.hidden(f"{draft}/finish")
    sato._took(sato.client.post(f"{draft}/finish", data={**hidden, "a.name": "山田"}, files={"photo": ("a.jpg", b"<script>", "image/jpeg")}))
    assert sato.status == 422 and sato.has("写真として開けない", 'value="山田"') and rows(shell, case) == []
    hidden = sato.hidden(f"{draft}/finish")
    sato._took(sato.client.post(f"{draft}/finish", data=hidden, files={"photo": ("同意書.html", photo(), "text/html")}))
    (kept,) = rows(shell, stored_file)
    assert (kept["purpose"], kept["media_type"], kept["case_id"]) == ("consent", "image/jpeg", rows(shell, case)[0]["id"])
    shown = sato.client.get(f"/console/sheets/{kept['id']}")
    assert shown.content[:2] == b"\xff\xd8" and "sandbox" in shown.headers["content-security-policy"]
    make_staff("ito", "booth")
    assert new_browser("ito").open(f"/console/sheets/{kept['id']}").status == 404


def test_visit_professional_and_call_are_asked_for_on_the_spot_and_once(sato, shell):
    draft = begin(sato)
    send(sato, draft, "finish", **{"a.share_professional": "given"})
    home = sato.path
    for _ in range(2):
        for fields in ({"kind": "visit"}, {"kind": "refer", "profession": "lawyer"}):
            sato.open(home).send(f"{home}/ask", **fields)
    sato.open(home).send(f"{home}/ask", kind="talk")
    assert len(rows(shell, visit_request)) == 1
    (asked,) = rows(shell, referral)
    assert (asked["profession"], asked["consent"]) == ("lawyer", "given")
    assert sorted(one["kind"] for one in rows(shell, task)) == ["refer", "talk", "visit"]


def test_the_paper_holds_no_name_no_number_and_not_the_digits(sato, shell, monkeypatch):
    monkeypatch.setattr("backend.ids.code", lambda digits=6: "735284")  # one that stands in no number by chance
    draft = begin(sato)
    send(sato, draft, "finish", **{"a.name": "山田 花子", "a.birth_date": "S30.5.3"})
    home = sato.path
    number = rows(shell, case)[0]["number"]
    sato.send(f"{home}/link", speaker="proxy", relation="parent", locale="en")
    paper = re.search(r'<article class="card paper".*?</article>', sato.html, re.S)[0]
    code = re.search(r'class="one-time">(\d{3}) (\d{3})<', sato.html)
    assert code and "".join(code.groups()) == "735284" not in apart(paper) and f"{code[1]} {code[2]}" not in paper
    assert "山田" not in paper and number not in paper and "<svg" in paper and "style=" not in paper
    assert sato.open(home).has("渡したQRコード")
    sato.send(f"{home}/call-back")
    assert not sato.has("渡したQRコード：")


def test_asked_on_the_telephone_it_is_a_case_of_the_telephone(sato, shell):
    draft = begin(sato, origin="phone")
    send(sato, draft, "finish", **{"a.name": "山田"})
    (row,), (told,) = rows(shell, case), rows(shell, contact)
    assert row["origin"] == "phone" and (told["channel"], told["result"]) == ("phone", "answered")


def test_somebody_who_must_not_be_found_is_protected_on_the_spot(sato, shell, make_staff, new_browser):
    """PR-30: what they say is enough. From then on not even the table where it was said sees it."""
    make_staff("kacho", "supervisor")
    make_staff("mori")
    draft = begin(sato)
    send(sato, draft, "finish", **{"a.name": "渡辺 久美"})
    home = sato.path
    sato.send(f"{home}/link", speaker="self", locale="ja")
    sato.open(home).send(f"{home}/protect")
    assert sato.has("取扱注意にしました") and rows(shell, case)[0]["restricted"]
    for browser in (sato, new_browser("mori")):
        assert browser.open(home).status == 403 and not browser.has("渡辺")
    assert not sato.open("/console/booth").has("渡辺")
    assert new_browser("kacho").open(home).has("渡辺 久美") and not rows(shell, case_link, ended_at=None)
    assert [one["kind"] for one in rows(shell, task)] == ["yellow"]


def test_nothing_personal_stands_in_an_address_or_in_the_trail(sato, shell):
    draft = begin(sato)
    send(sato, draft, "finish", **{"a.name": "山田 花子"})
    home = sato.path
    sato.send(f"{home}/link", speaker="self", locale="ja")
    told = " ".join(str(row) for row in rows(shell, audit))
    assert "山田" not in told and "booth.seeded" in told


def test_a_protected_household_is_kept_from_the_booths_pages_too(shell, tenant_id, make_staff, new_browser):
    handler = make_staff("handler")
    make_staff("colleague")
    make_staff("sato", "booth")
    home = settle(shell, tenant_id, "渡辺 久美", restricted=True, assigned_to=handler)
    for login in ("colleague", "sato"):
        browser = new_browser(login)
        for path in (f"/console/seeded/{home.ids['case']}", f"/console/drafts/{home.ids['booth_draft']}",
                     f"/console/drafts/{home.ids['booth_draft']}/ask", f"/console/sheets/{home.ids['sheet']}"):
            assert browser.open(path).status == 403 and browser.has("handlerさん") and not browser.has("渡辺"), path
        ticket = f"/console/tickets/{home.ids['booth_ticket']}"
        assert browser.open(ticket).status == 200 and browser.has("※取扱注意") and not browser.has("渡辺")
        assert not browser.open(f"/console/days/{home.ids['booth_day']}/summary").has("渡辺")
    assert new_browser("handler").open(ticket).has("渡辺さんは電話に出ない")


# --- the day --------------------------------------------------------------------------------------------------------


def test_a_day_from_preparing_it_to_its_summary(shell, tenant_id, make_staff, new_browser):
    make_staff("mori")
    make_staff("lawyer", "booth")
    mori, lawyer = new_browser("mori"), new_browser("lawyer")
    mori.open("/console/days").send("/console/days", name="7月の相談会", held_on="2026-07-06", place="体育館", kind="lawyer")
    day = mori.path
    mori.send(f"{day}/draw", open="1")
    ticket = mori.path
    mori.send(f"{ticket}/move", act="call")
    mori.send(f"{ticket}/form")
    send(mori, mori.path, "finish", **{"a.name": "山田 花子"})
    assert mori.path == ticket and mori.has(rows(shell, case)[0]["number"])
    to = re.search(r'<option value="(\w+)">弁護士', mori.html)[1]
    mori.send(f"{ticket}/move", act="hand_on", to=to, done="票を書いた", note="=HYPERLINK('x') ローンのこと")
    lawyer.open(f"/console/stations/{to}").send(f"/console/stations/{to}/call")
    assert lawyer.path == ticket and lawyer.has("ローンのこと", "記録は別の担当者が見られます") and not lawyer.has("山田")
    assert lawyer.client.get(f"{day}/display").text.count("room-number") == 1
    lawyer.send(f"{ticket}/move", act="finish", done="=cmd|' /C calc'!A0")
    assert rows(shell, booth_ticket)[0]["state"] == "done"
    assert mori.open(f"{day}/summary").has("票を書いた", "弁護士")
    table = mori.client.get(f"{day}/summary.csv")
    assert table.content.startswith(b"\xef\xbb\xbf") and "'=cmd" in table.text and "\n=" not in table.text
    assert "booth.day_exported" in {one["action"] for one in rows(shell, audit)}
    assert lawyer.client.get(f"{day}/summary.csv").status_code == 403


def test_the_rooms_display_shows_numbers_and_nothing_about_anybody(shell, tenant_id, make_staff, new_browser):
    make_staff("mori")
    home = settle(shell, tenant_id, "渡辺 久美")
    mori = new_browser("mori")
    mori.open(f"/console/tickets/{home.ids['booth_ticket']}").send(f"/console/tickets/{home.ids['booth_ticket']}/move", act="call")
    shown = mori.client.get(f"/console/days/{home.ids['booth_day']}/display").text
    assert '<span class="room-number">1</span>' in shown
    for word in ("渡辺", "やまだ", "T-2026", "moriさん", home.ids["case"]):
        assert word not in shown


def test_a_case_number_brings_the_case_to_the_number_in_hand(shell, tenant_id, make_staff, new_browser):
    make_staff("mori")
    settle(shell, tenant_id, "山田 花子")
    mori = new_browser("mori")
    draft = begin(mori)
    send(mori, draft, "finish", **{"a.name": "佐藤 一郎"})
    number = next(row["number"] for row in rows(shell, case) if row["origin"] == "booth")
    mori.open("/console/days").send("/console/days", name="相談会", held_on="2026-07-06")
    mori.send(f"{mori.path}/draw", open="1")
    ticket = mori.path
    mori.send(f"{ticket}/attach", number="T-2026-999999-0")
    assert mori.status == 422 and mori.has("見つからない")
    mori.open(ticket).send(f"{ticket}/attach", number=number.lower().replace("-", " "))
    assert mori.path == ticket and mori.has(number)
