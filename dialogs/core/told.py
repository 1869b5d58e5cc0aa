"""What the dialog does when the shell answers an effect: a case number, found programs, a human who was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dialogs.core import cards
from dialogs.core.ask import options_of
from dialogs.core.effects import Ask
from dialogs.core.flow import Flow
from dialogs.core.heard import (
    Boundary,
    CaseOpened,
    ConsentKept,
    DeadlineNear,
    FoundProgram,
    HumanTold,
    PageOpened,
    ProgramSeen,
    ProgramsFound,
    ProgramsNew,
    QuestionsFound,
    ReminderKept,
    RemindersFound,
    VisitPlanned,
)
from dialogs.core.open_step import SECURE, find_open
from dialogs.core.settle import questions_found
from dialogs.core.show import label_of, option_label
from dialogs.core.words import Arg, Joined, Text, Words, Yen, sensitivity_of
from dialogs.fields import FIELDS, PROFESSIONS

MOST_CARDS = 3
"""Programs said at once: more than three long messages are not read on a phone; the rest is one tap away."""


def case_opened(flow: Flow, heard: CaseOpened) -> None:
    """The case number, so that the person can name it; once more where there was a case already."""
    flow.memory["case_number"] = heard.number
    flow.say("case.opened" if heard.new else "case.updated", {**flow.place_args(), "number": heard.number}, "case_number")
    _close_awaited(flow, "open_case")


def programs_found(flow: Flow, heard: ProgramsFound) -> None:
    """The likely ones, best first, a few at a time, each with why, the most it can be, desk and deadline; others on wish."""
    likely = [program for program in heard.programs if program.likely]
    others = [program for program in heard.programs if not program.likely]
    aside = flow.memory.pop("programs_others", False) or not likely
    start = int(flow.memory.get("programs_from", 0))
    if aside and not flow.memory.get("programs_aside"):
        start = 0
    flow.memory["programs_aside"] = bool(aside)
    pile = others if aside else likely
    page = tuple(pile[start : start + MOST_CARDS])
    left = len(pile) - start - len(page)
    if not heard.programs:
        flow.say("programs.none", flow.place_args())
    elif start == 0:
        flow.say("programs.intro_others" if aside else "programs.intro", {"n": len(pile) + (heard.more if aside else 0)})
    put_cards(flow, page)
    if left <= 0 and page:
        flow.say("programs.end")
    if start == 0 and not aside and heard.boundary is not None:
        _say_boundary(flow, heard.boundary)
    flow.memory["programs_from"] = start + len(page) if left > 0 else 0
    _close_awaited(flow, "find_programs")
    cards.put_list(flow, page, max(left, 0), 0 if aside else len(others) + heard.more)


def put_cards(flow: Flow, programs: Iterable[FoundProgram]) -> None:
    """One short message for each program, with the number that it has in the list under them."""
    for rank, program in enumerate(programs, 1):
        flow.say("programs.card", card(program, rank, flow.setting.max_out))


def _say_boundary(flow: Flow, boundary: Boundary) -> None:
    """One grade below a threshold: the second survey, and who helps with it."""
    field = FIELDS["damage_level"]
    level = flow.answer("damage_level")
    if level is None or not level.given:
        return
    who = Joined(tuple(Text(f"profession.{name}") for name in boundary.professions if name in PROFESSIONS))
    now, higher = option_label(field, str(level.value)), option_label(field, boundary.higher)
    flow.say("programs.boundary", {"level": now, "higher": higher, "who": who})


def programs_new(flow: Flow, heard: ProgramsNew) -> None:
    """What has become possible since: the news that the person wished for."""
    page = heard.programs[:MOST_CARDS]
    flow.say("programs.new", {**flow.place_args(), "n": len(heard.programs)})
    put_cards(flow, page)
    flow.memory["programs_from"] = 0
    cards.put_list(flow, page, 0, 0)


def program_seen(flow: Flow, heard: ProgramSeen) -> None:
    """The reasons of one program, or what it needs: said in full, each reason naming the answer it rests on."""
    wish, program = cards.take_wish(flow), heard.program
    if program is None:
        flow.say("programs.gone", cards.card_args(flow))
    elif wish == "need":
        flow.say("programs.need", need(program))
    else:
        flow.say("programs.why", reasons(program, flow.setting.max_out))


def reasons(program: FoundProgram, limit: int) -> dict[str, Arg]:
    """Every reason on a line of its own, and what is still open."""
    why = tuple(dict.fromkeys(text if _allowed(text, limit) else Text("program.why.hidden") for text in program.why))
    missing = tuple(label_of(field) for field in program.missing if field in FIELDS)
    return {
        "name": program.name,
        "why": _items(why or (Text("program.why.none"),)),
        "missing": Joined(missing) if missing else Text("program.missing.none"),
        "amount": amount(program),
    }


def _items(parts: Iterable[Arg]) -> Joined:
    return Joined(tuple(Text("programs.item", {"what": part}) for part in parts), "lines")


def need(program: FoundProgram) -> dict[str, Arg]:
    """Documents and desk, and first of all what must not be done before."""
    return {
        "name": program.name,
        "official": official(program.name),
        "warning": Joined(program.warnings, "lines"),
        "documents": _items(program.documents) if program.documents else Text("programs.need.nothing"),
        "desk": program.desk or Words.of(""),
        "deadline": deadline_of(program),
    }


def reminder_kept(flow: Flow, heard: ReminderKept) -> None:
    """On which days the reminder comes; the truth where none can be set."""
    if heard.deadline is None:
        flow.say("reminders.no_deadline", {"name": heard.name})
    elif not heard.days:
        flow.say("reminders.too_near", {"name": heard.name, "date": heard.deadline})
    else:
        flow.say("reminders.set", {"name": heard.name, "date": heard.deadline, "days": Joined(heard.days)})


def deadline_near(flow: Flow, heard: DeadlineNear) -> None:
    program = heard.program
    days = program.days_left or 0
    args: dict[str, Arg] = {
        **flow.place_args(), "name": program.name, "official": official(program.name), "days": days,
        "date": program.deadline or "", "desk": program.desk or Words.of(""),
        "warning": program.warnings[0] if program.warnings else "",
    }  # fmt: skip
    flow.say("reminders.near", args, "appointment")


def visit_planned(flow: Flow, heard: VisitPlanned) -> None:
    """When somebody comes, who, and by what one knows them; or which times would suit."""
    if heard.what == "ask":
        flow.push("visit_times")
        return
    time = Text("appointment.time", {"from": heard.from_time, "until": heard.until_time}) if heard.from_time else Text("appointment.any_time")
    args: dict[str, Arg] = {**flow.place_args(), "date": heard.day or "", "time": time, "who": Joined(heard.who)}
    flow.memory["visit"] = heard.visit
    flow.say(f"appointment.{heard.what}", args, "appointment")
    flow.push("appointment")


def card(program: FoundProgram, rank: int, limit: int) -> dict[str, Arg]:
    """The arguments of one program's card; a reason that this surface may not show is only hinted at."""
    why = tuple(text if _allowed(text, limit) else Text("program.why.hidden") for text in program.why)
    return {
        "rank": rank,
        "name": program.name,
        "verdict": Text(f"program.verdict.{program.verdict}"),
        "summary": program.summary or "",
        "amount": amount(program),
        "why": Joined(tuple(dict.fromkeys(why))[:4]) if why else Text("program.why.none"),
        "desk": program.desk or Words.of(""),
        "official": official(program.name),
        "deadline": deadline_of(program),
        # What must not be done first ("do not pay the builder before the approval"): costly to learn too late.
        "warning": program.warnings[0] if program.warnings else "",
    }


