"""What somebody asks back or wishes for in the middle of a question: answered first, then the question is put again."""

from __future__ import annotations

from dialogs.core import understand
from dialogs.core.commands import run, then
from dialogs.core.flow import Flow
from dialogs.core.model import KANA, LANGUAGE, NAME, PLACE, WORDS, Open, Question, Then, Visit
from dialogs.core.open_step import find_open, out_of_reach
from dialogs.core.tapped import take_answer
from dialogs.core.typed import names_an_answer
from dialogs.fields import field_of

QUESTIONS = (
    "waiting", "when", "who_reads", "secret", "cost", "robot", "paper", "grades", "phone", "how_long", "aid", "interpreter", "elsewhere", "small", "hard",
    "anyone", "must", "fraud",
)  # fmt: skip
"""Each has its words in the catalogues under `asked.<question>`."""
NEVER_A_QUESTION = frozenset((NAME, KANA, PLACE))
"""Kinds of question that any words would answer, though none that is put as a question."""
WISHES: dict[str, Then] = {"professional": Open("referral"), "visit": Visit()}
"""What is done about a wish once there is a case; before, it is told where it can be asked for."""


def answer_question(flow: Flow, text: str) -> bool:
    """Answer what is asked back. False: nothing was asked."""
    question, kind = understand.read_question(text), _open_kind(flow)
    if question and kind == WORDS:
        question = understand.read_question(text, only_asked=True)
    if question is None and kind in NEVER_A_QUESTION and understand.is_question(text):
        question = "elsewhere"  # else 「期限はありますか」 would be somebody's address
    if question is None or names_an_answer(flow, find_open(flow), text):
        return False
    if question == "why":
        run(flow, "why")
        return True
    if question == "aid" and flow.memory.get("case_number"):
        run(flow, "programs")
        return True
    flow.say(f"asked.{question}", flow.place_args())
    if question == "waiting":
        run(flow, "human")
    return True


def grant_wish(flow: Flow, text: str) -> bool:
    """Do what is wished for, or say when it can be asked for. False: nothing was wished, or that is what is open."""
    wish = understand.read_wish(text)
    if wish is None or _open_kind(flow) == WORDS or names_an_answer(flow, find_open(flow), text):
        return False
    done = WISHES[wish]
    if isinstance(done, Open) and done.dialog == flow.frame.dialog:
        return False
    if flow.memory.get("case_number"):
        then(flow, done)
    else:
        flow.say(f"asked.{wish}", flow.place_args())
    return True


def hear_english(flow: Flow, text: str, least: int = 2) -> bool:
    """Whoever answers the question for a language with an English sentence has answered it."""
    step = find_open(flow)
    if (
        isinstance(step, Question)
        and field_of(step.id).kind == LANGUAGE
        and len(flow.frames) == 1
        and understand.is_english(text, least)
    ):
        take_answer(flow, step, "en")
        return True
    return False


def _open_kind(flow: Flow) -> str:
    step = find_open(flow)
    return field_of(step.id).kind if isinstance(step, Question) and not out_of_reach(flow, step) else ""
