"""What comes next: the first applicable open step, and how it is put to the person."""

from __future__ import annotations

from dialogs.core.answers import DEFERRED
from dialogs.core.effects import Ask, CallHuman, OpenSecurePage, Refer, Remind, ReturnToChat, ShowNotice
from dialogs.core.flow import Flow, dialog_asking
from dialogs.core.model import (
    LANGUAGE,
    MULTI,
    Alarm,
    Await,
    Call,
    Deferred,
    Menu,
    Notice,
    Question,
    Repeat,
    Review,
    Step,
    Tell,
)
from dialogs.core.session import Frame
from dialogs.core.show import hidden, label_of, line, option_label, shown
from dialogs.core.words import Arg, Joined, Option, Text
from dialogs.fields import field_of

MAX_STEPS = 60
"""Steps that one turn may walk through: far more than any dialog has, so that a loop in one would end."""

SECURE = "secure"
"""What the buttons under the link to the secure page carry as their step."""

CHANGES_AT_ONCE = 9
"""Answers to change that are listed at once: LINE shows thirteen buttons, and four more stand there."""

ASIDE_ALL = ("-unknown", "-deferred", "-declined", "-why", "-back", "-human")


def find_open(flow: Flow) -> Step | None:
    """The step that is open in the top frame, or None when the frame is finished.

    Asked several times a turn: remembered until the frame or an answer changes.
    """
    frame = flow.frames[-1]
    depends = (len(flow.frames), flow.answers.changes, flow.known.changes, flow.confirm)
    if flow.found_open is not None and flow.found_open[0] is frame and flow.found_open[1] == depends:
        return flow.found_open[2]
    found = _find_open(flow, frame)
    flow.found_open = (frame, depends, found)
    return found


def _find_open(flow: Flow, frame: Frame) -> Step | None:
    dialog = flow.dialog
    if frame.at:
        return dialog.step(frame.at)
    done = frame.done
    for step in dialog.steps:
        if step.id in done or not flow.applies(step):
            continue
        if isinstance(step, Question) and _already_answered(flow, step):
            continue
        return step
    return None


def _already_answered(flow: Flow, step: Question) -> bool:
    key = flow.key(step.id)
    if step.unless:
        answer = flow.answer(key)
        return answer is not None and answer.given and answer.value in step.unless
    if key in flow.answers:
        # Asked once in this session, here or in another dialog; `ask_again` asks in every frame of its own.
        return step.known != "ask_again" or len(flow.frames) == 1
    known = flow.known.get(key)
    if known is None or step.known == "ask_again" or (flow.frame.scope and flow.frame.scope == flow.memory.get("redo")):
        return False
    if known.state == "declined" and field_of(key).ask_once:
        return True
    return known.given and not (step.known == "confirm" and flow.confirm)


def advance(flow: Flow) -> None:
    """Walk to the next thing that needs the person or the shell, saying what is on the way."""
    for _ in range(MAX_STEPS):
        step = find_open(flow)
        if step is None:
            if len(flow.frames) == 1:
                return
            flow.pop()
            continue
        if flow.setting.on_page and isinstance(step, Menu | Await):
            flow.emit(ReturnToChat())
            return
        match step:
            case Tell():
                flow.say(f"{flow.frame.dialog}.{step.id}", flow.place_args(), step.kind)
                flow.close(step.id)
            case Notice():
                text = Text(f"notice.{step.notice}.{step.version}", flow.place_args())
                flow.emit(ShowNotice(step.notice, step.version, text))
                flow.close(step.id)
            case Alarm():
                flow.say(f"{flow.frame.dialog}.{step.id}", flow.crisis_args(""), "plain" if step.urgency == "yellow" else "crisis")
                flow.close(step.id)
                if step.urgency == "yellow":
                    flow.emit(CallHuman("yellow", "declared"))
                    continue
                flow.memory["alarm_in_dialog"] = True
                flow.call(step.urgency, "declared")
                return
            case Deferred() if not _deferred_keys(flow):
                flow.close(step.id)
            case Await():
                _await(flow, step)
                return
            case Menu() if flow.memory.get("programs_stale") and len(flow.frames) == 1:
                # Something that programs depend on has changed since they were told.
                flow.memory["programs_stale"] = False
                flow.memory["programs_from"] = 0
                flow.find_programs()
                return
            case Menu() if flow.frame.dialog == "change" and not changeable(flow):
                flow.say("common.nothing_to_change")
                flow.pop()
            case _:
                ask(flow, step)
                return


