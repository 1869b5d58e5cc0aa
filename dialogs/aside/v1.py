"""Asides, version 1: the menu, change, language, stop, start over, withdraw consent."""

from dialogs.core.model import Call, Dialog, Do, Item, Menu, Question, Withdraw

MENU = Dialog(
    "menu",
    1,
    (
        Menu(
            "menu",
            (
                Item("human", Call("talk")),
                Item("change", Do("change")),
                Item("language", Do("language")),
                Item("my_case", Do("my_case")),
                Item("reminders", Do("reminders")),
                Item("withdraw", Do("withdraw")),
                Item("start_over", Do("start_over")),
                Item("stop", Do("stop")),
                Item("continue", Do("leave")),
            ),
            stays=False,
        ),
    ),
)

LANGUAGE = Dialog("language", 1, (Question("language", known="ask_again", unless=("-",)),))

STOP = Dialog(
    "stop",
    1,
    (
        Menu(
            "stop",
            (
                Item("pause", Do("pause")),
                Item("quiet", Do("quiet")),
                Item("human", Call("talk")),
                Item("continue", Do("leave")),
            ),
            stays=False,
        ),
    ),
)

START_OVER = Dialog(
    "start_over",
    1,
    (Menu("start_over", (Item("yes", Do("restart")), Item("no", Do("leave"))), stays=False),),
)

WITHDRAW = Dialog(
    "withdraw",
    1,
    (
        Menu(
            "withdraw",
            (
                Item("welfare_council", Withdraw("welfare_council")),
                Item("welfare_commissioner", Withdraw("welfare_commissioner")),
                Item("professional", Withdraw("professional")),
                Item("npo", Withdraw("npo")),
                Item("all", Withdraw("all")),
                Item("no", Do("leave")),
            ),
            stays=False,
        ),
    ),
)

CONFIRM_CHANGE = Dialog(
    "confirm_change",
    1,
    (Menu("confirm_change", (Item("yes", Do("apply_change")), Item("no", Do("leave"))), stays=False),),
)
"""An old button with another value was tapped: "change this answer?"."""

CHANGE = Dialog("change", 1, (Menu("change", (), stays=False),))
"""Its items are the answers given so far: the engine fills them in."""

PROGRAMS = Dialog("programs", 1, (Menu("cards", ()),))
"""Under the programs that were shown: the engine fills in one item for each."""

CARD = Dialog(
    "card",
    1,
    (
        Menu(
            "card",
            (
                Item("why", Do("card_why")),
                Item("need", Do("card_need")),
                Item("remind", Do("card_remind")),
                Item("list", Do("leave")),
            ),
        ),
    ),
)
"""One program looked at closely."""

REMINDERS = Dialog("reminders", 1, (Menu("reminders", ()),))
"""The reminders of deadlines that are set: the engine fills them in."""

ALL = (MENU, LANGUAGE, STOP, START_OVER, WITHDRAW, CHANGE, CONFIRM_CHANGE, PROGRAMS, CARD, REMINDERS)
