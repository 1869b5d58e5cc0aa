"""A case meeting from the agenda to the minutes, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from backend import ids
from backend.cases.models import case, support_entry
from backend.clock import JST
from backend.conflict import Conflict
from backend.consent.models import consent_event
from backend.followups.models import due
from backend.meetings import service
from backend.meetings.agenda import candidates
from backend.meetings.models import meeting, meeting_item, participant
from backend.meetings.service import MeetingTrouble, NoSuchMeeting
from backend.meetings.sheet import Sheet, sheet_for
from backend.referrals.models import referral
from backend.staff.roles import Staff
from backend.tasks.models import task
from backend.tenants.models import recipient
from tests.cases.conftest import Household, new_case
from tests.cases.conftest import home as home
from tests.chance import apart

TODAY = date(2026, 7, 6)


def chief(home: Household) -> Staff:
    return Staff(home.jiro, home.office, "jiro", "jiroさん", "supervisor")


def planned(home: Household, *case_ids: str) -> str:
    with home.engine.begin() as c:
        id_ = service.plan(c, tenant_id=home.office, held_on=TODAY + timedelta(days=3), starts_at="13:30", place="本庁舎2階", by=home.hanako, at=home.clock())
        for case_id in case_ids:
            service.put_on(c, tenant_id=home.office, meeting_id=id_, case_id=case_id, why="category", question="", by=home.hanako, at=home.clock())
    return id_


def on(home: Household, act: Any, meeting_id: str, **more: Any) -> Any:
    with home.engine.begin() as c:
        return act(c, tenant_id=home.office, meeting_id=meeting_id, by=home.hanako, at=home.clock(), **more)


def items(home: Household, meeting_id: str) -> list[Any]:
    with home.engine.begin() as c:
        return service.items_of(c, meeting_id)


def sheet(home: Household, meeting_id: str, reader: str | None = None) -> Sheet:
    with home.engine.begin() as c:
        return sheet_for(c, meeting_id, reader, tenant_id=home.office, at=home.clock())


def council(home: Household, pledge_until: date | None = TODAY + timedelta(days=99)) -> str:
    id_ = ids.new()
    with home.engine.begin() as c:
        c.execute(insert(recipient).values(
            id=id_, tenant_id=home.office, kind="welfare_council", name={"ja": "広川町社会福祉協議会"}, pledge_until=pledge_until))
    return id_


def agrees(home: Household, event: str = "given") -> None:
    with home.engine.begin() as c:
        c.execute(insert(consent_event).values(
            tenant_id=home.office, conversation_id=None, case_id=home.id, recipient="welfare_council", event=event,
            purpose="survivor_support", method="staff", channel="console", locale="ja", actor="self", at=home.clock(),
            prev_hash="0" * 64, hash="1" * 64))  # fmt: skip


# --- agenda -----------------------------------------------------------------------------------------------------


def test_who_waits_for_a_meeting(home: Household) -> None:
    flagged, four, well, closed, hidden = (
        new_case(home.engine, home.office, home.clock, **columns)
        for columns in ({}, {"category": 4}, {"category": 1}, {"category": 4, "status": "closed"}, {"category": 4, "restricted": True})
    )
    with home.engine.begin() as c:
        service.flag(c, tenant_id=home.office, case_id=flagged, question="はじめの問い", by=home.hanako, at=home.clock())
        service.flag(c, tenant_id=home.office, case_id=flagged, question="家賃を払えない", by=home.hanako, at=home.clock())
        found = candidates(c, Staff(home.hanako, home.office, "h", "h", "caseworker"), home.clock(), TODAY)
        assert hidden in {one.row.id for one in candidates(c, chief(home), home.clock(), TODAY)}
    assert [(one.row.id, one.reasons, one.question) for one in found] == [(flagged, ("flagged",), "家賃を払えない"), (four, ("category",), "")]
    assert not {well, closed, hidden} & {one.row.id for one in found}
    planned(home, four, flagged)
    with home.engine.begin() as c:
        assert candidates(c, Staff(home.hanako, home.office, "h", "h", "caseworker"), home.clock(), TODAY) == []
    assert [(item.case_id, item.question) for item in home.rows(meeting_item) if item.case_id == flagged] == [(flagged, "家賃を払えない")]


def test_a_household_is_on_an_agenda_once_and_a_cancelled_meeting_gives_it_back(home: Household) -> None:
    id_ = planned(home, home.id)
    with pytest.raises(MeetingTrouble):
        on(home, service.put_on, id_, case_id=home.id, why="category", question="")
    on(home, service.cancel, id_, version=1)
    with home.engine.begin() as c:
        assert [one.row.id for one in candidates(c, chief(home), home.clock(), TODAY)] == [home.id]
    with pytest.raises(MeetingTrouble):
        on(home, service.put_on, id_, case_id=home.id, why="category", question="")


def test_who_was_not_reached_by_anything_comes_before_the_meeting_and_that_is_then_done(home: Household) -> None:
    with home.engine.begin() as c:
        c.execute(update(case).values(category=1))
        assert candidates(c, chief(home), home.clock(), TODAY) == []
        c.execute(task.insert().values(id="task-1", tenant_id=home.office, kind="meeting", rank=6, topic="ladder", case_id=home.id,
                                       made_at=home.clock(), due_at=home.clock() + timedelta(days=10)))
        assert [(one.row.id, one.reasons) for one in candidates(c, chief(home), home.clock(), TODAY)] == [(home.id, ("unreached",))]
    id_ = planned(home, home.id)
    on(home, service.hold, id_, minutes="", present=set(), version=1)
    assert home.rows(task)[0].done_at == home.clock()


# --- decisions --------------------------------------------------------------------------------------------------


def test_what_is_decided_becomes_work_and_the_record(home: Household) -> None:
    id_ = planned(home, home.id)
    (item,) = items(home, id_)
    on(home, service.decide, id_, item_id=item.id, decision="弁護士と住宅ローンを相談する", review_on=date(2026, 8, 10), version=1)
    on(home, service.assign, id_, item_id=item.id, what="通帳の写しを預かる", owner="花子", due_on=date(2026, 7, 13), profession="")
    on(home, service.assign, id_, item_id=item.id, what="減免制度を説明", owner="弁護士会", due_on=None, profession="lawyer")
    tasks = {row.kind: row for row in home.rows(task)}
    assert tasks["decided"].due_at == datetime(2026, 7, 13, 17, 15, tzinfo=JST)
    (made,) = home.rows(referral)
    assert (made.profession, made.consent, tasks["refer"].referral_id) == ("lawyer", "deferred", made.id)
    reader = on(home, service.invite, id_, name="", organisation="", staff_id=home.jiro, recipient_id=None, pledged_on=None)
    on(home, service.hold, id_, minutes="3件を検討", present={reader}, version=1)
    (entry,) = home.rows(support_entry)
    assert (entry.kind, entry.text, entry.about_id) == ("meeting", "弁護士と住宅ローンを相談する", id_)
    assert home.row().review_on == date(2026, 8, 10)
    assert [(row.kind, row.subject) for row in home.rows(due) if row.kind == "review"] == [("review", home.id)]
    assert (home.rows(meeting)[0].state, home.rows(participant)[0].present) == ("held", 1)
    for act, more in (
        (service.decide, {"item_id": item.id, "decision": "x", "review_on": None, "version": 2}),
        (service.take_off, {"item_id": item.id}), (service.assign, {"item_id": item.id, "what": "x", "owner": "", "due_on": None, "profession": ""}),
    ):
        with pytest.raises(MeetingTrouble):
            on(home, act, id_, **more)
    with pytest.raises(Conflict):
        on(home, service.hold, id_, minutes="もう一度", present=set(), version=2)


def test_two_who_write_the_same_decision(home: Household) -> None:
    id_ = planned(home, home.id)
    (item,) = items(home, id_)
    on(home, service.decide, id_, item_id=item.id, decision="訪問を続ける", review_on=None, version=1)
    with pytest.raises(Conflict) as told:
        on(home, service.decide, id_, item_id=item.id, decision="終了する", review_on=None, version=1)
    assert told.value.now["decision"] == "訪問を続ける"


def test_another_municipalitys_meeting_is_not_there(home: Household, make_tenant: Any) -> None:
    other = make_tenant(home.engine, "tonari")
    id_ = planned(home)
    with pytest.raises(NoSuchMeeting), home.engine.begin() as c:
        sheet_for(c, id_, None, tenant_id=other, at=home.clock())


# --- the sheet --------------------------------------------------------------------------------------------------


def table(home: Household) -> tuple[str, dict[str, str]]:
    """A meeting about the Yamadas, with somebody of the council, a colleague, and somebody nobody knows."""
    id_ = planned(home, home.id)
    home.says(name="山田 花子", damage_level="half", debts="yes", worries="夫の借金のこと", birth_date="1948-04-02", phone="090-1234-5678", sleep="cannot_sleep")
    who = council(home)
    people = {
        "council": on(home, service.invite, id_, name="北川", organisation="", staff_id=None, recipient_id=who, pledged_on=TODAY),
        "no pledge": on(home, service.invite, id_, name="南川", organisation="", staff_id=None, recipient_id=who, pledged_on=None),
        "colleague": on(home, service.invite, id_, name="", organisation="", staff_id=home.jiro, recipient_id=None, pledged_on=None),
        "neighbour": on(home, service.invite, id_, name="東", organisation="自治会", staff_id=None, recipient_id=None, pledged_on=TODAY),
    }
    return id_, people


def test_each_reader_sees_what_consent_and_pledge_let_through(home: Household) -> None:
    id_, people = table(home)
    agrees(home)
    told = {name: sheet(home, id_, reader).households[0] for name, reader in people.items()}
    fields = {name: {field for field, _ in one.answers} for name, one in told.items()}
    assert told["council"].name == "山田 花子" and {"phone", "damage_level", "birth_date"} <= fields["council"]
    assert not fields["council"] & {"debts", "worries", "sleep"}, "not in the notice that was read"
    assert {"debts", "worries", "sleep"} <= fields["colleague"]
    for stranger in ("no pledge", "neighbour"):
        assert told[stranger].name is None and told[stranger].number is None and told[stranger].district is None
        assert fields[stranger] == {"damage_level", "debts", "sleep"} and told[stranger].decade == 70
    agrees(home, "withdrawn")
    assert sheet(home, id_, people["council"]).households[0].name is None


def test_the_plain_sheet_holds_nothing_that_somebody_typed(home: Household) -> None:
    id_, _people = table(home)
    (item,) = items(home, id_)
    on(home, service.decide, id_, item_id=item.id, decision="山田さんを訪問", review_on=None, version=1)
    said = apart(repr(sheet(home, id_).households))
    for words in ("山田", "花子", "090-", "1948", "借金", "訪問", home.row().number):
        assert words not in said, words


def test_a_restricted_household_is_left_out_and_counted(home: Household) -> None:
    id_, people = table(home)
    agrees(home)
    with home.engine.begin() as c:
        c.execute(update(case).where(case.c.id == home.id).values(restricted=True, assigned_to=home.hanako))
    for reader in (None, people["council"], people["colleague"]):
        made = sheet(home, id_, reader)
        assert (made.households, made.left_out) == ((), 1)
    own = on(home, service.invite, id_, name="", organisation="", staff_id=home.hanako, recipient_id=None, pledged_on=None)
    assert sheet(home, id_, own).households[0].name == "山田 花子"
