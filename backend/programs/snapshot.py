"""What was found for a case, kept with what it rests on; what became newly possible is put in front of the caseworker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from backend.cases.models import suggestion
from backend.conversations.offices import Office
from backend.journal.batch import Batch
from backend.tasks.models import task
from backend.tasks.raising import raise_task
from dialogs.core.heard import FoundProgram
from dialogs.core.words import Text, Words

TOPIC = "programs_new"
"""Of the `talk` task that stands for programs that became possible."""

Counts = dict[str, tuple[Any, ...]]
"""What counts as the result: program id → verdict, amount, deadline. Kept beside the result, a hundredth of its length."""

_COUNTED = ("verdict", "amount_kind", "min_yen", "max_yen", "deadline")


def counted(result: Sequence[Mapping[str, Any]]) -> Counts:
    """A kept result as far as a difference in it matters."""
    return {program["id"]: tuple(program.get(name) for name in _COUNTED) for program in result}


def newest(connection: Connection, case_id: str) -> tuple[int, Counts] | None:
    """Id of the newest snapshot of a case, and what counts of it; None where nobody has looked yet."""
    found = connection.execute(_NEWEST, {"case": case_id}).first()
    return (found.id, as_kept(found.counts)) if found else None


def as_kept(counts: Mapping[str, Sequence[Any]]) -> Counts:
    """What was kept of a result, as `counted` gave it: JSON knows no tuples."""
    return {program: tuple(values) for program, values in counts.items()}


_NEWEST = (
    select(suggestion.c.id, suggestion.c.counts).where(suggestion.c.case_id == bindparam("case"))
    .order_by(suggestion.c.id.desc()).limit(1)
)  # fmt: skip


def keep(
    batch: Batch, office: Office, *, case_id: str | None, conversation_id: str | None, answers: Mapping[str, Any],
    today: date, result: Any, counts: Counts, catalogue: str, newly: Sequence[str] = (),
) -> bool:  # fmt: skip
    """Keep a snapshot; `newly` are the ids that were not possible before. Returns whether a task was raised for them.

    The newly possible ones stand in `inputs["newly"]`, for whoever opens the case from the task.
    """
    inputs = {"answers": dict(answers), "today": today.isoformat()} | ({"newly": list(newly)} if newly else {})
    row = {
        "tenant_id": office.id, "case_id": case_id, "conversation_id": conversation_id, "at": batch.now,
        "catalogue": catalogue, "inputs": inputs, "result": result, "counts": counts,
    }  # fmt: skip
    batch.add(suggestion, row)
    if not newly or case_id is None or _open(batch, case_id):
        return False
    raise_task(batch, office, "talk", topic=TOPIC, case_id=case_id, conversation_id=conversation_id)
    return True


def newly_possible(connection: Connection, case_id: str) -> tuple[dict[str, Any], ...]:
    """Programs (as kept) that became possible since the open task about them was raised; for the case page."""
    since = connection.execute(_TASK, {"case": case_id}).scalars().first()
    if since is None:
        return ()
    rows = connection.execute(_SINCE, {"case": case_id, "since": since}).all()
    names = {name for row in rows for name in row.inputs.get("newly", ())}
    return tuple(program for program in rows[-1].result if program["id"] in names) if rows else ()


_TASK = (
    select(task.c.made_at).where(task.c.case_id == bindparam("case"), task.c.topic == TOPIC, task.c.done_at.is_(None))
    .order_by(task.c.id).limit(1)
)  # fmt: skip
_SINCE = (
    select(suggestion.c.inputs, suggestion.c.result)
    .where(suggestion.c.case_id == bindparam("case"), suggestion.c.at >= bindparam("since"))
    .order_by(suggestion.c.id)
)


def _open(batch: Batch, case_id: str) -> bool:
    if any(row["case_id"] == case_id and row["topic"] == TOPIC for row in batch.added(task)):
        return True
    return batch.connection.execute(_TASK, {"case": case_id}).first() is not None


def kept(program: FoundProgram) -> dict[str, Any]:
    """One suggestion as JSON: what the console shows, reasons as message keys with their arguments."""
    return {
        "id": program.id, "name": dict(program.name.by_locale), "verdict": program.verdict,
        "amount_kind": program.amount_kind, "min_yen": program.min_yen, "max_yen": program.max_yen,
        "why": [_text(text) for text in program.why], "missing": list(program.missing),
        "desk": dict(program.desk.by_locale) if program.desk else None,
        "deadline": program.deadline.isoformat() if program.deadline else None, "days_left": program.days_left,
        "documents": _words(program.documents), "professions": list(program.professions),
        "warnings": _words(program.warnings), "summary": dict(program.summary.by_locale) if program.summary else None,
    }  # fmt: skip


def _words(many: Sequence[Words]) -> list[dict[str, str]]:
    return [dict(one.by_locale) for one in many]


def _text(text: Text) -> dict[str, Any]:
    return {"key": text.key, "args": {name: _plain(arg) for name, arg in text.args.items()}}


def _plain(arg: Any) -> Any:
    if isinstance(arg, Text):
        return _text(arg)
    if isinstance(arg, Words):
        return dict(arg.by_locale)
    if isinstance(arg, date):
        return arg.isoformat()
    return arg if isinstance(arg, str | int) else getattr(arg, "amount", str(arg))
