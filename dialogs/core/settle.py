"""The one or two questions that settle the most programs: asked where they belong, said plainly why."""

from __future__ import annotations

from dialogs.core.effects import FindQuestions
from dialogs.core.flow import Flow, dialog_asking
from dialogs.core.heard import QuestionsFound
from dialogs.core.model import Settle

LEFT = "settle"
"""Memory: the fields still to be asked. Absent: the shell was not asked yet."""


def go_on(flow: Flow, step: Settle) -> bool:
    """Open the next of the questions, or close the step when there is none. True when the shell is waited for."""
    left = flow.memory.get(LEFT)
    if left is None:
        flow.await_effect("settle", FindQuestions(step.most))
        return True
    for place, field in enumerate(left, 1):
        dialog = dialog_asking(flow.book, field)
        if dialog and flow.answer(field) is None:
            flow.memory[LEFT] = left[place:]
            flow.push(dialog, at=field, single=True)
            return False
    del flow.memory[LEFT]
    flow.close(step.id)
    return False


def questions_found(flow: Flow, heard: QuestionsFound) -> None:
    """Say what the answers are good for, in real numbers; nothing where no answer would settle anything."""
    flow.memory[LEFT] = list(heard.fields)
    if heard.fields:
        flow.say("programs.settle", {"n": len(heard.fields), "m": heard.settles})
