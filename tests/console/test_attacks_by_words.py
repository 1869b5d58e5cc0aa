"""What somebody writes or sends so that it becomes a script on a page of the console."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import insert, update

from backend.app import Shell
from backend.cases.models import answer, case, suggestion
from backend.console.routes import PAGES
from backend.journal.models import attachment, conversation, message
from backend.people.models import person
from backend.referrals.models import referral
from backend.staff.models import staff
from backend.staff.roles import ROLES
from backend.tenants.models import disaster, district, recipient, tenant
from tests.console.attacked import homes as homes
from tests.console.conftest import NewBrowser
from tests.console.test_policy import filled
from tests.console.world import Home, alert

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def poison(shell: Shell, home: Home) -> None:
    """A script in every field that somebody outside or another member of staff can fill."""
    now = shell.clock()
    mine = home.ids
    with shell.engine.begin() as c:
        c.execute(update(person).values(name=SCRIPT, kana=SCRIPT, phone=SCRIPT))
        c.execute(update(case).values(district=SCRIPT[:80]))
        c.execute(update(attachment).values(name=SCRIPT, kind="file"))
        c.execute(update(referral).values(note=SCRIPT, recipient_id=None))
        c.execute(update(staff).values(name=SCRIPT[:80]))
        c.execute(update(tenant).values(name={"ja": SCRIPT, "en": SCRIPT}, phone=SCRIPT[:40], hours={"ja": SCRIPT}))
        for field in ("name", "kana", "phone", "address", "worries"):
            c.execute(insert(answer).values(
                tenant_id=home.tenant, conversation_id=mine["conversation"], case_id=mine["case"], field=field,
                state="given", value=SCRIPT, by="self", about="self", source="line", at=now))
        words = {"ja": SCRIPT, "en": SCRIPT}
        c.execute(insert(suggestion).values(
            tenant_id=home.tenant, case_id=mine["case"], at=now, catalogue="2026.1", inputs={}, counts={}, result=[{
                "id": "livelihood_recovery_grant", "name": words, "verdict": "possible", "amount_kind": "range",
                "min_yen": 1, "max_yen": 2, "why": [], "missing": [], "desk": words, "deadline": None,
                "warnings": [words]}]))
        for author, key in (("person", "shown.file"), ("person", ""), ("person", "shown.chose"), ("person", SCRIPT)):
            c.execute(insert(message).values(
                conversation_id=mine["conversation"], direction="in", author=author, surface="chat",
                content={"shown": SCRIPT, "shown_key": key, "kind": "said"}, at=now))
        c.execute(insert(district).values(id="d", tenant_id=home.tenant, name=SCRIPT[:80]))
        c.execute(insert(disaster).values(id="x", tenant_id=home.tenant, name=words, happened_on=now.date(),
                                          prefecture="", municipality="", acts={}))
        c.execute(insert(recipient).values(id="r", tenant_id=home.tenant, kind="professional", profession="lawyer",
                                           name=words, contact=SCRIPT, active=True))
        lone = "lone-conversation"
        c.execute(insert(conversation).values(
            id=lone, tenant_id=home.tenant, channel="telegram", address_index="i", address=SCRIPT, created_at=now,
            last_heard_at=now))
        c.execute(insert(answer).values(tenant_id=home.tenant, conversation_id=lone, field="name", state="given",
                                        value=SCRIPT, by="self", about="self", source="line", at=now))
    alert(shell, home)


def foreign(text: str) -> list[Any]:
    """Tags, attributes and addresses that our templates do not write."""
    found: list[Any] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            for name, value in attrs:
                strange = name in ("href", "src", "action") and not (value or "").startswith(("/", "#", "tel:"))
                if strange or name.startswith("on") or name == "style":
                    found.append((tag, name, value))
            if tag == "img" or (tag == "script" and not dict(attrs).get("src")):
                found.append((tag, attrs))

    Reader().feed(text)
    return found


def test_no_stored_word_becomes_markup_on_any_page(
    homes: dict[str, Home], new_browser: NewBrowser, shell: Shell
) -> None:
    browsers = {role: new_browser(role) for role in ROLES}
    poison(shell, homes["tsunagi"])
    seen = 0
    for page in PAGES:
        if page.method != "GET" or "attachments" in page.path:
            continue
        paths = [filled(page.path, homes["tsunagi"])]
        if "/conversations/{id}" in page.path:
            paths.append(page.path.replace("{id}", "lone-conversation").replace("{part}", "record"))
        for part in ("todo", "talk", "hold") if "{part}" in page.path else ():
            paths.append(paths[0].replace("/record", f"/{part}"))
        for path in (f"{one}?talk={SCRIPT}&all=1&whose={SCRIPT}&before={SCRIPT}" for one in paths):
            for role in sorted(page.roles):
                text = browsers[role].client.get(path).text
                assert "<script>alert" not in text and "<img src=x" not in text, (role, path)
                assert foreign(text) == [], (role, path)
                seen += text.count("&lt;script&gt;alert")
    assert seen > 50, "looked in the wrong place"


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", "application/pdf", "",
                                  "image/png; charset=x", "IMAGE/JPEG\r\nX-Evil: 1"])
def test_a_file_that_could_hold_a_script_is_only_handed_over(
    kind: str, homes: dict[str, Home], new_browser: NewBrowser, shell: Shell
) -> None:
    with shell.engine.begin() as c:
        c.execute(update(attachment).values(media_type=kind, name="../../家\r\nX-Evil: 1.svg"))
    got = new_browser("caseworker").client.get(f"/console/attachments/{homes['tsunagi'].ids['attachment']}")
    assert got.headers["content-type"] == "application/octet-stream" and got.headers["content-disposition"] == "attachment"
    assert got.headers["x-content-type-options"] == "nosniff" and "sandbox" in got.headers["content-security-policy"]
    assert "x-evil" not in got.headers
