"""From the first message to the case meeting, for households that answer, refuse, move, or never say a word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.campaigns import service
from backend.campaigns.audience import Audience
from backend.campaigns.ladder import CHAT, NEWS, PHONE, REMIND, VISIT, Ladder, Ladders, Rung, Take
from backend.campaigns.models import approach, member
from backend.campaigns.run import LADDER, LadderClock, _plan
from backend.campaigns.service import Plan
from backend.cases.models import case
from backend.contacts import service as contacts
from backend.contacts.models import contact, other_way
from backend.contacts.service import Told
from backend.followups.many import put_many
from backend.followups.run import run_due
from backend.jobs.models import job
from backend.journal.ingest import address_index
from backend.journal.models import conversation, message
from backend.messages import Blocked, Refused, Unknown
from backend.people.models import person
from backend.staff.models import notice
from backend.tasks.models import task
from backend.visits.models import visit
from tests.campaigns.field import HOME, Town


def noted(town: Town, case_id: str, result: str, channel: str = "visit", **more) -> None:
    contacts.note(town.engine, town.clock, town.second, case_id, Told(channel, result, town.clock(), **more))


def test_a_household_that_never_answers_ends_at_its_door(town):
    home = town.household("U1", phone="090-1234-5678")
    town.begin()
    town.days(80)
    assert [text.split("。")[0] for _, text in town.sent] == ["つなぎ市の生活再建の相談窓口です", "つなぎ市の相談窓口です"]
    assert town.tasks(home) == ["call", "letter", "visit", "meeting"]
    assert [(row.why, row.state) for row in town.rows(visit)] == [("ladder", "wanted")]
    assert (town.member_of(home).state, town.member_of(home).reason) == ("finished", "meeting")
    assert town.contacts(home) == [("chat", "sent"), ("chat", "sent")]


def test_an_answer_ends_it_before_the_reminder(town):
    answering, silent = town.household("U1"), town.household("U2")
    town.begin()
    town.tick()
    assert {address for address, _ in town.sent} == {"U1", "U2"}
    town.clock.move(hours=5)
    town.writes(answering)
    town.days(4)
    assert [address for address, _ in town.sent] == ["U1", "U2", "U2"]
    assert town.member_of(answering).state == "answered" and town.member_of(silent).rung == REMIND
    assert town.tasks(answering) == []


@pytest.mark.parametrize(("channel", "result"), [("visit", "met"), ("phone", "answered"), ("letter", "word"), ("other", "word")])
def test_a_sign_of_life_in_any_channel_ends_it(town, channel, result):
    """A paper note and a neighbour's word included."""
    home = town.household("U1")
    town.begin()
    town.tick()
    town.clock.move(days=1)
    noted(town, home, result, channel)
    town.days(30)
    assert len(town.sent) == 1 and town.member_of(home).state == "answered"


@pytest.mark.parametrize("result", ["absent", "card_left", "wrong_number"])
def test_what_is_no_sign_of_life_does_not(town, result):
    home = town.household("U1")
    town.begin()
    town.tick()
    noted(town, home, result)
    town.days(5)
    assert len(town.sent) == 2 and town.member_of(home).state == "going"


def test_after_a_refusal_the_software_is_silent_for_ever_and_a_person_may_come_on_a_day_a_person_set(town):
    home = town.household("U1")
    town.begin()
    town.tick()
    town.clock.move(days=1)
    noted(town, home, "refused", "phone", next_on=(town.clock() + timedelta(days=40)).date())
    town.days(39)
    assert len(town.sent) == 1 and town.tasks(home) == []
    town.days(3)
    assert town.tasks(home) == ["call"]
    assert [row.topic for row in town.rows(task)] == ["promised"]
    town.begin(Plan("もう一度", pace=36_000))
    town.days(80)
    assert len(town.sent) == 1 and town.tasks(home) == ["call"]
    assert town.count(member) == 1


def test_when_they_say_so_they_may_be_written_to_again(town):
    home = town.household("U1")
    noted(town, home, "refused", "phone")
    town.clock.move(days=30)
    noted(town, home, "again", "phone")
    town.clock.move(days=1)
    town.begin()
    town.tick()
    assert [address for address, _ in town.sent] == ["U1"]


def test_whoever_is_with_a_human_or_in_a_conversation_is_skipped(town):
    held = town.household("U1", conversation_columns={"held_by": town.second.id})
    talking = town.household("U2", conversation_columns={"last_heard_at": town.clock() - timedelta(hours=2)})
    waits = town.household("U3", conversation_columns={"waiting_since": town.clock() - timedelta(days=2)})
    town.begin()
    town.tick()
    assert town.sent == []
    assert [town.member_of(home).waits for home in (held, talking, waits)] == ["held", "talking", "held"]
    town.days(2)
    assert [address for address, _ in town.sent] == ["U2"]


def test_a_restricted_person_is_on_no_list(town):
    town.household("U1", restricted=True)
    home = town.household("U2")
    id = town.begin()
    town.days(3)
    assert [row.case_id for row in town.rows(member, member.c.campaign_id == id)] == [home]


