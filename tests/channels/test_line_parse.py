"""What people do on LINE, and what the dialog hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.clock import Clock
from backend.messages import Incoming
from bots.line.parse import NOBODY, parse, raw_event
from dialogs.core.heard import Came, Chose, Said, SentFile, SentPlace, Unsent
from tests.conftest import MONDAY_MORNING
from tests.fakes import line_events as events

HANAKO = events.person("山田 花子")


def heard(kind: str, *, received: datetime = MONDAY_MORNING, at: datetime = MONDAY_MORNING, token: str = "t0k",
          **rest: Any) -> Incoming:
    return parse(raw_event(events.event(kind, HANAKO, at, token, **rest), events.DESTINATION, received).body)


def test_words_are_heard_and_can_be_replied_to_for_free() -> None:
    incoming = heard("message", **events.text("家が全部流された"))
    assert incoming.heard == Said("家が全部流された")
    assert incoming.reply == "t0k"
    assert incoming.reply_until is not None
    assert timedelta() < incoming.reply_until - MONDAY_MORNING < timedelta(minutes=1)


def test_the_minute_of_a_redelivered_token_counts_from_its_arrival_until_twenty_minutes_have_passed() -> None:
    late = MONDAY_MORNING + timedelta(minutes=15)
    assert heard("message", received=late, **events.text("はい")).reply_until == late + timedelta(seconds=50)
    assert heard("message", received=late + timedelta(minutes=6), **events.text("はい")).reply == ""


def test_a_button_carries_ids_and_never_its_label() -> None:
    assert heard("postback", **events.postback("s1|safe|yes")).heard == Chose("s1", "safe", "yes")


def test_a_button_of_an_old_menu_of_the_account_is_not_met_with_silence() -> None:
    assert heard("postback", **events.postback("action=coupon")).heard == Chose("", "", "action=coupon")


@pytest.mark.parametrize(("kind", "expected"), [("image", "photo"), ("video", "video"), ("audio", "voice")])
def test_photo_video_and_voice_are_kept_by_their_reference(kind: str, expected: str) -> None:
    message = events.media(kind)
    incoming = heard("message", **message)
    assert incoming.heard == SentFile(expected, message["message"]["id"])
    assert incoming.attachment == {"kind": expected, "ref": message["message"]["id"], "name": ""}


def test_a_file_keeps_its_name() -> None:
    sent = heard("message", **events.file("罹災証明書.pdf", 12345)).heard
    assert isinstance(sent, SentFile) and sent.kind == "file" and sent.name == "罹災証明書.pdf"


def test_a_picture_on_somebody_elses_server_is_never_fetched() -> None:
    provider = {"type": "external", "originalContentUrl": "https://intranet.example/x.jpg"}
    incoming = heard("message", **events.media("image", contentProvider=provider))
    assert incoming.heard == SentFile("photo", "")


def test_a_place_with_and_without_an_address() -> None:
    here = heard("message", **events.location(33.03, 130.44, "福岡県大牟田市有明町2丁目3"))
    assert here.heard == SentPlace(33.03, 130.44, "福岡県大牟田市有明町2丁目3") and here.shown.startswith("福岡県")
    assert heard("message", **events.location(33.03, 130.44)).shown == "33.03000, 130.44000"


def test_a_sticker_is_a_sticker_but_words_written_on_one_are_words() -> None:
    assert heard("message", **events.sticker()).heard == SentFile("sticker")
    assert heard("message", **events.sticker("助けて")).heard == Said("助けて")


def test_adding_blocking_and_taking_back() -> None:
    added = heard("follow", follow={"isUnblocked": True})
    assert added.heard == Came() and added.contact == "unblocked"
    left = heard("unfollow", token="")
    assert left.heard is None and left.contact == "blocked"
    assert heard("unsend", token="", unsend={"messageId": "77"}).heard == Unsent("77")


def test_a_corrected_text_is_shown_but_is_no_second_answer() -> None:
    incoming = heard("messageEdited", message={"type": "text", "id": "9", "text": "家は半壊です"})
    assert incoming.heard is None and incoming.shown == "家は半壊です"


def test_danger_in_a_corrected_text_is_heard() -> None:
    assert heard("messageEdited", message={"type": "text", "id": "9", "text": "もう死にたい"}).heard == Said("もう死にたい")


def test_on_standby_we_listen_and_stay_silent() -> None:
    incoming = heard("message", mode="standby", **events.text("こんにちは"))
    assert incoming.heard is None and incoming.shown == "こんにちは" and incoming.reply == ""


@pytest.mark.parametrize("source", [
    {"type": "group", "groupId": "C" + "1" * 32, "userId": HANAKO}, {"type": "room", "roomId": "R" + "1" * 32},
    {"type": "user"}, {"type": "community", "id": 1}, None,
])
def test_what_no_single_person_said_is_kept_but_not_answered(source: object, clock: Clock) -> None:
    kept = raw_event(events.event("message", HANAKO, clock(), "t", source=source, **events.text("やあ")), "", clock())
    assert kept.address == NOBODY and parse(kept.body).heard is None


@pytest.mark.parametrize("kind", ["beacon", "membership", "videoPlayComplete", "moduleFromTheFuture", "accountLink"])
def test_unknown_events_are_kept_whole_and_mean_nothing(kind: str, clock: Clock) -> None:
    event = events.event(kind, HANAKO, clock(), futureField={"deep": [1, 2]})
    kept = raw_event(event, "", clock())
    assert orjson.loads(kept.body)["event"] == event and parse(kept.body) == Incoming(None)


def test_an_unknown_kind_of_message_is_received_and_acknowledged() -> None:
    assert heard("message", message={"type": "hologram", "id": "5"}).heard == SentFile("other")


def test_a_word_of_danger_takes_the_fast_lane(clock: Clock) -> None:
    def lane(words: str) -> int:
        return raw_event(events.event("message", HANAKO, clock(), **events.text(words)), "", clock()).lane

    assert lane("死にたい") == 0 and lane("床上浸水で畳がだめになりました") == 1


def test_a_crisis_check_that_fails_counts_as_danger(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise RuntimeError

    monkeypatch.setattr("bots.danger.crisis", SimpleNamespace(check=broken))
    assert raw_event(events.event("message", HANAKO, clock(), **events.text("はい")), "", clock()).lane == 0


def test_an_event_without_an_id_is_still_the_same_event_when_it_comes_again(clock: Clock) -> None:
    event = events.event("message", HANAKO, clock(), **events.text("はい"))
    del event["webhookEventId"]
    assert raw_event(event, "", clock()).event_id == raw_event(dict(event), "", clock()).event_id != ""


def test_events_of_the_journals_tests_may_be_bare(clock: Clock) -> None:
    bare = orjson.dumps(events.event("message", HANAKO, clock(), "t", **events.text("はい")))
    assert parse(bare).heard == Said("はい") and parse(bare).reply == "t"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(alphabet=st.characters(), max_size=20)
    | st.sampled_from(["\ud83d", "\x00", "message", "text", "user", "postback"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "message", "source", "userId", "text", "id", "postback", "data", "timestamp",
                         "replyToken", "follow", "unsend", "mode", "latitude", "webhookEventId", "event"]), inner,
        max_size=6),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["type", "message", "source", "postback", "timestamp", "mode", "unsend",
                                        "webhookEventId", "replyToken"]), JSON))
def test_no_event_however_strange_stops_the_webhook_or_the_worker(event: dict[str, Any]) -> None:
    kept = raw_event(event, "", MONDAY_MORNING)
    for stored in (kept.address, kept.event_id, kept.destination):
        assert "\x00" not in stored and stored.encode().decode() == stored
    shown = parse(kept.body).shown
    assert "\x00" not in shown and shown.encode().decode() == shown


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_worker(body: bytes) -> None:
    parse(body)
