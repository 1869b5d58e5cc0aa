"""Visiting, version 1: the appointment, and which half days suit."""

from dialogs.core.model import Call, Dialog, Do, Item, Menu, Question, Tell

APPOINTMENT = Dialog(
    "appointment",
    1,
    (
        Menu(
            "choice",
            (
                Item("fine", Do("visit_fine")),
                Item("other", Do("visit_other")),
                Item("cancel", Do("visit_cancel")),
                Item("human", Call("talk")),
            ),
            stays=False,
        ),
    ),
)

VISIT_TIMES = Dialog(
    "visit_times",
    1,
    (Question("visit_times", known="ask_again"), Question("visit_interpreter"), Tell("thanks")),
)

ALL = (APPOINTMENT, VISIT_TIMES)
