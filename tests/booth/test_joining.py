"""From the table to the phone: a code, a proof, and the conversation goes on in that case. And everybody who is not that person."""

import pytest

from backend.booth import drafts, links
from backend.booth.models import case_binding, case_link, case_lock
from backend.cases.models import answer, case
from backend.conversations.erase import ERASE, erase
from backend.followups.run import run_due
from backend.journal.models import conversation, message
from backend.people.models import person
from backend.tasks.models import task
from tests.booth.conftest import HANA
from tests.chance import apart

BORN = "昭和30年5月3日"
SECRETS = ("山田", "花子", "T-2026", "新栄町", "半壊")


@pytest.fixture
def mori(booth):
    return booth.staff("森")


def said(resident):
    return " ".join(out.text for out in resident.messages())


@pytest.mark.parametrize("channel", ["line", "telegram", "web"])
def test_the_conversation_goes_on_in_the_case_and_asks_nothing_already_answered(booth, mori, channel):
    case_id = booth.seed(mori)
    link = booth.link(mori, case_id)
    hana = booth.town.person("hana-1", channel)
    if channel == "line":
        hana.came()
        hana.says(f"相談窓口の続き：{link.token}")
    else:
        hana.does(kind="came", args=[link.token])
    assert hana.messages()[-1].key == "join.ask" and not any(word in said(hana) for word in SECRETS)
    hana.says(BORN)
    assert hana.conversation["case_id"] == case_id
    asked = [out.field for out in hana.messages() if out.field and out.field != "language"]
    assert not set(asked) & set(HANA), f"asked again: {asked}"
    assert len(booth.town.rows(case)) == 1, "no second case"
    assert "case.updated" in {out.key for out in hana.messages()}


def test_whoever_just_added_the_account_is_spoken_to_in_the_papers_language(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori, language="en")
    maria = small_booth.town.person("maria").came()
    maria.says(f"Carry on from the desk: {small_booth.link(mori, case_id, locale='en').token}")
    assert maria.messages()[-1].text.startswith("You can carry on here")
    maria.says("3 May 1955")
    assert maria.conversation["locale"] == "en" and maria.messages()[-1].locale == "en"


def test_only_what_is_open_is_asked_and_it_is_answered_in_the_case(booth, mori):
    told = {name: value for name, value in HANA.items() if name not in ("certificate", "living_now")}
    case_id = booth.seed(mori, told)
    hana = booth.town.person(channel="web")
    hana.does(kind="came", args=[booth.link(mori, case_id).token]).says(BORN)
    assert hana.messages()[-1].field == "certificate"
    hana.presses("issued")
    assert hana.messages()[-1].field == "living_now"
    hana.presses("rented")
    kept = {one["field"]: one for one in booth.town.rows(answer, case_id=case_id, conversation_id=hana.conversation["id"])}
    assert (kept["certificate"]["value"], kept["living_now"]["value"]) == ("issued", "rented")