@pytest.mark.parametrize("table", [case, person], ids=lambda table: table.name)
def test_somebody_who_becomes_restricted_on_the_way_is_left_alone(town, table):
    """Also one who is protected by their own record, whatever their case says."""
    home = town.household("U1")
    town.begin()
    with town.engine.begin() as c:
        c.execute(table.update().values(restricted=True))
    town.days(10)
    assert town.sent == [] and town.member_of(home).reason == "restricted"


def test_one_person_with_two_records_hears_it_once(town):
    """D4: listed twice is told once, whether the records know of each other or only share a phone."""
    first = town.household("U1")
    (row,) = town.rows(case)
    town.household("U1-other", person_id=row.person_id)
    town.sms = True
    other_ladder = Ladders(Ladder((Rung("other", 0), Rung(PHONE, 3))))
    town.household(phone="090-5555-0001")
    town.household(phone="090 5555 0001")
    town.begin(Plan("SMS", ladders=other_ladder, pace=36_000))
    town.days(2)
    assert [address for address, _ in town.sent] == ["+819055550001"]
    assert sorted((row.state, row.reason) for row in town.rows(approach)) == [("accepted", ""), ("skipped", "same_address")]
    assert town.count(member, member.c.case_id == first) == 1 and town.count(member) == 3


def test_the_send_once_key_is_the_databases(town):
    """D8: checking and recording is one thing: a second plan of the same step is not written, whoever writes it."""
    home = town.household("U1")
    town.begin()
    town.tick()
    one = town.member_of(home)
    with town.engine.begin() as c:
        put_many(c, approach, [_plan(one, Take(0, CHAT, None), town.clock())] * 3)
    assert town.count(approach) == 1


def test_the_week_holds_two_messages_and_no_third(town):
    town.household("U1")
    for name in ("一", "二", "三"):
        town.begin(Plan(name, "news", ladders=Ladders(NEWS), words={"ja": f"お知らせ{name}"}, pace=36_000))
    town.tick()
    town.tick()
    town.tick()
    assert len(town.sent) == 2
    town.days(6)
    assert len(town.sent) == 2
    town.days(3)
    assert len(town.sent) == 3


def test_nothing_goes_out_in_the_evening_or_over_the_weekend(town):
    town.household("U1")
    town.clock.move(hours=9.5)  # Monday, 19:30
    town.begin()
    town.tick()
    assert town.sent == []
    town.clock.move(hours=14)
    town.tick()
    assert len(town.sent) == 1


def test_somebody_old_and_alone_is_called_the_same_day(town):
    home = town.household("U1", phone="0944-00-0000", answers={"household_situation": "elderly_single"})
    town.begin()
    town.days(4)
    (one,) = town.rows(task)
    assert (one.kind, one.topic, one.case_id) == ("call", "alone", home)
    assert one.due_at - one.made_at < timedelta(hours=12)


def test_one_notice_for_a_hundred_calls(town):
    """N1, N2: who is on duty hears once that there is work, not once for every household."""
    for _ in range(100):
        town.household(phone="0944-00-0000")
    town.begin(Plan("電話", ladders=Ladders(Ladder((Rung(PHONE, 0), Rung(VISIT, 5)))), pace=36_000))
    town.tick()
    assert town.count(task, task.c.kind == "call") == 100
    assert town.count(notice) == 1


def test_a_call_that_waits_already_is_not_put_on_the_list_again(town):
    home = town.household(phone="0944-00-0000")
    ladder = Ladders(Ladder((Rung(PHONE, 0), Rung(PHONE, 2), Rung(VISIT, 2))))
    town.begin(Plan("電話", ladders=ladder, pace=36_000))
    town.days(8)
    assert town.tasks(home) == ["call", "visit"]


# --- honest ends --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("result", "state", "logged"), [
    (Blocked(), "blocked", "blocked"), (Unknown("time-out"), "unknown", "unknown"), (Refused("push 400"), "failed", "not_sent"),
])
def test_how_a_message_ended_is_what_the_log_says(town, result, state, logged):
    """L4, L5, L6: "sent" is what the platform took, blocked is not "nobody matched", and nothing says "delivered"."""
    home = town.household("U1")
    town.ends["U1"] = result
    town.begin()
    town.tick()
    assert town.states() == [state] and town.contacts(home) == [("chat", logged)]
    (row,) = town.rows(case)
    assert row.first_contact_at is None


def test_whoever_blocked_the_account_is_called_instead_of_reminded(town):
    home = town.household("U1", phone="090-1111-2222")
    town.ends["U1"] = Blocked()
    town.begin()
    town.tick()
    town.tick()
    assert "blocked" in town.tasks(home) and "call" in town.tasks(home)
    assert town.count(message) == 1


def test_where_there_is_no_channel_it_says_so(town):
    home = town.household("U1")
    town.begin(Plan("知らせ", "news", words={"ja": "お知らせ"}, pace=60))
    run_due(town.engine, town.clock, {LADDER: LadderClock()})
    with town.engine.begin() as c:
        c.execute(conversation.update().values(contact="blocked"))
    town.tick()
    assert [(row.state, row.reason) for row in town.rows(approach)] == [("skipped", "no_channel")] and town.contacts(home) == []


