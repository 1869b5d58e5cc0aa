"""What must hold for anything a person may type."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.core import understand

TODAY = date(2026, 8, 1)
OPTIONS = tuple((name, (label,)) for name, label in [("a", "全壊"), ("b", "半壊"), ("c", "None of these"), ("d", "その他")])
WORDS = {"back": frozenset({"もどる", "back"}), "stop": frozenset({"やめる"})}
ANYTHING = st.one_of(
    st.text(st.characters(), max_size=80),
    st.text("0123456789０１２３一二三十百千万億円人年月日昭和平成令元.,/-ー〜 （）()年SHRTはいいえうんぁー\x00\ud800\u200b①②❶½", max_size=30),
)
DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def kanji(number: int) -> str:
    """A whole number below 10^12 in kanji: 十二, 百五, 三千万."""

    def four(value: int) -> str:
        out = ""
        for unit, sign in ((1000, "千"), (100, "百"), (10, "十")):
            digit, value = divmod(value, unit)
            out += ("" if digit == 1 else "一二三四五六七八九"[digit - 1]) + sign if digit else ""
        return out + ("一二三四五六七八九"[value - 1] if value else "")

    out = ""
    for unit, sign in ((10**8, "億"), (10**4, "万")):
        part, number = divmod(number, unit)
        out += (four(part) + sign) if part else ""
    return (out + four(number)) or "〇"


@given(ANYTHING)
@settings(max_examples=600)
def test_nothing_typed_raises(said: str) -> None:
    understand.clean(said).encode()
    understand.normalise(said)
    number = understand.read_number(said, 1, 30)
    assert number is None or 1 <= number <= 30
    amount = understand.read_money(said)
    assert amount is None or amount >= 0
    day = understand.read_date(said, TODAY)
    assert day is None or day <= TODAY
    assert understand.read_choice(said, OPTIONS) in (None, "a", "b", "c", "d")
    assert understand.read_choices(said, OPTIONS) != ()
    assert understand.read_yes_no(said, frozenset({"はい"}), frozenset({"いいえ"})) in (None, True, False)
    understand.read_phone(said)
    understand.read_name(said)
    understand.is_command(said, WORDS)
    code = understand.read_postal(said)
    assert code is None or (len(code) == 7 and code.isdecimal())


@given(st.integers(0, 2000), st.sampled_from(["{}", "{}人", "{}名", " {} 人です。", "家族は{}人です"]), st.booleans())
def test_a_number_comes_back(number: int, form: str, wide: bool) -> None:
    written = str(number).translate(DIGITS) if wide else str(number)
    assert understand.read_number(form.format(written), 0, 2000) == number


@given(st.integers(1, 2000))
def test_a_number_in_kanji_comes_back(number: int) -> None:
    assert understand.read_number(kanji(number) + "人", 0, 2000) == number


@given(st.integers(1, 10**11), st.sampled_from(["{}円", "約{}円", "{}円です", "¥{}", "{} yen"]), st.sampled_from(["plain", "comma", "wide", "kanji"]))
def test_an_amount_comes_back(yen: int, form: str, spelling: str) -> None:
    written = {"plain": str(yen), "comma": f"{yen:,}", "wide": str(yen).translate(DIGITS), "kanji": kanji(yen)}[spelling]
    assert understand.read_money(form.format(written)) == yen


@given(st.integers(1, 9999), st.sampled_from(["{}万円", "{}万", "{} 万円", "{} man yen"]))
def test_an_amount_in_man_comes_back(man: int, form: str) -> None:
    assert understand.read_money(form.format(man)) == man * 10_000


ERAS = (("令和", "R", date(2019, 5, 1)), ("平成", "H", date(1989, 1, 8)), ("昭和", "S", date(1926, 12, 25)), ("大正", "T", date(1912, 7, 30)))


@given(st.dates(date(1913, 1, 1), TODAY), st.sampled_from(["{e}{y}年{m}月{d}日", "{e}{y}.{m}.{d}", "{l}{y}.{m}.{d}", "{l}{y}/{m}/{d}", "{e}{y}年 {m}月 {d}日生まれ", "{l}{y:02}{m:02}{d:02}"]), st.booleans())
def test_a_day_of_an_era_comes_back(day: date, form: str, wide: bool) -> None:
    name, letter, since = next(era for era in ERAS if day >= era[2])
    written = form.format(e=name, l=letter, y=day.year - since.year + 1, m=day.month, d=day.day)
    assert understand.read_date(written.translate(DIGITS) if wide else written, TODAY) == day


@given(st.dates(date(1868, 1, 1), TODAY), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%B %d, %Y", "%d %b %Y"]))
def test_a_western_day_comes_back(day: date, form: str) -> None:
    assert understand.read_date(day.strftime(form), TODAY) == day


@given(st.dates(TODAY + timedelta(days=1), date(2199, 12, 31)))
def test_a_day_to_come_is_only_taken_when_asked_for(day: date) -> None:
    assert understand.read_date(day.isoformat(), TODAY) is None
    assert understand.read_date(day.isoformat(), TODAY, future=True) == day


@given(st.integers(1, 4), st.sampled_from(["{}", "{}番", "（{}）", "{}.", "{} です", "no.{}"]))
def test_every_option_has_a_number(number: int, form: str) -> None:
    expected = OPTIONS[number - 1][0]
    assert understand.read_choice(form.format(number), OPTIONS) == expected
    assert understand.read_choice(form.format(str(number).translate(DIGITS)), OPTIONS) == expected
    assert understand.read_choice("①②③④"[number - 1], OPTIONS) == expected
