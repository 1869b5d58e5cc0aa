"""What is kept of what people send, and what is not."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import crypto
from backend.audit.models import audit as trail
from backend.cases.models import answer
from backend.conversations.erase import ERASE, erase
from backend.conversations.fetching import fetch_waiting
from backend.conversations.my_number import MASK, is_my_number, masked
from backend.followups.run import run_due
from backend.journal.models import attachment, inbox
from backend.messages import Fetched, Gone, NotYet
from backend.staff.accounts import end_staff
from backend.staff.codes import MOST_WRONG, make_code
from backend.staff.models import notice_route
from tests.conversations.conftest import Person, Town, complete_intake

WRONG = "123456789012"
RIGHT = "123456789018"


def raw(town: Town) -> str:
    return "".join(crypto.ring().open(bytes(row["body"]), "inbox.body").decode() for row in town.rows(inbox))


# --- unsent ---------------------------------------------------------------------------------------------------


def test_an_unsent_message_leaves_history_and_inbox_and_only_a_stub_stays(town: Town) -> None:
    """UX-12: a message taken back on LINE is hidden and its content deleted."""
    hanako = town.person().came().says("まちがえて送った秘密", ref="m1").sends_file("photo", "m2", ref="m2")
    hanako.does(kind="unsent", args=["m1"])
    hanako.does(kind="unsent", args=["m2"])
    stubs = [row for row in hanako.history() if row["event_ref"] in ("m1", "m2")]
    assert [(row["content"], row["hidden_at"] is not None) for row in stubs] == [(None, True)] * 2
    assert "秘密" not in raw(town)
    assert town.row(attachment)["state"] == "gone"
    assert "秘密" not in orjson.dumps([row["content"] for row in hanako.history()]).decode()


# --- My Number (PR-09) ------------------------------------------------------------------------------------------


def test_a_my_number_is_masked_everywhere_and_the_sender_told(town: Town) -> None:
    hanako = town.person().came().presses("ja").says(f"番号は {RIGHT[:4]}-{RIGHT[4:8]}-{RIGHT[8:]} です")
    (said,) = (row for row in hanako.history() if row["direction"] == "in" and row["content"]["kind"] == "said")
    assert said["content"]["shown"] == f"番号は {MASK} です"
    assert any(out.key == "common.my_number_masked" for out in hanako.messages())
    assert RIGHT[8:] not in raw(town)


@pytest.mark.parametrize(
    "typed", [WRONG, "0901234567890", "+819012345678", f"{RIGHT}9", "2026年11月21日 090-1234-5678", "短い"]
)
def test_other_figures_stay_as_they_are(typed: str) -> None:
    assert masked(typed) == typed


@given(st.text("0123456789", min_size=11, max_size=11), st.sampled_from(["", "-", " ", "ー"]))
def test_one_check_digit_in_eleven_is_right_and_only_that_is_masked(digits: str, between: str) -> None:
    right = [last for last in "0123456789" if is_my_number(digits + last)]
    assert len(right) == 1
    number = digits + right[0]
    typed = between.join((number[:4], number[4:8], number[8:]))
    wide = typed.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert masked(f"私のは{typed}です") == f"私のは{MASK}です"
    assert masked(wide) == MASK


def grouped(by: int, sign: str) -> str:
    return sign.join(RIGHT[at : at + by] for at in range(0, 12, by))


@pytest.mark.parametrize("typed", [
    grouped(4, "  "), grouped(4, " - "), grouped(4, "\n"), grouped(4, "\r\n"), grouped(4, "–"), grouped(4, "."), grouped(4, "/"), grouped(4, "・"),
    grouped(4, "\u00a0"), grouped(3, " "), grouped(3, "-"), grouped(1, " "), grouped(1, "-"), grouped(1, "\u200b"), grouped(4, "\u200b"),
    RIGHT.translate(str.maketrans("0123456789", "〇一二三四五六七八九")), RIGHT.translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")),
    f"https://example.jp/?n={RIGHT}", f"番号{RIGHT}.jpg",
])  # fmt: skip
def test_however_it_is_written(typed: str) -> None:
    assert MASK in masked(typed) and not any(sign.isnumeric() for sign in masked(typed))


@pytest.mark.parametrize("typed", [
    "2026/07/06 10:30", "2026-07-06 1030", "1203、1204、1205、1206", "1 2 3 4 5 6 7 8 9 10 11 12", "03-1234-5678", "100000 200000",
    "0120-279-338\n0570-064-556", "一二三", "大牟田市新栄町一丁目二番三号四五六",
])  # fmt: skip
def test_days_telephones_and_lists_stay(typed: str) -> None:
    assert masked(typed) == typed


# --- attachments -------------------------------------------------------------------------------------------------


class Camera:
    """A channel that hands out what its list says, in turn."""

    def __init__(self, *answers: Fetched | Gone | NotYet) -> None:
        self._answers = list(answers)

    async def fetch_attachment(self, ref: str) -> Fetched | Gone | NotYet:
        assert ref == "ref-1"
        return self._answers.pop(0)


async def test_a_photo_is_received_fetched_and_kept_encrypted(town: Town) -> None:
    hanako = town.person().came().sends_file("photo", "ref-1")
    assert "common.received_file" in [out.key for out in hanako.messages()]
    camera = {"line": Camera(NotYet(1), Fetched("image/jpeg", b"a roof with a hole"))}
    assert await fetch_waiting(town.engine, camera, town.clock) == 0
    assert await fetch_waiting(town.engine, camera, town.clock) == 1
    kept = town.row(attachment)
    assert (kept["state"], kept["media_type"]) == ("kept", "image/jpeg")
    assert b"roof" not in kept["content"]
    assert crypto.ring().open(kept["content"], "attachment.content") == b"a roof with a hole"


async def test_a_photo_that_the_channel_no_longer_has_is_gone(town: Town) -> None:
    town.person().came().sends_file("photo", "ref-1")
    await fetch_waiting(town.engine, {"line": Camera(Gone("unsent"))}, town.clock)
    assert town.row(attachment)["state"] == "gone"


async def test_photos_that_do_not_come_hold_up_no_new_one(town: Town) -> None:
    town.person().came().sends_file("photo", "ref-1")
    new = town.row(attachment)
    stuck = [
        {"id": f"0{number:025}", "conversation_id": new["conversation_id"], "kind": "photo", "ref": "ref-0",
         "state": "waiting", "tries": 9, "at": town.clock()}
        for number in range(300)
    ]  # fmt: skip
    with town.engine.begin() as connection:
        connection.execute(attachment.insert(), stuck)
    assert await fetch_waiting(town.engine, {"line": Camera(Fetched("image/jpeg", b"a roof"))}, town.clock) == 1


# --- staff bind their chat ---------------------------------------------------------------------------------------


def code_for(town: Town, staff_id: str, kind: str = "line") -> str:
    with town.engine.begin() as connection:
        return make_code(
            connection, purpose="notice", tenant_id=town.tenant_id, staff_id=staff_id, kind=kind, now=town.clock()
        )


def test_typing_the_code_binds_this_chat_to_the_member_of_staff(town: Town) -> None:
    sato = town.staff("sato", 1)
    code = code_for(town, sato)
    phone = town.person("sato-phone").came().says("１２３４５６" if code == "123456" else code)
    assert phone.messages()[-1].key == "common.notices_bound"
    bound = town.row(notice_route)
    assert (bound["staff_id"], bound["kind"], bound["address"]) == (sato, "line", "sato-phone")
    again = town.person("stranger").came().says(code)
    assert "common.notices_bound" not in [out.key for out in again.messages()]
    assert len(town.rows(notice_route)) == 1


def test_a_code_is_only_good_where_it_was_made_for_and_for_ten_minutes(town: Town) -> None:
    sato = town.staff("sato", 1)
    code = code_for(town, sato, "telegram")
    town.person().came().says(code)
    assert town.rows(notice_route) == []
    code = code_for(town, sato)
    town.clock.move(minutes=11)
    town.person().says(code)
    assert town.rows(notice_route) == []


def test_binding_a_chat_leaves_a_trace_and_ends_with_the_account(town: Town) -> None:
    sato, kato = town.staff("sato", 1), town.staff("kato")
    town.person("sato-phone").came().says(code_for(town, sato))
    trace = town.row(trail)
    assert (trace["staff_id"], trace["action"], trace["detail"]) == (sato, "staff.notice_bound", {"kind": "line"})
    unused = code_for(town, sato)
    with town.engine.begin() as connection:
        end_staff(connection, tenant_id=town.tenant_id, staff_id=sato, at=town.clock(), by=kato)
    assert town.rows(notice_route) == [], "a private phone is told nothing any more"
    town.person("sato-phone").says(unused)
    assert town.rows(notice_route) == []


def test_a_code_dies_of_too_many_guesses_whoever_makes_them(town: Town) -> None:
    """In every process together: a guesser with a hundred accounts gets no more tries than one."""
    sato = town.staff("sato", 1)
    code = code_for(town, sato)
    wrong = [f"{number:06d}" for number in range(MOST_WRONG + 5) if f"{number:06d}" != code][:MOST_WRONG]
    for place in range(0, MOST_WRONG, 10):
        guesser = town.person(f"guesser-{place}").came()
        for guess in wrong[place : place + 10]:
            guesser.says(guess)
    town.person("sato-phone").came().says(code)
    assert town.rows(notice_route) == []
    town.person("sato-phone").says(code_for(town, sato))
    assert [row["address"] for row in town.rows(notice_route)] == ["sato-phone"], "a new code is a new chance"


# --- forgetting (PR-07) ------------------------------------------------------------------------------------------


def month_passes(town: Town, days: int = 31) -> None:
    town.clock.move(days=days)
    run_due(town.engine, town.clock, {ERASE: erase})


def visitor(town: Town) -> Person:
    return town.person().came().presses("ja").presses("safe").presses("health").presses("-done")


def test_a_visitor_who_left_nothing_behind_is_forgotten_after_thirty_days(town: Town) -> None:
    hanako = visitor(town)
    month_passes(town, 29)
    assert town.rows(answer)
    month_passes(town, 2)
    assert town.rows(answer) == []
    assert {str(row["content"]) for row in hanako.history()} == {"None"}
    assert raw(town).strip("{}") == ""
    hanako.says("こんにちは")
    assert hanako.messages()[-1].field == "language"


def test_writing_again_begins_the_thirty_days_anew(town: Town) -> None:
    hanako = visitor(town)
    town.clock.move(days=20)
    hanako.presses("self")
    month_passes(town, 15)
    assert town.rows(answer)


def test_who_has_a_case_or_waits_for_somebody_is_not_forgotten(town: Town) -> None:
    complete_intake(town.person("a"))
    before = len(town.rows(answer))
    month_passes(town)
    assert len(town.rows(answer)) == before


def test_never_while_a_task_about_the_person_is_open(town: Town) -> None:
    visitor(town).says("人と話したい")
    month_passes(town)
    assert town.rows(answer)
