"""The quick-reference sheet: Hirokawa's as the worked example, as a page, a workbook and a PDF."""

from __future__ import annotations

from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from backend.programs.edition import Edition, current
from backend.programs.engine import assess_one
from backend.programs.sheet import excel, html
from backend.programs.sheet.changes import Change, Changes, desk_and_phone, with_changes
from backend.programs.sheet.pdf import pdf
from backend.programs.sheet.table import LEVELS, NOT_COVERED, Line, Sheet, sheet_of
from backend.programs.sheet.worded import ACROSS, Worded, worded
from backend.programs.situation import Disaster, Situation
from backend.tenants.service import ACTS
from backend.words import Catalogues
from dialogs.core.words import Words

WORDS = Catalogues.load()
JULY_RAIN = Disaster.of(date(2023, 7, 10), "40", "40544", {act: True for act in ACTS if act != "emergency_small_loan_open"})
DAY = date(2023, 10, 15)


@cache
def as_it_ships(locale: str) -> Sheet:
    return sheet_of(current(), JULY_RAIN, DAY, {}, locale)


def made(changes: Changes | None = None, locale: str = "ja") -> Sheet:
    return sheet_of(current(), JULY_RAIN, DAY, changes, locale) if changes else as_it_ships(locale)


def in_words(changes: Changes | None = None, locale: str = "ja") -> Worded:
    name, rain = Words.of({"ja": "広川町", "en": "Hirokawa"}), Words.of({"ja": "令和5年7月豪雨"})
    return worded(made(changes, locale), name, rain, lambda arg: WORDS.word(arg, locale), locale)


def line(program: str, changes: Changes | None = None) -> Line:
    return next(one for one in made(changes).lines if one.entry.id == program)


def cells(program: str) -> dict[str, str]:
    return {level: WORDS.render(cell, "ja") for (level, _), cell in zip(LEVELS, line(program).cells, strict=True)}


class TestHirokawa:
    """programs.md §4: what could be read of the town's own sheet."""

    def test_condolence_money_of_town_and_prefecture(self) -> None:
        row = cells("hirokawa_condolence_money")
        assert row["partial_above_floor"] == "最大6万円\n（一人世帯は最大3万円）"
        assert row["half"] == row["medium_half"] == row["large_half"] == "最大10万円\n（一人世帯は最大5万円）"
        assert row["total"] == "最大20万円\n（一人世帯は最大10万円）"

    def test_the_recovery_grant_at_half_is_for_demolished_homes_only(self) -> None:
        row = cells("livelihood_recovery_grant")
        assert row["quasi_half"] == "－"
        assert row["half"].startswith("住宅を解体する場合のみ\n最大300万円")
        assert "225万円" in row["half"]
        assert row["large_half"].startswith("最大250万円（50万円から）")
        assert row["medium_half"].startswith("最大100万円")

    def test_emergency_repair_has_the_ceilings_of_its_year(self) -> None:
        row = cells("emergency_repair")
        assert row["partial_above_floor"] == "－"
        assert (row["quasi_half"], row["half"]) == ("最大34万3,000円", "最大70万6,000円")

    def test_what_was_not_confirmed_stands_in_words_and_never_as_a_figure(self) -> None:
        for one in made().lines:
            if not one.entry.confirmed:
                assert not any("円" in WORDS.render(cell, "ja") for cell in one.cells), one.entry.id

    def test_every_money_figure_says_at_most(self) -> None:
        for column in in_words().every:
            for cell in column.plain_cells:
                assert "円" not in cell or "最大" in cell, (column.id, cell)

    def test_desk_and_number_stand_apart(self) -> None:
        assert (line("livelihood_recovery_grant").desk, line("livelihood_recovery_grant").phone) == ("広川町福祉課", "0943-32-1113")
        assert desk_and_phone("NHK福岡放送局 092-715-7111") == ("NHK福岡放送局", "092-715-7111")
        assert desk_and_phone("ハローワーク") == ("ハローワーク", "")

    def test_the_prefecture_s_money_is_not_listed_twice(self) -> None:
        ids = {one.entry.id for one in made().lines}
        assert "hirokawa_condolence_money" in ids
        assert "fukuoka_condolence_money" not in ids


@pytest.mark.parametrize("program", [one.entry.id for one in made().lines])
def test_a_figure_on_the_sheet_is_the_engine_s(program: str) -> None:
    entry = line(program).entry
    for (_, answers), cell in zip(LEVELS, line(program).cells, strict=True):
        result = assess_one(Situation(JULY_RAIN.known, {**answers, "size": 2, "demolished": False, "long_term_evacuation": False, "evacuation_order": False}), entry)
        said = WORDS.render(cell, "ja")
        if result.verdict != "not_eligible" and result.amount.max_yen and "解体" not in said:
            assert said.startswith(f"最大{WORDS.word(_yen(result.amount.max_yen), 'ja')}")


def _yen(amount: int) -> Any:
    from dialogs.core.words import Yen

    return Yen(amount)


