"""What the demonstration municipality has on today: a consultation day, an outreach that runs, two homes to visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from backend.app import Shell
from backend.booth import days
from backend.campaigns import service as campaigns
from backend.campaigns.audience import Audience
from backend.campaigns.enrol import enrol
from backend.clock import Clock, in_japan
from backend.contacts import rules as contacts
from backend.contacts.service import Told, note
from backend.jobs.run import run_slice
from backend.staff.models import staff as staff_table
from backend.staff.roles import Staff
from backend.visits.planning import Decided, decide


def fill(shell: Shell, cases: Mapping[str, str], ids: Mapping[str, str], now: datetime) -> None:
    """`cases` by the household's name, `ids` of staff by login."""
    with shell.engine.begin() as c:
        rows = c.execute(select(staff_table).where(staff_table.c.id.in_(ids.values())))
        people = {row.login: Staff.of(row) for row in rows}
    _consultation_day(shell, cases, people, now)
    _outreach(shell, cases, people, now)
    _visits(shell, cases, people["demo-supervisor"], ids, now)


def _consultation_day(shell: Shell, cases: Mapping[str, str], people: Mapping[str, Staff], now: datetime) -> None:
    """One number has come from reception to the lawyer, one is at reception, one waits."""
    engine, booth, supervisor = shell.engine, people["demo-booth"], people["demo-supervisor"]
    day = days.make_day(
        engine, _ago(now, 90), supervisor, name="緑町の相談会（実演）", place="緑町公民館", held_on=in_japan(now).date(),
        kinds=("city_desk", "welfare_council", "lawyer", "architect", "loan_desk"),
    )  # fmt: skip
    with engine.begin() as c:
        stations = {row["kind"]: row["id"] for row in days.stations_of(c, day)}
    first, _ = days.draw(engine, _ago(now, 50), booth, day, case_id=cases["lawyer"])
    days.draw(engine, _ago(now, 35), booth, day)
    days.draw(engine, _ago(now, 10), booth, day)
    days.call_next(engine, _ago(now, 45), booth, stations["reception"])
    with engine.begin() as c:
        called = days.ticket_for(c, booth, first)
    days.act(
        engine, _ago(now, 30), booth, first, "hand_on", called["version"], to=stations["lawyer"],
        done="受付票と罹災証明書を確認しました。", note="住宅ローンの相談です。契約書を持って来られています。",
    )  # fmt: skip
    days.call_next(engine, _ago(now, 25), booth, stations["reception"])


def _outreach(shell: Shell, cases: Mapping[str, str], people: Mapping[str, Staff], now: datetime) -> None:
    """Two districts were put on the ladder this morning; since then one household was reached by telephone, one was not."""
    began = _ago(now, 8 * 60)
    plan = campaigns.Plan("緑町・本町への声かけ（実演）", audience=Audience(districts=("緑町", "本町")))
    id_ = campaigns.draw_up(shell.engine, began, people["demo-supervisor"], plan)
    campaigns.ask(shell.engine, began, people["demo-supervisor"], id_, 4, 1)
    while run_slice(replace(shell, clock=began), {campaigns.ENROL: enrol}):
        pass
    for name, result, minutes, said in (
        ("simple", contacts.MET, 150, "娘さんが電話に出ました。夕方、本人にかけ直します。"),
        ("strain", contacts.ABSENT, 120, "呼び出しましたが、出ませんでした。"),
    ):
        told = Told("phone", result, now - timedelta(minutes=minutes), said)
        note(shell.engine, _ago(now, minutes), people["demo-supervisor"], cases[name], told)


def _visits(shell: Shell, cases: Mapping[str, str], supervisor: Staff, ids: Mapping[str, str], now: datetime) -> None:
    """The household that asked for a visit, and one that waits for an answer, today, by two people."""
    pair = (ids["demo-caseworker"], ids["demo-supervisor"])
    homes = (
        Decided(cases["visit"], *pair, place=1, from_time="14:00", until_time="15:00"),
        Decided(cases["overdue"], *pair, place=2, from_time="15:30", until_time="16:30", safety="仮設住宅の駐車場は、集会所の横です。"),
    )
    decide(shell.engine, _ago(now, 60), supervisor, in_japan(now).date(), homes)


def _ago(now: datetime, minutes: int) -> Clock:
    return lambda: now - timedelta(minutes=minutes)
