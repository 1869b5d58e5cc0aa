"""Every entry of the catalogue: it loads, says where it comes from, and has a household that gets it and one that does not."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.programs.edition import Edition, current, load
from backend.programs.engine import assess_one
from backend.programs.entry import LANGUAGES, Entry
from backend.programs.nodes import CatalogueError
from backend.programs.reading import read_situation
from dialogs.core.words import Words
from tests.programs.households import NOTO, ask, results

EXAMPLES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text("utf-8"))
ENTRIES = list(current().all_entries())
DECLARED = {entry.id: entry for entry in reversed(ENTRIES)}
HIROKAWA = {"date": "2023-07-10", "municipality": "40544", "relief_act_applied": True, "recovery_support_act_applied": True}

# The ids other programs already speak (the line format's core).
CORE = {
    "livelihood_recovery_grant", "disaster_relief_loan", "disaster_condolence_grant", "disaster_disability_grant",
    "emergency_repair", "temporary_housing", "public_demolition", "casualty_loss_deduction", "disaster_tax_relief",
    "debt_relief_guideline", "houterasu_consultation", "emergency_small_loan", "welfare_fund_repair",
    "welfare_fund_disaster", "jhf_rebuilding_loan", "jhf_reverse_mortgage",
}  # fmt: skip


def test_the_core_is_there_and_more_than_fifty_in_all() -> None:
    national = {entry.id for entry in current().national}
    assert national >= CORE
    assert len(national) >= 50


def test_every_program_has_its_examples_and_none_is_left_over() -> None:
    assert set(EXAMPLES) == set(DECLARED)


@pytest.mark.parametrize("program", DECLARED)
def test_somebody_gets_it_and_somebody_does_not(program: str) -> None:
    entry, example = DECLARED[program], EXAMPLES[program]

    def verdict(household: dict[str, Any], disaster: dict[str, Any]) -> str:
        line = {"as_of": "2024-01-10", "disaster": {**NOTO, **disaster}, "household": household}
        return assess_one(read_situation(line), entry).verdict

    assert verdict(example["gets"], example.get("disaster_gets", {})) == example["best"]
    assert verdict(example["not"], example.get("disaster_not", {})) == "not_eligible"


def all_words(entry: Entry) -> list[Words]:
    return [entry.name, entry.summary, entry.desk, *entry.documents, *entry.warnings]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_it_says_where_it_comes_from_and_how_sure_it_is(entry: Entry) -> None:
    assert entry.source.text
    assert entry.source.collected_on <= date(2100, 1, 1)
    assert 2011 <= entry.as_of <= 2100
    if "確認はまだ" in entry.source.text:
        assert not entry.confirmed
    # Pages behind a bare number cannot be checked by the reader (programs.md §5).
    assert not re.search(r"\d+\.\d+\.\d+\.\d+", entry.source.text + entry.source.url)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_its_words_stand_in_every_language(entry: Entry) -> None:
    for words in all_words(entry):
        assert set(LANGUAGES) <= dict(words.by_locale).keys()


KANJI_WITHOUT_READING = re.compile(r"[㐀-鿿々]+(?![㐀-鿿々（])")
READING = re.compile(r"（[ぁ-ゖー ]+）")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_simple_japanese_has_readings_and_short_sentences(entry: Entry) -> None:
    for words in all_words(entry):
        text = words.in_locale("ja@simple")
        assert not KANJI_WITHOUT_READING.search(text), text
        assert all(len(READING.sub("", sentence)) <= 40 for sentence in text.split("。")), text


def test_an_unconfirmed_figure_is_never_shown() -> None:
    for result in results({"farm_or_business": True, "damage_level": "total", "size": 2, "car_lost": True}, HIROKAWA).values():
        if not result.entry.confirmed and result.verdict != "not_eligible":
            assert result.amount == ("unknown", None, None)


class TestOverlays:
    def test_a_municipality_adds_changes_and_switches_off(self) -> None:
        here = results({"damage_level": "half"}, HIROKAWA, "2023-10-15")
        assert "hirokawa_condolence_money" in here
        assert "fukuoka_condolence_money" not in here
        assert "fukuoka_interest_subsidy" in here
        assert here["livelihood_recovery_grant"].entry.desk.in_locale("ja") == "広川町福祉課 0943-32-1113"

    def test_the_neighbours_keep_theirs(self) -> None:
        neighbour = results({"damage_level": "half"}, {**HIROKAWA, "municipality": "40202"})
        assert "hirokawa_condolence_money" not in neighbour
        assert "fukuoka_condolence_money" in neighbour
        assert "0943" not in neighbour["livelihood_recovery_grant"].entry.desk.in_locale("ja")

    def test_it_holds_for_its_own_disaster_only(self) -> None:
        assert "hirokawa_condolence_money" not in results({}, {**HIROKAWA, "date": "2024-07-10"})
        assert "hirokawa_condolence_money" in results({}, {"municipality": "40544"})

    def test_a_place_nobody_named_has_the_national_programs(self) -> None:
        assert set(results({}, {})) == {entry.id for entry in current().national}

    @pytest.mark.parametrize(
        ("home", "yen"),
        [
            ({"damage_level": "total", "size": 2}, 200_000),
            ({"damage_level": "total", "size": 1}, 100_000),
            ({"damage_level": "large_half", "size": 2}, 100_000),
            ({"damage_level": "half", "size": 1}, 50_000),
            ({"damage_level": "partial", "flood_level": "above_floor", "size": 3}, 60_000),
            ({"damage_level": "quasi_half", "flood_level": "above_floor", "size": 1}, 30_000),
            ({"damage_level": "half", "size": 1, "members": [{"injury_treatment": "1_month_or_more"}]}, 150_000),
            ({"damage_level": "partial", "flood_level": "none", "size": 1, "members": [{"injury_treatment": "1_month_or_more"}]}, 100_000),
        ],
    )
    def test_hirokawa_condolence_money(self, home: dict[str, Any], yen: int) -> None:
        assert ask("hirokawa_condolence_money", home, HIROKAWA).amount == ("fixed", yen, yen)

    @pytest.mark.parametrize(
        ("home", "yen"),
        [
            ({"damage_level": "total"}, 245_000),
            ({"damage_level": "medium_half"}, 122_500),
            ({"damage_level": "quasi_half"}, 24_500),
            ({"damage_level": "partial", "flood_level": "below_floor"}, 24_500),
        ],
    )
    def test_hirokawa_donations(self, home: dict[str, Any], yen: int) -> None:
        result = ask("donation_distribution", home, HIROKAWA)
        assert (result.amount, str(result.deadline)) == (("fixed", yen, yen), "2024-05-31")

    @pytest.mark.parametrize(("size", "method", "yen"), [(2, "build_or_buy", 1_000_000), (1, "repair", 375_000), (1, "rent", 187_500)])
    def test_ishikawa_pays_for_plain_half(self, size: int, method: str, yen: int) -> None:
        home = {"damage_level": "half", "size": size, "rebuild_method": method}
        assert ask("ishikawa_half_recovery_grant", home).amount == ("fixed", yen, yen)
        assert "ishikawa_half_recovery_grant" not in results(home, {**NOTO, "date": "2024-09-21"})


# --- files that are not right ---------------------------------------------------------------------------------

RIGHT = """\
id: bath_tickets
name: {ja: 入浴券, ja@simple: お風呂（ふろ）の 券（けん）, en: Bath tickets}
summary: {ja: 銭湯に入れます。, ja@simple: お風呂（ふろ）に 入（はい）れます。, en: A bath.}
kind: in_kind
conditions:
  - damage_level: [total, half]
