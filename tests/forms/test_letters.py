"""The letter stands in its window and its code opens the right page; the day sheet is walked in order."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from backend.forms.day_sheet import Stop, day_sheet
from backend.forms.letter import MOST, Letter, letter, letters
from backend.forms.pdf import Foot, pdf
from tests.forms.people import fukushi
from tests.forms.test_paper import places, size

LETTER = Letter(
    address="つなぎ市中央一丁目2番3号", name="福祉 福子", subject="お変わりありませんか", words="災害のあと、いかがお過ごしですか。\n困りごとをお聞かせください。",
    office="つなぎ市 被災者支援課", phone="000-000-0000", hours="平日 8時30分〜17時15分", day="令和8年7月6日", codes=(("ウェブ", "https://example.jp/chat/?c=AB12"),),
    code_words="スマートフォンで読み取ると、この続きをお話しいただけます。", postal_code="834-0000", mark="T-2026-000010-6",
)  # fmt: skip


def test_the_address_stands_in_the_window_of_the_envelope() -> None:
    """長形3号 with A4 folded in three: the window shows about 20–115 mm from the left, 12–50 mm from the top."""
    made = letter(LETTER)
    assert size(made) == (595, 842)
    for words in ("〒834-0000", "市中央一丁目2番3号", "福祉 福子　様"):
        x, y = next((x, y) for x, y, text in places(made) if text == words)
        assert 15 < x < 60 and 15 < y < 50, words
    page = PdfReader(BytesIO(made)).pages[0].extract_text()
    assert "T-2026-000010-6" in page and "読み取ると" in page and "いかがお過ごしですか" in page


def test_each_letter_is_a_page_with_its_own_mark() -> None:
    other = Letter(**{**{name: getattr(LETTER, name) for name in Letter.__slots__}, "name": "別の 人", "mark": "T-2", "codes": ()})
    first, second = (page.extract_text() for page in PdfReader(BytesIO(letters([LETTER, other]))).pages)
    assert "福祉 福子" in first and "T-2026-000010-6" in first
    assert "別の 人" in second and "T-2026" not in second and "T-2" in second


def test_so_many_letters_and_no_more() -> None:
    for many in (0, MOST + 1):
        with pytest.raises(ValueError, match="letters"):
            letters([LETTER] * many)


def test_the_day_sheet_is_in_walking_order_with_a_box_for_each_result() -> None:
    stops = [Stop(fukushi(), "10:00", "犬がいます"), Stop(fukushi(name="別の 人", current_address=""))]
    lines = day_sheet("つなぎ市", date(2026, 7, 7), ["佐藤", "鈴木"], stops).blocks[0].lines[1:]
    assert [line.boxes[0].text for line in lines[:3]] == ["1", "2", ""]
    assert "犬がいます" in lines[0].boxes[5].text
    assert lines[1].boxes[4].text.startswith("〇〇市××一丁目2番3号")
    assert lines[0].boxes[6].text.count("☐") == 6
    made = pdf([day_sheet("つなぎ市", date(2026, 7, 7), ["佐藤", "鈴木"], stops)], Foot("つなぎ市", "2026-07-06", "佐藤"))
    assert size(made) == (842, 595)
    assert "令和8年7月7日" in PdfReader(BytesIO(made)).pages[0].extract_text()
