"""The whole story of one household, told in a real browser in both languages: a list arrives, the booth listens, the phone
goes on at home, the office decides, the papers are printed, the support ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, update

from backend import clock as real_clock
from backend import ids
from backend.app import Shell, make_backend
from backend.cases.models import answer, case
from backend.crypto import Keyring
from backend.db import metadata, open_engine
from backend.jobs.kinds import SLICES
from backend.jobs.run import run_slice
from backend.journal.models import conversation
from backend.referrals.models import referral
from backend.settings import Settings
from backend.staff import passwords
from backend.staff.models import staff
from backend.tenants.models import recipient, tenant
from backend.words import Catalogues
from bots.web.headers import SecurityHeaders
from bots.web.routes import routes
from dialogs.core.words import Text
from dialogs.registry import BOOK
from tests.browser.conftest import Served, press
from tests.conftest import SECRET
from tests.lists.conftest import HEADER, sheet
from tests.web.conftest import AnsweredAtOnce

pytestmark = pytest.mark.browser

DESK, TABLET, PHONE = {"width": 1280, "height": 900}, {"width": 820, "height": 1180}, {"width": 390, "height": 844}
PASSWORD = "ひまわり-の-たね-七つ"
OF_CASE = re.compile(r"/console/cases/\w{26}")


@dataclass(frozen=True)
class Household:
    """Somebody on the list, and what they type at home; `name` as the list has it, `shown` as it is read."""

    row: list[str]
    name: str
    kana: str
    wrong_day: str
    birth_day: str
    policy: str


HOUSEHOLDS = {
    "ja": Household(
        ["101", "新栄", "山田　花子", "ﾔﾏﾀﾞ ﾊﾅｺ", "Ｓ２３．４．２", "女", "大牟田市新栄町１丁目２−３", "090-1234-5678", "取得済み", "半壊"],
        "山田 花子", "やまだ はなこ", "昭和23年4月3日", "昭和23年4月2日", "・月1回訪問し、修理の見積りをいっしょに確かめる"),
    "en": Household(
        ["102", "三池", "Maria Example", "まりあ えぐざんぷる", "1985-11-30", "女", "大牟田市三池567", "090-8765-4321", "申請中", "一部損壊"],
        "Maria Example", "まりあ えぐざんぷる", "1985-11-29", "1985-11-30", "Visit monthly; go through the repair estimates together"),
}  # fmt: skip


@dataclass
class Town:
    """Console and web chat of one municipality; the inbox is always awake, long work is done when `work` is called."""

    shell: Shell
    address: str
    chrome: Any

    def sign_in(self, viewport: dict[str, int]) -> Any:
        page = self.chrome.new_context(viewport=viewport, locale="ja-JP", accept_downloads=True).new_page()
        page.goto(f"{self.address}/console/login")
        page.fill("#f-login", "mori")
        page.fill("#f-password", PASSWORD)
        page.click("main button")
        page.wait_for_selector("header.top")
        return page

    def work(self) -> None:
        while run_slice(self.shell, SLICES):
            pass

    def says(self, key: str, locale: str) -> str:
        place = {"municipality": "つなぎ市", "phone": "000-000-0000", "hours": "平日"}
        return str(self.shell.words.render(Text(key, place), locale))

    def of(self, case_id: str, column: Any) -> list[Any]:
        """What a table has for this case."""
        with self.shell.engine.begin() as c:
            return list(c.execute(select(column).where(column.table.c.case_id == case_id)).scalars())


@pytest.fixture(scope="module")
def town(chrome: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder: Path = tmp_path_factory.mktemp("story")
    url = f"sqlite:///{folder}/story.db"
    engine = open_engine(url)
    metadata.create_all(engine)
    settings = Settings(database_url=url, secret_key=SECRET, public_url="http://127.0.0.1", data_dir=folder)
    shell = Shell(settings, engine, real_clock.now, Keyring(SECRET), Catalogues.load(), BOOK)
    now = shell.clock()
    with engine.begin() as c:
        c.execute(insert(tenant).values(
            id="t", slug="tsunagi", name={"ja": "つなぎ市", "en": "Tsunagi City"}, phone="000-000-0000",
            hours={"ja": "平日", "en": "weekdays"}, live_at=now, created_at=now))
        c.execute(insert(staff).values(
            id=ids.new(), tenant_id="t", login="mori", name="森 誠", role="supervisor", password_hash=passwords.hashed(PASSWORD), created_at=now))
        c.execute(insert(recipient).values(
            id="midori", tenant_id="t", kind="professional", profession="lawyer", name={"ja": "みどり法律事務所", "en": "Midori Law Office"},
            contact="midori@example.jp", pledge_until=now.date().replace(year=now.year + 1, day=1), active=True))
    app = make_backend(shell)
    app.router.routes[:0] = list(routes(shell, AnsweredAtOnce(shell)))
    with Served(SecurityHeaders(app)) as address:
        yield Town(shell, address, chrome)
    engine.dispose()


def send(page: Any, action: str, button: str = "button:not([type=button])", **fields: str) -> None:
    """Fill in the form with this action, unfolding whatever it is folded into, and send it."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    form = page.locator(f"form[action='{action}']").first
    for name, value in fields.items():
        field = form.locator(f"[name='{name}']")
        kind = field.first.get_attribute("type") or field.first.evaluate("one => one.tagName.toLowerCase()")
        if kind in ("radio", "checkbox"):
            form.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "select":
            field.first.select_option(value)
        else:
            field.first.fill(value)
    press(page, form.locator(button))