def test_the_spoken_digits_open_it_too(booth, mori):
    case_id = booth.seed(mori, birth_date="")
    link = booth.link(mori, case_id)
    hana = booth.town.person()
    hana.does(kind="came", args=[link.token]).says(f" {link.code[:3]} {link.code[3:]} ".translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    assert hana.conversation["case_id"] == case_id


def test_a_code_works_once_and_not_for_ever(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori)
    link = small_booth.link(mori, case_id)
    small_booth.town.person("hana-1").does(kind="came", args=[link.token]).says(BORN)
    second = small_booth.town.person("thief").does(kind="came", args=[link.token]).says(BORN)
    assert second.conversation["case_id"] is None and second.messages()[0].key == "join.gone"
    old = small_booth.link(mori, case_id)
    small_booth.town.clock.move(days=14, seconds=1)
    late = small_booth.town.person("late").does(kind="came", args=[old.token])
    assert late.messages()[0].key == "join.gone"


def test_the_code_is_kept_only_as_a_hash(small_booth, monkeypatch):
    monkeypatch.setattr("backend.ids.code", lambda digits=6: "735284")  # one that stands in no number by chance
    mori = small_booth.staff("森")
    link = small_booth.link(mori, small_booth.seed(mori))
    row = small_booth.town.row(case_link)
    assert link.token not in str(row) and link.code not in apart(str(row))


# --- whoever is not that person -------------------------------------------------------------------------------------


def test_who_has_the_paper_but_not_the_proof_gets_nothing(booth, mori):
    case_id = booth.seed(mori)
    link = booth.link(mori, case_id)
    thief = booth.town.person("thief", "web")
    thief.does(kind="came", args=[link.token])
    for guess in ("昭和30年5月4日", "1955-05-30", "000000" if link.code != "000000" else "000001"):
        thief.says(guess)
        assert thief.messages()[-1].key == "join.wrong"
    assert thief.conversation["case_id"] is None and not any(word in said(thief) for word in SECRETS)


def test_ten_wrong_answers_lock_the_case_for_a_day_whoever_gives_them(booth, mori):
    case_id = booth.seed(mori)
    first, second = booth.link(mori, case_id), booth.link(mori, case_id)
    for number in range(5):
        for link in (first, second):
            booth.town.person(f"thief-{number}-{link.code}", "web").does(kind="came", args=[link.token]).says("昭和1年12月31日")
    hana = booth.town.person("hana", "web").does(kind="came", args=[first.token]).says(BORN)
    assert hana.conversation["case_id"] is None, "even the right one"
    locked = said(hana)
    wrong = said(booth.town.person("other", "web").does(kind="came", args=[second.token]).says("昭和2年1月1日"))
    assert locked == wrong, "whether it is locked or wrong is not told apart"
    booth.town.clock.move(days=1)
    hana.says(BORN)
    assert hana.conversation["case_id"] == case_id


def test_staff_unlock_it_and_give_a_new_paper(booth, mori):
    case_id = booth.seed(mori)
    link = booth.link(mori, case_id)
    thief = booth.town.person("thief", "web").does(kind="came", args=[link.token])
    for day in range(1, 11):
        thief.says(f"昭和30年6月{day}日")
    with booth.town.engine.begin() as connection:
        assert links.is_locked(connection, case_id, booth.town.clock())
        links.call_back(connection, mori, case_id, booth.town.clock())
        links.reset(connection, mori, case_id, booth.town.clock())
    thief.says(BORN)
    assert thief.conversation["case_id"] is None, "the paper that was guessed at is dead"
    fresh = booth.link(mori, case_id)
    hana = booth.town.person("hana", "web").does(kind="came", args=[fresh.token]).says(BORN)
    assert hana.conversation["case_id"] == case_id


def test_twenty_wrong_answers_over_the_days_end_the_paper_and_staff_are_told(booth, mori):
    """Ten a day for fourteen days would be 140 guesses at a birth date."""
    case_id = booth.seed(mori)
    link, other = booth.link(mori, case_id), booth.link(mori, case_id)
    thief = booth.town.person("thief", "web").does(kind="came", args=[link.token])
    for number in range(links.MOST_IN_ALL):
        thief.says(f"昭和{31 + number}年6月1日")
        assert len(booth.town.rows(task, topic="guessed")) == (number == links.MOST_IN_ALL - 1)
        booth.town.clock.move(hours=13)
    (told,) = booth.town.rows(task, topic="guessed", case_id=case_id)
    assert told["kind"] == "yellow" and not links_of(booth, case_id)
    thief.says(BORN)
    hana = booth.town.person("hana", "web").does(kind="came", args=[other.token]).says(BORN)
    assert thief.conversation["case_id"] is None and hana.conversation["case_id"] is None, "both papers are dead"
    fresh = booth.link(mori, case_id)
    hana.does(kind="came", args=[fresh.token]).says(BORN)
    assert hana.conversation["case_id"] == case_id, "a new paper has its own twenty"


def links_of(booth, case_id):
    with booth.town.engine.connect() as connection:
        return links.waiting(connection, case_id, booth.town.clock())


def test_a_wrong_answer_elsewhere_locks_nobody_in_the_same_shelter(small_booth):
    mori = small_booth.staff("森")
    one, other = small_booth.seed(mori), small_booth.seed(mori, name="佐藤 一郎", birth_date="昭和20年1月2日")
    thief = small_booth.town.person("thief", "web").does(kind="came", args=[small_booth.link(mori, one).token])
    for day in range(1, 12):
        thief.says(f"昭和30年6月{day}日")
    assert [row["tries"] for row in small_booth.town.rows(case_lock, case_id=one)] == [10]
    ichiro = small_booth.town.person("ichiro", "web").does(kind="came", args=[small_booth.link(mori, other).token]).says("1945-01-02")
    assert ichiro.conversation["case_id"] == other


def test_a_protected_persons_case_opens_by_the_spoken_digits_alone(small_booth):
    """PR-32: those whom they must be safe from know the birth date."""
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori)
    link = small_booth.link(mori, case_id)
    with small_booth.town.engine.begin() as connection:
        connection.execute(case.update().values(restricted=True))
    other = small_booth.town.person("other", "web").does(kind="came", args=[link.token]).says(BORN)
    assert other.conversation["case_id"] is None
    hana = small_booth.town.person("hana", "web").does(kind="came", args=[link.token]).says(link.code)
    assert hana.conversation["case_id"] == case_id


