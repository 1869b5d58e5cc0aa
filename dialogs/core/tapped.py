"""What a button of the open step means."""

from __future__ import annotations

from dialogs.core import cards
from dialogs.core.answers import NOT_GIVEN, Value
from dialogs.core.ask import CHANGES_AT_ONCE
from dialogs.core.commands import run, then
from dialogs.core.flow import Flow
from dialogs.core.model import (
    MULTI,
    NONE,
    Deferred,
    Menu,
    Question,
    Repeat,
    Review,
)
from dialogs.core.open_step import (
    changeable,
    deferred_keys,
    find_open,
    members,
    out_of_reach,
    picking,
    review_lines,
)
from dialogs.fields import field_of


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
        take_answer(flow, step, None, option[1:])
        return True
    if field.kind == MULTI:
        return tap_multi(flow, step, option)
    if option in field.options:
        take_answer(flow, step, option)
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


def tap_multi(flow: Flow, step: Question, option: str) -> bool:
    """One tap ticks or unticks; `-done` closes; a form sends several ids at once, comma-joined, and closes.

    "None of these" says all there is to say: it closes at once and stands alone.
    """
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
    elif len(names) == 1 and option != NONE:
        ticked = [name for name in ticked if name != option] if option in ticked else [*ticked, option]
        boxes[key] = ticked
        flow.memory["picked"] = boxes
        return True
    boxes.pop(key, None)
    flow.memory["picked"] = boxes
    if set(names) != {NONE}:
        names = [name for name in names if name != NONE]
    take_answer(flow, step, tuple(name for name in field.options if name in names))
    return True


def take_answer(flow: Flow, step: Question, value: Value | None, state: str = "given") -> None:
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
    """Open a question again; its old answer stays in the case until a new one is given."""
    flow.drop(key)
    flow.reopen((key,))


def _reopen_deferred(flow: Flow) -> None:
    for key in deferred_keys(flow):
        _reopen(flow, key)
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
    if flow.frame.dialog == cards.LIST:
        return cards.tap_list(flow, option)
    if flow.frame.dialog == cards.REMINDERS:
        return cards.tap_reminder(flow, option)
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
