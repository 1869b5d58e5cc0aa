"""The letter rung on paper: which letters are due, printed together, posted by a person, and those that came back.

A letter is due while its task waits and the ladder's own rules would still take the rung: whoever has answered meanwhile,
refused or died gets none. The time to answer begins when it is posted; one that comes back hurries the next rung.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from backend import ids
from backend.audit import service as audit
from backend.booth import links
from backend.booth.models import case_link
from backend.campaigns.facts import gather
from backend.campaigns.ladder import (
    LETTER,
    MEETING,
    VISIT,
    Hours,
    Ladder,
    Ladders,
    Rung,
    Standing,
    Take,
    Wait,
    next_move,
)
from backend.campaigns.models import campaign, letter, member, outreach
from backend.campaigns.pacing import hurry
from backend.campaigns.run import LADDER, hours_of
from backend.cases import record
from backend.cases.models import case
from backend.clock import Clock
from backend.contacts import rules
from backend.contacts.service import keep
from backend.conversations.offices import read_office
from backend.db import Row
from backend.files import service as files
from backend.files.service import File
from backend.followups.models import due
from backend.people.models import person
from backend.staff.access import NotForYou, visible
from backend.staff.roles import Staff
from backend.tasks.models import task
from backend.tasks.service import done_by, seen_by
from dialogs.core.words import Text

MOST = 100
"""Letters in one printing: a few seconds of setting. More are printed as the next ones."""
MOST_LISTED = 1000
LASTS = timedelta(days=45)
"""How long the code on a letter opens the chat: a few days in the post, and weeks on a table."""
KEPT = timedelta(days=7)
"""How long a printing can be fetched again; after that it is printed anew, with new codes."""
BACK_WITHIN = timedelta(days=120)
"""Letters that may still come back are listed so long."""
PURPOSE = "letters"

PRINTED, POSTED, RETURNED, DROPPED = "printed", "posted", "returned", "dropped"
PRINT, NO_ADDRESS, WAITS, OVER = "print", "no_address", "waits", "over"


class CannotSend(ValueError):
    """It cannot be done like this; `args[0]` is the key of a sentence."""


@dataclass(frozen=True, slots=True)
class Home:
    """A household whose letter is due. `state`: print | no_address | waits | over; `why` is the reason of the last two."""

    case_id: str
    member_id: int
    person_id: str
    number: str
    name: str
    address: str
    district: str
    locale: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Addressed:
    """What the paper needs of one household. `token` opens the chat at its case; "" where nobody could prove who they are."""

    home: Home
    token: str
    until: datetime


Make = Callable[[Sequence[Addressed]], bytes]
"""Sets the letters as one PDF. Raises `CannotPrint`."""


def homes(connection: Connection, staff: Staff, campaign_id: str, now: datetime) -> list[Home]:
    """Whose letter is due and not printed, in the order of district and number; protected people are in no list of letters."""
    rows = connection.execute(_due(staff, campaign_id).limit(MOST_LISTED)).mappings().all()
    gathered = gather(connection, [row["case_id"] for row in rows])
    hours = _hours(connection, staff.tenant_id, now)
    found = []
    for row in rows:
        house = gathered[row["case_id"]].household(now, sms=False, alone=row["alone"], wish=row["wish"])
        move = next_move(Ladder((Rung(LETTER, 0),)), Standing(0, row["since"]), house, now, hours)
        address = (row["current_address"] or row["address"] or "").strip()
        state, why = (PRINT, "") if isinstance(move, Take) else (WAITS, move.why) if isinstance(move, Wait) else (OVER, move.reason)
        if (house.moved and why == "all_tried") or (state == PRINT and not (address and (row["name"] or "").strip())):
            state = NO_ADDRESS
        found.append(Home(row["case_id"], row["member_id"], row["person_id"], row["number"], row["name"] or "", address, row["district"],
                          row["language"] or "ja", state, why))
    return found


def print_some(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, chosen: Collection[str], make: Make) -> str:
    """Print the letters to the `chosen` cases, each with a fresh code; returns the printing's id.

    The paper is set outside of any transaction. Raises `CannotSend`, `CannotPrint`, `NotForYou`.
    """
    now, run = clock(), ids.new()
    with engine.begin() as connection:
        _own(connection, staff, campaign_id, lock=True)  # two colleagues at once print each letter once
        mine = [home for home in homes(connection, staff, campaign_id, now) if home.case_id in chosen and home.state == PRINT][:MOST]
        if not mine:
            raise CannotSend("console.letters.nobody")
        addressed = []
        for home in mine:
            link = None
            if links.knows_birth(connection, home.case_id):
                link = links.issue(connection, staff, home.case_id, speaker="self", relation="", locale=home.locale, at=now, lasts=LASTS, traced=False)
            connection.execute(insert(letter).values(
                id=ids.new(), tenant_id=staff.tenant_id, campaign_id=campaign_id, case_id=home.case_id, member_id=home.member_id, run=run,
                link_id=ids.hashed(link.token) if link else None, state=PRINTED, printed_at=now, printed_by=staff.id))
            addressed.append(Addressed(home, link.token if link else "", now + LASTS))
        links.trace_issued(connection, staff, (one.home.case_id for one in addressed if one.token), now)
        _trace(connection, staff, campaign_id, "letters.printed", now, {"letters": len(addressed)})
    try:
        made = make(addressed)
    except Exception:
        drop(engine, clock, staff, campaign_id, run)
        raise
    with engine.begin() as connection:
        file_id = files.keep(connection, tenant_id=staff.tenant_id, purpose=PURPOSE, at=now, staff_id=staff.id, lasts=KEPT,
                             file=File(f"letters-{now:%Y-%m-%d}.pdf", "application/pdf", made))
        connection.execute(update(letter).where(letter.c.run == run).values(file_id=file_id))
    return run


def paper(connection: Connection, staff: Staff, campaign_id: str, run: str, now: datetime) -> File | None:
    """A printing's PDF, for those who may see every household in it; None when its time is over. Raises `NotForYou`."""
    rows = connection.execute(select(letter.c.file_id, letter.c.case_id).where(
        letter.c.run == run, letter.c.campaign_id == campaign_id, letter.c.tenant_id == staff.tenant_id)).all()
    seen = set(connection.execute(select(case.c.id).where(case.c.id.in_([row.case_id for row in rows]), visible(staff))).scalars())
    if not rows or any(row.case_id not in seen for row in rows):
        raise NotForYou
    if rows[0].file_id is None:
        return None
    _trace(connection, staff, campaign_id, "letters.fetched", now, {"letters": len(rows)})
    return files.read(connection, staff.tenant_id, rows[0].file_id, PURPOSE, now)