def test_somebody_in_danger_is_heard_before_any_code(booth, mori):
    case_id = booth.seed(mori)
    hana = booth.town.person(channel="web").does(kind="came", args=[booth.link(mori, case_id).token])
    hana.says("死にたい")
    assert hana.messages()[-1].kind == "crisis" or "crisis" in {out.kind for out in hana.messages()}
    hana.says(BORN)
    assert hana.conversation["case_id"] == case_id, "and the code still waits"


def test_the_cases_language_follows_the_one_chosen_in_its_persons_own_chat(booth, mori):
    """Letters and the interpreter of a visit go by it."""
    case_id = booth.seed(mori)
    hana = booth.town.person("hana", "web").does(kind="came", args=[booth.link(mori, case_id).token]).says(BORN)
    son = booth.town.person("son", "web").does(kind="came", args=[booth.link(mori, case_id, "proxy", "child").token]).says(BORN)
    assert booth.town.row(case)["language"] == "ja"
    hana.does(kind="said", args=["ことば"]).presses("en")
    assert booth.town.row(case)["language"] == "en"
    son.does(kind="said", args=["ことば"]).presses("ja@simple")
    assert son.conversation["locale"] == "ja@simple" and booth.town.row(case)["language"] == "en", "whoever answers for her chooses for himself"
    with booth.town.engine.begin() as connection:
        draft = drafts.begin_from_case(connection, mori, case_id, at=booth.town.clock())
    booth.finish(mori, draft, {"language": "ja@simple"})
    assert booth.town.row(case)["language"] == "ja@simple" and booth.town.row(case)["language_told"]
    hana.does(kind="said", args=["ことば"]).presses("ja")
    assert booth.town.row(case)["language"] == "ja@simple", "what staff was told holds"


def test_who_would_rather_start_alone_does(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori)
    hana = small_booth.town.person(channel="web").does(kind="came", args=[small_booth.link(mori, case_id).token])
    hana.presses("-leave")
    assert hana.messages()[-1].field == "language"
    hana.presses("ja")
    assert hana.conversation["case_id"] is None


def test_whoever_goes_on_without_the_code_gives_their_birth_date_as_an_answer(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori)
    hana = small_booth.town.person(channel="web").does(kind="came", args=[small_booth.link(mori, case_id).token])
    hana.says("日本語").presses("safe").presses("home").presses("-done").presses("self")
    hana.says(BORN)
    assert hana.conversation["case_id"] is None and small_booth.town.row(case_lock)["tries"] == 0


