"""What others kept in the case meanwhile: nobody is asked again for what the staff or another chat has heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dialogs.core.answers import Answer
from dialogs.core.flow import Flow
from dialogs.core.model import Question
from dialogs.core.open_step import find_open
from dialogs.fields import field_of

ON_SCREEN = "on_screen"
"""Memory: the question that was on the screen when its answer was given elsewhere."""


def learn(flow: Flow, facts: Mapping[str, Answer], gone: Iterable[str] = ()) -> None:
    """Take over answers given elsewhere and drop those taken back there; nothing is said or saved.

    The question on the person's screen stays open: what they type next is meant for it. When they turn to something
    else, it is passed over like any other that is known.
    """
    step = find_open(flow)
    for key, answer in facts.items():
        if key in flow.answers:
            flow.answers[key] = answer
        else:
            flow.known[key] = answer
        if "programs" in field_of(key).used_by and "programs" in flow.frames[0].done:
            flow.memory["programs_stale"] = True
    for key in gone:
        flow.drop(key)
        flow.reopen((key,))
    # Also when it is asked no longer, or another comes before it now: a number typed next must not answer that one.
    if isinstance(step, Question) and not flow.frame.at and (flow.key(step.id) in facts or find_open(flow) is not step):
        flow.memory[ON_SCREEN] = flow.key(step.id)
        flow.change_frame(at=step.id)


def let_go(flow: Flow) -> None:
    """The person turned to something else: a question that others have answered is not put to them again."""
    key = flow.memory.pop(ON_SCREEN, "")
    if key and flow.frame.at == field_of(key).id and key not in flow.answers:
        flow.change_frame(at="")