def drop(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, run: str) -> int:
    """They do not go out (a jam, a wrong tick): their codes open nothing, and the homes are due again."""
    with engine.begin() as connection:
        now = clock()
        rows = _letters(connection, staff, campaign_id, PRINTED, run=run)
        for row in rows:
            _end(connection, row, staff, now, DROPPED)
        if rows:
            _trace(connection, staff, campaign_id, "letters.dropped", now, {"letters": len(rows)})
    return len(rows)


def posted(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, run: str, chosen: Collection[str]) -> int:
    """These letters are in the post: the log has them, the task is done, and the ladder gives its time to answer from now.

    Those of the printing that were not ticked are due again, without their code. Returns how many were posted.
    """
    with engine.begin() as connection:
        now = clock()
        plan = _own(connection, staff, campaign_id)
        hours, ladders = _hours(connection, staff.tenant_id, now), Ladders.of(plan["ladder"])
        out = 0
        for row in _letters(connection, staff, campaign_id, PRINTED, run=run):
            if row["id"] not in chosen:
                _end(connection, row, staff, now, DROPPED)
                continue
            connection.execute(update(letter).where(letter.c.id == row["id"]).values(state=POSTED, posted_at=now, changed_by=staff.id))
            _log(connection, row, staff, rules.SENT, now, f"letter:{row['id']}")
            _settle(connection, row["case_id"], staff, now)
            _give_time(connection, row, ladders, hours, now)
            out += 1
        if not out:
            raise CannotSend("console.letters.nobody")
        _trace(connection, staff, campaign_id, "letters.posted", now, {"letters": out})
    return out