def test_words_of_the_right_length_are_no_code(small_booth):
    hana = small_booth.town.person(channel="web").came()
    hana.says("abcdefghij0123456789")
    assert "join.gone" in {out.key for out in hana.messages()}
    hana.says("abcdefghijklmnopqrstuvwxyz")
    assert hana.messages()[-1].key != "join.ask"


# --- several people, several phones ---------------------------------------------------------------------------------


def test_the_daughters_phone_answers_for_her_mother(booth, mori):
    told = {name: value for name, value in HANA.items() if name != "certificate"}
    case_id = booth.seed(mori, told)
    link = booth.link(mori, case_id, "proxy", "child")
    ai = booth.town.person("ai", "web").does(kind="came", args=[link.token]).says(BORN).presses("issued")
    assert ai.conversation["case_id"] == case_id
    kept = next(one for one in booth.town.rows(answer, field="certificate"))
    assert (kept["by"], kept["about"]) == ("proxy", "other")
    bound = booth.town.row(case_binding)
    assert (bound["speaker"], bound["relation"]) == ("proxy", "child")


def test_two_phones_share_a_case_and_neither_sees_the_others_words(booth, mori):
    case_id = booth.seed(mori)
    phones = []
    for name in ("hana", "ai"):
        resident = booth.town.person(name, "web").does(kind="came", args=[booth.link(mori, case_id).token]).says(BORN)
        phones.append(resident)
    assert {one.conversation["case_id"] for one in phones} == {case_id}
    assert len({one.conversation["id"] for one in phones}) == 2
    ids = {one.conversation["id"]: one for one in phones}
    assert len(ids) == len(booth.town.rows(conversation))


def test_one_phone_for_two_people_asks_whom_and_goes_back_and_forth(booth, mori):
    hana_case = booth.seed(mori, {name: value for name, value in HANA.items() if name != "certificate"})
    taro_case = booth.seed(mori, {name: value for name, value in HANA.items() if name != "living_now"} | {"name": "山田 太郎", "birth_date": "S25.1.1"})
    phone = booth.town.person("phone", "web")
    phone.does(kind="came", args=[booth.link(mori, hana_case).token]).says(BORN)
    assert phone.messages()[-1].field == "certificate"
    phone.does(kind="came", args=[booth.link(mori, taro_case, "proxy", "spouse").token]).says("昭和25年1月1日")
    asked = phone.messages()[-1]
    assert asked.key == "join.whom" and [button.label for button in asked.numbered] == ["山田 花子さん", "山田 太郎さん"]
    phone.presses(taro_case)
    assert phone.messages()[-1].field == "living_now" and phone.conversation["case_id"] == taro_case
    phone.says("切りかえ").presses(hana_case)
    assert phone.messages()[-1].field == "certificate" and phone.conversation["case_id"] == hana_case
    phone.presses("issued")
    assert booth.town.rows(answer, field="certificate", case_id=hana_case, superseded_at=None)[-1]["value"] == "issued"
    phone.says("切りかえ").presses(taro_case).presses("rented")
    kept = booth.town.rows(answer, field="living_now", case_id=taro_case)[-1]
    assert (kept["value"], kept["by"]) == ("rented", "proxy")


def test_what_was_said_in_the_chat_before_comes_to_the_case_and_overwrites_nothing(booth, mori):
    case_id = booth.seed(mori, {"name": "山田 花子", "birth_date": BORN, "damage_level": "half"})
    hana = booth.town.person(channel="web").came()
    hana.presses("ja").presses("safe").presses("home").presses("-done").presses("self")
    hana.does(kind="came", args=[booth.link(mori, case_id).token]).says(BORN)
    holds = {one["field"]: one for one in booth.town.rows(answer, case_id=case_id, superseded_at=None)}
    assert holds["trouble"]["value"] == ["home"] and holds["damage_level"]["value"] == "half"
    assert booth.town.row(person)["name"] == "山田 花子"
    assert not [one for one in booth.town.rows(answer) if one["case_id"] is None]