class TestFaces:
    @pytest.mark.parametrize("locale", ["ja", "ja@simple", "en"])
    def test_the_page_holds_every_program_and_is_well_formed(self, locale: str) -> None:
        sheet = in_words(locale=locale)
        text = html.page(sheet)
        from html.parser import HTMLParser

        class Reader(HTMLParser):
            open_tags: list[str] = []
            cells = 0

            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                if tag not in ("meta",):
                    self.open_tags.append(tag)
                if tag == "td":
                    self.cells += 1

            def handle_endtag(self, tag: str) -> None:
                assert self.open_tags.pop() == tag

        reader = Reader()
        reader.feed(text)
        assert not [tag for tag in reader.open_tags if tag not in ("doctype",)]
        assert reader.cells == sum(len(column.cells) + 5 for column in sheet.columns)
        assert "<script" not in text

    def test_words_from_outside_are_escaped_on_the_page(self) -> None:
        text = html.page(in_words({"emergency_repair": Change(desk="<script>alert(1)</script>")}))
        assert "<script" not in text
        assert "&lt;script&gt;" in text

    def test_no_more_than_fit_on_a_page_and_nothing_lost(self) -> None:
        sheet = in_words()
        assert all(len(page) <= ACROSS for page in sheet.pages())
        assert [column for page in sheet.pages() for column in page] == list(sheet.columns)
        assert all(sum(span for _, span in column.cells) == len(LEVELS) for column in sheet.columns)

    @pytest.mark.parametrize("locale", ["ja", "ja@simple", "en"])
    def test_the_pdf_has_a_page_for_each_part(self, locale: str) -> None:
        sheet = in_words({"emergency_repair": Change(note='#let x = [*] "quoted" $ \\')}, locale)
        made = pdf(sheet)
        assert made.startswith(b"%PDF-")
        assert f"/Count {len(sheet.pages())}/".encode() in made

    def test_the_workbook_opens_with_both_tabs(self) -> None:
        book = load_workbook(BytesIO(excel.workbook(in_words(), "hirokawa", ("早見表", "編集"))))
        assert book.sheetnames == ["早見表", "編集"]
        said = [cell.value for row in book["早見表"].iter_rows() for cell in row if cell.value]
        assert "被災者生活再建支援金" in said
        assert "最大20万円\n（一人世帯は最大10万円）" in said

    @pytest.mark.parametrize("typed", ["=HYPERLINK(\"https://example.com\")", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
    def test_nothing_in_the_workbook_is_ever_a_formula(self, typed: str) -> None:
        book = load_workbook(BytesIO(excel.workbook(in_words({"emergency_repair": Change(desk=typed, note=typed)}), "hirokawa", ("a", "b"))))
        found = [cell for tab in book for row in tab.iter_rows() for cell in row if cell.value and typed in str(cell.value)]
        assert found
        assert all(cell.data_type == "s" for cell in found)
        assert all(cell.quotePrefix for cell in found if str(cell.value).startswith(typed))

    def test_a_program_that_is_off_leaves_the_sheet_but_stays_to_be_switched_on(self) -> None:
        sheet = in_words({"emergency_repair": Change(off=True)})
        assert "emergency_repair" not in {column.id for column in sheet.columns}
        assert "emergency_repair" in {column.id for column in sheet.every}

    def test_what_no_degree_of_damage_opens_is_left_out(self) -> None:
        shut = line("fukuoka_livelihood_recovery_grant")
        assert set(shut.cells) == {NOT_COVERED}
        assert shut.entry.id not in {column.id for column in in_words().columns}


class TestChanges:
    def seen(self, **change: Any) -> tuple[Edition, Disaster]:
        return with_changes(current(), JULY_RAIN, {"emergency_repair": Change(**change)})

    def test_nothing_decided_is_the_catalogue_itself(self) -> None:
        assert with_changes(current(), JULY_RAIN, {}) == (current(), JULY_RAIN)
        assert self.seen()[0] is current()

    def test_desk_note_and_deadline_reach_the_engine(self) -> None:
        edition, disaster = self.seen(desk="広川町建設課", phone="0943-32-0000", note="先に電話してください。", deadline=date(2024, 3, 29))
        known = disaster.known
        entry = next(one for one in edition.entries_for("40", "40544", known["date"]) if one.id == "emergency_repair")
        assert entry.desk.in_locale("ja") == "広川町建設課 0943-32-0000"
        assert entry.warnings[0].in_locale("en") == "先に電話してください。"
        result = assess_one(Situation(known, {"damage_level": "half"}, as_of=DAY), entry)
        assert (result.deadline, result.days_left) == (date(2024, 3, 29), 166)

    def test_a_new_number_alone_keeps_the_translated_desk(self) -> None:
        edition, _ = with_changes(current(), JULY_RAIN, {"livelihood_recovery_grant": Change(phone="0943-32-9999")})
        entry = next(one for one in edition.entries_for("40", "40544", date(2023, 7, 10)) if one.id == "livelihood_recovery_grant")
        assert entry.desk.in_locale("en") == "Hirokawa Town welfare division 0943-32-9999"

    def test_another_decision_is_another_version(self) -> None:
        one, other = self.seen(note="a")[0].version, self.seen(note="b")[0].version
        assert len({current().version, one, other}) == 3

    def test_a_change_survives_being_stored(self) -> None:
        change = Change("広川町建設課", None, "", date(2024, 3, 29), True)
        assert Change.from_json(change.to_json()) == change
