"""What a person does with programs that were shown: look closer at one, see more, be reminded, take a reminder back."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from dialogs.core.effects import CancelReminder, ListReminders, LookAtProgram, RemindBefore
from dialogs.core.flow import Flow
from dialogs.core.heard import FoundProgram, RemindersFound
from dialogs.core.words import Arg, Option, Text, Words

LIST, CARD, REMINDERS = "programs", "card", "reminders"
"""Names of the dialogs."""

WISHES = ("why", "need", "remind")
"""What can be asked about one program."""

MOST_ID = 35
"""Letters that a button has for a program: Telegram's 64 bytes less what stands before (`reminders.reminders`)."""

_MARK = 8
"""Letters at the end of a shortened id that tell it from others that begin alike."""

_SHOWN, _HERE, _WISH, _SET = "cards", "card", "card_wish", "reminders"
"""Memory: the programs on the screen with what is left, the one looked at, what is wished of it, the reminders listed."""


def button_of(program: str) -> str:
    """What the button of a program carries: its id, and where that is too long its beginning and a mark of the whole."""
    if len(program) <= MOST_ID:
        return program
    return f"{program[: MOST_ID - _MARK - 1]}.{sha256(program.encode()).hexdigest()[:_MARK]}"


def put_list(flow: Flow, programs: tuple[FoundProgram, ...], more: int, others: int) -> None:
    """Remember what is on the screen, and go to the list under it."""
    flow.memory[_SHOWN] = {"shown": [_named(one.id, one.name) for one in programs], "more": more, "others": others}
    flow.memory.pop(_WISH, None)
    if programs or more or others:
        flow.push(LIST)


def _named(program: str, name: Words) -> list[object]:
    return [program, dict(name.by_locale)]


def shown(flow: Flow) -> list[tuple[str, Words]]:
    return [(program, Words.of(name)) for program, name in flow.memory.get(_SHOWN, {}).get("shown", ())]


def list_text(flow: Flow) -> Text:
    wish = flow.memory.get(_WISH)
    return Text(f"programs.which.{wish}" if wish else "programs.cards")


def list_options(flow: Flow) -> tuple[Option, ...]:
    """The programs on the screen, the way to more of them, and out."""
    left = flow.memory.get(_SHOWN, {})
    further = (Option("-further", Text("programs.cards.further", {"n": left["more"]})),) if left.get("more") else ()
    others = (Option("-others", Text("programs.cards.others", {"n": left["others"]})),) if left.get("others") and not left.get("more") else ()
    cards = tuple(Option(button_of(program), name) for program, name in shown(flow))
    return (*cards, *further, *others, Option("-leave", Text("programs.cards.leave")))


def card_args(flow: Flow) -> dict[str, Arg]:
    _, name = flow.memory.get(_HERE, ["", {"ja": ""}])
    return {"name": Words.of(name)}


def tap_list(flow: Flow, option: str) -> bool:
    """Look at one, see more, or go on. A button of an earlier page still means its own program."""
    if option == "-leave":
        flow.pop()
    elif option in ("-further", "-others"):
        flow.pop()
        flow.memory["programs_others"] = option == "-others"
        flow.find_programs()
    elif option.startswith("-"):
        return False
    else:
        found = next(((program, name) for program, name in shown(flow) if button_of(program) == option), None)
        if found is None:
            return False
        flow.memory[_HERE] = _named(*found)
        wish_now = flow.memory.pop(_WISH, "")
        flow.push(CARD)
        if wish_now:
            ask_about(flow, wish_now)
    return True


def tap_again(flow: Flow, step_id: str, option: str) -> bool:
    """A button under a list of programs that is no longer the open question: it still means its program."""
    if step_id != f"{LIST}.cards" or not any(button_of(program) == option for program, _ in shown(flow)):
        return False
    flow.push(LIST)
    flow.memory.pop(_WISH, None)
    return tap_list(flow, option)


def wish(flow: Flow, what: str) -> bool:
    """Something is asked of a program: of the one in view, of the only one, or of one to be chosen. False: none was shown."""
    programs = shown(flow)
    if flow.frame.dialog == CARD:
        ask_about(flow, what)
    elif not programs:
        return False
    elif len(programs) == 1:
        flow.memory[_HERE] = _named(*programs[0])
        flow.push(CARD)
        ask_about(flow, what)
    else:
        flow.push(LIST)
        flow.memory[_WISH] = what
    return True


def ask_about(flow: Flow, what: str) -> None:
    program, _ = flow.memory.get(_HERE, ["", {}])
    flow.memory[_WISH] = what
    if what == "remind":
        flow.memory.pop(_WISH)
        flow.await_effect("card", RemindBefore(program))
    else:
        flow.await_effect("card", LookAtProgram(program))


def take_wish(flow: Flow) -> str:
    """What was to be told about the program that the shell has just looked at."""
    return str(flow.memory.pop(_WISH, "why"))


# --- reminders that are set -------------------------------------------------------------------------------------


def list_reminders(flow: Flow) -> None:
    flow.await_effect("reminders", ListReminders())


def reminders_found(flow: Flow, heard: RemindersFound) -> None:
    """List them, each with the way to take it back; without any the list closes."""
    flow.memory[_SET] = [[one.program, dict(one.name.by_locale), one.deadline.isoformat(), one.next.isoformat()] for one in heard.reminders]
    if heard.reminders:
        flow.push(REMINDERS)
        return
    flow.memory.pop(_SET)
    if flow.frame.dialog == REMINDERS:
        flow.pop()
    flow.say("reminders.none")


def reminder_options(flow: Flow) -> tuple[Option, ...]:
    set_ = flow.memory.get(_SET, ())
    return (
        *(
            Option(button_of(program), Text("reminders.cancel", {"name": Words.of(name), "date": date.fromisoformat(after)}))
            for program, name, _, after in set_
        ),
        Option("-leave", Text("common.leave")),
    )


def tap_reminder(flow: Flow, option: str) -> bool:
    if option == "-leave":
        flow.pop()
        return True
    program = next((one[0] for one in flow.memory.get(_SET, ()) if button_of(one[0]) == option), None)
    if program is None:
        return False
    flow.say("reminders.cancelled")
    flow.await_effect("reminders", CancelReminder(program))
    return True
