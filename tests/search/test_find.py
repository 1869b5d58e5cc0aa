"""Somebody calls, says a name or a number, and the desk finds the record: as people say and write such things."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from backend.cases.models import case
from backend.people import service as people
from backend.search.find import Result, find
from backend.staff.roles import Staff
from tests.search.conftest import Town

HANAKO = {
    "name": "山田 花子", "kana": "やまだ はなこ", "phone": "090-1234-5678", "landline": "0944-52-0000", "birth_date": "1948-04-02",
    "address": "大牟田市新栄町1-2-3",
}  # fmt: skip


def names(result: Result) -> list[str]:
    return [hit.name for hit in result.hits]


def ask(town: Town, staff: Staff, words: str, limit: int = 50) -> Result:
    with town.engine.connect() as c:
        return find(c, staff, words, limit)


SAID = (
    "山田花子", "山田", "花子", "山田　花子", "花子 山田", "やまだ", "ヤマダ", "ﾔﾏﾀﾞ ﾊﾅｺ", "はなこ", "やま", "まだは", "山田花", "山",
    "09012345678", "090-1234-5678", "０９０ー１２３４ー５６７８", "5678", "0944-52-0000", "S23.4.2", "昭和23年4月2日", "1948-04-02",
    "山田 S23.4.2", "やまだ 5678", "花子 やまだ",
)  # fmt: skip
NOT_SAID = ("山口", "やまと", "山田 太郎", "09012345670", "S24.4.2", "花子 S24.4.2", "田花", "T-2026-000001-0")


def test_however_it_is_said(town: Town) -> None:
    town.case(**HANAKO)
    town.case(name="佐藤 太郎", kana="さとう たろう", phone="090-8765-4321", birth_date="1950-01-01")
    someone = town.staff()
    assert [words for words in SAID if names(ask(town, someone, words)) != ["山田 花子"]] == []


def test_what_is_not_there_is_not_found(town: Town) -> None:
    town.case(**{**HANAKO, "name": "山本 花子"})
    someone = town.staff()
    assert [words for words in NOT_SAID if ask(town, someone, words).hits] == []


def test_too_little_says_so(town: Town) -> None:
    town.case(**HANAKO)
    someone = town.staff()
    assert all(ask(town, someone, words) == Result((), unclear=True) for words in ("", " ", "や", "・", "?"))


def test_variants_of_a_name_are_one(town: Town) -> None:
    town.case(name="髙﨑 ハナ", kana="ﾀｶｻｷ ﾊﾅ")
    assert names(ask(town, town.staff(), "高崎")) == names(ask(town, town.staff(), "たかさきはな")) == ["髙﨑 ハナ"]


def test_a_name_in_latin_letters(town: Town) -> None:
    town.case(name="Nguyen Van A")
    assert names(ask(town, town.staff(), "nguyen")) == ["Nguyen Van A"]


def test_by_the_case_number_as_it_is_read_over_the_telephone(town: Town) -> None:
    from backend.cases.rules import case_number

    town.case(number=case_number(2026, 12), **HANAKO)
    plain = case_number(2026, 12).replace("-", "")
    assert names(ask(town, town.staff(), plain.lower())) == ["山田 花子"]


def test_by_the_number_of_the_list(town: Town) -> None:
    town.case(**HANAKO)
    who = town.member(town.case(name="佐藤 太郎"), name="佐藤 梅子")
    with town.engine.begin() as c:
        people.add_number(c, town.tenant_id, who, "Ａ-００１２")
    assert names(ask(town, town.staff(), "A12")) == ["佐藤 梅子"]


def test_whole_names_come_first(town: Town) -> None:
    for name, kana in (("中山 田之助", "なかやま たのすけ"), ("山田 花子", "やまだ はなこ"), ("山田", "やまだ")):
        town.case(name=name, kana=kana)
    assert names(ask(town, town.staff(), "山田")) == ["山田", "山田 花子", "中山 田之助"]


def test_everybody_in_the_household_leads_to_the_case(town: Town) -> None:
    home = town.case(name="佐藤 太郎")
    town.member(home, name="佐藤 梅子", kana="さとう うめこ")
    (hit,) = ask(town, town.staff(), "うめこ").hits
    assert (hit.case_id, hit.main) == (home, False)


def test_another_municipality_is_another_world(engine: Engine, make_town: Callable[..., Town]) -> None:
    here, there = make_town(engine), make_town(engine, "tonari")
    there.case(**HANAKO)
    assert all(ask(here, here.staff(), words).hits == () for words in ("山田 花子", "5678", "S23.4.2"))


def test_a_case_that_became_part_of_another_is_not_found(town: Town) -> None:
    gone = town.case(**HANAKO)
    with town.engine.begin() as c:
        c.execute(update(case).where(case.c.id == gone).values(status="merged"))
    assert ask(town, town.staff(), "山田").hits == ()


def test_too_many_say_that_there_are_more(town: Town) -> None:
    for at in range(5):
        town.case(name=f"佐藤 {'一二三四五'[at]}郎")
    found = ask(town, town.staff(), "佐藤", limit=3)
    assert (len(found.hits), found.more) == (3, True)


# --- protected people (PR-31) -----------------------------------------------------------------------------------


def test_a_protected_person_is_found_by_handlers_alone(town: Town) -> None:
    handler = town.staff()
    town.case(**HANAKO, restricted=True, assigned_to=handler.id)
    for words in ("山田", "はなこ", "5678", "T-1", "S23.4.2"):
        assert ask(town, town.staff(), words).hits == ()
    assert names(ask(town, handler, "山田")) == names(ask(town, town.staff("supervisor"), "山田")) == ["山田 花子"]


def test_a_protected_member_of_an_open_household_is_hidden_too(town: Town) -> None:
    home = town.case(name="佐藤 太郎")
    town.member(home, name="佐藤 梅子", restricted=True)
    assert names(ask(town, town.staff(), "佐藤")) == ["佐藤 太郎"]
    assert len(ask(town, town.staff("supervisor"), "佐藤").hits) == 2


PIECES = st.sampled_from(["山", "田", "川", "中", "花", "子", "太", "郎", "佐", "藤"])
PEOPLE = st.lists(st.tuples(st.lists(PIECES, min_size=2, max_size=4).map("".join), st.booleans()), min_size=1, max_size=8)


@given(PEOPLE, st.lists(PIECES, min_size=1, max_size=3).map("".join))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_protected_name_ever_in_a_result(
    sqlite_engine: Engine, make_town: Callable[..., Town], people_: list[tuple[str, bool]], words: str
) -> None:
    """Whatever the names and the words: exactly those are found that hold the word and are not protected."""
    town = make_town(sqlite_engine, f"town{next(COUNT)}")
    for name, restricted in people_:
        town.case(name=name, restricted=restricted)
    found = names(ask(town, town.staff(), words))
    assert sorted(found) == sorted(name for name, restricted in people_ if not restricted and holds(name, words))
    every = names(ask(town, town.staff("supervisor"), words))
    assert sorted(every) == sorted(name for name, _ in people_ if holds(name, words))


def holds(name: str, words: str) -> bool:
    """One sign alone is looked up as the beginning of a name."""
    return words in name if len(words) > 1 else name.startswith(words)


COUNT = iter(range(10**9))


def test_a_search_begins_with_the_tokens_whatever_the_database_knows(sqlite_engine: Engine, make_town: Callable[..., Town]) -> None:
    """Without statistics SQLite would rather read all cases of the municipality: a million of them."""
    from sqlalchemy import event

    town = make_town(sqlite_engine)
    town.case(**HANAKO)
    desk, asked = town.staff(), []
    event.listen(sqlite_engine, "before_cursor_execute", lambda _c, _u, sql, values, _x, _m: asked.append((sql, values)))
    ask(town, desk, "山田 花子")
    ask(town, desk, "T-2026-000012-5")
    with town.engine.connect() as c:
        plans = [str(row[-1]) for sql, values in asked if sql.startswith("SELECT") for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert any("person_token" in plan for plan in plans)
    assert [plan for plan in plans if "case" in plan and ("tenant_id=?)" in plan or plan.startswith("SCAN case"))] == []
