"""Words of danger, before anything else is heard: which they are, and what is said and done at once (SF-02, SF-11, SF-15)."""

from __future__ import annotations

from dialogs import crisis
from dialogs.core import understand
from dialogs.core.asked import hear_english
from dialogs.core.effects import CallHuman
from dialogs.core.flow import Flow
from dialogs.core.model import Question
from dialogs.core.open_step import find_open, out_of_reach
from dialogs.core.typed import MAX_WORDS
from dialogs.fields import field_of

REPEAT_CRISIS_SECONDS = 6 * 3600
"""SF-11: within this time the long text is not repeated; every message still reaches the human."""


def assess(text: str) -> tuple[str, str, str]:
    """(level, topic, rule) of a text; ("", "", "") when nothing fires. A check that fails counts as orange (SF-15)."""
    try:
        hit = crisis.check(text)
    except Exception:  # the check must never cost a message: whatever went wrong, a human looks
        return "orange", "unchecked", "check.failed"
    return (hit.level, hit.topic, f"{hit.rule}/{hit.version}") if hit is not None else ("", "", "")


def answer_crisis(flow: Flow, text: str) -> bool:
    """Answer a crisis before anything else. True when the turn is done; yellow goes on with the conversation."""
    level, topic, rule = assess(text)
    if not level:
        return False
    # Nobody in danger is answered in a language that they did not write in.
    hear_english(flow, text, least=1)
    if level == "yellow":
        flow.say(f"crisis.yellow.{topic}", flow.crisis_args(topic))
        flow.emit(CallHuman("yellow", topic, rule))
        return False
    open_step = find_open(flow)
    if isinstance(open_step, Question) and field_of(open_step.id).free and not out_of_reach(flow, open_step):
        # What was typed into a free answer is kept as the answer too: nobody should have to say it twice.
        flow.keep(flow.key(open_step.id), understand.clean(text)[:MAX_WORDS])
        flow.close(open_step.id)
    now = int(flow.setting.now.timestamp())
    last = flow.memory.get("crisis", {}).get(level, 0)
    again = last and now - last < REPEAT_CRISIS_SECONDS
    flow.memory["crisis"] = {**flow.memory.get("crisis", {}), level: now}
    key = f"crisis.{level}.again" if again else f"crisis.{level}.{topic}"
    flow.say(key, flow.crisis_args(topic), "crisis")
    flow.call(level, topic, rule)
    return True