def lines_of(pdf: bytes) -> list[str]:
    """The lines of a paper as they stand on it, columns kept apart."""
    return [line for page in PdfReader(BytesIO(pdf)).pages for line in page.extract_text(extraction_mode="layout").splitlines()]


def stands_beside(lines: list[str], label: str, value: str) -> bool:
    """Whether the value stands in the line of its label, to the right of it."""
    bare = [line.replace(" ", "").replace("　", "") for line in lines]
    wanted = value.replace(" ", "")
    return any(wanted in line.partition(label)[2] for line in bare if label in line)


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_from_the_list_to_the_closing(town: Town, locale: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    who = HOUSEHOLDS[locale]
    with town.shell.engine.begin() as c:
        c.execute(update(staff).values(locale=locale))

    # The list of households to visit comes in.
    desk = town.sign_in(DESK)
    assert desk.locator("html").get_attribute("lang") == locale
    listed = tmp_path / "名簿.xlsx"
    listed.write_bytes(sheet(HEADER, who.row))
    desk.goto(f"{town.address}/console/lists")
    desk.set_input_files("#f-file", str(listed))
    desk.click("main form button")
    desk.wait_for_url(re.compile(r"/console/lists/\w{26}"))
    press(desk, "#columns button")
    town.work()
    desk.reload()
    press(desk, "#state form[action$='/take-in'] button")
    town.work()
    desk.reload()
    assert town.says("console.lists.state.applied", locale) in desk.inner_text("#result")

    # At the booth the person is found by name, and the form begins with what the list knew.
    tablet = town.sign_in(TABLET)
    tablet.goto(f"{town.address}/console/search")
    send(tablet, "/console/search", words=who.name)
    tablet.click(".found a")
    tablet.wait_for_url(OF_CASE)
    found = OF_CASE.search(tablet.url)
    assert found
    base, case_id = found.group(), found.group().rsplit("/", 1)[-1]
    send(tablet, f"/console/seeded/{case_id}/edit")
    assert tablet.input_value("#q-name input.input") == who.name
    told = {"language": locale, "safe_now": "safe", "for_whom": "self", "contact_way": "here", "share_professional": "given",
            "share_npo": "refused", "share_welfare_council": "given", "share_welfare_commissioner": "deferred"}  # fmt: skip
    for key, value in told.items():
        tablet.check(f"#q-{key} input[value='{value}']")
    tablet.check("#q-trouble input[value=home]")
    tablet.click("section[aria-labelledby=finish] button")
    tablet.wait_for_url("**/console/seeded/*")
    form = tablet.locator(f"form[action='/console/seeded/{case_id}/ask']:has(select)")
    form.locator("select").select_option("lawyer")
    press(tablet, form.locator("button"))
    assert town.of(case_id, referral.c.profession) == ["lawyer"]

    # A QR code goes home with the person, and the chat goes on in the same case.
    code = f"0123456789abcdefgh{locale}"
    with monkeypatch.context() as known:
        known.setattr(ids, "link", lambda: code)
        send(tablet, f"/console/seeded/{case_id}/link", locale=locale)
    assert tablet.locator(".qr svg").count() == 1 and code not in tablet.content()
    phone = town.chrome.new_context(viewport=PHONE, locale="ja-JP").new_page()
    phone.goto(f"{town.address}/c/{code}")
    assert who.name not in phone.content(), "nothing is told before it is known who asks"
    phone.click(".big-button")
    phone.wait_for_url("**/chat**")
    for day, heard in ((who.wrong_day, "join.wrong"), (who.birth_day, "join.done")):
        phone.fill("#text", day)
        phone.click("button.send")
        phone.locator(".bubble", has_text=town.says(heard, locale)[:8]).first.wait_for()
    asked = phone.inner_text("#log") + phone.inner_text("#answer")
    assert town.says("field.trouble.label", locale) not in asked, "what was answered is not asked again"
    before = len(town.of(case_id, answer.c.id))
    chosen = phone.locator(".option").first.inner_text().splitlines()[-1]
    phone.locator(".option").first.click()
    phone.locator(".said.person", has_text=chosen).wait_for()
    assert town.of(case_id, conversation.c.channel) == ["web"] and len(town.of(case_id, answer.c.id)) > before
    phone.context.close()

    # The office: category, policy, a meeting, the lawyer takes it on.
    desk.goto(f"{town.address}{base}/support")
    send(desk, f"{base}/category", category="3")
    send(desk, f"{base}/policy", wish_home="元の場所に住みたい", policy=who.policy)
    send(desk, f"{base}/flag", question="家の修理をどうするか")
    desk.goto(f"{town.address}/console/meetings")
    send(desk, "/console/meetings", held_on=real_clock.in_japan(town.shell.clock()).date().isoformat(), place="本庁舎")
    meeting = desk.url.removeprefix(town.address).split("?")[0]
    desk.locator("label", has_text=who.name).locator("input").check()
    send(desk, f"{meeting}/items")
    send(desk, f"{meeting}/decisions", decision="修理の見積りを取る")
    send(desk, f"{meeting}/hold", minutes="予定どおり話し合った。")
    assert town.says("console.meeting.state.held", locale) in desk.inner_text("main")
    desk.goto(town.address + base)
    referred = desk.locator("form[action^='/console/referrals/']").first.get_attribute("action")
    send(desk, referred, "button[value=accepted]", recipient="midori")
    assert town.of(case_id, referral.c.state) == ["accepted"]

    # The papers, and the person where the manual has them.
    survey, record = (paper(town, desk, base, form) for form in ("survey", "record"))
    for label, value in (("かな", who.kana), ("氏名", who.name), ("被災地住所", who.row[6][:5]), ("携帯電話", who.row[7]), ("被害程度", f"✓{who.row[9]}")):
        assert stands_beside(survey, label, value), f"{label}: {value}"
    assert any("修理の見積りを取る" in line.replace(" ", "") for line in record)

    # The support ends; the case can still be read.
    desk.goto(f"{town.address}{base}/support")
    send(desk, f"{base}/close", reason="rebuilt", handed_to="校区の見守り", handover="修理は終わった。")
    desk.goto(f"{town.address}{base}/handover")
    assert who.name in desk.inner_text(".sheet") and "修理は終わった。" in desk.inner_text(".sheet")
    with town.shell.engine.begin() as c:
        assert c.execute(select(case.c.status, case.c.close_reason).where(case.c.id == case_id)).one() == ("closed", "rebuilt")
    tablet.context.close()
    desk.context.close()


def paper(town: Town, desk: Any, base: str, form: str) -> list[str]:
    """A form of the manual, ordered, made and fetched; its lines."""
    desk.goto(f"{town.address}{base}/forms")
    send(desk, f"{base}/forms", what=form, format="pdf")
    town.work()
    desk.reload()
    with desk.expect_download() as fetched:
        desk.click("#progress a.button")
    content = Path(fetched.value.path()).read_bytes()
    assert content[:5] == b"%PDF-"
    return lines_of(content)
