"""From the kept history to what a page shows: speech bubbles and the open question with its buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from markupsafe import Markup

from backend import written as figures
from backend.clock import in_japan
from backend.messages import Button, OutMessage
from backend.words import Catalogues
from bots.web.words import html_lang, register_of, without_readings, written
from dialogs.core.words import Text

IN_MENU = ("-back", "-human")
"""Standing buttons that the menu on the same page always shows."""
CLOSING = "-done"
"""The option that ends a tick list where every tick is a tap; a form has its own button for it."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing that was said. `who` is person | dialog | staff; `day` is set where a new day begins."""

    id: int
    who: str
    words: Markup
    lang: str
    register: str
    time: str
    kind: str = "plain"
    hidden: bool = False
    day: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """The text field that fits the open question: HTML attributes, and which label it gets (`web.write.<wants>`)."""

    wants: str
    type: str = "text"
    inputmode: str = ""
    autocomplete: str = "off"
    long: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """The open question: the bubble that asks it, what can be tapped or ticked, and the field for typing."""

    bubble: int
    lang: str
    register: str
    options: tuple[Button, ...]
    aside: tuple[Button, ...]
    ticks: bool
    picked: frozenset[str]
    carried: str
    progress: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything on the page that changes while people talk."""

    bubbles: tuple[Bubble, ...]
    question: Question | None
    control: Control
    now: int = 0
    """The bubble where reading goes on: the first that answers what the person said last."""


_CONTROLS = {
    "number": Control("number", inputmode="numeric"),
    "money": Control("money", inputmode="numeric"),
    # Era dates (S30.5.3, 昭和30年…) must stay possible, so no date picker and no number pad.
    "date": Control("date"),
    "phone": Control("phone", type="tel", inputmode="tel", autocomplete="tel"),
    "place": Control("place", autocomplete="street-address", long=True),
    "words": Control("words", long=True),
    "name": Control("words", autocomplete="name"),
    "kana": Control("words"),
}
_ANY = Control("any", long=True)
_CHOICE = Control("choice", long=True)
_BIRTHDAYS = ("birth_date", "birthday", "birth")


def talk(rows: Iterable[Mapping[str, Any]], locale: str, words: Catalogues, held: bool = False) -> Talk:
    """The page of one conversation. `rows` are its messages in order; while staff hold it, nothing is asked."""
    bubbles: list[Bubble] = []
    asked: tuple[int, OutMessage] | None = None
    now, answered = 0, True
    day: date | None = None
    for row in rows:
        local = in_japan(row["at"])
        new_day = local.date() if local.date() != day else None
        out = row["direction"] == "out"
        bubble = _out(row, locale, words) if out else _in(row, locale, words)
        if out and row["author"] == "dialog" and row["content"] and not row["hidden_at"]:
            message = OutMessage.from_json(row["content"])
            if message.step:
                asked = (row["id"], message)
        if bubble is None:
            continue
        time = figures.clock_time(local.hour, local.minute, locale)
        heading = figures.day(new_day, locale) if new_day else ""
        bubbles.append(replace(bubble, time=without_readings(time), day=heading))
        day = local.date()
        if not out or answered:
            now = bubble.id
        answered = not out
    question = None if held or asked is None else _question(*asked)
    return Talk(_timed_once(bubbles), question, _control(None if held else asked, held), now)


def _timed_once(bubbles: list[Bubble]) -> tuple[Bubble, ...]:
    """The time stands under the last of several bubbles that came together."""
    after = [*bubbles[1:], None]
    return tuple(
        replace(bubble, time="") if follows and (follows.who, follows.time, follows.day) == (bubble.who, bubble.time, "")
        else bubble
        for bubble, follows in zip(bubbles, after, strict=True)
    )


def _out(row: Mapping[str, Any], locale: str, words: Catalogues) -> Bubble | None:
    if row["hidden_at"] or not row["content"]:
        return None
    message = OutMessage.from_json(row["content"])
    who = "staff" if row["author"] == "staff" else "dialog"
    text = written(message.text, message.locale, "emergency" if message.kind == "crisis" else "numbers")
    return Bubble(
        row["id"], who, text, html_lang(message.locale), register_of(message.locale), "", message.kind
    )


def _in(row: Mapping[str, Any], locale: str, words: Catalogues) -> Bubble | None:
    if row["hidden_at"] or not row["content"]:
        said = written(words.render(Text("web.hidden"), locale), locale)
        return Bubble(row["id"], "person", said, html_lang(locale), register_of(locale), "", hidden=True)
    shown, key = row["content"].get("shown", ""), row["content"].get("shown_key", "")
    if key == "shown.came":
        return None
    if key and key != "shown.chose" and words.has(key):
        about = words.render(Text(key), locale)
        shown = f"{about} {shown}".strip()
    if not shown:
        return None
    return Bubble(row["id"], "person", written(shown, locale), html_lang(locale), register_of(locale), "")


def _question(row_id: int, message: OutMessage) -> Question:
    ticks = message.wants == "multi"
    options = tuple(b for b in message.numbered if not (ticks and option_of(b.data) == CLOSING))
    return Question(
        bubble=row_id,
        lang=html_lang(message.locale),
        register=register_of(message.locale),
        options=options,
        aside=tuple(b for b in message.aside if option_of(b.data) not in IN_MENU),
        ticks=ticks,
        picked=frozenset(message.picked),
        carried=f"{message.session}|{message.step}",
        progress=message.progress,
    )


def _control(asked: tuple[int, OutMessage] | None, held: bool) -> Control:
    if held:
        return Control("staff", long=True)
    if asked is None:
        return _ANY
    message = asked[1]
    found = _CONTROLS.get(message.wants, _CHOICE if message.numbered else _ANY)
    if message.field in _BIRTHDAYS:
        return Control("date", autocomplete="bday")
    return found


def option_of(data: str) -> str:
    """The option's id in a button's data (`session|step|option`)."""
    return data.rpartition("|")[2]
