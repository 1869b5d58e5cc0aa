"""What comes next: walk to the first applicable open step, saying and doing what is on the way."""

from __future__ import annotations

from dialogs.core.ask import ask
from dialogs.core.effects import CallHuman, Refer, Remind, ReturnToChat, ShowNotice
from dialogs.core.flow import Flow
from dialogs.core.model import (
    Alarm,
    Await,
    Deferred,
    Menu,
    Notice,
    Settle,
    Tell,
)
from dialogs.core.open_step import (
    changeable,
    deferred_keys,
    find_open,
)
from dialogs.core.settle import go_on
from dialogs.core.words import Text

MAX_STEPS = 60
"""Steps that one turn may walk through: far more than any dialog has, so that a loop in one would end."""


def advance(flow: Flow) -> None:
    """Walk to the next thing that needs the person or the shell, saying what is on the way."""
    for _ in range(MAX_STEPS):
        step = find_open(flow)
        if step is None:
            if len(flow.frames) == 1:
                return
            flow.pop()
            continue
        if flow.setting.on_page and isinstance(step, Menu | Await | Settle):
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
            case Deferred() if not deferred_keys(flow):
                flow.close(step.id)
            case Await():
                _await(flow, step)
                return
            case Settle():
                if go_on(flow, step):
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


def remind(flow: Flow) -> None:
    """Set the first gentle reminder when a question stays open: not at a resting menu, not after "no messages".

    Nor at what is asked by the way once the case is there: nobody is missing who leaves that open.
    """
    step = find_open(flow)
    if flow.memory.get("quiet") or step is None or (isinstance(step, Menu) and step.stays):
        return
    if flow.memory.get("case_number") and (len(flow.frames) == 1 or flow.frame.single):
        return
    days = flow.setting.reminder_days
    if days:
        flow.emit(Remind("mid_way_1", days[0]))
