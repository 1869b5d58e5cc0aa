"""How the open step is put to the person: its words, its answers in their order, its standing buttons."""

from __future__ import annotations

from functools import lru_cache

from dialogs.core import cards
from dialogs.core.effects import Ask, OpenSecurePage
from dialogs.core.flow import Flow
from dialogs.core.model import (
    LANGUAGE,
    MULTI,
    Await,
    Call,
    Deferred,
    Dialog,
    Menu,
    Notice,
    Question,
    Repeat,
    Review,
    Step,
)
from dialogs.core.open_step import (
    changeable,
    confirming,
    deferred_keys,
    find_open,
    members,
    out_of_reach,
    picking,
    review_lines,
)
from dialogs.core.show import hidden, label_of, line, option_label, shown
from dialogs.core.words import Arg, Joined, Option, Text
from dialogs.fields import field_of

CHANGES_AT_ONCE = 9
"""Answers to change that are listed at once: LINE shows thirteen buttons, and four more stand there."""

MOST_DIALOGS = 100
"""Whose questions are remembered: all there are, and room for tests."""

ASIDE_ALL = ("-unknown", "-deferred", "-declined", "-why", "-back", "-human")


def ask(flow: Flow, step: Step | None = None) -> None:
    """Put the open step to the person (again)."""
    step = step or find_open(flow)
    match step:
        case Question():
            _ask_question(flow, step)
        case Review():
            _ask_review(flow, step)
        case Deferred():
            count = len(deferred_keys(flow))
            text = Text("common.offer_deferred", {"n": count})
            _put(flow, f"{flow.frame.dialog}.{step.id}", text, options_of(flow, step), ("-back", "-human"))
        case Menu():
            _ask_menu(flow, step)
        case Repeat():
            _ask_repeat(flow, step)
        case None | _:
            return


def options_of(flow: Flow, step: Step | None) -> tuple[Option, ...]:
    """The answers offered at a step, in the order of the numbers that people see and type back."""
    match step:
        case Question() if out_of_reach(flow, step):
            return Option("-later", Text("secure.later")), Option("-human", Text("common.button.human"))
        case Question() if confirming(flow, step):
            return Option("-same", Text("common.same")), Option("-other", Text("common.other"))
        case Question():
            return _answers_of(step.id)
        case Review() if picking(flow, step):
            return tuple(Option(keys[0], label_of(keys[0])) for keys in review_lines(flow, step))
        case Review():
            return Option("ok", Text("common.review_ok")), Option("change", Text("common.button.change"))
        case Deferred():
            return Option("yes", Text("common.now")), Option("no", Text("common.deferred"))
        case Menu() if flow.frame.dialog == cards.LIST:
            return cards.list_options(flow)
        case Menu() if flow.frame.dialog == cards.REMINDERS:
            return cards.reminder_options(flow)
        case Menu():
            return tuple(Option(name, label) for name, label in menu_items(flow, step))
        case Repeat():
            return _members_to_choose(flow, step)
        case _:
            return ()


@lru_cache(maxsize=256)
def _answers_of(field_id: str) -> tuple[Option, ...]:
    field = field_of(field_id)
    options = tuple(Option(name, option_label(field, name)) for name in field.options)
    return (*options, Option("-done", Text("common.button.done"))) if field.kind == MULTI else options


@lru_cache(maxsize=64)
def _standing(names: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(name, Text(f"common.button.{name[1:]}")) for name in names)


def _put(
    flow: Flow, step_id: str, text: Text, options: tuple[Option, ...], aside: tuple[str, ...],
    wants: str = "choice", picked: tuple[str, ...] = (), progress: tuple[int, int] | None = None, field: str = "",
) -> None:
    flow.emit(Ask(flow.id, step_id, text, wants, options, _standing(aside), picked, progress, field))


def _ask_question(flow: Flow, step: Question) -> None:
    key = flow.key(step.id)
    field = field_of(key)
    setting = flow.setting
    if out_of_reach(flow, step):
        flow.await_effect("page", OpenSecurePage(key))
        return
    options = options_of(flow, step)
    if confirming(flow, step):
        text = Text("common.known", {"label": label_of(key), "value": shown(key, flow.known[key], setting.max_out)})
        _put(flow, key, text, options, ("-back", "-human"), progress=progress_of(flow), field=field.id)
        return
    if field.trauma and not flow.memory.get("warned"):
        flow.memory["warned"] = True
        flow.say("common.hard_question")
    aside: tuple[str, ...] = ASIDE_ALL
    if field.kind == LANGUAGE:
        aside = ("-human",)
    elif field.required:
        aside = ("-why", "-back", "-human")
    elif field.id == "safe_now":
        aside = ("-deferred", "-declined", "-why", "-human")
    elif field.consent:
        aside = ("-why", "-back", "-human")
    picked: tuple[str, ...] = ()
    if field.kind == MULTI:
        picked = tuple(flow.memory.get("picked", {}).get(key, ()))
    text = Text(f"field.{field.id}.ask", {**flow.place_args(), **_subject(flow)})
    partial = flow.memory.get("place", {}).get(key)
    if partial:
        text = Text("common.rest_of_address", {"address": partial})
    if picked and field.sensitivity <= setting.max_out:
        # The question stands a line above: after a tick only what is ticked so far, and how to finish.
        text = Text("common.picked", {"picked": Joined(tuple(option_label(field, name) for name in picked))})
        aside = ("-back", "-human")
    _put(flow, key, text, options, aside, field.kind, picked, progress_of(flow), field.id)


