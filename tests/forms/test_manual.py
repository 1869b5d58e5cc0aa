"""Every field of each form, beside the manual's page (福岡県手引き 資料編 2), in its order and its words."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from backend.forms import columns
from backend.forms.columns import SUPPORTED, VISIT
from backend.forms.filling import Sheet, blank, filled
from backend.forms.household import category_of
from backend.forms.layout import ACROSS, form, keys
from backend.forms.lists import row_of
from backend.forms.pdf import Foot, pdf
from backend.forms.wording import words_of
from dialogs.fields import FIELDS
from tests.forms.people import fukushi

LIST = ["①管理番号", "②校区", "③氏名", "④（ふりがな）", "⑤年齢", "⑥生年月日", "⑦性別", "⑧住所", "⑨電話番号（携帯電話）", "⑨電話番号（固定電話）", "⑩世帯人数", "⑪世帯状況", "⑫現住所（⑧の住所と違う場合に記載）", "⑬被災時家屋", "⑭罹災証明", "⑮被害程度", "⑯住まいの再建方針", "⑰当面の住居", "⑱食事", "⑲睡眠", "⑳仕事", "㉑収入", "㉒借入金の有無", "㉓借入金の種類", "㉔借入金の残額", "㉕心配事", "㉖今後の生活に関する意向", "㉗相談相手", "㉘要配慮事項", "㉙その他", "㉚支援の必要性", "㉛支援区分"]

SURVEY = {
    "訪問メンバー": "", "記入者": "", "調査日時": "　　年　　月　　日　　　　時　　分　～　　　時　　分",
    "訪問先": "☐自宅　☐仮設住宅（建設型・賃貸型）　☐公営住宅　☐その他（　　）",
    "かな": "", "性別": "☐男性\n☐女性", "年齢": "　　歳", "生年月日": "", "氏名": "", "世帯主\n氏名": "",
    "被災地住所": "", "携帯電話": "", "現住所": "", "固定電話": "", "世帯人数": "　　人",
    "世帯状況": "☐高齢者単身　☐高齢者のみ　☐母子・父子家庭　☐その他（　　）",
    "被災時家屋": "☐持ち家（一戸建て）　☐持ち家（集合住宅）　☐借家　☐公営住宅　☐その他（　　）",
    "罹災証明": "☐取得済み　☐申請中　☐今後、申請予定あり　☐申請不要（被害なし）　☐その他（　　）",
    "被害程度": "☐全壊　☐大規模半壊　☐中規模半壊　☐半壊　☐準半壊　☐一部損壊",
    "住まいの\n再建方針": "☐建て替え（☐着手済　☐未着手）　☐補修（☐着手済　☐未着手）\n☐借家　☐その他（　　）　☐未定",
    "当面の住居": "☐現在の場所\n☐引っ越しの予定あり（☐仮設住宅　☐自宅　☐その他（　　））\n☐引っ越ししたいが、目途が立っていない（理由　　　）",
    "食事": "☐問題なく食事をとれている　☐十分な食事がとれていない　☐精神的に辛く、食欲がない",
    "睡眠": "☐問題なく睡眠をとれている　☐十分な睡眠がとれていない　☐精神的に辛く、眠れない",
    "仕事": "☐定職に就いている\n（仕事内容と頻度）☐パート勤務等\n（仕事内容と頻度）☐仕事なし",
    "収入": "☐仕事の収入\n（1か月の収入）☐年金を受給\n（2か月毎の受給額）☐その他\n（　　）",
    "借入金": "☐借入金なし\n☐借入金あり（借入金の種類（住宅ローン等））\n（借入金の残額）\n",
    "心配事・\n今後の\n生活に\n関する\n意向": "",
    "相談相手": "☐相談相手がいる\n（相談相手）☐相談相手がない\n（☐相談相手が欲しい　☐相談相手は必要ない）",
}  # fmt: skip

RECORD = ["かな", "性別", "年齢", "氏名", "生年月日", "被災地住所", "現住所", "携帯電話", "固定電話", "被災時の家屋", "罹災証明", "被害程度", "仕事", "収入", "借入金", "世帯員", "氏名", "性別", "生年月日", "年齢", "続柄", "仕事", "収入", "備考", "住まいの再建について", "今後の生活について", "日付", "経過記録"]


def labels(sheet: Sheet) -> list[tuple[str, str]]:
    """Every label with what stands in the boxes after it, in the order of the page."""
    found: list[tuple[str, str]] = []
    for block in sheet.blocks:
        for line in block.lines:
            for box in line.boxes:
                if box.label:
                    found.append((box.text, ""))
                elif found:
                    found[-1] = (found[-1][0], found[-1][1] + box.text)
    return found


@pytest.mark.parametrize(("name", "wanted"), [(VISIT, LIST[:11]), (SUPPORTED, LIST)])
def test_a_list_has_the_manuals_columns(name: str, wanted: list[str]) -> None:
    assert [one.heading for one in columns.columns(name)] == wanted


def test_on_paper_the_supported_list_has_every_number_once() -> None:
    shown = "".join(label for label, _ in labels(blank(columns.form(SUPPORTED), "つなぎ市")))
    assert re.findall("[①-⑳㉑-㉛]", shown.replace("⑧の住所", "")) == sorted({one[0] for one in LIST})


def test_the_first_survey_sheet_has_every_field_of_the_manual() -> None:
    sheet = blank(form("survey"), "つなぎ市")
    shown = dict(labels(sheet))
    assert shown == SURVEY
    assert sheet.title == "つなぎ市災害ケースマネジメント　訪問調査票（初回用）"
    assert [label for label, _ in sheet.corner] == ["校区", "管理番号"]
    assert [block.heading for block in sheet.blocks if block.heading] == ["1　調査対象者の状況", "2　被災状況等", "3　生活状況"]


def test_both_confirmations_and_the_note_stand_on_the_survey_sheet() -> None:
    first, *_, last = blank(form("survey"), "つなぎ市").blocks
    assert first.sentences == (
        "① 本調査はつなぎ市が実施する被災者支援業務を行うために必要な情報を収集するために実施するものです。",
        "② 収集した情報は、被災者支援に係る関係機関と情報共有させていただきます。",
    )
    assert "無理な聞き取りは避ける" in last.sentences[-1]


def test_the_support_record_has_every_field_of_the_manual() -> None:
    sheet = blank(form("record"), "つなぎ市")
    shown = [label.replace("\n", "") for label, _ in labels(sheet)]
    assert [label for label in shown if label] == RECORD
    assert "賃貸" in dict(labels(sheet))["被災時の\n家屋"]
    assert [block.heading for block in sheet.blocks if block.heading] == [
        "1　基本情報", "2　生活再建に関する本人の意向等", "3　支援方針", "4　経過記録"]


def test_the_manuals_own_example_fills_its_boxes() -> None:
    """記載例: the same household, the same ticks."""
    shown = dict(labels(filled(form("survey"), fukushi(), "つなぎ市")))
    assert shown["性別"] == "☐男性\n☑女性"
    assert shown["現住所"] == "同上"
    assert shown["生年月日"] == "昭和61年4月2日"
    assert shown["被害程度"].count("☑") == 1 and "☑中規模半壊" in shown["被害程度"]
    assert shown["住まいの\n再建方針"].startswith("☐建て替え（☐着手済　☐未着手）　☑補修（☐着手済　☑未着手）")
    assert shown["仕事"].startswith("☑定職に就いている\n（仕事内容と頻度）会社員 週休2日☐パート")
    assert shown["収入"].startswith("☑仕事の収入\n（1か月の収入）30万円☐年金")
    assert "1,500万円" in shown["借入金"] and "☑借入金あり" in shown["借入金"]
    assert shown["心配事・\n今後の\n生活に\n関する\n意向"] == (
        "【心配事】\n補修費用を捻出できるか不安\n【今後の生活に関する意向】\n現在の場所で生活を再建したい")
    assert shown["相談相手"].endswith("☑相談相手がない\n（☑相談相手が欲しい　☐相談相手は必要ない）")


def test_the_row_of_the_example_in_the_list() -> None:
    row = dict(zip(LIST, row_of(fukushi(), columns.columns(SUPPORTED)), strict=True))
    assert row["⑫現住所（⑧の住所と違う場合に記載）"] is None
    assert (row["⑤年齢"], row["⑩世帯人数"], row["㉔借入金の残額"]) == (40, 3, 15000000)
    assert row["⑯住まいの再建方針"] == "補修（未着手）"
    assert row["㉑収入"] == "仕事 1か月 30万円"
    assert row["㉛支援区分"] == "住まいの再建支援世帯"
    assert row["㉚支援の必要性"] is None  # the record does not say: for the pen


@pytest.mark.parametrize("name", ["survey", "record"])
def test_what_was_not_answered_is_told_apart(name: str) -> None:
    quiet = fukushi(tenure="", damage_level="")
    sheet = filled(form(name), type(quiet)(quiet.case_id, quiet.number, quiet.values, {"tenure": "declined", "damage_level": "unknown", "certificate": "deferred"}), "つなぎ市")
    shown = {label.replace("\n", ""): words for label, words in labels(sheet)}
    assert "（答えない）" in shown["被災時家屋" if name == "survey" else "被災時の家屋"]
    assert "（わからない）" in shown["被害程度"]
    assert "（" not in shown["被災地住所"]


@pytest.mark.parametrize("key", sorted(name for name, field in FIELDS.items() if field.column))
def test_every_option_of_a_column_has_the_forms_words(key: str) -> None:
    assert set(FIELDS[key].options) <= set(words_of(key))


@pytest.mark.parametrize("name", ["survey", "record"])
def test_every_row_fills_the_page_and_every_question_of_the_form_has_its_box(name: str) -> None:
    for part in form(name).parts:
        hanging = 0
        for row in part.rows:
            assert sum(cell.across for cell in row.cells) + hanging == ACROSS, row
            hanging = sum(cell.across for cell in row.cells if cell.down > 1) if not hanging else 0
    asked = {key for key, field in FIELDS.items() if field.form.startswith("first_survey.") and field.column} - {
        # Who speaks for whom, and what the first conversation asks in a wider way than the form does.
        "living_now", "rebuild_started", "confidant_who", "work_detail",
        "worries", "wishes", "name_kana", "income_year",
    }  # fmt: skip
    if name == "survey":
        assert asked - keys(form(name)) == set()


def test_a_handover_says_where_they_live_whatever_the_address_is_called() -> None:
    """「同上」 has nothing above it on this sheet."""
    for values in ({}, {"current_address": ""}, {"current_address": "つなぎ市北4-5"}):
        shown = dict(labels(filled(form("handover"), fukushi(**values), "つなぎ市")))
        assert shown["現住所"] == (values.get("current_address") or "〇〇市××一丁目2番3号")


ALL = ("survey", "record", "policy", "meeting", "meeting_plain", "handover")


@pytest.mark.parametrize("name", ALL)
def test_every_key_of_a_form_has_a_category_or_is_for_the_pen(name: str) -> None:
    """A key whose category nobody has named is never shown to anybody outside."""
    pen = {
        "visit_members", "recorder", "visit_year", "visit_month", "visit_day", "from_hour", "from_minute", "to_hour", "to_minute", "visited",
        "visited_other", "received_by", "work_regular", "work_part_time", "build_or_buy", "repair", "worries_and_wishes", "no_confidant",
    }  # fmt: skip
    assert {key for key in keys(form(name)) if category_of(key) == "?"} <= pen


def test_every_column_of_the_lists_has_a_category() -> None:
    assert [one.heading for one in columns.columns(SUPPORTED) if category_of(one.key) == "?"] == []


def test_where_somebody_lives_now_is_not_taken_for_where_they_mean_to_stay() -> None:
    """当面の住居 asks for a plan; the answer to where they live stands under その他, so that it is not read as another one."""
    values = {**fukushi().values, "living_now": "temporary"}
    del values["moving"]
    one = fukushi()
    row = dict(zip(LIST, row_of(type(one)(one.case_id, one.number, values), columns.columns(SUPPORTED)), strict=True))
    assert row["⑰当面の住居"] is None and row["㉙その他"] == "現在の住まい：仮設住宅、浸水区分：床上浸水"
    shown = dict(labels(filled(form("survey"), type(one)(one.case_id, one.number, {**values, "living_now": "home"}), "つなぎ市")))
    assert "☑" not in shown["当面の住居"]


@pytest.mark.parametrize("name", ["survey", "record"])
def test_a_blank_form_is_one_page_of_a4(name: str) -> None:
    """It goes on a clipboard; the office's name may be a long one."""
    made = pdf([blank(form(name), "南つなぎ広域復興支援連合市")], Foot("南つなぎ広域復興支援連合市", "2026年7月6日 9:00", "佐藤 一郎", ""))
    (page,) = PdfReader(BytesIO(made)).pages
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
