"""The forms' own words for what the record keeps, and the combined columns of the lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from japanera import ERA_DATA_GENERAL

from backend.forms.household import Line, Value
from backend.forms.layout import read
from backend.written import money
from dialogs.core.model import MONEY
from dialogs.fields import FIELDS

_ERAS = sorted(((era.since, era.kanji) for era in ERA_DATA_GENERAL if era.since and era.since >= date(1868, 1, 1)), reverse=True)


@cache
def words_of(key: str) -> Mapping[str, str]:
    """Option -> words, for a key that has options; else nothing."""
    return dict(read("words").get(key, {}))


def worded(key: str, value: Value) -> str:
    """One value as it stands on the paper: 中規模半壊 · 昭和23年4月2日 · 30万円."""
    if isinstance(value, tuple):
        return "、".join(worded(key, one) for one in value)
    if isinstance(value, date):
        return era_day(value)
    options = words_of("relation" if key == "member_relation" else "sex" if key == "member_sex" else key)
    if str(value) in options:
        return options[str(value)]
    known = FIELDS.get(key)
    if known and known.kind == MONEY and isinstance(value, int):
        return money(value, "ja")
    return str(value)


def era_day(day: date) -> str:
    """昭和23年4月2日, as the forms are filled in; the first year of an era is 元年."""
    for since, era in _ERAS:
        if day >= since:
            year = day.year - since.year + 1
            return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def combined(values: Mapping[str, Value]) -> dict[str, Value]:
    """The columns of the lists that hold several answers at once (⑯ ⑰ ⑳ ㉑ ㉗), and the numbers of some others."""
    made = dict(values)
    if method := values.get("rebuild_method"):
        started = values.get("rebuild_started")
        made["rebuild"] = worded("rebuild_method", method) + (f"（{worded('rebuild_started', started)}）" if started else "")
    if moving := values.get("moving"):
        more = [worded(key, values[key]) for key in ("moving_to", "moving_reason") if values.get(key)]
        made["for_now"] = worded("moving", moving) + (f"（{'、'.join(more)}）" if more else "")
    if work := values.get("work"):
        detail = values.get("work_detail")
        made["occupation"] = worded("work", work) + (f"（{detail}）" if detail else "")
    kinds = words_of("income")
    # 収入なし is an answer too.
    incomes = [f"{kinds[kind]} {worded(f'income_{kind}', values[f'income_{kind}'])}" for kind in kinds if f"income_{kind}" in values]
    if incomes:
        made["income"] = "、".join(incomes)
    if confidant := values.get("confidant"):
        who = values.get("confidant_who")
        made["confidants"] = worded("confidant", confidant) + (f"（{who}）" if who else "")
    # In the record, but in no column of the list. Put together twice, it says it once.
    before = str(values.get("remarks", ""))
    notes = [f"{label}：{worded(key, values[key])}" for key, label in words_of("notes").items() if values.get(key)]
    if said := "、".join(part for part in (before, *(note for note in notes if note not in before)) if part):
        made["remarks"] = said
    return made


def members_line(lines: Sequence[Line]) -> str:
    """The members in one line: 福祉 福男（配偶者・42・定職）、…"""
    return "、".join(part for part in map(_in_short, lines) if part)


def _in_short(line: Line) -> str:
    about = [worded(key, line[key]) for key in ("member_relation", "member_age", "member_work") if line.get(key) not in (None, "")]
    name = str(line.get("member_name", ""))
    return f"{name}（{'・'.join(about)}）" if name and about else name or "・".join(about)
