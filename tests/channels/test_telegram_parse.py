"""What people do on Telegram, and what the dialog hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.messages import Incoming
from bots.telegram.parse import NOBODY, parse, raw_event
from dialogs.core.heard import Came, Chose, Said, SentFile, SentPlace
from tests.channels.test_line_parse import JSON
from tests.conftest import MONDAY_MORNING
from tests.fakes import telegram_updates as updates

HANAKO = 4_000_000_123
BOT = "7000000001"


def kept(**content: Any) -> Any:
    return raw_event({"update_id": 900_000_001, **content}, BOT, MONDAY_MORNING)


def heard(**content: Any) -> Incoming:
    return parse(kept(message=updates.message(HANAKO, MONDAY_MORNING, **content)).body)


def test_words_are_heard() -> None:
    event = kept(message=updates.message(HANAKO, MONDAY_MORNING, text="家が全部流された"))
    assert parse(event.body).heard == Said("家が全部流された")
    assert (event.address, event.event_id, event.destination) == (str(HANAKO), f"{BOT}:900000001", BOT)


@pytest.mark.parametrize(("text", "expected"), [
    ("/start", Came()), ("/start booth-7_A", Came("booth-7_A")), ("/start@tsunagi_example_bot x", Came("x")),
    ("/menu", Said("menu")), ("/my_case", Said("my case")), ("/language@tsunagi_example_bot", Said("language")), ("/", Said("")),
])
def test_commands_are_an_arrival_or_a_word(text: str, expected: object) -> None:
    assert heard(text=text).heard == expected


def test_a_button_carries_ids_and_its_little_clock_can_be_stopped() -> None:
    query = updates.pressed(HANAKO, MONDAY_MORNING, "s1|safe|yes")
    incoming = parse(kept(callback_query=query).body)
    assert incoming.heard == Chose("s1", "safe", "yes")
    assert incoming.reply == query["id"] and incoming.reply_until == MONDAY_MORNING + timedelta(seconds=60)


def test_a_button_of_a_message_too_old_to_be_shown_still_counts() -> None:
    query = {**updates.pressed(HANAKO, MONDAY_MORNING, "s1|safe|yes"), "message": None}
    event = kept(callback_query=query)
    assert event.address == str(HANAKO) and parse(event.body).heard == Chose("s1", "safe", "yes")


def test_of_a_photo_the_largest_size_is_kept_with_its_caption() -> None:
    incoming = heard(photo=updates.photo(), caption="台所です")
    assert incoming.heard == SentFile("photo", "photo-1280") and incoming.shown == "台所です"
    assert incoming.attachment == {"kind": "photo", "ref": "photo-1280", "name": ""}


def test_danger_in_a_caption_is_heard_and_the_photo_is_kept() -> None:
    event = kept(message=updates.message(HANAKO, MONDAY_MORNING, photo=updates.photo(), caption="もう死にたい"))
    incoming = parse(event.body)
    assert event.lane == 0 and incoming.heard == Said("もう死にたい")
    assert incoming.attachment is not None and incoming.attachment["ref"] == "photo-1280"


@pytest.mark.parametrize(("content", "kind"), [
    ({"voice": updates.file("")}, "voice"), ({"audio": updates.file("a.mp3")}, "voice"),
    ({"video": updates.file("v.mp4")}, "video"), ({"video_note": updates.file("")}, "video"),
    ({"document": updates.file("罹災証明書.pdf")}, "file"), ({"sticker": {"emoji": "😢"}}, "sticker"),
    ({"dice": {"emoji": "🎲", "value": 1}}, "other"), ({"poll": {}}, "other"),
])
def test_everything_people_send_is_received(content: dict[str, Any], kind: str) -> None:
    sent = heard(**content).heard
    assert isinstance(sent, SentFile) and sent.kind == kind


def test_a_place_has_coordinates_and_a_venue_an_address() -> None:
    point = {"latitude": 33.03, "longitude": 130.44}
    assert heard(location=point).heard == SentPlace(33.03, 130.44)
    venue = {"location": point, "title": "市役所", "address": "大牟田市有明町2丁目3"}
    assert heard(location=point, venue=venue).heard == SentPlace(33.03, 130.44, "大牟田市有明町2丁目3")


def test_ones_own_number_is_an_answer_and_somebody_elses_is_not() -> None:
    own = heard(contact={"phone_number": "+819000001234", "first_name": "花子", "user_id": HANAKO})
    assert own.heard == Said("+819000001234")
    other = heard(contact={"phone_number": "+819000009999", "first_name": "太郎", "user_id": HANAKO + 1})
    assert other.heard == SentFile("contact", "", "+819000009999")


def test_blocking_and_coming_back() -> None:
    left = parse(kept(my_chat_member=updates.member(HANAKO, MONDAY_MORNING, "member", "kicked")).body)
    back = parse(kept(my_chat_member=updates.member(HANAKO, MONDAY_MORNING, "kicked", "member")).body)
    assert (left.heard, left.contact, back.heard, back.contact) == (None, "blocked", None, "unblocked")


def test_a_corrected_text_is_shown_and_only_danger_in_it_is_heard() -> None:
    def edited(text: str) -> Incoming:
        return parse(kept(edited_message=updates.message(HANAKO, MONDAY_MORNING, text=text, edit_date=1)).body)

    assert edited("家は半壊です").heard is None and edited("家は半壊です").shown == "家は半壊です"
    assert edited("もう死にたい").heard == Said("もう死にたい")


@pytest.mark.parametrize("chat", [
    {"id": -100123, "type": "supergroup", "title": "町内会"}, {"id": -5, "type": "group"}, {"id": "x", "type": "private"},
])
def test_groups_are_left_alone(chat: dict[str, Any]) -> None:
    event = kept(message={**updates.message(HANAKO, MONDAY_MORNING, text="こんにちは"), "chat": chat})
    assert event.address == NOBODY and parse(event.body) == Incoming(None)


@pytest.mark.parametrize("content", [{"shipping_query": {"id": "1"}}, {"future_update": {"a": [1]}}, {}])
def test_unknown_updates_are_kept_whole_and_mean_nothing(content: dict[str, Any]) -> None:
    event = kept(**content)
    assert orjson.loads(event.body)["update"] == {"update_id": 900_000_001, **content}
    assert parse(event.body) == Incoming(None)


def test_service_messages_are_not_answered() -> None:
    assert heard(pinned_message={"message_id": 1}).heard is None


@given(st.dictionaries(st.sampled_from(["update_id", "message", "edited_message", "callback_query", "my_chat_member"]),
                       JSON | st.dictionaries(st.sampled_from(["chat", "from", "date", "text", "photo", "location", "id",
                                                               "contact", "data", "message", "new_chat_member"]), JSON)))
def test_no_update_however_strange_stops_the_webhook_or_the_worker(update: dict[str, Any]) -> None:
    event = raw_event(update, BOT, MONDAY_MORNING)
    shown = parse(event.body).shown
    for text in (event.address, event.event_id, shown):
        assert "\x00" not in text and text.encode().decode() == text