def deadline_of(program: FoundProgram) -> Text:
    """The day with the days left; that a passed one may have been extended; or that nobody knows."""
    if program.deadline is None:
        return Text("program.deadline.unknown")
    late = program.days_left is not None and program.days_left < 0
    key = "program.deadline.passed" if late else "program.deadline.date"
    return Text(key, {"date": program.deadline, "days": program.days_left or 0})


def official(name: Words) -> Words:
    """The Japanese name for whoever reads another one: at the desk nobody knows the translation."""
    japanese = name.in_locale("ja")
    return Words.of({"ja": "", "ja@simple": japanese, "en": japanese})


def _allowed(text: Text, limit: int) -> bool:
    field = FIELDS.get(text.key.rsplit(".", 1)[-1])
    return sensitivity_of(text) <= limit and (field is None or field.sensitivity <= limit)


def amount(program: FoundProgram) -> Text:
    """最大… for every ceiling; a figure nobody confirmed is not shown at all."""
    least, most = program.min_yen, program.max_yen
    if program.usual_yen is not None and most is not None:
        lifted: dict[str, Arg] = {"most": Yen(most), "when": Joined(program.lifted_by)}
        if not program.usual_yen:
            return Text("program.amount.only_lifted", lifted)
        return Text("program.amount.usual", {"usual": Yen(program.usual_yen), **lifted})
    match program.amount_kind:
        case "fixed" if most is not None:
            return Text("program.amount.fixed", {"most": Yen(most)})
        case "up_to" if most is not None:
            return Text("program.amount.up_to", {"most": Yen(most)})
        case "range" if most is not None and least:
            return Text("program.amount.range", {"least": Yen(least), "most": Yen(most)})
        case "range" if most is not None:
            return Text("program.amount.up_to", {"most": Yen(most)})
        case "none":
            return Text("program.amount.none")
        case _:
            return Text("program.amount.unknown")


