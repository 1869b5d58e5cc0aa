"""Omuta's tables beside the simulated ones, and what the visits would have been without chat: as text or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bots.simulate import published
from bots.simulate.people import ASSUMED, Ways
from bots.simulate.play import Outcome

STATES = ("assessed", "absent", "unknown", "vacant", "refused", "died")


def as_json(seed: str, households: int, months: int, foot: Outcome, chat: Outcome) -> dict[str, Any]:
    """Everything that is printed, for pipes."""
    return {
        "seed": seed, "households": households, "months": months, "assumed": _assumed(),
        "published": {
            "tries": dict(published.TRIES), "channels": dict(published.CHANNELS),
            "periods": [[str(first), str(last), many] for first, last, many in published.PERIODS],
            "standings": {str(day): dict(row) for day, row in published.STANDINGS.items()}},
        "without_chat": _outcome(foot), "with_chat": _outcome(chat),
        "visits_saved": foot.visits - chat.visits, "visits_until_first_contact_saved": foot.before - chat.before,
    }  # fmt: skip


def _outcome(one: Outcome) -> dict[str, Any]:
    counts = {name: value for name, value in asdict(one).items() if name not in ("tables", "log", "seconds")}
    return {
        **counts, "seconds": round(one.seconds, 1), "tries": dict(one.tables.tries), "by_channel": dict(one.tables.channels),
        "periods": [[str(first), str(last), many] for (first, last), many in one.tables.periods.items()],
        "standings": {str(row.until): {"reached": row.reached, **row.states, "visits": row.visits} for row in one.tables.standings},
    }  # fmt: skip


def _assumed() -> dict[str, float]:
    return {name: value for name, value in asdict(Ways()).items() if name in ASSUMED}


def as_text(households: int, foot: Outcome, chat: Outcome) -> str:
    """The tables, column beside column."""
    exact = households == published.HOUSEHOLDS
    heading = ("", "Omuta", "without chat", "with chat")
    parts = [
        "First contact after so many approaches (a message is an approach)",
        _table(heading, _rows(("by_itself", "one", "two_to_four", "five_up", "never"), published.TRIES, foot.tables.tries, chat.tables.tries)),
        "First contact by",
        _table(heading, _rows(_names(published.CHANNELS, foot.tables.channels, chat.tables.channels),
                              published.CHANNELS, foot.tables.channels, chat.tables.channels)),
        "First contact when",
        _table(heading, ((f"{first:%Y-%m} – {last:%Y-%m}", many, foot.tables.periods[first, last], chat.tables.periods[first, last])
                         for first, last, many in published.PERIODS)),
    ]  # fmt: skip
    for mine, theirs in zip(foot.tables.standings, chat.tables.standings, strict=True):
        told = published.STANDINGS.get(mine.until, {})
        rows = [(name, told.get(name, "–"), _of(mine, name), _of(theirs, name)) for name in ("reached", *STATES, "visits")]
        parts += [f"At the end of {mine.until}", _table(heading, rows)]
    if not exact:
        parts.insert(0, f"{households:,} households; Omuta's column is of {published.HOUSEHOLDS:,}.")
    assumed = ", ".join(f"{name} {value:.0%}" for name, value in _assumed().items())
    saved, part = foot.visits - chat.visits, (foot.visits - chat.visits) / max(foot.visits, 1)
    parts += [
        "What it cost",
        _table(("", "without chat", "with chat"), (
            ("visits until first contact", foot.before, chat.before), ("visits after it", foot.visits - foot.before, chat.visits - chat.before),
            ("visits", foot.visits, chat.visits), ("calls", foot.calls, chat.calls), ("letters", foot.letters, chat.letters),
            ("chat messages", foot.messages, chat.messages), ("SMS", foot.sms, chat.sms),
            ("households that wrote in the chat", foot.chats, chat.chats), ("of these, went through to the end", foot.through, chat.through))),
        f"A ladder without chat, and without a call before the first visit, costs {saved:,} visits more ({part:.0%}). How people answer a chat is assumed, not published: {assumed}.",
        f"No rule was broken: no answer lost, nobody written to after refusing or at night or while stopped, one message per step,\n"
        f"no household without a next step or a reason. {foot.jumps + chat.jumps:,} moments, {max(foot.seconds, chat.seconds):.0f} s.",
    ]  # fmt: skip
    return "\n\n".join(parts)


def _of(standing: Any, name: str) -> int:
    return int(standing.reached if name == "reached" else standing.visits if name == "visits" else standing.states[name])


def _names(*counts: Mapping[str, int]) -> list[str]:
    return list(dict.fromkeys(name for one in counts for name in one))


def _rows(names: Iterable[str], told: Mapping[str, int], foot: Mapping[str, int], chat: Mapping[str, int]) -> Iterable[Sequence[Any]]:
    return [(name.replace("_", " "), told.get(name, "–"), foot.get(name, 0), chat.get(name, 0)) for name in names]


def _table(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [heading, *(tuple(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row) for row in rows)]
    wide = [max(len(line[place]) for line in lines) for place in range(len(heading))]
    return "\n".join("  ".join(cell.ljust(wide[n]) if n == 0 else cell.rjust(wide[n]) for n, cell in enumerate(line)).rstrip() for line in lines)
