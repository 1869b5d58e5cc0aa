"""What the dialog does when the shell answers an effect: a case number, found programs, a human who was told."""

from __future__ import annotations

from dialogs.core.ask import options_of
from dialogs.core.effects import Ask
from dialogs.core.flow import Flow
from dialogs.core.heard import CaseOpened, ConsentKept, FoundProgram, HumanTold, PageOpened, ProgramsFound
from dialogs.core.open_step import SECURE, find_open
from dialogs.core.show import label_of
from dialogs.core.words import Arg, Joined, Text, Words, Yen, sensitivity_of
from dialogs.fields import FIELDS

MOST_CARDS = 3
"""Programs said at once: more than three long messages are not read on a phone; the rest is one tap away."""


def case_opened(flow: Flow, heard: CaseOpened) -> None:
    """The case number, so that the person can name it; once more where there was a case already."""
    flow.memory["case_number"] = heard.number
    flow.say("case.opened" if heard.new else "case.updated", {**flow.place_args(), "number": heard.number}, "case_number")
    _close_awaited(flow, "open_case")


def programs_found(flow: Flow, heard: ProgramsFound) -> None:
    """Best first, a few at a time; each with why, the most it can be, what is still open, desk and deadline."""
    start = int(flow.memory.get("programs_from", 0))
    cards = heard.programs[start : start + MOST_CARDS]
    if not heard.programs:
        flow.say("programs.none", flow.place_args())
    elif not cards:
        flow.say("programs.no_more")
        flow.memory["programs_from"] = 0
    else:
        if start == 0:
            flow.say("programs.intro", {"n": len(heard.programs) + heard.more})
        for rank, program in enumerate(cards, start + 1):
            flow.say("programs.card", card(program, rank, flow.setting.max_out))
        left = len(heard.programs) + heard.more - start - len(cards)
        flow.memory["programs_from"] = start + len(cards)
        flow.say("programs.more" if left > 0 else "programs.end", {"n": left})
    _close_awaited(flow, "find_programs")


def card(program: FoundProgram, rank: int, limit: int) -> dict[str, Arg]:
    """The arguments of one program's card; a reason that this surface may not show is only hinted at."""
    why = tuple(text if _allowed(text, limit) else Text("program.why.hidden") for text in program.why)
    missing = tuple(label_of(field) for field in program.missing if field in FIELDS)
    deadline: Arg = Text("program.deadline.unknown")
    if program.deadline is not None:
        late = program.days_left is not None and program.days_left < 0
        deadline = Text("program.deadline.passed" if late else "program.deadline.date", {"date": program.deadline, "days": program.days_left or 0})
    return {
        "rank": rank,
        "name": program.name,
        "verdict": Text(f"program.verdict.{program.verdict}"),
        "summary": program.summary or "",
        "amount": amount(program),
        "why": Joined(tuple(dict.fromkeys(why))[:4]) if why else Text("program.why.none"),
        "missing": Joined(missing) if missing else Text("program.missing.none"),
        "desk": program.desk or Words.of(""),
        "official": official(program.name),
        "deadline": deadline,
        # What must not be done first ("do not pay the builder before the approval"): costly to learn too late.
        "warning": program.warnings[0] if program.warnings else "",
    }


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
        return bool(flow.memory.pop("alarm_in_dialog", False))
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