def test_a_message_is_not_a_contact_and_a_conversation_is(town):
    home = town.household("U1")
    town.begin()
    town.tick()
    town.clock.move(days=1)
    noted(town, home, "met")
    (row,) = town.rows(case)
    assert row.first_contact_at == town.clock()


def test_an_answer_in_the_chat_is_a_contact_that_came_in(town):
    """The figures count what the log says: without this line a household that answered would seem never reached."""
    home = town.household("U1")
    town.begin()
    town.tick()
    town.clock.move(hours=6)
    town.writes(home)
    answered = town.clock()
    town.days(5)
    assert town.contacts(home) == [("chat", "sent"), ("chat", "answered")]
    assert town.rows(case)[0].first_contact_at == answered
    assert [(row.direction, row.at) for row in town.rows(contact)][-1] == ("in", answered)


def test_a_household_with_nothing_but_a_landline_is_telephoned(town):
    """Lists keep 固定電話 apart from 携帯電話; the ones without a mobile are the old ones."""
    home = town.household()
    with town.engine.begin() as c:
        c.execute(person.update().values(landline="0944-00-0000"))
    town.sms = True
    town.begin(Plan("固定", ladders=Ladders(Ladder((Rung("other", 0), Rung(PHONE, 0), Rung(VISIT, 5)))), pace=36_000))
    town.tick()
    assert town.sent == [] and town.tasks(home) == ["call"]


def test_sms_and_mail_go_to_their_own_addresses(town):
    town.sms = True
    town.household(phone="090-1234-5678")
    mailed = town.household()
    with town.engine.begin() as c:
        c.execute(other_way.insert().values(id="w", tenant_id=HOME, case_id=mailed, kind="email", address="hanako@example.jp",
                                            address_index=address_index("hanako@example.jp"), made_at=town.clock()))
    landline = town.household(phone="0944-41-0000")
    town.begin(Plan("ほかの方法", ladders=Ladders(Ladder((Rung("other", 0), Rung(PHONE, 3)))), pace=36_000))
    town.tick()
    town.tick()
    assert sorted(address for address, _ in town.sent) == ["+819012345678", "hanako@example.jp"]
    assert town.tasks(landline) == ["call"]
    assert sorted(row.channel for row in town.rows(conversation)) == ["email", "sms"]


# --- the pace, pause and the second person --------------------------------------------------------------------------


def test_sixty_an_hour_are_one_a_minute(town):
    for number in range(5):
        town.household(f"U{number}")
    town.begin(Plan("ゆっくり", pace=60))
    for expected in (1, 1, 2, 2, 3):
        town.tick()
        assert len(town.sent) == expected
        town.clock.move(seconds=31)


def test_a_paused_campaign_stands_still_and_goes_on(town):
    home = town.household("U1")
    id = town.begin()
    town.tick()
    service.pause(town.engine, town.clock, town.planner, id, town.campaign(id).version)
    town.days(10)
    assert len(town.sent) == 1 and town.tasks(home) == []
    service.resume(town.engine, town.clock, town.planner, id, town.campaign(id).version)
    town.days(1)
    assert len(town.sent) == 2


def test_an_ended_campaign_leaves_every_household_with_a_reason(town):
    home = town.household("U1")
    id = town.begin()
    town.tick()
    service.end(town.engine, town.clock, town.planner, id, town.campaign(id).version)
    town.days(10)
    assert len(town.sent) == 1 and town.member_of(home).reason == "campaign_ended"


def test_above_the_limit_a_second_person_approves(town):
    town.household("U1")
    other = town.account("bucho", "supervisor")
    id = service.draw_up(town.engine, town.clock, town.second, Plan("みんなに", audience=Audience(districts=("中央",))))
    assert service.ask(town.engine, town.clock, town.second, id, 51, 1) == "asked"
    assert [row.staff_id for row in town.rows(notice) if row.urgency == "campaign"] == [other.id], "the other one is told that it waits"
    town.enrol()
    assert town.count(member) == 0
    for who in (town.second, town.planner):
        with pytest.raises(service.WrongCampaign):
            service.approve(town.engine, town.clock, who, id, 2)
    service.approve(town.engine, town.clock, other, id, 2)
    assert not [row for row in town.rows(notice) if row.urgency == "campaign"]
    town.enrol()
    assert town.count(member) == 1 and town.campaign(id).approved_by == other.id


def test_a_campaign_that_grew_since_it_was_approved_does_not_go_on(town):
    for number in range(40):
        town.household(f"U{number}")
    id = service.draw_up(town.engine, town.clock, town.planner, Plan("少し"))
    service.ask(town.engine, town.clock, town.planner, id, 10, 1)
    town.enrol()
    (row,) = town.rows(job)
    assert (row.state, row.error) == ("failed", "console.campaigns.grown") and town.count(member) == 0
