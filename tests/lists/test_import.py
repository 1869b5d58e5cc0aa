"""A town brings its lists in: as they are, again when they changed, and never one household twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, update

from backend.cases.models import answer, category_decision
from backend.conflict import Conflict
from backend.files.service import File, drop_expired
from backend.followups.models import due
from backend.lists import service as lists
from backend.lists.checking import CHUNK
from backend.lists.models import list_chunk, list_mapping
from backend.lists.reading import Unreadable, read
from backend.people import service as people
from backend.people.models import household_member, person_token
from backend.people.tokens import number_token, tokens_of
from backend.programs.recompute import REASSESS, RECOMPUTE
from backend.search.find import find
from tests.conftest import MovableClock
from tests.lists.conftest import HANAKO, HEADER, TARO, Town, sheet, text


def test_a_list_becomes_cases(both_towns: Town) -> None:
    town = both_towns
    home = town.import_(sheet(HEADER, HANAKO, TARO))
    assert home["state"] == "applied" and home["counts"]["did_new"] == 2
    hanako, _ = town.cases()
    assert (hanako["origin"], hanako["district"], hanako["damage_level"], hanako["number"][:12]) == ("import", "新栄", "half", "T-2026-00000")
    who = town.who()["山田 花子"]
    assert (who["kana"], who["birth_date"], who["sex"], who["phone"]) == ("やまだ はなこ", "1948-04-02", "female", "090-1234-5678")
    assert town.who()["髙﨑 太郎"]["phone"] == "090-1234-5678", "Excel had eaten the 0"
    assert town.answers(hanako["id"]) | {} == {
        "name": "山田 花子", "name_kana": "やまだ はなこ", "birth_date": "1948-04-02", "sex": "female", "phone": "090-1234-5678",
        "disaster_address": "大牟田市新栄町１丁目２−３", "certificate": "issued", "damage_level": "half",
    }  # fmt: skip
    desk = town.staff()
    with town.engine.connect() as c:
        source = {row.source for row in c.execute(select(answer.c.source))}
        held = set(c.execute(select(person_token.c.token).where(person_token.c.person_id == who["id"])).scalars())
        found = find(c, desk, "はなこ")
    assert source == {"list"} and [hit.case_id for hit in found.hits] == [hanako["id"]]
    assert held == tokens_of(town.tenant_id, who) | {number_token(town.tenant_id, "1")}


def test_the_same_list_again_changes_nothing(both_towns: Town) -> None:
    town = both_towns
    town.import_(sheet(HEADER, HANAKO, TARO))
    before = town.cases(), town.who(), [town.answers(one["id"]) for one in town.cases()]
    town.clock.move(days=1)
    again = town.import_(text(HEADER, TARO, HANAKO, encoding="cp932"))
    assert again["counts"]["same"] == again["counts"]["did_same"] == 2
    assert (town.cases(), town.who(), [town.answers(one["id"]) for one in town.cases()]) == before


def test_changed_cells_are_changed_and_the_old_ones_kept(both_towns: Town) -> None:
    town = both_towns
    town.import_(sheet(HEADER, HANAKO, TARO))
    before = town.cases()[0]
    town.clock.move(days=10)
    now = [*HANAKO]
    now[7], now[9] = "090-0000-0000", "全壊"
    again = town.import_(sheet(HEADER, now, TARO))
    assert (again["counts"]["changed"], again["counts"]["did_changed"], again["counts"]["same"]) == (1, 1, 1)
    after = town.cases()[0]
    assert (after["id"], after["damage_level"], len(town.cases())) == (before["id"], "total", 2)
    assert town.answers(after["id"])["damage_level"] == "total" and town.answers(after["id"], old=True) == {"damage_level": "half", "phone": "090-1234-5678"}
    with town.engine.connect() as c:
        (change,) = people.history(c, after["person_id"])
    assert (change["source"], change["before"]["phone"], change["after"]["phone"]) == ("list", "090-1234-5678", "090-0000-0000")
    (kept,) = next(row["before"] for row in town.rows() if row["before"])
    assert kept["cells"] == {"phone": HANAKO[7], "damage_level": "半壊"}


def test_what_a_list_says_is_looked_at_by_the_programs(both_towns: Town) -> None:
    town = both_towns

    def waiting() -> set[tuple[str, str]]:
        with town.engine.begin() as c:
            found = {(row.kind, row.subject) for row in c.execute(select(due)) if row.kind in (REASSESS, RECOMPUTE)}
            c.execute(delete(due))
        return found

    town.import_(sheet(HEADER, HANAKO, TARO))
    assert waiting() == {(REASSESS, town.tenant_id)}, "once for the whole list"
    town.import_(sheet(HEADER, HANAKO, TARO))
    assert waiting() == set(), "nothing new, nothing to look at"
    now = [*HANAKO]
    now[9] = "全壊"
    town.import_(sheet(HEADER, now, TARO))
    assert waiting() == {(REASSESS, town.tenant_id), (RECOMPUTE, town.cases()[0]["id"])}


def test_what_staff_corrected_stays_when_the_list_says_what_it_said(town: Town) -> None:
    town.import_(sheet(HEADER, HANAKO))
    who = town.cases()[0]["person_id"]
    with town.engine.begin() as c:
        people.write(c, who, {"kana": "やまだ かこ"}, source="console", by=None, at=town.clock())
    now = [*HANAKO]
    now[9] = "全壊"
    town.import_(sheet(HEADER, now))
    assert town.who()["山田 花子"]["kana"] == "やまだ かこ"


def test_an_emptied_cell_takes_nothing_away(town: Town) -> None:
    town.import_(sheet(HEADER, HANAKO))
    now = [*HANAKO]
    now[7] = now[9] = ""
    town.import_(sheet(HEADER, now))
    (one,) = town.cases()
    assert (one["damage_level"], town.who()["山田 花子"]["phone"]) == ("half", "090-1234-5678")


def test_a_list_without_numbers_knows_its_rows_by_who_they_are(town: Town) -> None:
    columns = slice(2, None)
    town.import_(sheet(HEADER[columns], HANAKO[columns]))
    now = [*HANAKO]
    now[2], now[9] = "山田 花子", "全壊"
    again = town.import_(text(HEADER[columns], now[columns]))
    assert again["counts"]["changed"] == 1 and len(town.cases()) == 1


def test_one_household_of_a_list_of_people_is_one_case(both_towns: Town) -> None:
    town = both_towns
    header = ["世帯番号", "名簿番号", "氏名", "続柄", "生年月日"]
    rows = (["10", "1", "山田 太郎", "世帯主", "S20.1.1"], ["10", "2", "山田 花子", "妻", "S23.4.2"], ["11", "3", "佐藤 梅", "本人", ""],
            ["10", "4", "山田 一郎", "長男の子", "H20.1.1"])
    town.import_(sheet(header, *rows), kind="evacuee")
    with town.engine.connect() as c:
        members = {row.person_id: row for row in c.execute(select(household_member))}
    by_name = {name: members[row["id"]] for name, row in town.who().items()}
    assert len(town.cases()) == 2
    assert by_name["山田 太郎"].case_id == by_name["山田 花子"].case_id == by_name["山田 一郎"].case_id != by_name["佐藤 梅"].case_id
    assert [(by_name[name].relation, by_name[name].head) for name in ("山田 太郎", "山田 花子", "山田 一郎")] == [("", True), ("spouse", False), ("other", False)]
    assert by_name["山田 一郎"].about == {"relation": "長男の子"} and by_name["山田 花子"].on_register is True
    town.import_(sheet(header, *rows, ["10", "5", "山田 次郎", "二男", ""]), kind="evacuee")
    assert len(town.cases()) == 2 and len(town.who()) == 5


def test_protected_people_are_protected_from_their_first_moment(town: Town) -> None:
    header = [*HEADER, "DV等支援措置"]
    town.import_(sheet(header, [*HANAKO, "○"], [*TARO, ""]))
    hanako, taro = town.cases()
    assert (hanako["restricted"], taro["restricted"]) == (True, False) and town.who()["山田 花子"]["restricted"]
    town.import_(sheet(header, [*HANAKO[:9], "全壊", ""], [*TARO, "要確認"]))
    hanako, taro = town.cases()
    assert hanako["restricted"], "no list lifts a protection"
    assert taro["restricted"], "doubt protects"


def test_a_protected_member_protects_the_household(town: Town) -> None:
    header = ["世帯番号", "名簿番号", "氏名", "支援措置"]
    town.import_(sheet(header, ["10", "1", "山田 太郎", ""], ["10", "2", "山田 花子", "○"], ["11", "3", "佐藤 梅", ""]), kind="evacuee")
    assert [one["restricted"] for one in town.cases()] == [True, False]
    town.import_(sheet(header, ["11", "4", "佐藤 桃", "対象"]), kind="evacuee")
    assert [one["restricted"] for one in town.cases()] == [True, True]


def test_a_category_of_the_list_is_a_decision_of_who_brings_it_in(town: Town) -> None:
    by = town.staff()
    header = [*HEADER, "㉛支援区分"]
    town.import_(sheet(header, [*HANAKO, "区分４"], [*TARO, "2"]), by=by.id)
    assert [one["category"] for one in town.cases()] == [4, 2]
    with town.engine.connect() as c:
        assert {row.decided_by for row in c.execute(select(category_decision.c.decided_by))} == {by.id}


def test_the_dry_run_takes_nothing_in(town: Town) -> None:
    id = town.bring(sheet(HEADER, HANAKO, TARO))
    assert town.look(id)["state"] == "checked" and town.look(id)["counts"]["new"] == 2
    assert town.cases() == [] and town.who() == {}


def test_how_the_columns_were_read_is_remembered(town: Town) -> None:
    header = [*HEADER[:2], "被災者", *HEADER[3:], "謎の欄"]
    id = town.put_in(sheet(header, [*HANAKO, "x"]))
    mapping = {**town.look(id)["mapping"], "10": "notes"}
    del mapping["1"]
    town.bring(sheet(header, [*HANAKO, "x"]), mapping=mapping)
    next_time = town.look(town.put_in(sheet(header, [*HANAKO, "x"])))["mapping"]
    assert next_time == mapping, "a column left out stays out"
    with town.engine.connect() as c:
        assert c.execute(select(list_mapping.c.kind)).scalars().all() == ["visit"]
    assert town.look(town.put_in(sheet(header, [*HANAKO, "x"]), kind="certificate"))["mapping"] != mapping, "each kind for itself"


def test_two_columns_cannot_be_the_same_and_somebody_must_be_named(town: Town) -> None:
    id = town.put_in(sheet(HEADER, HANAKO))
    for mapping, why in (({"2": "name", "3": "name"}, "console.lists.twice_chosen"), ({"6": "address"}, "console.lists.no_name_chosen")):
        with town.engine.begin() as c, pytest.raises(lists.NotNow, match=why):
            lists.check(c, tenant_id=town.tenant_id, import_id=id, mapping=mapping, by=None, at=town.clock(), version=1)


def test_two_people_at_the_same_import_do_not_cross(town: Town) -> None:
    id = town.bring(sheet(HEADER, HANAKO))
    version = town.look(id)["version"]
    with town.engine.begin() as c:
        lists.take_in(c, tenant_id=town.tenant_id, import_id=id, by=None, at=town.clock(), version=version)
    with town.engine.begin() as c, pytest.raises(Conflict):
        lists.take_in(c, tenant_id=town.tenant_id, import_id=id, by=None, at=town.clock(), version=version)
    town.work()
    assert len(town.cases()) == 1


MANY = [[str(n), "新栄", f"山田 {n}", "やまだ", "S30.1.2", "女", f"新栄町{n}", "", "", "半壊"] for n in range(1, CHUNK * 3 + 8)]


def test_stopped_half_way_it_goes_on_where_it_was(town: Town) -> None:
    id = town.bring(text(HEADER, *MANY))
    town.begin(id)
    assert town.work(2) == 2
    assert town.stop(id)
    town.work()
    assert town.look(id)["state"] == "stopped" and len(town.cases()) == CHUNK * 2
    town.take(id)
    assert town.look(id)["state"] == "applied" and len(town.cases()) == len(MANY)
    assert len({one["number"] for one in town.cases()}) == len(MANY)
    with town.engine.connect() as c:
        assert c.execute(select(list_chunk)).first() is None, "nothing of the file stays behind"


def test_a_check_goes_on_in_another_process(town: Town) -> None:
    from backend.lists import checking

    id = town.put_in(text(HEADER, *MANY, MANY[0]))
    mapping = town.look(id)["mapping"]
    with town.engine.begin() as c:
        lists.check(c, tenant_id=town.tenant_id, import_id=id, mapping=mapping, by=None, at=town.clock(), version=1)
    town.work(3)
    checking._above.clear()
    town.work()
    assert town.look(id)["counts"]["twice"] == 1, "the rows above were read again"


@pytest.mark.parametrize(("content", "why"), [
    (b"", "empty"), (b"PK\x03\x04 broken", "workbook"), (b"\xff\xd8\xff\xe0 a photo", "encoding"), ("猫,犬\r\n1,2\r\n".encode(), "no_header"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked", "workbook"), (sheet([]), "empty"),
])  # fmt: skip
def test_what_is_no_list_says_why(content: bytes, why: str, town: Town) -> None:
    with pytest.raises(Unreadable, match=f"console.lists.unreadable.{why}"):
        town.put_in(content)


def test_nothing_of_the_list_stands_in_clear(town: Town) -> None:
    town.import_(sheet(HEADER, HANAKO, TARO))
    with town.engine.begin() as c:
        c.execute(update(answer).values(superseded_at=None))
        for table in ("list_row", "list_import", "list_chunk", "person", "job", "stored_file", "audit"):
            stored = repr([tuple(row) for row in c.exec_driver_sql(f"SELECT * FROM {table}")])
            assert not any(word in stored for word in ("山田", "花子", "1234-5678", "新栄町", "list.xlsx")), table


def test_others_write_while_a_list_is_read(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has one lock for everybody: residents do not wait for a workbook."""
    def read_slowly(content: bytes, sheet: str = "") -> Any:
        with town.engine.connect() as c:
            patience = c.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
            c.exec_driver_sql("PRAGMA busy_timeout=0")
            c.execute(update(answer).values(superseded_at=None))
            c.rollback()
            c.exec_driver_sql(f"PRAGMA busy_timeout={patience}")  # the next one gets this connection
        return read(content, sheet)

    monkeypatch.setattr("backend.lists.service.read", read_slowly)
    file = File("list.csv", "text/csv", text(HEADER, *MANY))
    id = lists.bring(town.engine, tenant_id=town.tenant_id, kind="visit", file=file, by=None, at=town.clock())
    assert town.look(id)["rows"] == len(MANY)


