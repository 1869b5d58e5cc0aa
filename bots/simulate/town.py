"""The invented town: a municipality, its staff and its list, in a folder of its own and brought in as a real one's is."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import event, insert, select

from backend import ids, migrations
from backend.app import Shell, make_shell
from backend.cases.models import case
from backend.clock import JST
from backend.files.service import File
from backend.jobs.run import run_slice
from backend.journal.ingest import address_index
from backend.journal.models import conversation
from backend.lists import service as lists
from backend.lists.applying import APPLY, apply_some
from backend.lists.checking import CHECK, check_some
from backend.lists.models import list_row
from backend.people.models import person
from backend.settings import Settings
from backend.staff.accounts import create_staff
from backend.staff.roles import Staff
from backend.tenants import service as tenants
from backend.tenants.service import By
from bots.simulate import published
from bots.simulate.people import Home

SECRET = "an invented secret of an invented town, for nothing else"  # noqa: S105
DISTRICTS = tuple(f"第{number}校区" for number in range(1, 22))
"""The list is worked through school district by school district: a campaign each."""
VISITORS = 4


class SimulatedClock:
    """The clock of the invented town: it stands still until it is set."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Town:
    shell: Shell
    clock: SimulatedClock
    tenant_id: str
    planner: Staff
    second: Staff
    visitors: tuple[Staff, ...]
    homes: tuple[Home, ...]


def build(folder: Path, homes: Sequence[Home], *, secret: str = SECRET) -> Town:
    """Everything up to the day before the first campaign. No channel is configured: nothing can go out to anybody."""
    day = published.BEGAN
    clock = SimulatedClock(datetime(day.year, day.month, day.day, 8, 0, tzinfo=JST) - timedelta(days=3))
    # The provider's address lets the ladder climb the SMS rung; what is sent goes to `PretendSms`, which has no network.
    settings = Settings(database_url=f"sqlite:///{folder / 'town.db'}", secret_key=secret, public_url="http://simulated.invalid",
                        data_dir=folder, sms_url="http://simulated.invalid/", sms_token="-")  # noqa: S106
    shell = make_shell(settings, clock)
    event.listen(shell.engine, "connect", _quick)
    # An upgrade is news to an operator; here it is every time.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    migrations.upgrade(shell.engine)
    tenant_id, staff = _municipality(shell)
    _bring_in(shell, tenant_id, homes)
    _find(shell, tenant_id, homes)
    return Town(shell, clock, tenant_id, staff[0], staff[1], tuple(staff[2:]), tuple(homes))


def _quick(connection: object, _record: object) -> None:
    """The folder is thrown away: nothing need survive a power cut."""
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


def _municipality(shell: Shell) -> tuple[str, list[Staff]]:
    now = shell.clock()
    roles = [("keikaku", "caseworker"), ("kacho", "supervisor"), *((f"homon{n}", "caseworker") for n in range(1, VISITORS + 1))]
    with shell.engine.begin() as c:
        tenant_id = tenants.create_tenant(c, slug="simulated", name={"ja": "模擬市", "en": "Simulated City"}, at=now, demonstration=True)
        by = By(None, now)
        tenants.change(c, tenant_id, by, 1, phone="000-000-0000", hours={"ja": "平日 8時30分〜17時15分", "en": "weekdays 8:30 to 17:15"})
        tenants.set_districts(c, tenant_id, by, DISTRICTS)
        tenants.set_disaster(
            c, tenant_id, by, 0, name={"ja": "大雨（模擬）", "en": "Heavy rain (simulated)"}, happened_on=published.BEGAN.replace(month=7, day=6),
            prefecture="", municipality="", acts={act: True for act in tenants.ACTS if act != "emergency_small_loan_open"})
        made = [create_staff(c, tenant_id=tenant_id, login=login, name=login, role=role, at=now, demonstration=True,
                             on_duty=1 if login == "keikaku" else None) for login, role in roles]
    return tenant_id, [Staff(one.staff_id, tenant_id, one.login, one.login, role) for one, (_, role) in zip(made, roles, strict=True)]


def district_of(number: int, count: int) -> str:
    """The list is in the order of the districts."""
    return DISTRICTS[number * len(DISTRICTS) // count]


def _bring_in(shell: Shell, tenant_id: str, homes: Sequence[Home]) -> None:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["管理番号", "校区", "氏名", "ふりがな", "住所", "携帯電話", "固定電話", "世帯人数", "世帯状況", "罹災証明", "被害程度"])
    for home in homes:
        district = district_of(home.number, len(homes))
        phones = (home.phone, "") if home.mobile else ("", home.phone)
        sheet.writerow([
            home.number + 1, district, home.name, home.kana, f"模擬市{district}{home.number + 1}番地", *phones,
            1 if home.old_alone else 2 + home.number % 3, "高齢者単身" if home.old_alone else "その他", "取得済み", "半壊"])
    file = File("list.csv", "text/csv", out.getvalue().encode())
    with shell.engine.begin() as c:
        made = lists.put_in(c, tenant_id=tenant_id, kind="visit", file=file, by=None, at=shell.clock())
        row = lists.look(c, tenant_id, made)
        assert row is not None
        lists.check(c, tenant_id=tenant_id, import_id=made, mapping=row["mapping"], by=None, at=shell.clock(), version=row["version"])
    _work(shell)
    with shell.engine.begin() as c:
        row = lists.look(c, tenant_id, made)
        assert row is not None
        lists.take_in(c, tenant_id=tenant_id, import_id=made, by=None, at=shell.clock(), version=row["version"])
    _work(shell)


def _work(shell: Shell) -> None:
    while run_slice(shell, {CHECK: check_some, APPLY: apply_some}):
        pass


def _find(shell: Shell, tenant_id: str, homes: Sequence[Home]) -> None:
    """Learn every home's case, and give a chat to those who have added the town's account."""
    now = shell.clock()
    with shell.engine.begin() as c:
        found = c.execute(select(list_row.c.case_id).join(case, case.c.id == list_row.c.case_id)
                          .where(list_row.c.tenant_id == tenant_id).order_by(list_row.c.place)).scalars().all()
        if len(found) != len(homes):
            raise RuntimeError(f"{len(homes)} households on the list, {len(found)} taken in")
        rows = []
        for home, case_id in zip(homes, found, strict=True):
            home.case_id = case_id
            if home.chat:
                home.address = f"U{home.number:032x}"
                rows.append({
                    "id": ids.new(), "tenant_id": tenant_id, "channel": "line", "address": home.address,
                    "address_index": address_index(home.address), "case_id": case_id, "created_at": now})
        if rows:
            c.execute(insert(conversation), rows)
        names = dict(c.execute(select(case.c.id, person.c.name).join(person, person.c.id == case.c.person_id)).all())
    wrong = [home.number for home in homes if names[home.case_id] != home.name]
    if wrong:
        raise RuntimeError(f"household {wrong[0]} of the list is another one in the records")
