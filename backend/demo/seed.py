"""Set up the demonstration municipality through the same services that real ones use."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select, update

from backend.app import Shell
from backend.cases import carrying
from backend.clock import in_japan
from backend.conversations import service as conversations
from backend.conversations.hear import Conversations
from backend.demo import programs, today
from backend.demo.households import HOUSEHOLDS
from backend.demo.resident import Household, Resident
from backend.journal.models import conversation
from backend.referrals import service as referrals
from backend.referrals.models import referral
from backend.staff.accounts import FirstPassword, create_staff
from backend.staff.models import notice
from backend.staff.terms import Terms, set_terms
from backend.tenants import service as tenants
from backend.tenants.models import recipient
from backend.tenants.service import By

NAME = {"ja": "つなぎ市（実演）", "en": "Tsunagi City (demonstration)"}
STAFF = (
    ("demo-caseworker", "青木 恵", "caseworker", 2),
    ("demo-supervisor", "森 誠", "supervisor", 1),
    ("demo-admin", "谷 直子", "administrator", None),
    ("demo-auditor", "浜 悟", "auditor", None),
    ("demo-booth", "川口 歩", "booth", None),
    ("demo-operator", "北 周", "operator", None),
    ("demo-prefecture", "県 庁子", "prefecture", None),
    ("demo-partner", "緑 弁子", "partner", None),
)
"""Login, name, role, place on the duty list."""

DISTRICTS = ("緑町", "川上", "本町")
SINCE_DISASTER = timedelta(days=45)


def seed_demonstration(shell: Shell) -> list[FirstPassword]:
    """Make municipality, accounts, partners, disaster and ten households; the passwords are shown this once."""
    now = shell.clock()
    with shell.engine.begin() as c:
        tenant_id = tenants.create_tenant(c, slug="demo", name=NAME, at=now, demonstration=True)
        by = By(None, now)
        tenants.change(
            c, tenant_id, by, 1, phone="000-000-0000",
            hours={
                "ja": "平日 8時30分〜17時15分", "en": "weekdays 8:30 am to 5:15 pm",
                "ja@simple": "月曜日（げつようび）から 金曜日（きんようび） 午前（ごぜん）8時30分から 午後（ごご）5時15分",
            },
        )  # fmt: skip
        tenants.set_districts(c, tenant_id, by, DISTRICTS)
        tenants.set_disaster(
            c, tenant_id, by, 0, name={"ja": "大雨（実演）", "en": "Heavy rain (demonstration)"},
            happened_on=in_japan(now - SINCE_DISASTER).date(), prefecture="", municipality="",
            acts={act: True for act in tenants.ACTS if act != "emergency_small_loan_open"},
        )  # fmt: skip
        _partners(c, tenant_id, by)
        accounts = {
            login: create_staff(
                c, tenant_id=tenant_id, login=login, name=name, role=role, at=now, demonstration=True, on_duty=place
            )
            for login, name, role, place in STAFF
        }
    ids = {login: account.staff_id for login, account in accounts.items()}
    _belongs(shell, tenant_id, ids["demo-partner"])
    cases = _households(shell, tenant_id, now)
    _carry(shell, cases, ids, now)
    today.fill(shell, cases, ids, now)
    with shell.engine.begin() as c:
        programs.propose(c, tenant_id, ids["demo-caseworker"], now)
        # What happened before somebody started the program rings nobody now.
        mine = update(notice).where(notice.c.tenant_id == tenant_id, notice.c.state == "pending")
        c.execute(mine.values(state="sent", sent_at=now, route="seeded"))
    return list(accounts.values())


def _partners(connection: Connection, tenant_id: str, by: By) -> None:
    pledged = date(in_japan(by.at).year + 1, 3, 31)
    for kind, profession, ja, en in (
        ("professional", "lawyer", "みどり法律事務所（実演）", "Midori Law Office (demonstration)"),
        ("professional", "architect", "川上建築設計（実演）", "Kawakami Architects (demonstration)"),
        ("welfare_council", "", "つなぎ市社会福祉協議会（実演）", "Tsunagi Social Welfare Council (demonstration)"),
    ):
        tenants.keep_recipient(
            connection, tenant_id, by, kind=kind, profession=profession, name={"ja": ja, "en": en},
            contact="partner@example.jp", pledge_until=pledged,
        )  # fmt: skip


def _belongs(shell: Shell, tenant_id: str, partner: str) -> None:
    """The partner's account is the architect's, who has taken on a referral."""
    with shell.engine.begin() as c:
        architect = select(recipient.c.id).where(recipient.c.tenant_id == tenant_id, recipient.c.profession == "architect")
        terms = Terms("partner", recipient_id=c.execute(architect).scalar_one())
        set_terms(c, tenant_id=tenant_id, staff_id=partner, terms=terms, at=shell.clock(), by=None)


def _households(shell: Shell, tenant_id: str, now: datetime) -> dict[str, str]:
    """Let every household have its conversation; returns the cases that came of it, by the household's name."""
    talks = Conversations(shell.words, shell.book, shell.settings)
    serial = itertools.count(1)
    cases: dict[str, str] = {}
    for name, household in sorted(HOUSEHOLDS.items(), key=lambda one: one[1].began, reverse=True):
        resident = Resident(shell, talks, tenant_id, now - household.began, serial)
        resident.lives(household)
        if resident.home["case_id"]:
            cases[name] = resident.home["case_id"]
    return cases


def _carry(shell: Shell, cases: dict[str, str], staff: dict[str, str], now: datetime) -> None:
    """What the staff did with them so far."""
    supervisor, caseworker = staff["demo-supervisor"], staff["demo-caseworker"]
    with shell.engine.begin() as c:
        for name, case_id in cases.items():
            household: Household = HOUSEHOLDS[name]
            to = {"architect": caseworker, "simple": caseworker, "protected": supervisor, "danger": supervisor}.get(name)
            carrying.carry(
                c, case_id=case_id, to=to, district=household.district, by=supervisor, version=1, at=now - household.began / 2
            )
        if "protected" in cases:
            carrying.restrict(c, case_id=cases["protected"], restricted=True, by=supervisor, version=2, at=now - timedelta(days=2))
    _accept(shell, cases["architect"], caseworker, now - timedelta(days=2))
    _answer(shell, cases["danger"], supervisor, now - timedelta(minutes=20))


def _accept(shell: Shell, case_id: str, by: str, at: datetime) -> None:
    """The architect has been asked and said yes."""
    with shell.engine.begin() as c:
        row = c.execute(select(referral).where(referral.c.case_id == case_id)).one()
        architect = select(recipient.c.id).where(
            recipient.c.tenant_id == row.tenant_id, recipient.c.profession == row.profession
        )
        partner = c.execute(architect).scalar_one()
    referrals.mark(shell.engine, lambda: at, row.id, by, "accepted", "来週、家を見に行く予定です。", row.version, recipient_id=partner)


def _answer(shell: Shell, case_id: str, by: str, at: datetime) -> None:
    """The supervisor took the conversation over and wrote."""
    with shell.engine.begin() as c:
        talk = c.execute(select(conversation.c.id).where(conversation.c.case_id == case_id)).scalar_one()
    conversations.hold(shell.engine, lambda: at, talk, by)
    words = "森と申します。書いてくださって、ありがとうございます。いま、お電話してもよいですか。"
    conversations.reply(shell.engine, lambda: at, talk, by, words)
