"""One row of a list, read: what it says about a person and a household, and what is wrong with it, cell by cell.

Pure. Trouble is named, never guessed away: an *error* keeps the row out, anything else keeps only the cell out, and the
words of the cell stay with the row (`list_row.cells`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from backend.lists.columns import Column, column_of, columns, fold_value
from backend.people.spelling import fold_phone
from dialogs.core.reading.day import read_date
from dialogs.core.reading.money import read_money
from dialogs.core.reading.number import read_number
from dialogs.core.reading.phone import read_phone
from dialogs.core.reading.text import hiragana

ERRORS = frozenset({"no_name", "twice"})
"""Kinds of trouble for which a row is left out."""

_TOTAL = re.compile(r"^(?:合?計|小計|総計|総数|total)[::]?(?:\d+(?:件|名|人|世帯|戸|棟)?)?$")
_NO_ROW = re.compile(r"^(?:[(【]?(?:記入|入力)?例\d*[)】]?|見本|[(-]*以下、?[余空]白[)-]*)$")
"""An example of how to fill it in; and what paper says where the rows end."""
_END = re.compile("^(?:以上|余白|空白)$")
_PERHAPS_NOBODY = re.compile("計|総数|otal|例|見本|余白|空白|以上", re.IGNORECASE)
_NUMBERED = re.compile(r"^[\d①-⑳]+[.:)、 ]+")
_TICKED = re.compile(r"[■☑☒✔✓レ◉●][ ]*([^□☐■☑☒✔✓◉●○]+)")
_BRACKETED = re.compile(r"\([^()]*\)")
_HOME = re.compile(r"0(?:[5-9]0\d{8}|(?![5-9]0)[1-9]\d{8}|800\d{7})")
_POINT_ZERO = re.compile(r"^(\d{4,})\.0$")
_MIDNIGHT = re.compile(r"[ T]00:00.*$")
_ERAS = "MTSHR"
"""元号 as 住民記録 number them: 1 明治 … 5 令和."""
_BESIDE = re.compile(r"[\n、,,/／]+")
_LONGEST_KEPT = 60
_EXCEL_DAYS = date(1899, 12, 30)
_LONGEST_AGO = date(1910, 1, 1)
"""Nobody alive was born before. A day that Excel counts below it (1955) is a year alone."""
_CENTURIES = ("19", "20")
"""A day of the western calendar with a digit missing begins so; no era does that anybody alive was born in."""
_SAID_NOTHING = frozenset({"", "-", "ー", "―", "－", "不明", "なし", "無", "同上", "〃", "未記入", "未回答", "*", "n/a", "#n/a", "#ref!", "#value!",
                           "#name?", "#div/0!", "#null!", "#num!"})
_NO_NAME = _SAID_NOTHING | {"0", "不詳", "該当なし", "空欄"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """`what` names the kind of trouble, `column` the column's id, `said` what stands in the cell (at most 60 signs)."""

    what: str
    column: str = ""
    said: str = ""

    @property
    def error(self) -> bool:
        return self.what in ERRORS


@dataclass(slots=True)
class Draft:
    """What a row says. `cells` keeps every mapped cell as text; the rest is what could be read."""

    cells: dict[str, str]
    person: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    number: str = ""
    household: str = ""
    district: str = ""
    relation: str = ""
    head: bool = False
    restricted: bool = False
    category: int | None = None
    trouble: list[Trouble] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        return any(one.error for one in self.trouble)


def read_row(row: Sequence[str], mapping: Sequence[tuple[int, Column]], today: date) -> Draft | None:
    """None for a row that holds nobody: an empty one, one of totals, an example, the header again at the top of a page."""
    cells = {column.id: row[place] for place, column in mapping if place < len(row) and row[place]}
    if not cells or _nobody(cells.values()) or _header(cells):
        return None
    draft = Draft(cells)
    for place, column in mapping:
        if place < len(row) and row[place]:
            _READS[column.reads](draft, column, row[place], today)
    if not draft.person.get("name") and not draft.person.get("kana"):
        draft.trouble.append(Trouble("no_name"))
    _join(draft)
    _compare_age(draft, today)
    return draft


def _nobody(values: Collection[str]) -> bool:
    """Whether one of the cells says that the row is one of totals, an example, or the end."""
    if not _PERHAPS_NOBODY.search("\n".join(values)):  # one look at all of them is nearly always enough
        return False
    words = [_tight(value) for value in values if len(value) < 12]
    return any(_TOTAL.match(word) or _NO_ROW.match(word) for word in words) or (len(values) < 3 and any(map(_END.match, words)))


