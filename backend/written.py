"""How amounts, dates and times are written in each language; digits are ASCII everywhere (UX-31).

Japanese writes amounts in 億 and 万 as people do, and times of day by 午前 / 午後, which nobody has to convert.
`ja@simple` keeps dates in figures and western years, with readings where a kanji is not part of a date (UX-40).
"""

from __future__ import annotations

from datetime import date, datetime

from backend.clock import in_japan

_DAYS = {
    "ja": ("月", "火", "水", "木", "金", "土", "日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def money(yen: int, locale: str) -> str:
    """Whole yen: 30万円 · 12万3,000円 · 30万円（まんえん） · ¥300,000. Never rounded."""
    sign, rest = ("-" if yen < 0 else ""), abs(yen)
    if not locale.startswith("ja"):
        return f"{sign}¥{rest:,}"
    simple = locale == "ja@simple"
    oku, rest = divmod(rest, 100_000_000)
    man, below = divmod(rest, 10_000)
    written = ""
    if oku:
        written += f"{oku:,}億" + ("（おく）" if simple and (man or below) else "")
    if man:
        written += f"{man:,}万" + ("（まん）" if simple and below else "")
    if below or not written:
        return f"{sign}{written}{below:,}円" + ("（えん）" if simple else "")
    return f"{sign}{written}円" + (("（まんえん）" if man else "（おくえん）") if simple else "")


def day(of: date, locale: str) -> str:
    """A calendar day: 2026年12月4日（金） · 2026年12月4日 · 4 December 2026 (Fri)."""
    if locale == "ja@simple":
        return f"{of.year}年{of.month}月{of.day}日"
    if locale.startswith("ja"):
        return f"{of.year}年{of.month}月{of.day}日（{_DAYS['ja'][of.weekday()]}）"
    return f"{of.day} {_MONTHS[of.month - 1]} {of.year} ({_DAYS['en'][of.weekday()]})"


def clock_time(hour: int, minute: int, locale: str) -> str:
    """A time of day by twelve hours: 午後5時15分 · 午後（ごご）5時15分 · 5:15 pm. Noon and midnight in words."""
    if not locale.startswith("ja"):
        if minute == 0 and hour in (0, 12):
            return "noon" if hour else "midnight"
        return f"{hour % 12 or 12}:{minute:02d} {'pm' if hour >= 12 else 'am'}"
    simple = locale == "ja@simple"
    if (hour, minute) == (12, 0):
        return "昼（ひる）の12時" if simple else "正午"
    if simple and hour == 12:
        return f"昼（ひる）の12時{minute}分"
    half = ("午後（ごご）" if hour >= 12 else "午前（ごぜん）") if simple else ("午後" if hour >= 12 else "午前")
    return f"{half}{hour % 12}時" + (f"{minute}分" if minute else "")


def moment(at: datetime, locale: str) -> str:
    """A moment on a Japanese wall clock: the day and the time. Raises ValueError without a time zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    local = in_japan(at)
    between = "" if locale == "ja" else " "
    written = clock_time(local.hour, local.minute, locale)
    return f"{day(local.date(), locale)}{between}{written}" if locale.startswith("ja") else f"{day(local.date(), locale)}, {written}"