def _subject(flow: Flow) -> dict[str, Arg]:
    """Whose circumstances the question is about: 「あなた」 or 「その方」, and `about` for wordings that choose by it."""
    return {"whose": Text(f"common.whose.{flow.about}"), "about": flow.about}


_COUNTABLE: dict[int, tuple[Dialog, tuple[Question, ...]]] = {}


def _countable(dialog: Dialog) -> tuple[Question, ...]:
    """The questions that progress may count; worked out once for each dialog."""
    kept = _COUNTABLE.get(id(dialog))
    if kept is None or kept[0] is not dialog:
        if len(_COUNTABLE) > MOST_DIALOGS:
            _COUNTABLE.clear()
        steps = dialog.steps
        first = max((number + 1 for number, step in enumerate(steps) if isinstance(step, Notice)), default=0)
        end = next((number for number, step in enumerate(steps) if number >= first and isinstance(step, Await)), len(steps))
        kept = _COUNTABLE[id(dialog)] = (dialog, tuple(
            step for step in steps[first:end]
            if isinstance(step, Question) and not field_of(step.id).consent and not field_of(step.id).completes))
    return kept[1]


def progress_of(flow: Flow) -> tuple[int, int] | None:
    """(this question, all of this part): what a person would count, after the last notice, before the case; no consent."""
    current = find_open(flow)
    if flow.frame.single or not isinstance(current, Question):
        return None
    counted = [step.id for step in _countable(flow.dialog) if flow.applies(step) or flow.key(step.id) in flow.answers]
    name = field_of(current.id).completes or current.id
    return (counted.index(name) + 1, len(counted)) if name in counted and len(counted) > 1 else None


def _ask_review(flow: Flow, step: Review) -> None:
    lines = review_lines(flow, step)
    limit = flow.setting.max_out
    answers = {key: flow.answer(key) for keys in lines for key in keys}
    texts = tuple(line(keys, answers, limit) for keys in lines)
    step_id = f"{flow.frame.dialog}.{step.id}"
    options = options_of(flow, step)
    if picking(flow, step):
        _put(flow, step_id, Text("common.which_line"), options, ("-back", "-human"))
        return
    text = Text(f"{flow.frame.dialog}.{step.id}", {"lines": Joined(texts, "lines")})
    if any(hidden(keys, answers, limit) for keys in lines):
        flow.say("common.some_hidden")
    _put(flow, step_id, text, options, ("-back", "-human"))


def _change_items(flow: Flow) -> tuple[tuple[str, Arg], ...]:
    keys, start = changeable(flow), int(flow.memory.get("change_from", 0))
    further = (("-further", Text("common.earlier_answers")),) if len(keys) > start + CHANGES_AT_ONCE else ()
    return (*((key, label_of(key)) for key in keys[start : start + CHANGES_AT_ONCE]), *further, ("-leave", Text("common.leave")))


def menu_items(flow: Flow, step: Menu) -> tuple[tuple[str, Arg], ...]:
    """(id, label) of a menu's choices that apply now."""
    if flow.frame.dialog == "change":
        return _change_items(flow)
    return tuple(
        (item.id, Text(f"{flow.frame.dialog}.{step.id}.{item.id}"))
        for item in step.items
        if _item_applies(flow, item.id) and (item.when is None or flow.applies(step))
    )


def _item_applies(flow: Flow, item: str) -> bool:
    return item != "my_case" or bool(flow.memory.get("case_number") or flow.answers)


def _ask_menu(flow: Flow, step: Menu) -> None:
    options = options_of(flow, step)
    args = dict(flow.place_args())
    if flow.frame.dialog == "confirm_change":
        key, value = flow.memory.get("change_to", ["trouble", ""])
        args |= {"label": label_of(key), "value": option_label(field_of(key), value)}
    if flow.frame.dialog == cards.CARD:
        args |= cards.card_args(flow)
    text = cards.list_text(flow) if flow.frame.dialog == cards.LIST else Text(f"{flow.frame.dialog}.{step.id}", args)
    there = any(isinstance(item.then, Call) for item in step.items)
    _put(flow, f"{flow.frame.dialog}.{step.id}", text, options, () if there or len(options) > 11 else ("-human",))


def _members_to_choose(flow: Flow, step: Repeat) -> tuple[Option, ...]:
    """One more, each of those there, remove, done; or, while one is being removed, just those there."""
    there = members(flow, step)
    wording = "common.remove_one" if picking(flow, step) else "common.change_one"
    limit = flow.setting.max_out
    ones = []
    for scope in there:
        name = shown(f"{scope}.member_name", flow.answer(f"{scope}.member_name"), limit)
        ones.append(Option(scope.rsplit(".", 1)[1], Text(wording, {"name": name})))
    if picking(flow, step):
        return tuple(ones)
    own = f"{flow.frame.dialog}.{step.id}"
    more = (Option("add", Text(f"{own}.add")),) if len(there) < step.most else ()
    fewer = (Option("remove", Text(f"{own}.remove")),) if there else ()
    return (*more, *ones, *fewer, Option("done", Text(f"{own}.done")))


def _ask_repeat(flow: Flow, step: Repeat) -> None:
    step_id = f"{flow.frame.dialog}.{step.id}"
    _put(flow, step_id, Text(step_id, {"n": len(members(flow, step))}), options_of(flow, step), ("-human",))