def _await(flow: Flow, step: Await) -> None:
    match step.effect:
        case "open_case":
            flow.open_case()
        case "find_programs":
            flow.find_programs()
        case "refer":
            wanted, consent = flow.answer("profession_wanted"), flow.answer("share_professional")
            profession = str(wanted.value) if wanted and wanted.given else "not_sure"
            decision = str(consent.value) if consent and consent.given else "deferred"
            flow.await_effect("human", Refer(profession, decision))


def _deferred_keys(flow: Flow) -> list[str]:
    """The answers of this frame's questions that were put off (あとで) and not offered again yet."""
    keys = []
    for step in flow.dialog.steps:
        if isinstance(step, Question) and not field_of(step.id).consent:
            answer = flow.answers.get(flow.key(step.id))
            if answer is not None and answer.state == DEFERRED and flow.applies(step):
                keys.append(answer.field)
    return keys


# --- putting the open step to the person ---------------------------------------------------------------------


def ask(flow: Flow, step: Step | None = None) -> None:
    """Put the open step to the person (again)."""
    step = step or find_open(flow)
    match step:
        case Question():
            _ask_question(flow, step)
        case Review():
            _ask_review(flow, step)
        case Deferred():
            count = len(_deferred_keys(flow))
            text = Text("common.offer_deferred", {"n": count})
            _put(flow, f"{flow.frame.dialog}.{step.id}", text, options_of(flow, step), ("-back", "-human"))
        case Menu():
            _ask_menu(flow, step)
        case Repeat():
            _ask_repeat(flow, step)
        case None | _:
            return


def open_id(flow: Flow) -> str:
    """What the buttons of the open step carry: the answer key, `<dialog>.<step>`, or `SECURE` under a link."""
    step = find_open(flow)
    if step is None:
        return ""
    if out_of_reach(flow, step):
        return SECURE
    return flow.key(step.id) if isinstance(step, Question) else f"{flow.frame.dialog}.{step.id}"


def out_of_reach(flow: Flow, step: Step | None) -> bool:
    """Whether the open question is above what this surface may carry: it is asked on the secure page, and only there."""
    return isinstance(step, Question) and not flow.setting.on_page and field_of(step.id).sensitivity > flow.setting.max_in


def confirming(flow: Flow, step: Question) -> bool:
    """Whether the open question is put as 「前回の回答…同じですか」: the case knows it and nobody reopened it."""
    key = flow.key(step.id)
    known = flow.known.get(key)
    return (
        known is not None and known.given and key not in flow.answers
        and step.known == "confirm" and flow.confirm and not flow.frame.at
    )


def options_of(flow: Flow, step: Step | None) -> tuple[Option, ...]:
    """The answers offered at a step, in the order of the numbers that people see and type back."""
    match step:
        case Question() if out_of_reach(flow, step):
            return Option("-later", Text("secure.later")), Option("-human", Text("common.button.human"))
        case Question() if confirming(flow, step):
            return Option("-same", Text("common.same")), Option("-other", Text("common.other"))
        case Question():
            field = field_of(step.id)
            options = tuple(Option(name, option_label(field, name)) for name in field.options)
            return (*options, Option("-done", Text("common.button.done"))) if field.kind == MULTI else options
        case Review() if picking(flow, step):
            return tuple(Option(keys[0], label_of(keys[0])) for keys in review_lines(flow, step))
        case Review():
            return Option("ok", Text("common.review_ok")), Option("change", Text("common.button.change"))
        case Deferred():
            return Option("yes", Text("common.now")), Option("no", Text("common.deferred"))
        case Menu():
            return tuple(Option(name, label) for name, label in menu_items(flow, step))
        case Repeat():
            return _members_to_choose(flow, step)
        case _:
            return ()


