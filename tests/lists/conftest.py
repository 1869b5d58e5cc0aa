"""Lists as municipalities send them, invented people in them, and a town that brings them in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, insert, select

from backend import ids
from backend.app import Shell
from backend.cases.models import answer, case
from backend.crypto import Keyring
from backend.db import Row, reading
from backend.files.service import File
from backend.jobs.run import run_slice
from backend.lists import service as lists
from backend.lists.applying import APPLY, apply_some
from backend.lists.checking import CHECK, check_some
from backend.lists.finding import FIND, find_some
from backend.lists.models import list_row
from backend.matching.propose import MATCH, match_some
from backend.people.models import person, person_token
from backend.settings import Settings
from backend.staff.models import staff
from backend.staff.roles import Staff
from backend.words import Catalogues
from dialogs.registry import BOOK
from tests.conftest import SECRET, MakeTenant, MovableClock, nothing_loose

SLICES = {CHECK: check_some, APPLY: apply_some, FIND: find_some, MATCH: match_some}
_words: list[Catalogues] = []

HEADER = ["管理番号", "校区", "氏名", "ふりがな", "生年月日", "性別", "住所", "携帯電話", "罹災証明", "被害程度"]
HANAKO = ["1", "新栄", "山田　花子", "ﾔﾏﾀﾞ ﾊﾅｺ", "Ｓ２３．４．２", "女", "大牟田市新栄町１丁目２−３", "９０-1234-5678".replace("９０", "090"), "取得済み", "半壊"]
TARO = ["2", "三池", "髙﨑 太郎", "たかさき たろう", "昭和30年1月2日", "男", "大牟田市三池567", "9012345678", "申請中", "一部損壊"]


def sheet(*rows: Sequence[Any], merged: Sequence[str] = ()) -> bytes:
    """An xlsx with these rows."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    """A CSV with these rows."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


HOMES = ["世帯番号", "名簿番号", "氏名", "ふりがな", "生年月日", "携帯電話", "住所", "被害程度", "支援措置"]
FEW = 40


def homes(rows: int = FEW * 6 + 3) -> list[list[str]]:
    """Every third person lives with the one above, also across the border of two chunks; one of them is protected."""
    return [[str(at - at % 3), str(at), f"山田 {at}", "やまだ はなこ", "S30.1.2", f"090-1234-{at:04}", f"新栄町{at}", "半壊", "○" if at == FEW + 1 else ""]
            for at in range(1, rows + 1)]


