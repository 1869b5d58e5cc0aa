"""Which step is open, and what it stands on: what was answered, what may be said here, what is being picked."""

from __future__ import annotations

from dialogs.core.answers import DEFERRED
from dialogs.core.flow import Flow, dialog_asking
from dialogs.core.model import (
    LANGUAGE,
    Question,
    Repeat,
    Review,
    Step,
)
from dialogs.core.session import Frame
from dialogs.fields import field_of

SECURE = "secure"
"""What the buttons under the link to the secure page carry as their step."""


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


def picking(flow: Flow, step: Review | Repeat) -> bool:
    """Whether a line or a member is being picked: which one to change, or to remove."""
    return bool(flow.memory.get("picking") == f"{flow.frame.dialog}.{step.id}")


def deferred_keys(flow: Flow) -> list[str]:
    """The answers of this frame's questions that were put off (あとで) and not offered again yet."""
    keys = []
    for step in flow.dialog.steps:
        if isinstance(step, Question) and not field_of(step.id).consent:
            answer = flow.answers.get(flow.key(step.id))
            if answer is not None and answer.state == DEFERRED and flow.applies(step):
                keys.append(answer.field)
    return keys


def review_lines(flow: Flow, step: Review) -> list[tuple[str, ...]]:
    """The lines of a review that say something: groups whose first field was asked."""
    return [keys for keys in step.lines if flow.answer(keys[0]) is not None]


def members(flow: Flow, step: Repeat) -> list[str]:
    """The scopes (`members.m1`) of those who were entered and not removed."""
    found = {key.rsplit(".", 1)[0] for key in (*flow.known, *flow.answers) if key.startswith(f"{step.id}.")}
    removed = set(flow.memory.get("removed", ()))
    return sorted(found - removed, key=lambda scope: int(scope.rsplit(".m", 1)[1]))


def changeable(flow: Flow) -> list[str]:
    """Answers that can be changed from the menu, newest first. Household members are changed where they are listed."""
    asked = [*reversed(flow.trail), *(key for key in flow.known if key not in flow.trail)]
    return [
        key for key in asked
        if flow.answer(key) is not None and key == field_of(key).id and field_of(key).kind != LANGUAGE
        and dialog_asking(flow.book, key)
    ]
