"""A consent given by word of mouth: read out in the person's language, kept with its wording, and it opens the door."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from backend.app import Shell
from backend.consent.models import consent_event, notice_text
from backend.consent.rules import first_broken
from backend.console.lists import _last_talks
from backend.journal.models import conversation
from backend.referrals.models import referral
from tests.conftest import MovableClock
from tests.console.conftest import Browser, MakeStaff, NewBrowser, make_test_shell
from tests.console.world import Home, settle

ASKED = "tell professionals"


@pytest.fixture
def shell(engine: Engine, clock: MovableClock, tmp_path: Path) -> Shell:
    return make_test_shell(engine, clock, tmp_path)


@pytest.fixture
def home(shell: Shell, tenant_id: str, make_staff: MakeStaff) -> Home:
    make_staff("hanako")
    return settle(shell, tenant_id, "山田 花子")


@pytest.fixture
def page(new_browser: NewBrowser, home: Home) -> Browser:
    return new_browser("hanako").open(f"/console/cases/{home.ids['case']}")


def tell(page: Browser, home: Home, recipient: str, event: str) -> Browser:
    """Staff fill in the form of one recipient class."""
    action = f"/console/cases/{home.ids['case']}/consent"
    forms = [page.hidden(action, nth) for nth in range(page.html.count(f'action="{action}"'))]
    form = next(one for one in forms if one["recipient"] == recipient)
    return page._took(page.client.post(action, data={**form, "event": event}))


def test_the_question_is_there_in_the_words_and_the_language_of_the_person(page: Browser, home: Home) -> None:
    """PR-03: the household writes English, the caseworker reads Japanese."""
    assert page.has("口頭で聞いた答えを記録する", 'lang="en">May we', 'lang="ja">')


def test_a_chat_in_which_nobody_was_heard_yet_is_not_the_one_they_use(page: Browser, shell: Shell, home: Home) -> None:
    """Where nothing stands, one database sorts first and the other last."""
    with shell.engine.begin() as c:
        c.execute(insert(conversation).values(
            id="unheard", tenant_id=home.tenant, channel="web", address_index="unheard", address="unheard", locale="ja", case_id=home.ids["case"],
            created_at=shell.clock()))
        (newest,) = _last_talks(c, [home.ids["case"]]).values()
        assert newest.id == home.ids["conversation"]
    assert page.open(f"/console/cases/{home.ids['case']}").has('lang="en">May we')


def test_a_later_yes_on_the_phone_lets_the_lawyer_be_told(page: Browser, shell: Shell, home: Home) -> None:
    tell(page, home, "professional", "withdrawn")
    with shell.engine.begin() as c:
        assert c.execute(select(referral.c.state)).scalar_one() == "withdrawn"
        c.execute(update(referral).values(state="open", consent="deferred", version=1))
    page.open(f"/console/cases/{home.ids['case']}")
    mark = f"/console/referrals/{home.ids['referral']}/mark"
    assert page.has("本人は同意を取り消しました") and page.send(mark, state="accepted").status == 409
    page.open(f"/console/cases/{home.ids['case']}")
    tell(page, home, "professional", "given")
    assert page.status == 200 and page.has("本人は、この専門家に伝えることに同意しています。", "職員")
    page.send(mark, state="accepted")
    with shell.engine.begin() as c:
        assert c.execute(select(referral.c.state)).scalar_one() == "accepted"
        chain = c.execute(select(consent_event).order_by(consent_event.c.id)).mappings().all()
        assert [one["event"] for one in chain] == ["given", "withdrawn", "given"] and first_broken(chain) is None
        read = c.execute(select(notice_text).where(notice_text.c.id == chain[-1]["notice_text_id"])).one()
    assert read.locale == "en" and chain[-1]["method"] == "staff"
    assert page.open("/console").status == 200


def test_words_that_changed_since_they_were_read_are_not_kept(page: Browser, shell: Shell, home: Home) -> None:
    with shell.engine.begin() as c:
        c.execute(update(conversation).values(locale="ja"))
    tell(page, home, "npo", "given")
    assert page.status == 409
    with shell.engine.begin() as c:
        assert c.execute(select(consent_event.c.id).where(consent_event.c.recipient == "npo")).all() == []


@pytest.mark.parametrize(("recipient", "event"), [("everybody", "given"), ("npo", "sold")])
def test_there_is_no_such_decision(page: Browser, home: Home, recipient: str, event: str) -> None:
    form = page.hidden(f"/console/cases/{home.ids['case']}/consent")
    sent = page.client.post(
        f"/console/cases/{home.ids['case']}/consent", data={**form, "recipient": recipient, "event": event}
    )
    assert sent.status_code == 400