def test_while_staff_hold_the_chat_it_is_bound_in_silence(small_booth):
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori)
    hana = small_booth.town.person(channel="web").came()
    with small_booth.town.engine.begin() as connection:
        connection.execute(conversation.update().values(held_by=mori.id))
    hana.does(kind="came", args=[small_booth.link(mori, case_id).token]).says(BORN)
    assert hana.conversation["case_id"] == case_id
    assert hana.messages()[-1].key == "join.done"
    assert small_booth.town.rows(message)


def test_a_wrong_phone_is_parted_from_the_case_and_turns_to_the_other_one(booth, mori):
    hana_case = booth.seed(mori)
    taro_case = booth.seed(mori, name="山田 太郎", birth_date="S25.1.1")
    phone = booth.town.person("phone", "web")
    phone.does(kind="came", args=[booth.link(mori, hana_case).token]).says(BORN)
    phone.does(kind="came", args=[booth.link(mori, taro_case).token]).says("昭和25年1月1日")
    assert phone.conversation["case_id"] == taro_case
    with booth.town.engine.begin() as connection:
        (bound,) = links.bound(connection, taro_case)
        assert not links.unbind(connection, mori, hana_case, bound["id"], booth.town.clock()), "only from its own case"
        assert links.unbind(connection, mori, taro_case, bound["id"], booth.town.clock())
    assert phone.conversation["case_id"] == hana_case
    with booth.town.engine.begin() as connection:
        links.unbind(connection, mori, hana_case, links.bound(connection, hana_case)[0]["id"], booth.town.clock())
    assert phone.conversation["case_id"] is None
    before = len(booth.town.rows(answer, case_id=hana_case))
    phone.says("こんにちは")
    assert len(booth.town.rows(answer, case_id=hana_case)) == before and "山田" not in phone.messages()[-1].text


def test_a_phone_that_is_parted_from_the_case_it_does_not_speak_of_goes_on_where_it_is(small_booth):
    mori = small_booth.staff("森")
    hana_case = small_booth.seed(mori)
    taro_case = small_booth.seed(mori, name="山田 太郎", birth_date="S25.1.1")
    phone = small_booth.town.person("phone", "web")
    phone.does(kind="came", args=[small_booth.link(mori, hana_case).token]).says(BORN)
    phone.does(kind="came", args=[small_booth.link(mori, taro_case).token]).says("昭和25年1月1日")
    before = phone.conversation
    with small_booth.town.engine.begin() as connection:
        assert links.unbind(connection, mori, hana_case, links.bound(connection, hana_case)[0]["id"], small_booth.town.clock())
    assert (phone.conversation["case_id"], phone.conversation["session"]) == (taro_case, before["session"])


def test_a_parted_chat_that_is_forgotten_takes_nothing_of_the_case_with_it(small_booth):
    """PR-07 is about people who have no case: what this phone said for the case stays the case's."""
    mori = small_booth.staff("森")
    case_id = small_booth.seed(mori, {name: value for name, value in HANA.items() if name != "certificate"})
    phone = small_booth.town.person("phone", "web").does(kind="came", args=[small_booth.link(mori, case_id).token]).says(BORN).presses("issued")
    with small_booth.town.engine.begin() as connection:
        links.unbind(connection, mori, case_id, links.bound(connection, case_id)[0]["id"], small_booth.town.clock())
    phone.says("こんにちは")
    small_booth.town.clock.move(days=31)
    run_due(small_booth.town.engine, small_booth.town.clock, {ERASE: erase})
    assert phone.conversation["session"] is None, "the chat was forgotten"
    assert [one["value"] for one in small_booth.town.rows(answer, field="certificate", case_id=case_id)] == ["issued"]