def returned(engine: Engine, clock: Clock, staff: Staff, campaign_id: str, letter_id: str) -> None:
    """A letter came back (宛先不明): the address is wrong, its code opens nothing, and the next rung is taken now."""
    with engine.begin() as connection:
        now = clock()
        for row in _letters(connection, staff, campaign_id, POSTED, letter_id=letter_id):
            _end(connection, row, staff, now, RETURNED)
            _log(connection, row, staff, rules.WRONG_ADDRESS, now, f"returned:{row['id']}")
            hurry(connection, row["member_id"], now)
            _trace(connection, staff, campaign_id, "letters.returned", now, {"case": row["case_id"]})


def take_off(engine: Engine, clock: Clock, staff: Staff, campaign_id: str) -> int:
    """Close the tasks of those who need no letter any more, or to whom none can be written: the ladder goes on by itself."""
    with engine.begin() as connection:
        now = clock()
        _own(connection, staff, campaign_id)
        gone = [home for home in homes(connection, staff, campaign_id, now) if home.state in (OVER, NO_ADDRESS)]
        for home in gone:
            _settle(connection, home.case_id, staff, now)
            if home.state == NO_ADDRESS:
                hurry(connection, home.member_id, now)
        _trace(connection, staff, campaign_id, "letters.taken_off", now, {"letters": len(gone)})
    return len(gone)


def printings(connection: Connection, staff: Staff, campaign_id: str) -> list[dict[str, Any]]:
    """What was printed and not posted yet, newest first: `run`, `at`, `by`, `ready`, and its letters that this account may see."""
    found: dict[str, dict[str, Any]] = {}
    for row in connection.execute(_shown(staff, campaign_id, PRINTED).order_by(letter.c.printed_at.desc(), letter.c.id)).mappings():
        one = found.setdefault(row["run"], {"run": row["run"], "at": row["printed_at"], "by": row["printed_by"], "letters": [],
                                            "ready": row["file_id"] is not None})
        one["letters"].append(dict(row))
    return list(found.values())


def out_there(connection: Connection, staff: Staff, campaign_id: str, now: datetime) -> list[Row]:
    """The letters that were posted and may come back, newest first."""
    chosen = _shown(staff, campaign_id, POSTED).where(letter.c.posted_at > now - BACK_WITHIN)
    return [dict(row) for row in connection.execute(chosen.order_by(letter.c.posted_at.desc(), letter.c.id).limit(MOST_LISTED)).mappings()]


# --- one letter -----------------------------------------------------------------------------------------------


def _due(staff: Staff, campaign_id: str) -> Any:
    printed = select(letter.c.id).where(letter.c.member_id == member.c.id, letter.c.state == PRINTED).exists()
    return (
        select(member.c.id.label("member_id"), member.c.case_id, member.c.person_id, member.c.since, member.c.alone, member.c.wish,
               case.c.number, case.c.district, case.c.language, person.c.name, person.c.address, person.c.current_address)
        .join(case, case.c.id == member.c.case_id).join(person, person.c.id == case.c.person_id)
        .join(task, (task.c.case_id == case.c.id) & (task.c.kind == "letter") & task.c.done_at.is_(None))
        .where(member.c.campaign_id == campaign_id, member.c.rung.in_((LETTER, VISIT, MEETING)), task.c.made_at >= member.c.since, visible(staff),
               case.c.restricted.is_(False), person.c.restricted.is_(False), ~printed)
        .order_by(case.c.district, case.c.number)
    )  # fmt: skip


def _shown(staff: Staff, campaign_id: str, state: str) -> Any:
    return (
        select(letter, case.c.number, case.c.district, person.c.name)
        .join(case, case.c.id == letter.c.case_id).join(person, person.c.id == case.c.person_id)
        .where(letter.c.campaign_id == campaign_id, letter.c.state == state, visible(staff), case.c.restricted.is_(False))
    )  # fmt: skip