def human_told(flow: Flow, heard: HumanTold) -> bool:
    """Who will make contact by when: the truth. True when the open question should follow."""
    args: dict[str, Arg] = {**flow.place_args(), "who": heard.who}
    if heard.by is not None:
        args["by"] = heard.by
    if heard.about == "crisis":
        flow.say("human.crisis" if heard.reached else "human.crisis_nobody", args, "crisis")
        in_dialog = bool(flow.memory.pop("alarm_in_dialog", False))
        if in_dialog:
            # They were just asked to write where they are: what comes next is no wrong answer to the question that follows.
            flow.waiting = "alarmed"
        return in_dialog
    if not heard.reached or heard.by is None:
        flow.say("human.nobody", args, "appointment")
    else:
        flow.say(f"human.{heard.about}" if heard.in_hours else f"human.{heard.about}_out_of_hours", args, "appointment")
    if heard.about == "refer":
        consent = flow.answer("share_professional")
        if consent is None or consent.value != "given":
            flow.say("refer.without_sharing")
        _close_awaited(flow, "refer")
    return True


def page_opened(flow: Flow, heard: PageOpened) -> None:
    """The link to the secure page, in place of a question that this channel may not carry."""
    text = Text("secure.link", {"url": heard.url, "minutes": heard.minutes})
    flow.emit(Ask(flow.id, SECURE, text, "choice", options_of(flow, find_open(flow))))


def consent_withdrawn(flow: Flow, heard: ConsentKept) -> None:
    """That it holds at once, and who had seen something before (PR-04)."""
    if heard.already_seen_by:
        flow.say("withdraw.done_seen", {"who": Joined(heard.already_seen_by)})
    else:
        flow.say("withdraw.done")


def _close_awaited(flow: Flow, effect: str) -> None:
    """Close the step that waited for this effect, in whichever frame it stands."""
    for step in flow.dialog.steps:
        if getattr(step, "effect", None) == effect and step.id not in flow.frame.done:
            flow.close(step.id)
            return


TELLS: dict[type, Callable[[Flow, Any], None]] = {
    CaseOpened: case_opened,
    QuestionsFound: questions_found,
    ProgramsFound: programs_found,
    ProgramSeen: program_seen,
    ProgramsNew: programs_new,
    ReminderKept: reminder_kept,
    RemindersFound: cards.reminders_found,
}
"""Answers of the shell after which the open question simply follows, and what is said to each."""
