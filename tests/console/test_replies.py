"""Templates of replies: written by staff per language; what is not translated says so."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from backend.app import Shell
from backend.journal.models import conversation, message
from backend.replies.rules import text_for
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.world import Home, settle


@pytest.mark.parametrize(("texts", "locale", "found"), [
    ({"ja": "あす", "en": "tomorrow"}, "en", ("tomorrow", "en", True)),
    ({"ja": "あす"}, "en", ("あす", "ja", False)),
    ({"ja": "あす"}, "ja@simple", ("あす", "ja", True)),
    ({"ja": "あす", "ja@simple": "あした"}, "ja@simple", ("あした", "ja@simple", True)),
    ({"ja": "あす", "en": "tomorrow"}, "vi", ("あす", "ja", False)),
])  # fmt: skip
def test_nobody_gets_a_third_language(texts: dict[str, str], locale: str, found: tuple[str, str, bool]) -> None:
    fitting = text_for(texts, locale)
    assert (fitting.text, fitting.locale, fitting.translated) == found


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    make_staff("hanako")
    return settle(shell, tenant_id, "山田 花子")


def test_a_template_fills_the_reply_in_the_persons_language(new_browser: NewBrowser, shell: Shell, home: Home) -> None:
    page = new_browser("hanako").open("/console/replies")
    page.send("/console/replies", name="訪問の確認", text_ja="あすの10時にうかがいます。", text_en="We will visit you tomorrow at 10.")
    assert page.has("訪問の確認", "やさしい日本語：訳なし") or page.has("訪問の確認", "訳なし")
    talk = f"/console/conversations/{home.ids['conversation']}"
    page.open(f"/console/cases/{home.ids['case']}").send(f"{talk}/hold")
    (use,) = re.findall(r'href="([^"]*template=[^"]*)"', page.html)
    page.open(use.replace("&amp;", "&"))
    assert page.has("We will visit you tomorrow at 10.</textarea>") and not page.has("日本語のまま入れました")
    with shell.engine.begin() as c:
        c.execute(update(conversation).values(locale="ja"))
    assert page.open(use.replace("&amp;", "&")).has("あすの10時にうかがいます。</textarea>")
    with shell.engine.begin() as c:
        c.execute(update(conversation).values(locale="en"))
    page.open("/console/replies").send("/console/replies", name="訪問の確認", text_ja="あすの10時にうかがいます。", text_en="")
    page.open(use.replace("&amp;", "&"))
    assert page.has("日本語のまま入れました", "あすの10時にうかがいます。</textarea>")
    page.send(f"{talk}/reply", text="あすの10時にうかがいます。")
    with shell.engine.begin() as c:
        assert "あすの10時" in str(c.execute(select(message.c.content).where(message.c.author == "staff")).scalar_one())


def test_a_template_has_a_name_and_japanese_and_is_changed_once(new_browser: NewBrowser, home: Home) -> None:
    page = new_browser("hanako").open("/console/replies")
    assert page.send("/console/replies", name="訪問", text_en="tomorrow").status == 422
    page.open("/console/replies").send("/console/replies", name="訪問", text_ja="あす")
    late = page.hidden("/console/replies")
    page.send("/console/replies/retire")
    assert page.client.post("/console/replies", data={**late, "name": "訪問", "text_ja": "あさって"}).status_code == 409
    assert not page.open("/console/replies").has("あす")