def _header(cells: Mapping[str, str]) -> bool:
    """Whether the name is what a column of names is called."""
    said = cells.get("name", "")
    return "名" in said and column_of(said) in ("name", "head_name")


def _number(draft: Draft, column: Column, said: str, today: date) -> None:
    if column.id == "household_number":
        draft.household = said[:_LONGEST_KEPT]
    else:
        draft.number = said[:_LONGEST_KEPT]


def _short(draft: Draft, column: Column, said: str, today: date) -> None:
    draft.district = " ".join(unicodedata.normalize("NFKC", said).split())[:80]


def _name(draft: Draft, column: Column, said: str, today: date) -> None:
    written = " ".join(said.split())
    if said.lower() in _NO_NAME:
        return
    if sum(len(one.strip()) > 2 for one in _BESIDE.split(said)) > 1:
        draft.trouble.append(_about(column, written, "several"))
    if len(written) > 80:
        draft.trouble.append(_about(column, said, "too_long"))
    elif column.person:
        _keep(draft, column, written)


def _kana(draft: Draft, column: Column, said: str, today: date) -> None:
    if said.lower() in _NO_NAME:
        return
    reading = hiragana(" ".join(unicodedata.normalize("NFKC", said).replace("・", " ").split()))
    if re.search(r"[一-龥々]", reading) or len(reading) > 80:
        draft.trouble.append(_about(column, said, "no_kana"))
    else:
        _keep(draft, column, reading)


def _count(draft: Draft, column: Column, said: str, today: date) -> None:
    if said.lower() in _SAID_NOTHING:
        return
    value = _number_of(said, 0 if column.id == "age" else 1, 130 if column.id == "age" else 30)
    if value is None:
        draft.trouble.append(_about(column, said, "no_count"))
    elif column.field:
        draft.answers[column.field] = value


_number_of = lru_cache(maxsize=4096)(read_number)


def _birth(draft: Draft, column: Column, said: str, today: date) -> None:
    if said.lower() in _SAID_NOTHING:
        return
    day = birth_of(said, today)
    if day is None:
        draft.trouble.append(_about(column, said, "no_date"))
    else:
        _keep(draft, column, day)


@lru_cache(maxsize=65536)
def birth_of(said: str, today: date) -> str | None:
    """ISO. A bare number of five digits is what Excel keeps of a date, one of seven is an era and its day (3300102: S30.1.2); 元 years, 全角
    and S30.1.2 are read as people write them."""
    plain = _POINT_ZERO.sub(r"\1", unicodedata.normalize("NFKC", said).strip())
    if re.fullmatch(r"\d{4,5}", plain):
        day = _EXCEL_DAYS + timedelta(days=int(plain))
        return day.isoformat() if _LONGEST_AGO <= day <= today else None
    if re.fullmatch(r"[1-5]\d{6}", plain) and plain[:2] not in _CENTURIES:
        plain = f"{_ERAS[int(plain[0]) - 1]}{plain[1:3]}.{plain[3:5]}.{plain[5:]}"
    found = read_date(_MIDNIGHT.sub("", _BRACKETED.sub("", plain)).strip(), today)
    return found.isoformat() if found else None


def _choice(draft: Draft, column: Column, said: str, today: date) -> None:
    option = _option_of(column.id, said)
    if option:
        if column.person:
            draft.person[column.person] = option
        draft.answers[column.field] = option
    elif said.lower() not in _SAID_NOTHING:
        draft.trouble.append(_about(column, said, "no_choice"))


def option_of(column: Column, said: str) -> str:
    """The option that a cell names; "" for none. A form with boxes names what is ticked (□全壊 ■半壊)."""
    ticked = _TICKED.findall(said)
    plain = ticked[0] if len(ticked) == 1 else said
    plain = _NUMBERED.sub("", unicodedata.normalize("NFKC", plain).strip())
    return column.values.get(fold_value(plain)) or column.values.get(fold_value(_BRACKETED.sub("", plain))) or ""


@lru_cache(maxsize=8192)
def _option_of(column: str, said: str) -> str:
    return option_of(columns()[column], said)


def _place(draft: Draft, column: Column, said: str, today: date) -> None:
    if column.same and fold_value(said) in {fold_value(one) for one in column.same}:
        return
    if said in _SAID_NOTHING:
        return
    _keep(draft, column, " ".join(said.split())[:200])


