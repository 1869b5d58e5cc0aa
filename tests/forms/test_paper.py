"""The PDF: the values stand in their boxes, rare characters are shown or named, long texts go on over the page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from backend.forms import columns
from backend.forms.columns import SUPPORTED, VISIT
from backend.forms.filling import blank, filled, listed, together
from backend.forms.glyphs import printable
from backend.forms.layout import form
from backend.forms.lists import line_of
from backend.forms.pdf import Foot, pdf, printed_at
from backend.forms.wording import era_day
from tests.forms.people import fukushi

FOOT = Foot("つなぎ市", "2026年7月6日 10:00", "佐藤 花")
A4 = (595, 842)


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def places(content: bytes, page: int = 0) -> list[tuple[float, float, str]]:
    """Where each run of text begins: (millimetres from the left, from the top, words)."""
    found: list[tuple[float, float, str]] = []
    one = PdfReader(BytesIO(content)).pages[page]
    high = float(one.mediabox.height)

    def note(text: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            x = tm[4] * cm[0] + cm[4]
            y = tm[5] * cm[3] + cm[5]
            found.append((x / 72 * 25.4, (high - y) / 72 * 25.4, text.strip()))

    one.extract_text(visitor_text=note)
    return found


def size(content: bytes) -> tuple[int, int]:
    box = PdfReader(BytesIO(content)).pages[0].mediabox
    return round(float(box.width)), round(float(box.height))


def test_the_survey_sheet_is_one_page_a4_with_every_value() -> None:
    made = pdf([filled(form("survey"), fukushi(), "つなぎ市")], FOOT)
    assert size(made) == A4
    (page,) = pages(made)
    for words in ("福祉 福子", "ふくし ふくこ", "昭和61年4月2日", "同上", "住宅ローン", "1,500万円", "T-2026-000010-6", "1/1",
                  "印刷 2026年7月6日 10:00", "佐藤 花", "無理な聞き取りは避ける"):  # fmt: skip
        assert words.replace(" ", "") in page.replace(" ", "").replace("\n", ""), words


def test_values_stand_beside_their_labels() -> None:
    made = places(pdf([filled(form("survey"), fukushi(), "つなぎ市")], FOOT))

    def of(words: str) -> tuple[float, float]:
        return next((x, y) for x, y, text in made if words in text)

    for label, value in (("被災地住所", "〇〇市××一丁目"), ("携帯電話", "090-0000-0000"), ("固定電話", "000-000-0000")):
        (left, up), (right, down) = of(label), of(value)
        assert right > left and abs(up - down) < 2, label
    assert of("福祉 福子")[1] > of("ふくし ふくこ")[1]


def test_the_visit_list_lies_on_its_side_and_repeats_its_head() -> None:
    lines = [line_of(fukushi())] * 60
    made = pdf([listed(columns.form(VISIT), lines, "つなぎ市")], FOOT)
    assert size(made) == A4[::-1]
    every = pages(made)
    assert len(every) > 2
    assert all("①管理番号" in page and "⑩世帯" in page for page in every)
    assert sum(page.count("T-2026-000010-6") for page in every) == 60
    assert f"2/{len(every)}" in every[1]


def test_two_households_of_the_supported_list_fit_a_page_and_none_is_torn() -> None:
    one = filled(columns.form(SUPPORTED), fukushi(), "つなぎ市")
    every = pages(pdf([together([one] * 5)], FOOT))
    assert [page.count("㉛支援区分") for page in every] == [page.count("①管理番号") for page in every]
    assert max(page.count("①管理番号") for page in every) >= 2


def test_each_sheet_counts_its_own_pages() -> None:
    long = filled(form("record"), fukushi(policy="月に一度訪問する。" * 900), "つなぎ市")
    every = pages(pdf([long, filled(form("survey"), fukushi(), "つなぎ市")], FOOT))
    assert len(every) > 3
    assert [f"{at}/{len(every) - 1}" in page for at, page in enumerate(every[:-1], 1)] == [True] * (len(every) - 1)
    assert "1/1" in every[-1]
    assert sum(page.replace("\n", "").count("訪問する") for page in every) > 890  # a word may be parted by a page


def test_names_with_rare_characters_are_shown_or_told() -> None:
    sheet = filled(form("survey"), fukushi(name="髙﨑 𠮷\ue001", kana="葛󠄀城"), "つなぎ市")
    (page,) = pages(pdf([sheet], FOOT))
    assert "髙﨑" in page and "𠮷" in page and "〓" in page and "U+E001" in page


@pytest.mark.parametrize(("words", "shown", "lost"), [
    ("髙﨑 邉 齋 𠮷", "髙﨑 邉 齋 𠮷", set()),
    ("\ue001田", "〓田", {"\ue001"}),
    ("葛\U000e0100", "葛\U000e0100", set()),  # the font has this variant
    ("山\U000e01ef", "山", {"山\U000e01ef"}),  # and not this one: the ordinary form, told
    ("a\x07b\nc", "ab\nc", set()),
])  # fmt: skip
def test_what_the_font_has_not_is_named(words: str, shown: str, lost: set[str]) -> None:
    assert printable(words) == (shown, frozenset(lost))


def test_typst_reads_no_markup_out_of_what_people_write() -> None:
    words = "#panic() *太字* $x$ [括弧] \\n <label> @ref // コメント"
    (page,) = pages(pdf([filled(form("survey"), fukushi(disaster_address=words, current_address=""), "つなぎ市")], FOOT))
    assert "#panic()" in page and "*太字*" in page and "//" in page


def test_blank_sheets_have_bigger_boxes_for_the_pen() -> None:
    by_hand, printed = (places(pdf([sheet], FOOT)) for sheet in (
        blank(form("survey"), "つなぎ市"), filled(form("survey"), fukushi(), "つなぎ市")))  # fmt: skip
    def gap(found: list[tuple[float, float, str]]) -> float:
        tops = {text: y for _, y, text in found}
        return tops["罹災証明"] - tops["被災時家屋"]
    assert gap(by_hand) > gap(printed) * 1.25


def test_the_blank_survey_sheet_is_the_manuals_one_page_too() -> None:
    (page,) = pages(pdf([blank(form("survey"), "つなぎ市")], FOOT))
    assert "無理な聞き取りは避ける" in page.replace("\n", "")


def test_the_moment_of_printing_is_written_as_people_write_it() -> None:
    assert printed_at(datetime(2026, 11, 21, 15, 5, tzinfo=UTC)) == "2026年11月22日 00:05"


@pytest.mark.parametrize(("day", "words"), [
    (date(1926, 12, 24), "大正15年12月24日"), (date(1926, 12, 25), "昭和元年12月25日"), (date(1989, 1, 8), "平成元年1月8日"),
    (date(2019, 4, 30), "平成31年4月30日"), (date(2019, 5, 1), "令和元年5月1日"), (date(1850, 1, 1), "1850年1月1日"),
])  # fmt: skip
def test_days_are_written_in_eras(day: date, words: str) -> None:
    assert era_day(day) == words
