"""What an answer to the open step means: a tapped button or typed words become a value, or are not understood."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.core import understand
from dialogs.core.advance import (
    CHANGES_AT_ONCE,
    changeable,
    confirming,
    find_open,
    members,
    options_of,
    out_of_reach,
    picking,
    review_lines,
)
from dialogs.core.answers import DEFERRED, NOT_GIVEN, Value
from dialogs.core.commands import run, then
from dialogs.core.flow import Flow
from dialogs.core.heard import PlaceFound
from dialogs.core.model import (
    DATE,
    KANA,
    MONEY,
    MULTI,
    NAME,
    NUMBER,
    PHONE,
    PLACE,
    WORDS,
    Deferred,
    Menu,
    Question,
    Repeat,
    Review,
    Step,
)
from dialogs.core.words import Arg, Option, Text
from dialogs.fields import field_of

YES_NO = (["yes", "no"], ["ok", "change"], ["-same", "-other"])
"""Pairs of options that はい and いいえ choose between."""

MAX_WORDS = 2000
"""Characters kept of one free answer; the whole message stays in the history all the same."""


# --- tapped -------------------------------------------------------------------------------------------------------


def tapped(flow: Flow, option: str) -> bool:
    """Take a button of the open step. False when the option does not exist there."""
    step = find_open(flow)
    match step:
        case Question():
            return _tap_question(flow, step, option)
        case Review():
            return _tap_review(flow, step, option)
        case Menu():
            return _tap_menu(flow, step, option)
        case Repeat():
            return _tap_repeat(flow, step, option)
        case Deferred() if option in ("yes", "no"):
            if option == "yes":
                _reopen_deferred(flow)
            else:
                flow.close(step.id)
            return True
        case _:
            return False


def _tap_question(flow: Flow, step: Question, option: str) -> bool:
    if out_of_reach(flow, step):
        return _tap_link(flow, option)
    key = flow.key(step.id)
    field = field_of(key)
    if option == "-same":
        known = flow.known.get(key)
        if known is None:
            return False
        flow.answers[key] = known
        flow.trail.append(key)
        flow.close(step.id)
        return True
    if option == "-other":
        flow.known.pop(key, None)
        return True
    if option[1:] in NOT_GIVEN and option.startswith("-") and not field.required:
        _answer(flow, step, None, option[1:])
        return True
    if field.kind == MULTI:
        return _tap_multi(flow, step, option)
    if option in field.options:
        _answer(flow, step, option)
        return True
    return False


def _tap_link(flow: Flow, option: str) -> bool:
    """Under the link to the secure page: a human, or "not now", which leaves the section for any other time."""
    if option == "-human":
        run(flow, "human")
    elif option == "-later" and len(flow.frames) > 1:
        flow.pop()
    elif option == "-later":
        run(flow, "deferred")
    else:
        return False
    return True


def _tap_multi(flow: Flow, step: Question, option: str) -> bool:
    """One tap ticks or unticks; `-done` closes; a form sends several ids at once, comma-joined, and closes."""
    key = flow.key(step.id)
    field = field_of(key)
    boxes = dict(flow.memory.get("picked", {}))
    ticked = [name for name in boxes.get(key, ()) if name in field.options]
    names = option.split(",")
    if option == "-done":
        if not ticked:
            return True  # nothing ticked yet: the question is put again
        names = ticked
    elif any(name not in field.options for name in names):
        return False
    elif len(names) == 1:
        ticked = [name for name in ticked if name != option] if option in ticked else [*ticked, option]
        boxes[key] = ticked
        flow.memory["picked"] = boxes
        return True
    boxes.pop(key, None)
    flow.memory["picked"] = boxes
    _answer(flow, step, tuple(name for name in field.options if name in names))
    return True


def _answer(flow: Flow, step: Question, value: Value | None, state: str = "given") -> None:
    key = flow.key(step.id)
    places = dict(flow.memory.get("place", {}))
    if places.pop(key, None) is not None:
        flow.memory["place"] = places
    flow.keep(key, value, state)
    flow.close(step.id)


def _tap_review(flow: Flow, step: Review, option: str) -> bool:
    step_id = f"{flow.frame.dialog}.{step.id}"
    if picking(flow, step):
        chosen = next((keys for keys in review_lines(flow, step) if keys[0] == option), None)
        if chosen is None:
            return False
        flow.memory["picking"] = ""
        for key in chosen:
            _reopen(flow, key)
        return True
    if option == "ok":
        flow.close(step.id)
        return True
    if option == "change":
        flow.memory["picking"] = step_id
        return True
    return False


def _reopen(flow: Flow, key: str) -> None:
    """Open a question of this frame again; its old answer stays in the case until a new one is given."""
    flow.answers.pop(key, None)
    flow.known.pop(key, None)
    flow.change_frame(done=tuple(name for name in flow.frame.done if name != key))


def _reopen_deferred(flow: Flow) -> None:
    for step in flow.dialog.steps:
        if isinstance(step, Question):
            key = flow.key(step.id)
            answer = flow.answers.get(key)
            if answer is not None and answer.state == DEFERRED:
                _reopen(flow, key)
                flow.change_frame(done=tuple(name for name in flow.frame.done if name != step.id))
    offer = next(step for step in flow.dialog.steps if isinstance(step, Deferred))
    flow.change_frame(done=(*flow.frame.done, offer.id))


def _tap_menu(flow: Flow, step: Menu, option: str) -> bool:
    if flow.frame.dialog == "change":
        if option == "-leave":
            flow.pop()
            return True
        if option == "-further":
            further = int(flow.memory.get("change_from", 0)) + CHANGES_AT_ONCE
            flow.memory["change_from"] = further if further < len(changeable(flow)) else 0
            return True
        if option not in changeable(flow):
            return False
        flow.pop()
        run(flow, "reopen", option)
        return True
    item = next((item for item in step.items if item.id == option), None)
    if item is None:
        return False
    if not step.stays:
        flow.pop()
    then(flow, item.then)
    return True


def _tap_repeat(flow: Flow, step: Repeat, option: str) -> bool:
    there = members(flow, step)
    step_id = f"{flow.frame.dialog}.{step.id}"
    scope = f"{step.id}.{option}"
    if picking(flow, step):
        flow.memory["picking"] = ""
        if scope in there:
            flow.memory["removed"] = [*flow.memory.get("removed", ()), scope]
            run(flow, "forget", scope)
        return True
    if option == "add" and len(there) < step.most:
        used = [int(name.rsplit(".m", 1)[1]) for name in (*there, *flow.memory.get("removed", ()))]
        flow.push(step.dialog, scope=f"{step.id}.m{max(used, default=0) + 1}")
        return True
    if option == "done":
        flow.close(step.id)
        return True
    if option == "remove" and there:
        flow.memory["picking"] = step_id
        return True
    if scope in there:
        # Asked again one by one; until then what was said stands, so that nobody is lost by turning back.
        for key in [key for key in flow.answers if key.startswith(f"{scope}.")]:
            answer = flow.answers[key]
            flow.drop(key)
            flow.known[key] = answer
        flow.memory["redo"] = scope
        flow.push(step.dialog, scope=scope)
        return True
    return False


# --- typed --------------------------------------------------------------------------------------------------------


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


def labelled(flow: Flow, options: Sequence[Option]) -> list[tuple[str, tuple[str, ...]]]:
    """Each option with every wording that a person may type for it: its labels, and what `<key>.hear` adds."""
    return [(option.id, _wordings(flow, option.label)) for option in options]


def _wordings(flow: Flow, label: Arg) -> tuple[str, ...]:
    if not isinstance(label, Text) or label.args:
        return ()  # names somebody: chosen by its number
    labels = flow.setting.labels
    more = (word for wording in labels.get(f"{label.key}.hear", ()) for word in wording.split("|"))
    return (*labels.get(label.key, ()), *more)


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
            if chosen is None and set(field.options) >= {"yes", "no"}:
                yes = _yes_no(flow, text)
                chosen = None if yes is None else "yes" if yes else "no"
            if chosen is None:
                return False
            _answer(flow, step, chosen)
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
            else:
                _answer(flow, step, value)
            return True


def _type_several(flow: Flow, step: Question, text: str) -> bool:
    """Several answers in words; they come to what is ticked already. The last number is the button that closes."""
    *options, done = options_of(flow, step)
    if understand.read_choice(text, labelled(flow, (*options, done))) == done.id:
        return _tap_multi(flow, step, done.id)
    several = understand.read_choices(text, labelled(flow, options))
    if not several:
        return False
    ticked = flow.memory.get("picked", {}).get(flow.key(step.id), ())
    return _tap_multi(flow, step, ",".join((*several, *ticked, several[0])))


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
        if not name.written:
            return None
        return (name.reading or name.written) if kind == KANA else (name.written, name.reading or "")
    words = understand.clean(text)[:MAX_WORDS]
    return words or None


def _name(flow: Flow, step: Question, key: str, value: tuple[str, ...]) -> None:
    """A name; where its reading was given along with it, that question is answered too."""
    written, reading = value
    prefix = key[: -len(field_of(key).id)]
    _answer(flow, step, written)
    if reading and field_of(key).id == "name":
        # After the name: a new name takes an old reading away with it.
        flow.keep(f"{prefix}name_kana", reading)
        flow.trail.remove(f"{prefix}name_kana")


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
    _answer(flow, step, words)
    return True
