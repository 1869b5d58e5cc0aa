"""What words mean at the open step: a value, one of its buttons, or nothing that is understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialogs.core import understand
from dialogs.core.answers import Value
from dialogs.core.ask import options_of
from dialogs.core.flow import Flow
from dialogs.core.heard import PlaceFound
from dialogs.core.model import (
    CHOICE,
    DATE,
    KANA,
    MONEY,
    NAME,
    NONE,
    NUMBER,
    PHONE,
    PLACE,
    WORDS,
    Is,
    Question,
    Step,
)
from dialogs.core.open_step import (
    confirming,
    find_open,
    out_of_reach,
)
from dialogs.core.tapped import take_answer, tap_multi, tapped
from dialogs.core.words import Arg, Option, Text, Words
from dialogs.fields import COMPLETED_BY, field_of

YES_NO = (["yes", "no"], ["ok", "change"], ["-same", "-other"])
"""Pairs of options that はい and いいえ choose between."""

_NUMBER = re.compile(r"0\d[\d() -]{7,12}\d")

MAX_WORDS = 2000
"""Characters kept of one free answer; the whole message stays in the history all the same."""

TAKES_ANY_WORDS = frozenset((WORDS, NAME, KANA, PLACE))
"""Kinds of question that any words would answer."""


def takes_any_words(step: Step | None) -> bool:
    """Whether any words at all would be taken as the answer, so that nothing else could be meant by them."""
    return isinstance(step, Question) and field_of(step.id).kind in TAKES_ANY_WORDS


def typed(flow: Flow, text: str, place: PlaceFound | None) -> bool:
    """Take words as the answer to the open step. False when they are not understood."""
    step = find_open(flow)
    if isinstance(step, Question) and not out_of_reach(flow, step):
        return _type_question(flow, step, text, place)
    return _type_choice(flow, step, text)


def names_an_answer(flow: Flow, step: Step | None, text: str) -> bool:
    """Whether the words are, as a whole, one of the wordings of an answer that the open question offers."""
    if not isinstance(step, Question) or out_of_reach(flow, step) or field_of(step.id).kind != CHOICE:
        return False
    return understand.is_wording(text, labelled(flow, options_of(flow, step)))


def labelled(flow: Flow, options: Sequence[Option]) -> list[tuple[str, tuple[str, ...]]]:
    """Each option with every wording that a person may type for it: its labels, and what `<key>.hear` adds."""
    # The options of a question are the same object in every session, and so is the table of labels.
    key = (id(options), id(flow.setting.labels))
    kept = _LABELLED.get(key)
    if kept is None or kept[0] is not options or kept[1] is not flow.setting.labels:
        if len(_LABELLED) > MOST_LABELLED:
            _LABELLED.clear()
        kept = _LABELLED[key] = (options, flow.setting.labels, [(option.id, _wordings(flow, option.label)) for option in options])
    return kept[2]


_LABELLED: dict[tuple[int, int], tuple[object, object, list[tuple[str, tuple[str, ...]]]]] = {}
MOST_LABELLED = 512


def _wordings(flow: Flow, label: Arg) -> tuple[str, ...]:
    if isinstance(label, Words):
        return tuple(words for _, words in label.by_locale)
    if not isinstance(label, Text):
        return ()
    labels = flow.setting.labels
    more = (word for wording in labels.get(f"{label.key}.hear", ()) for word in wording.split("|"))
    # A label with arguments names somebody or something: chosen by its number, or by what else is heard for it.
    return (*(() if label.args else labels.get(label.key, ())), *more)


def _type_choice(flow: Flow, step: Step | None, text: str) -> bool:
    options = options_of(flow, step)
    chosen = understand.read_choice(text, labelled(flow, options))
    names = [option.id for option in options]
    if chosen is None and names[:2] in YES_NO:
        yes = _yes_no(flow, text)
        chosen = None if yes is None else names[0 if yes else 1]
    return chosen is not None and tapped(flow, chosen)


def _yes_no(flow: Flow, text: str) -> bool | None:
    hear = flow.setting.hear
    return understand.read_yes_no(text, hear.get("yes", frozenset()), hear.get("no", frozenset()))


def _type_question(flow: Flow, step: Question, text: str, place: PlaceFound | None) -> bool:
    key = flow.key(step.id)
    field = field_of(key)
    if confirming(flow, step):
        if _type_choice(flow, step, text):
            return True
        # Neither "the same" nor "changed": it may be the new answer at once (半壊になりました).
        before = flow.known.pop(key)
        if _type_question(flow, step, text, place):
            return True
        flow.known[key] = before
        return False
    options = options_of(flow, step)
    match field.kind:
        case "choice" | "language":
            chosen = understand.read_choice(text, labelled(flow, options))
            if _number_along(flow, step, text):
                return True
            if chosen is None and set(field.options) >= {"yes", "no"}:
                yes = _yes_no(flow, text)
                chosen = None if yes is None else "yes" if yes else "no"
            if chosen is None:
                return False
            take_answer(flow, step, chosen)
            _said_along(flow, key, text)
            return True
        case "multi":
            return _type_several(flow, step, text)
        case "place":
            return _type_place(flow, step, key, text, place)
        case _:
            value = read_value(flow, field.kind, text, field.least, field.most)
            if value is None:
                return False
            if isinstance(value, tuple):
                _name(flow, step, key, value)
                _number_with_name(flow, text)
            else:
                take_answer(flow, step, value)
            return True


def _said_along(flow: Flow, key: str, text: str) -> None:
    """「母のことです」 says for whom and who that is; 「半壊、床上まで」 damage and water: nobody is asked again (UX-07)."""
    for name in COMPLETED_BY.get(field_of(key).id, ()):
        other = flow.dialog.step(name)
        if not isinstance(other, Question) or not flow.applies(other):
            continue
        options = options_of(flow, other)
        by_number = understand.read_choice(text, [(option.id, ()) for option in options])
        chosen = None if by_number else understand.read_choice(text, labelled(flow, options))
        if chosen in field_of(other.id).options and flow.key(other.id) not in flow.answers:
            flow.keep(flow.key(other.id), chosen)


def _number_along(flow: Flow, step: Question, text: str) -> bool:
    """A telephone number where the question is how to make contact: both questions are answered."""
    for name in COMPLETED_BY.get(step.id, ()):
        other = flow.dialog.step(name)
        if field_of(name).kind != PHONE or not isinstance(other, Question) or not isinstance(other.when, Is):
            continue
        number = understand.read_phone(text) if field_of(name).sensitivity <= flow.setting.max_in else None
        if number is not None:
            take_answer(flow, step, other.when.values[0])
            flow.keep(flow.key(name), number)
            return True
    return False


def _number_with_name(flow: Flow, text: str) -> None:
    """「田中ハル、電話は090-1234-5678です」: the number is kept; which way to make contact is still theirs to say."""
    found = _NUMBER.search(understand.normalise(text))
    number = understand.read_phone(found[0]) if found else None
    for step in flow.dialog.steps if number else ():
        if isinstance(step, Question) and field_of(step.id).kind == PHONE and field_of(step.id).sensitivity <= flow.setting.max_in:
            key = flow.key(step.id)
            if key not in flow.answers:
                flow.keep(key, number)
                flow.trail.remove(key)


def _type_several(flow: Flow, step: Question, text: str) -> bool:
    """Several answers in words; they come to what is ticked already. The last number is the button that closes."""
    *options, done = options_of(flow, step)
    if understand.read_choice(text, labelled(flow, (*options, done))) == done.id:
        return tap_multi(flow, step, done.id)
    several = understand.read_choices(text, labelled(flow, options))
    if not several:
        return False
    if several == (NONE,):
        return tap_multi(flow, step, NONE)
    ticked = flow.memory.get("picked", {}).get(flow.key(step.id), ())
    return tap_multi(flow, step, ",".join((*several, *ticked, several[0])))


def read_value(flow: Flow, kind: str, text: str, least: int = 0, most: int = 0) -> Value | None:
    """A typed value of one kind, or None. A name gives (written, reading)."""
    if kind == NUMBER:
        return understand.read_number(text, least, most or 10**9)
    if kind == MONEY:
        return understand.read_money(text)
    if kind == DATE:
        day = understand.read_date(text, flow.setting.now.date())
        return day.isoformat() if day else None
    if kind == PHONE:
        return understand.read_phone(text)
    if kind in (NAME, KANA):
        name = understand.read_name(text)
        if not name.written or (kind == KANA and name.needs_reading):
            return None
        return (name.reading or name.written) if kind == KANA else (name.written, name.reading or "")
    words = understand.clean(text)[:MAX_WORDS]
    return words or None


def _name(flow: Flow, step: Question, key: str, value: tuple[str, ...]) -> None:
    """A name; where its reading was given along with it, that question is answered too. An old reading is not its own."""
    written, reading = value
    before = flow.answer(key)
    kana = f"{key[: -len(field_of(key).id)]}name_kana"
    take_answer(flow, step, written)
    if field_of(key).id != "name":
        return
    if reading:
        # After the name: a new name takes an old reading away with it.
        flow.keep(kana, reading)
        flow.trail.remove(kana)
    elif flow.answer(kana) and (before is None or before.value != written) and not (flow.confirm and kana in flow.known):
        flow.withdraw(kana)


def _type_place(flow: Flow, step: Question, key: str, text: str, place: PlaceFound | None) -> bool:
    """A place in words. A bare postal code gives the town, and only the rest of the address is asked."""
    words = understand.clean(text)[:MAX_WORDS]
    partial = flow.memory.get("place", {}).get(key, "")
    if place is not None and len(words) <= len("〒836-0041 ") + 1 and not partial:
        flow.memory["place"] = {**flow.memory.get("place", {}), key: place.written()}
        return True
    if not words:
        return False
    if partial:
        # People often repeat the town that was just read back to them: 新栄町 + 新栄町1-2 is one 新栄町.
        overlap = next((n for n in range(min(len(partial), len(words)), 0, -1) if partial.endswith(words[:n])), 0)
        words = words if words.startswith(partial) else partial + words[overlap:]
    elif place is not None and place.city not in words:
        rest = words.replace(place.postal, "").replace(f"{place.postal[:3]}-{place.postal[3:]}", "").strip(" 〒　")
        words = place.written() + rest.removeprefix(place.town)
    take_answer(flow, step, words)
    return True