def picking(flow: Flow, step: Review | Repeat) -> bool:
    """Whether a line or a member is being picked: which one to change, or to remove."""
    return bool(flow.memory.get("picking") == f"{flow.frame.dialog}.{step.id}")


def _put(
    flow: Flow, step_id: str, text: Text, options: tuple[Option, ...], aside: tuple[str, ...],
    wants: str = "choice", picked: tuple[str, ...] = (), progress: tuple[int, int] | None = None, field: str = "",
) -> None:
    buttons = tuple(Option(name, Text(f"common.button.{name[1:]}")) for name in aside)
    flow.emit(Ask(flow.id, step_id, text, wants, options, buttons, picked, progress, field))


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
    _put(flow, key, text, options, aside, field.kind, picked, progress_of(flow), field.id)


def _subject(flow: Flow) -> dict[str, Arg]:
    """Whose circumstances the question is about: 「あなた」 or 「その方」, and `about` for wordings that choose by it."""
    return {"whose": Text(f"common.whose.{flow.about}"), "about": flow.about}


def progress_of(flow: Flow) -> tuple[int, int] | None:
    """(this question, all of this part): what a person would count, after the last notice, consent left out."""
    steps = flow.dialog.steps
    notices = [number for number, step in enumerate(steps) if isinstance(step, Notice)]
    part = [step for step in steps[notices[-1] + 1 if notices else 0 :] if isinstance(step, Question)]
    counted = [
        step.id for step in part
        if not field_of(step.id).consent and not field_of(step.id).completes
        and (flow.applies(step) or flow.key(step.id) in flow.answers)
    ]
    current = find_open(flow)
    if flow.frame.single or not isinstance(current, Question):
        return None
    name = field_of(current.id).completes or current.id
    return (counted.index(name) + 1, len(counted)) if name in counted and len(counted) > 1 else None


def review_lines(flow: Flow, step: Review) -> list[tuple[str, ...]]:
    """The lines of a review that say something: groups whose first field was asked."""
    return [keys for keys in step.lines if flow.answer(keys[0]) is not None]


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


def changeable(flow: Flow) -> list[str]:
    """Answers that can be changed from the menu, newest first. Household members are changed where they are listed."""
    asked = [*reversed(flow.trail), *(key for key in flow.known if key not in flow.trail)]
    return [
        key for key in asked
        if flow.answer(key) is not None and key == field_of(key).id and field_of(key).kind != LANGUAGE
        and dialog_asking(flow.book, key)
    ]


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
    text = Text(f"{flow.frame.dialog}.{step.id}", args)
    there = any(isinstance(item.then, Call) for item in step.items)
    _put(flow, f"{flow.frame.dialog}.{step.id}", text, options, () if there or len(options) > 11 else ("-human",))


def members(flow: Flow, step: Repeat) -> list[str]:
    """The scopes (`members.m1`) of those who were entered and not removed."""
    found = {key.rsplit(".", 1)[0] for key in (*flow.known, *flow.answers) if key.startswith(f"{step.id}.")}
    removed = set(flow.memory.get("removed", ()))
    return sorted(found - removed, key=lambda scope: int(scope.rsplit(".m", 1)[1]))


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


def remind(flow: Flow) -> None:
    """Set the first gentle reminder when a question stays open: not at a resting menu, not after "no messages"."""
    step = find_open(flow)
    if flow.memory.get("quiet") or step is None or (isinstance(step, Menu) and step.stays):
        return
    days = flow.setting.reminder_days
    if days:
        flow.emit(Remind("mid_way_1", days[0]))
