"""The resident's chat in a real browser: live, by keyboard, readable at every size, nothing for axe to complain of."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from backend.clock import now
from backend.journal.models import conversation, message
from backend.staff.models import staff
from tests.browser.conftest import free, press
from tests.browser.looking import faults_here
from tests.conftest import MONDAY_MORNING
from tests.web.conftest import conversations_of

pytestmark = pytest.mark.browser

SIZES = {"320": (320, 640), "390": (390, 844), "1280": (1280, 900), "400 percent": (320, 256)}
LANGUAGES = {"ja": "日本語", "ja@simple": "やさしい", "en": "English"}


@pytest.fixture
def page(chrome, request):
    width, height = SIZES[getattr(request, "param", "390")]
    context = chrome.new_context(
        viewport={"width": width, "height": height}, locale="ja-JP", reduced_motion="reduce"
    )
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
    yield page
    context.close()
    assert faults == []


def begin(page, site, language="ja"):
    page.goto(f"{site}/chat")
    page.locator("[name=start]").click()
    page.locator(".option", has_text=LANGUAGES[language]).first.click()
    expect(page.locator("html")).to_have_attribute("lang", language[:2])
    expect(page.locator(".said.person")).to_have_count(1)
    expect(page.locator(".asides")).to_be_visible()
    free(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", SIZES, indirect=True)
def test_axe_finds_nothing(page, site, language):
    page.goto(f"{site}/chat?lang={language}")
    assert faults_here(page) == []
    begin(page, site, language)
    assert faults_here(page) == []
    page.locator(".option").first.click()
    expect(page.locator(".option input")).not_to_have_count(0)
    free(page)
    page.locator(".about summary").click()
    page.locator("summary.button").click()
    assert faults_here(page) == []
    page.locator(".sos").click()
    expect(page.locator(".crisis").first).to_be_visible()
    assert faults_here(page) == []


@pytest.mark.parametrize("path", ["/chat/return", "/chat/leave", "/p/none", "/page"])
@pytest.mark.parametrize("page", ["320", "1280"], indirect=True)
def test_axe_finds_nothing_on_the_small_pages(page, site, path):
    page.goto(site + path)
    assert faults_here(page) == []


@pytest.mark.parametrize("page", SIZES, indirect=True)
def test_nothing_has_to_be_scrolled_sideways(page, site):
    begin(page, site)
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator(".about summary").click()
        press(page, ".about form button")  # and with larger text


@pytest.mark.parametrize("page", ["320", "390"], indirect=True)
def test_a_long_word_of_the_municipality_s_name_stays_whole(page, site):
    begin(page, site, "en")
    pieces = page.evaluate(
        "() => { const name = document.querySelector('.where .name'); name.textContent = 'Tsunagi City (demonstration)';"
        " const word = document.createRange(); word.setStart(name.firstChild, 13); word.setEnd(name.firstChild, 28);"
        " return word.getClientRects().length; }"
    )
    assert pieces == 1


def test_an_answer_appears_without_leaving_the_page(page, site):
    begin(page, site)
    page.evaluate("window.marked = true")
    page.locator(".option").first.click()
    expect(page.locator(".option input")).not_to_have_count(0)
    assert page.evaluate("window.marked") is True


def test_focus_goes_to_the_new_question_and_its_words_name_the_group(page, site):
    begin(page, site)
    page.locator(".option").first.click()
    expect(page.locator(".option input")).not_to_have_count(0)
    expect(page.locator("#answer")).to_be_focused()
    named = page.locator("#answer").get_attribute("aria-labelledby")
    expect(page.locator(f"#{named}")).to_contain_text("困っていること")


def test_the_whole_way_by_keyboard(page, site):
    page.goto(f"{site}/chat")

    def tab_to(selector):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"Tab never reached {selector}")

    tab_to("[name=start]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/chat#now"))
    tab_to(".option")
    page.keyboard.press("Enter")
    expect(page.locator(".asides")).to_be_visible()
    free(page)
    tab_to(".option")
    page.keyboard.press("Enter")
    expect(page.locator(".option input")).not_to_have_count(0)
    free(page)
    tab_to(".option input")
    page.keyboard.press("Space")
    tab_to("#answer .button.wide")
    page.keyboard.press("Enter")
    expect(page.locator(".said.person")).to_have_count(3)


@pytest.mark.parametrize("page", ["390", "400 percent"], indirect=True)
def test_what_has_the_focus_is_never_hidden_behind_a_bar(page, site):
    """WCAG 2.4.11."""
    begin(page, site)
    for _ in range(25):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const it = document.activeElement, box = it.getBoundingClientRect();
              const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
              return it === document.body || it.contains(top) || (top && top.contains(it)) || it.className === 'skip';
            }"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


def test_a_reply_of_the_staff_arrives_by_itself(page, site, web_shell):
    begin(page, site)
    with web_shell.engine.begin() as connection:
        owner = connection.execute(conversation.select()).mappings().one()["id"]
        connection.execute(
            message.insert().values(
                conversation_id=owner, direction="out", author="staff", surface="chat", at=now(),
                content={"text": "担当の佐藤です。", "locale": "ja"},
            )
        )
    expect(page.locator(".said.staff")).to_contain_text("担当の佐藤です。")


def test_ticks_survive_a_reply_that_arrives_meanwhile(page, site, web_shell):
    begin(page, site)
    page.locator(".option").first.click()
    expect(page.locator(".option input")).not_to_have_count(0)
    free(page)
    page.locator(".option input").nth(1).check()
    owner = conversations_of(web_shell)[0]["id"]
    with web_shell.engine.begin() as connection:
        connection.execute(
            message.insert().values(
                conversation_id=owner, direction="out", author="staff", surface="chat", at=now(),
                content={"text": "すぐ行きます。", "locale": "ja"},
            )
        )
    expect(page.locator(".said.staff")).to_be_visible()
    expect(page.locator(".option input").nth(1)).to_be_checked()


def test_without_a_connection_the_words_stay_and_the_page_says_so(page, site, worker):
    begin(page, site)
    page.locator("#text").fill("屋根がありません")
    page.context.set_offline(True)
    page.locator(".send").click()
    expect(page.locator("#flash")).to_contain_text("送れませんでした")
    expect(page.locator("#text")).to_have_value("屋根がありません")
    free(page)
    page.context.set_offline(False)
    page.locator(".send").click()
    expect(page.locator(".said.person").last).to_contain_text("屋根がありません")
    expect(page.locator("#text")).to_have_value("")


def test_words_begun_while_an_answer_is_under_way_stay(page, site):
    begin(page, site)
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = async (...what) => {
            const answer = await real(...what);
            await new Promise((go) => setTimeout(go, 400));
            return answer;
          };
        }"""
    )
    page.locator("#text").fill("安全です")
    page.locator(".send").click()
    page.locator("#text").fill("屋根が")
    expect(page.locator(".said.person")).to_have_count(2)
    expect(page.locator("body.sending")).to_have_count(0)
    expect(page.locator("#text")).to_have_value("屋根が")
    expect(page.locator("#text")).to_be_focused()


