"""Carrying a household in a real browser: every page readable by everybody, the keys, and no way round the sheet of a meeting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.clock import in_japan, now
from tests.browser.conftest import press, speak
from tests.browser.looking import faults_here
from tests.browser.test_console import NARROW, PHONE, WIDE, Console
from tests.browser.test_console import console as console

pytestmark = pytest.mark.browser


def of_case(console: Console) -> list[str]:
    case_id = console.talk_of("小林 勇").case_id
    return [f"/console/cases/{case_id}{part}" for part in ("", "/household", "/support", "/timeline", "/notes", "/handover")]


@pytest.fixture(scope="module")
def carried(console: Console) -> dict[str, str]:
    """A policy in two versions, a note, a team, a template, and a meeting with a household and a guest."""
    page = console.sign_in("supervisor")
    address = console.address + of_case(console)[2]

    def send(form: str, **fields: str) -> None:
        """Fill a form in, whichever details it is in, and send it."""
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        here = page.locator(f"form[action='{form}']").first
        for name, value in fields.items():
            field = here.locator(f"[name='{name}']").first
            kind = field.get_attribute("type") or field.evaluate("one => one.tagName.toLowerCase()")
            if kind == "select":
                field.select_option(value)
            elif kind in ("checkbox", "radio"):
                here.locator(f"[name='{name}'][value='{value}']").check()
            else:
                field.fill(value)
        press(page, here.locator("button[type=submit], button:not([type])"))

    page.goto(address)
    base = address.removeprefix(console.address).removesuffix("/support")
    send(f"{base}/category", category="4", note="娘さんも心配している")
    send(f"{base}/policy", wish_home="元の場所に住みたい", policy="・月1回訪問する")
    send(f"{base}/policy", policy="・月2回訪問する")
    send(f"{base}/entries", text="電話で様子を聞いた。")
    send(f"{base}/flag", question="住宅ローンをどうするか")
    page.goto(f"{console.address}{base}/notes")
    send(f"{base}/notes", text="犬がいます。ひと声かけてから。")
    page.goto(f"{console.address}/console/teams")
    send("/console/teams", name="北班")
    page.goto(f"{console.address}/console/replies")
    send("/console/replies", name="訪問の確認", text_ja="あすうかがいます。")
    page.goto(f"{console.address}/console/meetings")
    send("/console/meetings", held_on=(in_japan(now()).date() + timedelta(days=60)).isoformat(), place="本庁舎")
    meeting = page.url.removeprefix(console.address)
    page.locator("input[name=case]").first.check()
    press(page, f"form[action='{meeting}/items'] button")
    send(f"{meeting}/participants", name="東 健", organisation="自治会")
    return {"case": base, "meeting": meeting}


@pytest.mark.parametrize(("locale", "viewport"), [("ja", PHONE), ("en", WIDE), ("ja", NARROW)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    console: Console, carried: dict[str, str], locale: str, viewport: dict[str, int]
) -> None:
    page = console.sign_in("supervisor", viewport)
    speak(page, locale)
    paths = ["/console/cases", "/console/cases?category=4&sort=kana", "/console/teams", "/console/replies", "/console/meetings",
             carried["meeting"], f"{carried['meeting']}/sheet", *of_case(console)]  # fmt: skip
    for path in paths:
        page.goto(console.address + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert faults_here(page) == [], path


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_a_day_by_keyboard(console: Console, carried: dict[str, str]) -> None:
    """ST-10: keyboard."""
    page = console.sign_in("supervisor")
    page.goto(f"{console.address}/console/cases")
    names = page.locator("[data-open]").all_inner_texts()
    for _ in range(2):
        page.keyboard.press("j")
    assert focused(page) == names[1]
    page.keyboard.press("k")
    assert focused(page) == names[0]
    page.keyboard.press("o")
    page.wait_for_url("**/console/cases/0*")
    page.keyboard.press("?")
    page.locator("#keys").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("#keys").wait_for(state="hidden")
    page.keyboard.press("a")
    page.wait_for_function("document.activeElement.id === 'assign-to'")
    page.locator("body").click(position={"x": 2, "y": 2})
    page.click("#keys-show")
    page.check("#keys-off")
    page.keyboard.press("Escape")
    page.locator("#keys").wait_for(state="hidden")
    page.goto(f"{console.address}/console/cases")
    page.keyboard.press("j")
    assert page.locator(".picked").count() == 0, "switched off"