def test_a_list_that_was_brought_is_read_once_and_looked_at_as_often_as_wanted(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    file = File("list.csv", "text/csv", text(HEADER, *MANY))
    id = lists.bring(town.engine, tenant_id=town.tenant_id, kind="visit", file=file, by=None, at=town.clock())
    monkeypatch.delattr("backend.lists.checking.read")
    for mapping in (town.look(id)["mapping"], {"2": "name"}):
        with town.engine.begin() as c:
            lists.check(c, tenant_id=town.tenant_id, import_id=id, mapping=mapping, by=None, at=town.clock(), version=town.look(id)["version"])
        town.work()
        assert town.look(id)["counts"]["new"] == len(MANY) and town.look(id)["job"]["done"] == len(MANY)
    town.take(id)
    assert len(town.cases()) == len(MANY) and set(town.answers(town.cases()[0]["id"])) == {"name"}, "only the name was chosen the second time"


def test_part_of_a_list_that_was_cut_off_while_it_came_is_read_again(town: Town) -> None:
    file = File("list.csv", "text/csv", text(HEADER, *MANY))
    id = lists.bring(town.engine, tenant_id=town.tenant_id, kind="visit", file=file, by=None, at=town.clock())
    with town.engine.begin() as c:
        c.execute(list_chunk.delete().where(list_chunk.c.number > 1))
        lists.check(c, tenant_id=town.tenant_id, import_id=id, mapping=lists.look(c, town.tenant_id, id)["mapping"], by=None, at=town.clock(), version=1)  # type: ignore[index]
    town.work()
    assert town.look(id)["counts"]["new"] == len(MANY)


def test_the_uploaded_file_goes_when_its_time_is_over_and_the_import_stays(town: Town, clock: MovableClock) -> None:
    id = town.bring(sheet(HEADER, HANAKO))
    assert town.look(id)["file_id"]
    clock.move(days=400)
    assert drop_expired(town.engine, clock) == 1
    assert town.look(id)["file_id"] is None