def reply(web_shell, words):
    with web_shell.engine.begin() as connection:
        owner = connection.execute(conversation.select()).mappings().one()["id"]
        connection.execute(message.insert().values(
            conversation_id=owner, direction="out", author="staff", surface="chat", at=now(), content={"text": words, "locale": "ja"}))


HOLD = """(method) => {
  const real = window.fetch;
  window.held = [];
  window.fetch = async (what, how) => {
    const answer = await real(what, how);
    if ((how.method || "GET") === method) await new Promise((go) => window.held.push(go));
    return answer;
  };
}"""
"""Answers to this method have left the server and are long under way, until somebody lets them go."""
LET_GO = "() => { window.held.splice(0).forEach((go) => go()); return new Promise((go) => setTimeout(go, 50)); }"


def test_a_look_that_was_long_under_way_does_not_bring_back_what_is_over(page, site, web_shell):
    begin(page, site)
    page.evaluate(HOLD, "GET")
    reply(web_shell, "すぐ行きます。")
    page.wait_for_function("() => window.held.length > 0")
    page.locator(".option").first.click()
    expect(page.locator(".said.person")).to_have_count(2)
    free(page)
    page.evaluate(LET_GO)
    expect(page.locator(".said.person")).to_have_count(2)
    expect(page.locator(".said.staff")).to_contain_text("すぐ行きます。")


def test_what_comes_while_an_answer_is_under_way_is_not_missed(page, site, web_shell):
    page.add_init_script("""window.EventSource = class extends EventSource {
      constructor(...from) { super(...from); window.heard = 0; this.addEventListener("changed", () => { window.heard += 1; }); }
    };""")
    begin(page, site)
    page.evaluate(HOLD, "POST")
    page.locator(".option").first.click()
    page.wait_for_function("() => window.held.length > 0")
    before = page.evaluate("window.heard")
    reply(web_shell, "すぐ行きます。")
    page.wait_for_function("(before) => window.heard > before", arg=before)
    page.evaluate(LET_GO)
    expect(page.locator(".said.staff")).to_contain_text("すぐ行きます。")


def test_leaving_quickly_leaves_no_way_back(page, site):
    page.goto("about:blank")
    page.goto(f"{site}/chat")
    page.route(re.compile("jma.go.jp"), lambda route: route.fulfill(body="<title>天気</title>"))
    page.locator("[data-exit]").click()
    page.wait_for_url(re.compile("jma.go.jp"))
    page.go_back()
    assert "/chat" not in page.url


def test_a_taken_conversation_shows_that_a_person_answers(page, site, web_shell):
    begin(page, site)
    with web_shell.engine.begin() as connection:
        connection.execute(staff.insert().values(
            id="s", tenant_id="tenant-tsunagi", login="s", name="佐藤", password_hash="-", role="caseworker", created_at=MONDAY_MORNING))
        connection.execute(update(conversation).values(held_by="s"))
    expect(page.locator("#who")).to_have_text("職員がお返事します")
    expect(page.locator("#answer .option")).to_have_count(0)


def test_everything_can_be_hit_with_a_finger(page, site):
    """At least 44 px high (WCAG 2.5.8 asks for 24), links inside a sentence apart."""
    begin(page, site)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, input:not([type=hidden]), textarea')]
             .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5 && !e.closest('label'))
             .map(e => e.outerHTML.slice(0, 100))"""
    )
    assert small == []


def test_larger_text_is_larger_and_stays(page, site):
    begin(page, site)
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)")
    page.locator(".about summary").click()
    press(page, ".about form button")
    page.reload()
    after = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)")
    assert after >= before * 1.2
