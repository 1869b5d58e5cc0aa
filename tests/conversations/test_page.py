"""Sensitive questions leave the chat for the project's own page and come back to the same spot (PR-20)."""

from datetime import timedelta

from backend import ids
from backend.cases.models import answer
from backend.journal.models import page_link
from dialogs.fields import FIELDS
from tests.conversations.conftest import Person, Town, complete_intake


class OnPage(Person):
    """The same person on the secure page of their LINE conversation."""

    def __init__(self, chat: Person) -> None:
        super().__init__(chat.town, "web", f"page:{chat.conversation['id']}")
        self._home = chat

    @property
    def conversation(self):  # type: ignore[no-untyped-def]
        return self._home.conversation


def to_the_link(town: Town, channel: str = "line") -> Person:
    """Somebody who goes on with the survey: meals and sleep are questions that LINE may not carry."""
    return complete_intake(town.person(channel=channel)).presses("more").presses("body")


def test_a_sensitive_question_becomes_a_link_that_works_once_for_half_an_hour(town: Town) -> None:
    hanako = to_the_link(town)
    link = hanako.messages()[-1]
    assert link.key == "secure.link"
    token = link.text.split("https://tsunagi.example.jp/p/")[1].split()[0]
    made = town.row(page_link)
    assert made["id"] == ids.hashed(token)
    assert made["expires_at"] - made["made_at"] == timedelta(minutes=30)
    assert token not in str(made)


def test_on_the_page_the_question_is_asked_and_nothing_of_it_goes_to_line(town: Town) -> None:
    hanako = to_the_link(town)
    sent = len(hanako.deliveries())
    page = OnPage(hanako)
    page.came()
    assert hanako.messages("page")[-1].field == "meals"
    page.presses("not_enough")
    kept = town.row(answer, field="meals")
    assert (kept["value"], kept["source"]) == ("not_enough", "web")
    assert len(hanako.deliveries()) == sent
    assert {row["surface"] for row in hanako.history()} == {"chat", "page"}


def test_after_the_last_sensitive_question_the_chat_goes_on_where_it_was(town: Town) -> None:
    hanako = to_the_link(town)
    page = OnPage(hanako)
    page.came()
    before = len(hanako.deliveries())
    page.presses("enough").presses("well").says("ひざが悪いです")
    assert len(hanako.deliveries()) == before + 1
    keys = [out.key for out in hanako.messages("chat")]
    assert "secure.came_back" in keys
    assert all(FIELDS[out.field].sensitivity < 2 for out in hanako.messages("chat") if out.field in FIELDS)


def test_the_web_chat_needs_no_link(small_town: Town) -> None:
    hanako = to_the_link(small_town, "web")
    assert hanako.messages()[-1].field == "meals"
    assert not hanako.deliveries()
    assert not small_town.rows(page_link)


def test_a_municipality_may_tighten_line_to_nothing_personal(small_town: Town) -> None:
    from backend.tenants.models import tenant

    with small_town.engine.begin() as connection:
        connection.execute(tenant.update().values(channel_limits={"line": {"max_in": 0, "max_out": 0}}))
    hanako = small_town.person().came()
    for _ in range(12):
        asked = hanako.messages()[-1]
        if asked.step == "secure":
            break
        for choice in {"trouble": ("home", "-done"), "sharing": ("later",), "language": ("ja",)}.get(asked.field, ("self" if asked.field == "for_whom" else "safe",)):
            hanako.presses(choice)
    assert hanako.messages()[-1].key == "secure.link"
    assert "field.name.ask" not in [out.key for out in hanako.messages()]