def _phone(draft: Draft, column: Column, said: str, today: date) -> None:
    if said.lower() in _SAID_NOTHING:
        return
    number = phone_of(said)
    if number is None:
        draft.trouble.append(_about(column, said, "no_phone"))
    else:
        _keep(draft, column, number)


@lru_cache(maxsize=65536)
def phone_of(said: str) -> str | None:
    """As it was written, in plain digits and hyphens, if it is a number of Japan; else as the numbering plans read it.

    A number whose first 0 Excel has eaten (9012345678) gets it back.
    """
    plain = _POINT_ZERO.sub(r"\1", unicodedata.normalize("NFKC", said).strip())
    digits = fold_phone(plain)
    if re.fullmatch(r"[789]0\d{8}|[1-9]\d{8}", digits) and digits == plain:
        digits = plain = "0" + digits
    if _HOME.fullmatch(digits) and re.fullmatch(r"[\d\-() .ー‐−–]+", plain):
        written = re.sub(r"[^\d]+", "-", plain).strip("-")
        if "-" in written:
            return written
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}" if len(digits) == 11 else read_phone(digits) or digits
    return read_phone(plain)


def _money(draft: Draft, column: Column, said: str, today: date) -> None:
    if said.lower() in _SAID_NOTHING:
        return
    amount = int(said) if said.isascii() and said.isdigit() and len(said) >= 4 else read_money(said)
    if amount is None:
        draft.trouble.append(_about(column, said, "no_money"))
    else:
        draft.answers[column.field] = amount


def _words(draft: Draft, column: Column, said: str, today: date) -> None:
    if column.field and said not in _SAID_NOTHING:
        draft.answers[column.field] = said


def _note(draft: Draft, column: Column, said: str, today: date) -> None:
    """Kept with the row as it stands; there is no one answer in it."""


def _category(draft: Draft, column: Column, said: str, today: date) -> None:
    plain = unicodedata.normalize("NFKC", said).strip()
    found = re.match(r"(?:支援)?(?:区分|分類)?([1-4])(?!\d)", plain)
    if found:
        draft.category = int(found[1])
    elif said.lower() not in _SAID_NOTHING:
        draft.trouble.append(_about(column, said, "no_category"))


def _flag(draft: Draft, column: Column, said: str, today: date) -> None:
    """Doubt protects: what is not clearly a no counts as a yes, and is told."""
    value = column.values.get(fold_value(said), "")
    if value == "no" or not fold_value(said):
        return
    draft.restricted = True
    if not value:
        draft.trouble.append(_about(column, said, "protected_in_doubt"))


def _relation(draft: Draft, column: Column, said: str, today: date) -> None:
    option = column.values.get(fold_value(said), "other")
    draft.head = option == "head"
    draft.relation = "" if draft.head else option


_READS = {
    "number": _number, "short": _short, "name": _name, "kana": _kana, "count": _count, "birth": _birth, "choice": _choice,
    "place": _place, "phone": _phone, "money": _money, "words": _words, "note": _note, "category": _category, "flag": _flag,
    "relation": _relation,
}  # fmt: skip


def _join(draft: Draft) -> None:
    """Care level and certificate of a disability are reasons for special care; a debt with a balance is a debt."""
    care = [draft.answers["special_care"]] if "special_care" in draft.answers else []
    for id_, said in draft.cells.items():
        column = columns()[id_]
        if column.joins == "special_care" and said not in _SAID_NOTHING:
            care.append(f"{column.title}: {said}")
    if care:
        draft.answers["special_care"] = "、".join(care)


def _compare_age(draft: Draft, today: date) -> None:
    born, said = draft.person.get("birth_date"), draft.cells.get("age", "")
    age = read_number(said, 0, 130) if born and said else None
    if born and age is not None:
        day = date.fromisoformat(born)
        # Lists grow old: a year or two is no contradiction.
        if abs(today.year - day.year - age) > 3:
            draft.trouble.append(_about(columns()["age"], said, "other_age"))


def _keep(draft: Draft, column: Column, value: str) -> None:
    if column.person:
        draft.person[column.person] = value
    if column.field:
        draft.answers[column.field] = value


def _about(column: Column, said: str, what: str) -> Trouble:
    return Trouble(what, column.id, said[:_LONGEST_KEPT])


def _tight(words: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).lower()


def plan(mapping: Mapping[str, str]) -> list[tuple[int, Column]]:
    """A mapping as kept (place as text -> id) in the form that rows are read with; ids that no longer exist are left out."""
    known = columns()
    return [(int(place), known[id_]) for place, id_ in sorted(mapping.items(), key=lambda one: int(one[0])) if id_ in known]
