"""A town of invented households, its clock, and a channel that takes what it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, func, insert, select, update

from backend import ids
from backend.campaigns import service
from backend.campaigns.enrol import enrol
from backend.campaigns.models import approach, campaign, member
from backend.campaigns.pacing import send_some
from backend.campaigns.results import harvest
from backend.campaigns.run import LADDER, LadderClock
from backend.campaigns.service import ENROL, Plan
from backend.cases.models import answer, case
from backend.contacts.models import contact
from backend.contacts.promises import PROMISE, Promises
from backend.followups.run import remind, run_due
from backend.jobs.run import run_slice
from backend.journal.ingest import address_index
from backend.journal.models import conversation, message, outbox
from backend.journal.outbox import lease, mark
from backend.messages import Accepted, SendResult
from backend.people.models import person
from backend.people.service import phone_index
from backend.staff.models import staff
from backend.staff.roles import Staff
from backend.tasks.models import task
from tests.conftest import MovableClock
from tests.console.conftest import make_test_shell

HOME = "tenant-tsunagi"


@dataclass
class Town:
    engine: Engine
    clock: MovableClock
    folder: Any
    ends: dict[str, SendResult] = field(default_factory=dict)
    """How a send to an address ends; everything else is accepted."""
    sent: list[tuple[str, str]] = field(default_factory=list)
    """(address, text) of everything a platform was given."""
    sms: bool = False

    def __post_init__(self) -> None:
        self.shell = make_test_shell(self.engine, self.clock, self.folder)
        self.numbers = 0
        self.planner = self.account("keikaku", "caseworker")
        self.second = self.account("kacho", "supervisor")

    def account(self, login: str, role: str) -> Staff:
        row = {"id": ids.new(), "tenant_id": HOME, "login": login, "name": login, "role": role, "password_hash": "-",
               "created_at": self.clock(), "on_duty": 1 if role == "caseworker" else None}
        with self.engine.begin() as c:
            c.execute(insert(staff).values(row))
        return Staff(row["id"], HOME, login, login, role)

    def household(self, address: str = "", *, channel: str = "line", phone: str = "", answers: dict[str, Any] | None = None,
                  person_id: str = "", name: str = "", conversation_columns: dict[str, Any] | None = None, **columns: Any) -> str:
        """A household with a chat (where it has an `address`); returns the case's id."""
        self.numbers += 1
        now = self.clock()
        with self.engine.begin() as c:
            if not person_id:
                person_id = ids.new()
                c.execute(insert(person).values(
                    id=person_id, tenant_id=HOME, name=name or f"山田 {self.numbers}", phone=phone or None,
                    phone_index=phone_index(phone) if phone else None, created_at=now))
            row = {"id": ids.new(), "tenant_id": HOME, "number": f"T-{self.numbers:04}", "person_id": person_id,
                   "opened_at": now, "changed_at": now, "district": "中央", **columns}
            c.execute(insert(case).values(row))
            if address:
                c.execute(insert(conversation).values({
                    "id": ids.new(), "tenant_id": HOME, "channel": channel, "address": address,
                    "address_index": address_index(address), "case_id": row["id"], "created_at": now - timedelta(days=30),
                    "last_heard_at": now - timedelta(days=30), **(conversation_columns or {})}))
            for name, value in (answers or {}).items():
                c.execute(insert(answer).values(tenant_id=HOME, case_id=row["id"], field=name, state="given", value=value,
                                                by="self", about="self", source="line", at=now))
        return str(row["id"])

    # --- what happens ---------------------------------------------------------------------------------------

    def begin(self, plan: Plan | None = None) -> str:
        """A campaign that runs, with everybody on its ladder."""
        id = service.draw_up(self.engine, self.clock, self.planner, plan or Plan("夏の声かけ", pace=36_000))
        counted = self.count(case)
        state = service.ask(self.engine, self.clock, self.planner, id, max(counted, 1), 1)
        if state == "asked":
            service.approve(self.engine, self.clock, self.second, id, 2)
        self.enrol()
        return id

    def enrol(self) -> None:
        while run_slice(self.shell, {ENROL: enrol}):
            pass

    def tick(self) -> None:
        """One look of everything that works by itself."""
        handlers = {LADDER: LadderClock(sms=self.sms), PROMISE: Promises(), "reminder": remind}
        while run_due(self.engine, self.clock, handlers):
            pass
        send_some(self.engine, self.clock, self.shell.words, sms=self.sms)
        self.deliver()

    def deliver(self, most: int = 1000) -> None:
        done = 0
        while done < most and (leased := lease(self.engine, self.clock, min(most - done, 100))):
            results = [(one, self.ends.get(one.address, Accepted("r"))) for one in leased]
            self.sent += [(one.address, one.messages[0].text) for one, result in results if isinstance(result, Accepted)]
            mark(self.engine, self.clock, results)
            done += len(leased)
        harvest(self.engine, self.clock)

    def days(self, count: float, step: float = 1.0) -> None:
        """Time passes, and the worker works."""
        end = self.clock() + timedelta(days=count)
        while self.clock() < end:
            self.clock.move(days=step)
            for _ in range(2):
                self.tick()

    def writes(self, case_id: str) -> None:
        """Somebody of the household writes in the chat."""
        with self.engine.begin() as c:
            c.execute(update(conversation).where(conversation.c.case_id == case_id).values(last_heard_at=self.clock()))

    # --- what can be seen -----------------------------------------------------------------------------------

    def rows(self, table: Any, *where: Any) -> list[Any]:
        key = next(iter(table.primary_key.columns))
        with self.engine.connect() as c:
            return list(c.execute(select(table).where(*where).order_by(key)))

    def count(self, table: Any, *where: Any) -> int:
        with self.engine.connect() as c:
            return int(c.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

    def member_of(self, case_id: str) -> Any:
        (row,) = self.rows(member, member.c.case_id == case_id)
        return row

    def tasks(self, case_id: str) -> list[str]:
        return [row.kind for row in self.rows(task, task.c.case_id == case_id)]

    def contacts(self, case_id: str) -> list[tuple[str, str]]:
        return [(row.channel, row.result) for row in self.rows(contact, contact.c.case_id == case_id)]

    def campaign(self, id: str) -> Any:
        (row,) = self.rows(campaign, campaign.c.id == id)
        return row

    def states(self) -> list[str]:
        return [row.state for row in self.rows(approach)]

    def queued(self) -> list[str]:
        return [row.state for row in self.rows(outbox)]

    def history(self) -> int:
        return self.count(message)
