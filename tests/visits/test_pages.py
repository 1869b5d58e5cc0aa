"""What staff see: the proposal for a day, the day, its sheet, and the page for the field without its script."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.cases.models import case
from backend.clock import in_japan
from backend.visits.models import visit
from tests.console.conftest import _quick_passwords, app, make_staff, new_browser  # noqa: F401
from tests.visits.test_visits import asks


@pytest.fixture
def town(sqlite_town):
    return sqlite_town


@pytest.fixture
def pair(new_browser, make_staff):  # noqa: F811
    one, two = make_staff("hanako"), make_staff("kacho2", "supervisor")
    return new_browser("hanako"), new_browser("kacho2"), one, two


def proposal(browser, one: str, two: str, day: str):
    return browser.open(f"/console/visits?day={day}&worker={one}&worker={two}")


def decided(browser, town, one, two, **more) -> None:
    day = in_japan(town.clock()).date().isoformat()
    proposal(browser, one, two, day)
    (case_id,) = re.findall(r'name="case" value="([^"]+)"', browser.html)
    browser.send("/console/visits/day", case=case_id, **{f"first.{case_id}": one, f"second.{case_id}": two, f"place.{case_id}": "1"}
                 | {f"{name}.{case_id}": value for name, value in more.items()})


def test_from_the_proposal_to_the_day_and_its_sheet(town, pair):
    hanako, _, one, two = pair
    asks(town, name="佐藤 花", language="en")
    hanako.open("/console/visits")
    assert hanako.has("佐藤 花", "本人の希望", "まだ連絡がとれていない") and not hanako.has("この予定に決める")
    decided(hanako, town, one, two, **{"from": "09:30", "until": "12:00", "safety": "犬がいる", "interpreter": "en"})
    assert hanako.path == "/console/visits/day" and hanako.has("佐藤 花", "09:30–12:00", "犬がいる", "hanakoさん・kacho2さん", "通訳（English）")
    sheet = hanako.client.get(f"/console/visits/day/sheet?on={in_japan(town.clock()).date()}")
    assert sheet.headers["content-type"] == "application/pdf" and sheet.content.startswith(b"%PDF")


def test_two_people_go_says_the_page(town, pair):
    hanako, _, one, two = pair
    asks(town)
    day = in_japan(town.clock()).date().isoformat()
    proposal(hanako, one, two, day)
    (case_id,) = re.findall(r'name="case" value="([^"]+)"', hanako.html)
    hanako.send("/console/visits/day", case=case_id, **{f"first.{case_id}": one, f"second.{case_id}": one})
    assert hanako.status == 422 and hanako.has("訪問は二人で行きます")


def test_a_visit_moves_to_another_day_and_off_it_again(town, pair):
    hanako, chief, one, two = pair
    asks(town)
    decided(hanako, town, one, two)
    (row,) = town.rows(visit)
    later = (in_japan(town.clock()).date() + timedelta(days=1)).isoformat()
    chief.open("/console/visits/day")
    hanako.send(f"/console/planned/{row.id}/move", planned_on=later, from_time="13:00", until_time="15:00", place="2", first=two, second=one)
    assert hanako.status == 200 and hanako.has("13:00–15:00")
    chief.send(f"/console/planned/{row.id}/off")
    assert chief.status == 409
    hanako.send(f"/console/planned/{row.id}/off")
    assert hanako.status == 200 and town.rows(visit)[0].state == "wanted"


def test_the_page_for_the_field_works_without_its_script(town, pair):
    hanako, chief, one, two = pair
    home = asks(town, name="佐藤 花", phone="090-1111-2222")
    decided(hanako, town, one, two, safety="足元に気をつける")
    (row,) = town.rows(visit)
    here = f"/console/planned/{row.id}/report"
    hanako.open("/console/visits/field")
    assert hanako.has("佐藤 花", "090-1111-2222", "足元に気をつける", "kacho2さん", "不在票", "住所がまだ分かりません")
    hanako.send(here, result="died", next_on="2027-01-01", at="10:00")
    assert hanako.status == 422 and hanako.has("次に訪問する日を空欄にしてください")
    hanako.send(here, result="met", at="09:00", note="元気そう", **{"a.household_size": "2"})
    assert hanako.path == "/console/visits/field" and hanako.has("訪問済み") and town.contacts(home) == [("visit", "met")]
    chief.open("/console/visits/field")
    assert chief.has("佐藤 花")


def test_somebody_elses_visits_are_not_on_my_page(town, pair, new_browser, make_staff):  # noqa: F811
    hanako, _, one, two = pair
    asks(town, name="佐藤 花")
    decided(hanako, town, one, two)
    make_staff("jiro")
    assert not new_browser("jiro").open("/console/visits/field").has("佐藤 花")


def test_the_script_is_answered_in_json_and_shown_what_changed(town, pair):
    hanako, chief, one, two = pair
    asks(town)
    decided(hanako, town, one, two)
    (row,) = town.rows(visit)
    here = f"/console/planned/{row.id}/report"
    form = chief.open("/console/visits/field").hidden(here)
    hanako.open("/console/visits/field").send(here, result="card_left", at="09:00", note="留守")

    def post(**more):
        fields = {**form, "result": "met", "at": "09:05", "key": "telephone-1", "form": f"{more.pop('form')}"}
        return chief.client.post(here, data=fields, headers={"Accept": "application/json"}, follow_redirects=False)

    answer = post(form="first-try")
    assert answer.status_code == 409
    assert {one["name"]: one["value"] for one in answer.json()["now"]}["note"] == "留守"
    assert post(form="second-try").status_code == 409 and len(town.rows(visit, visit.c.state == "done")) == 1


def test_a_protected_home_stands_in_no_proposal(town, pair, new_browser, make_staff):  # noqa: F811
    hanako, _, one, two = pair
    asks(town, name="秘密 さん", restricted=True, assigned_to=one)
    make_staff("jiro")
    day = in_japan(town.clock()).date().isoformat()
    assert not proposal(new_browser("jiro"), one, two, day).has("秘密")
    proposal(hanako, one, two, day)
    assert hanako.has("秘密 さん", "案には入りません") and not hanako.has("この日の案")


def test_the_pairs_are_decided_one_after_the_other(town, pair, make_staff):  # noqa: F811
    hanako, _, one, two = pair
    three, four = make_staff("jiro"), make_staff("saburo")
    for district in ("山手", "川上"):
        asks(town, name=f"{district}の人", district=district)
    day = in_japan(town.clock()).date().isoformat()
    hanako.open("/console/visits?" + "&".join([f"day={day}", *(f"worker={who}" for who in (one, two, three, four))]))
    case_id, _other = re.findall(r'name="case" value="([^"]+)"', hanako.html)
    first = hanako.html.split('action="/console/visits/day"')[1].split("</form>")[0]
    rest = re.findall(r'name="worker" value="([^"]+)"', first)
    assert sorted(rest) == sorted({three, four}) or sorted(rest) == sorted({one, two})
    pair_of = [who for who in (one, two, three, four) if who not in rest]
    hanako.send("/console/visits/day", case=case_id, worker=rest, **{f"first.{case_id}": pair_of[0], f"second.{case_id}": pair_of[1]})
    assert hanako.path == "/console/visits" and hanako.html.count('name="case"') == 1 and len(town.rows(visit)) == 1


def test_whoever_is_lent_for_the_visits_has_the_doors_and_not_the_cases(town, pair, new_browser, make_staff):  # noqa: F811
    hanako, _, one, _two = pair
    lent = make_staff("itaku", "operator")
    home = asks(town, name="佐藤 花")
    decided(hanako, town, one, lent)
    other = asks(town, name="鈴木 一郎")
    field = new_browser("itaku").open("/console/visits/field")
    assert field.has("佐藤 花") and not field.has("鈴木 一郎") and f"/console/cases/{home}" not in field.html
    assert field.client.get(f"/console/cases/{home}").status_code == 404
    (row,) = town.rows(visit)
    field.send(f"/console/planned/{row.id}/report", result="met", at="09:00", note="元気そう", **{"a.household_size": "2"})
    assert field.has("訪問済み") and town.contacts(home) == [("visit", "met")] and town.contacts(other) == []


def test_a_home_that_became_protected_is_off_the_list_of_those_who_were_lent(town, pair, new_browser, make_staff):  # noqa: F811
    hanako, _, one, _two = pair
    lent = make_staff("itaku", "operator")
    home = asks(town, name="佐藤 花")
    decided(hanako, town, one, lent)
    field = new_browser("itaku").open("/console/visits/field")
    (row,) = town.rows(visit)
    with town.engine.begin() as c:
        c.execute(update(case).where(case.c.id == home).values(restricted=True))
    field.send(f"/console/planned/{row.id}/report", result="met", at="09:00")
    assert field.status in (403, 404) and town.contacts(home) == []
    assert not field.open("/console/visits/field").has("佐藤 花")


def test_many_homes_are_turned_over_and_planned_all_the_same(town, pair, monkeypatch):
    """Names are opened for the page that is looked at; the proposal takes in the homes of every page."""
    monkeypatch.setattr("backend.console.pages.visits.PER_PAGE", 2)
    hanako, _, one, two = pair
    for name in ("佐藤 花", "田中 実", "山口 明"):
        asks(town, name=name)
    hanako.open("/console/visits")
    assert hanako.has("佐藤 花", "田中 実", "3件のうち 1〜2件目") and not hanako.has("山口 明")
    (later,) = re.findall(r'href="(/console/visits\?from=3[^"]*)"', hanako.html)
    hanako.open(html.unescape(later))
    assert hanako.has("山口 明", "3件のうち 3〜3件目") and not hanako.has("佐藤 花")
    assert hanako.open("/console/visits?from=99").has("山口 明") and hanako.open("/console/visits?from=-1").has("佐藤 花")
    proposal(hanako, one, two, in_japan(town.clock()).date().isoformat())
    assert len(re.findall(r'name="case" value="([^"]+)"', hanako.html)) == 3 and hanako.has("山口 明")