class Town:
    """`town.bring(content)` checks a list, `town.take(id)` takes it in; `who()` tells everybody there is now."""

    def __init__(self, engine: Engine, clock: MovableClock, tenant_id: str, folder: Path) -> None:
        if not _words:
            _words.append(Catalogues.load())
        settings = Settings(database_url=str(engine.url), secret_key=SECRET, public_url="http://testserver", data_dir=folder)
        self.shell = Shell(settings, engine, clock, Keyring(SECRET), _words[0], BOOK)
        self.engine, self.clock, self.tenant_id = engine, clock, tenant_id

    def staff(self, role: str = "supervisor") -> Staff:
        who = Staff(ids.new(), self.tenant_id, ids.new(), role, role)
        with self.engine.begin() as c:
            c.execute(insert(staff).values(
                id=who.id, tenant_id=who.tenant_id, login=who.login, name=role, role=role, password_hash="-", created_at=self.clock()))
        return who

    def put_in(self, content: bytes, kind: str = "visit") -> str:
        with self.engine.begin() as c:
            return lists.put_in(c, tenant_id=self.tenant_id, kind=kind, file=File("list.xlsx", "", content), by=None, at=self.clock())

    def bring(self, content: bytes, kind: str = "visit", mapping: dict[str, str] | None = None) -> str:
        id = self.put_in(content, kind)
        home = self.look(id)
        with self.engine.begin() as c:
            lists.check(c, tenant_id=self.tenant_id, import_id=id, mapping=mapping or home["mapping"], by=None, at=self.clock(), version=home["version"])
        self.work()
        return id

    def begin(self, id: str, by: str | None = None) -> None:
        """From now on a checked list is taken in, by whoever works."""
        version = self.look(id)["version"]
        with self.engine.begin() as c:
            lists.take_in(c, tenant_id=self.tenant_id, import_id=id, by=by, at=self.clock(), version=version)

    def take(self, id: str, by: str | None = None) -> Row:
        self.begin(id, by)
        self.work()
        return self.look(id)

    def stop(self, id: str) -> bool:
        with self.engine.begin() as c:
            return lists.stop(c, tenant_id=self.tenant_id, import_id=id, by=None, at=self.clock())

    def import_(self, content: bytes, kind: str = "visit", by: str | None = None) -> Row:
        return self.take(self.bring(content, kind), by)

    def work(self, most: int = 10_000) -> int:
        done = 0
        while done < most and run_slice(self.shell, SLICES):
            done += 1
        return done

    def look(self, id: str) -> Row:
        with reading(self.engine).connect() as c:
            home = lists.look(c, self.tenant_id, id)
        assert home is not None
        return home

    def trouble(self, id: str) -> list[tuple[int, str, str]]:
        with reading(self.engine).connect() as c:
            return [(row, what, column) for row, what, column, _ in lists.findings(c, id)[0]]

    def who(self) -> dict[str, dict[str, Any]]:
        with reading(self.engine).connect() as c:
            rows = c.execute(select(person).where(person.c.tenant_id == self.tenant_id)).mappings()
            return {row["name"] or row["kana"]: dict(row) for row in rows}

    def cases(self) -> list[dict[str, Any]]:
        with reading(self.engine).connect() as c:
            rows = c.execute(select(case).where(case.c.tenant_id == self.tenant_id).order_by(case.c.number)).mappings()
            return [dict(row) for row in rows]

    def answers(self, case_id: str, *, old: bool = False) -> dict[str, Any]:
        held = answer.c.superseded_at.is_not(None) if old else answer.c.superseded_at.is_(None)
        with reading(self.engine).connect() as c:
            return {row.field: row.value for row in c.execute(select(answer).where(answer.c.case_id == case_id, held))}

    def rows(self) -> list[dict[str, Any]]:
        with reading(self.engine).connect() as c:
            return [dict(row) for row in c.execute(select(list_row).order_by(list_row.c.place)).mappings()]

    def tokens(self) -> list[tuple[int, str]]:
        """By what everybody is found."""
        of_person = {one["id"]: name for name, one in self.who().items()}
        with reading(self.engine).connect() as c:
            return sorted((row.token, of_person[row.person_id]) for row in c.execute(select(person_token)))

    def taken(self) -> list[Any]:
        """Everything of a list that does not change from one time to the next."""
        of_person = {one["id"]: name for name, one in self.who().items()}
        return [
            sorted((one["number"], of_person[one["person_id"]], one["restricted"], one["damage_level"], sorted(self.answers(one["id"]).items())) for one in self.cases()),
            self.tokens(), [(row["place"], row["digest"], row["cells"], of_person[row["person_id"]]) for row in self.rows()],
        ]  # fmt: skip


@pytest.fixture
def few_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.lists.checking.CHUNK", FEW)
    monkeypatch.setattr("backend.lists.applying.CHUNK", FEW)


@pytest.fixture
def make_town(clock: MovableClock, make_tenant: MakeTenant, tmp_path: Path) -> Iterator[Callable[..., Town]]:
    made: list[Town] = []

    def make(engine: Engine, slug: str = "tsunagi") -> Town:
        made.append(Town(engine, clock, make_tenant(engine, slug), tmp_path))
        return made[-1]

    yield make
    for town in made:
        nothing_loose(town.engine)


@pytest.fixture
def town(sqlite_engine: Engine, make_town: Callable[..., Town]) -> Town:
    return make_town(sqlite_engine)


@pytest.fixture
def both_towns(engine: Engine, make_town: Callable[..., Town]) -> Town:
    """On SQLite and on PostgreSQL."""
    return make_town(engine)