amount: {kind: none}
desk: {ja: 町, ja@simple: 町（まち）, en: Town}
documents: []
professions: [social_worker]
source: {text: 町の広報, collected_on: 2026-01-05}
as_of: 2026
confirmed: true
"""


def folder_with(tmp_path: Path, text: str, overlay: str = "") -> Path:
    (tmp_path / "national").mkdir()
    (tmp_path / "national" / "bath_tickets.yaml").write_text(text, "utf-8")
    if overlay:
        (tmp_path / "overlays" / "town").mkdir(parents=True)
        (tmp_path / "overlays" / "town" / "_overlay.yaml").write_text(overlay, "utf-8")
    return tmp_path


def loaded(tmp_path: Path, text: str, overlay: str = "") -> Edition:
    return load(folder_with(tmp_path, text, overlay))


def test_a_right_file_loads(tmp_path: Path) -> None:
    assert [entry.id for entry in loaded(tmp_path, RIGHT).national] == ["bath_tickets"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[total, half]", "[total, hlaf]", "line 6, conditions.1.damage_level.2: 'hlaf' is not possible; choose one of total,"),
        ("damage_level", "dmage_level", "line 6, conditions.1.dmage_level: there is no input or fact named dmage_level"),
        ("kind: in_kind", "kind: gift", "line 4, kind: 'gift' is not possible; choose one of grant, loan"),
        ("as_of: 2026", "as_of: soon", "line 12, as_of: this must be a whole number"),
        ("confirmed: true", "confirmed: maybe", "line 13, confirmed: this must be true or false"),
        ("confirmed: true\n", "", "line 1: the key confirmed is missing"),
        ("confirmed: true", "confirmed: true\nconfirmed: true", "line 14, confirmed: this key stands here twice"),
        ("as_of", "asof", "line 12, asof: there is no such key here"),
        ("[social_worker]", "[wizard]", "line 10, professions.1: 'wizard' is not possible"),
        (", en: Bath tickets", "", "line 2, name: the language en is missing"),
        ("id: bath_tickets", "id: baths", "line 1, id: the file bath_tickets.yaml must hold the program bath_tickets"),
        ("documents: []", "documents: [passport]", "line 9, documents.1: there are no shared words named passport"),
        ("{kind: none}", "{kind: fixed}", "line 7, amount: give a table or per_member"),
        ("{kind: none}", "{kind: fixed, table: [{yen: 1.5}]}", "line 7, amount.table.1.yen: this must be a whole number"),
        ("2026-01-05", "January", "line 11, source.collected_on: this must be a date"),
        ("町の広報,", "町の広報, url: https://192.0.2.1/x,", "line 11, source.url: a source is an https address with a name"),
        ("  - damage_level: [total, half]", "  - size: {over: 3}", "line 6, conditions.1.size.over: there is no such key here"),
        ("  - damage_level: [total, half]", "  - any_member: {age: {at_least: old}}", "line 6, conditions.1.any_member.age.at_least: this must be"),
        ("kind: in_kind", "kind: [in_kind", "line 5: this is not YAML"),
    ],
)
def test_a_wrong_file_says_file_line_and_field(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in RIGHT
    with pytest.raises(CatalogueError) as caught:
        loaded(tmp_path, RIGHT.replace(old, new, 1))
    assert str(caught.value).startswith(f"national/bath_tickets.yaml, {sentence}"), str(caught.value)


@pytest.mark.parametrize(
    ("overlay", "sentence"),
    [
        ("valid: {municipality: 40544}\noff: [sauna]", "line 2, off.1: there is no program named sauna"),
        ("valid: {}", "line 1, valid: an overlay names a prefecture or a municipality"),
        ("valid: {municipality: '40'}", "line 1, valid.municipality: a municipality is its five-digit code"),
        ("valid: {prefecture: '40'}\nchange: {bath_tickets: {kind: gift}}", "line 2, change.bath_tickets.kind: 'gift' is not"),
        ("off: []", "line 1: the key valid is missing"),
    ],
)
def test_a_wrong_overlay_says_so(tmp_path: Path, overlay: str, sentence: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        loaded(tmp_path, RIGHT, overlay)
    assert str(caught.value).startswith(f"overlays/town/_overlay.yaml, {sentence}"), str(caught.value)


def test_every_wrong_file_is_named_at_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, RIGHT.replace("in_kind", "gift"))
    (folder / "national" / "sauna.yaml").write_text("", "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    assert [line.split(",")[0] for line in str(caught.value).splitlines()] == ["national/bath_tickets.yaml", "national/sauna.yaml"]


def test_the_version_changes_with_the_words(tmp_path: Path) -> None:
    before = loaded(tmp_path, RIGHT).version
    (tmp_path / "national" / "bath_tickets.yaml").write_text(RIGHT.replace("銭湯", "温泉"), "utf-8")
    assert load(tmp_path).version != before