def _letters(connection: Connection, staff: Staff, campaign_id: str, state: str, *, run: str = "", letter_id: str = "") -> list[Row]:
    """Letters in a state, held until commit; only those of households that this account may see. Raises `NotForYou`."""
    _own(connection, staff, campaign_id)
    mine = (
        select(letter, member.c.person_id, member.c.place).join(member, member.c.id == letter.c.member_id).join(case, case.c.id == letter.c.case_id)
        .where(letter.c.campaign_id == campaign_id, letter.c.state == state, visible(staff))
    )  # fmt: skip
    mine = mine.where(letter.c.run == run) if run else mine.where(letter.c.id == letter_id)
    return [dict(row) for row in connection.execute(mine.order_by(letter.c.id).with_for_update(of=letter, key_share=True)).mappings()]


def _end(connection: Connection, row: Row, staff: Staff, now: datetime, state: str) -> None:
    connection.execute(update(letter).where(letter.c.id == row["id"]).values(state=state, ended_at=now, changed_by=staff.id))
    connection.execute(update(case_link).where(case_link.c.id == row["link_id"], case_link.c.ended_at.is_(None)).values(ended_at=now))


def _log(connection: Connection, row: Row, staff: Staff, result: str, now: datetime, source: str) -> None:
    kept = keep(connection, tenant_id=row["tenant_id"], case_id=row["case_id"], person_id=row["person_id"], channel="letter",
                direction=rules.OUT, result=result, at=now, made_at=now, staff_id=staff.id, campaign_id=row["campaign_id"], step=LETTER,
                source=source)  # fmt: skip
    record.add(connection, tenant_id=row["tenant_id"], case_id=row["case_id"], kind="contact", at=now, staff_id=staff.id,
               about=("contact", str(kept)), args={
                   "channel": Text("console.contact.channel.letter"), "result": Text(f"console.contact.result.{result}")})


def _settle(connection: Connection, case_id: str, staff: Staff, now: datetime) -> None:
    waiting = select(task.c.id, task.c.acked_at).where(task.c.case_id == case_id, task.c.kind == "letter", task.c.done_at.is_(None))
    for one in connection.execute(waiting).all():
        if one.acked_at is None:
            seen_by(connection, one.id, staff.id, now)
        done_by(connection, one.id, staff.id, now)


def _give_time(connection: Connection, row: Row, ladders: Ladders, hours: Hours, now: datetime) -> None:
    """The rung after the letter counts its days from the post, not from the task: never earlier than it was due."""
    category = connection.execute(select(case.c.category).where(case.c.id == row["case_id"])).scalar_one()
    rungs = ladders.for_category(category).rungs
    if row["place"] >= len(rungs) or row["place"] == 0 or rungs[row["place"] - 1].by != LETTER:
        return  # the ladder has gone past the letter
    then = hours.after(now, max(1, rungs[row["place"]].days))
    mine = update(due).where(due.c.kind == LADDER, due.c.subject == str(row["member_id"]), due.c.due_at < then)
    connection.execute(mine.values(due_at=then, turn=due.c.turn + 1))


def _hours(connection: Connection, tenant_id: str, now: datetime) -> Hours:
    kept = connection.execute(select(outreach).where(outreach.c.tenant_id == tenant_id)).first()
    return hours_of(read_office(connection, tenant_id, now), kept)


def _own(connection: Connection, staff: Staff, campaign_id: str, *, lock: bool = False) -> Row:
    mine = select(campaign).where(campaign.c.id == campaign_id, campaign.c.tenant_id == staff.tenant_id)
    found = connection.execute(mine.with_for_update(key_share=True) if lock else mine).mappings().one_or_none()
    if found is None:
        raise NotForYou
    return dict(found)


def _trace(connection: Connection, staff: Staff, campaign_id: str, action: str, now: datetime, detail: dict[str, Any]) -> None:
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action=action, object_kind="campaign", object_id=campaign_id,
                 detail=detail, at=now)
