"""Finish a form of the booth: it becomes a case, or changes the answers of one, through the services the chat uses.

Face to face somebody explains what sharing means; who and how is kept with every decision (福岡県手引き: 同意の記録を残す).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from backend.audit import service as audit
from backend.booth import drafts, merge
from backend.booth.drafts import Clash, Finished
from backend.booth.models import booth_draft, booth_ticket
from backend.booth.questions import applies, asked_in, members_in, sections
from backend.booth.reading import Raw, Read, read
from backend.cases import record
from backend.cases import service as cases
from backend.cases.models import case
from backend.clock import Clock, in_japan
from backend.consent import oral
from backend.consent import service as consents
from backend.consent.rules import standing
from backend.contacts import rules as results
from backend.contacts import service as contacts
from backend.conversations.between import between_turns, chats_of
from backend.conversations.offices import Office, read_office
from backend.db import Row
from backend.journal.batch import Batch
from backend.people import service as people
from backend.programs import recompute
from backend.staff.roles import Staff
from backend.staff.seeded import draft_for
from backend.tasks.raising import raise_task
from backend.words import Catalogues
from dialogs.core.answers import Answer, Facts
from dialogs.core.danger import assess
from dialogs.core.words import Text
from dialogs.fields import field_of

SOURCE = "booth"
HOW = ("oral", "paper")
"""How sharing was explained and decided: by word of mouth, on a signed sheet."""


class Wrong(ValueError):
    """Some words could not be read; `fields` names the questions. Nothing was kept beyond the form itself."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__("not readable")
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Explained:
    """Who explained the sharing of data, and how. `by` is an account of the municipality."""

    by: str
    how: str


def finish(
    engine: Engine, clock: Clock, words: Catalogues, staff: Staff, draft_id: str, seen: int, sent: Mapping[str, Raw], explained: Explained,
    lately: Mapping[str, int] | None = None,
) -> str:
    """Make a case of the form, or change the case it belongs to; returns the case's id.

    What was sent along is saved first. Raises `Clash` (somebody else changed the same, in the form or in the case), `Wrong`,
    `Finished`, `NotForYou` or `Restricted`.
    """
    now = clock()
    with engine.begin() as connection:
        row = draft_for(connection, staff, draft_id, now, lock=True)
        drafts.save_in(connection, row, seen, sent, now, lately=lately)
    with engine.begin() as connection:
        between_turns(connection, chats_of(select(booth_draft.c.case_id).where(booth_draft.c.id == draft_id).scalar_subquery()))
        row = draft_for(connection, staff, draft_id, now, lock=True)
        if row["finished_at"] is not None:
            raise Finished(row["case_id"])
        moved = _rebased(connection, row, now)
        if not moved:
            return _keep(connection, words, staff, dict(_again(connection, draft_id)), explained, now)
    raise Clash(moved, row["version"])


def _again(connection: Connection, draft_id: str) -> Row:
    return dict(connection.execute(select(booth_draft).where(booth_draft.c.id == draft_id)).mappings().one())


def _rebased(connection: Connection, row: Row, now: datetime) -> merge.Clashes:
    """Bring in what the case learned since the form was opened (the chat goes on meanwhile); what both changed is a clash.

    A clash is shown once: after it, what stands in the form is what somebody chose knowing the other.
    """
    if row["taken"] is None:
        return {}
    current = merge.now(row["fields"])
    there = drafts.answers_as_raw(connection, row["case_id"], now)
    taken: dict[str, Raw] = dict(row["taken"])
    clashes: merge.Clashes = {}
    fresh: dict[str, Raw] = {}
    for key in {*there, *taken}:
        was, is_now, mine = taken.get(key, ""), there.get(key, ""), current.get(key, "")
        if is_now == was:
            continue
        taken[key] = is_now
        if mine == was:
            fresh[key] = is_now
        elif mine != is_now:
            clashes[key] = (mine, is_now)
    if fresh or clashes:
        merged = merge.save(row["fields"], row["version"], row["version"], fresh)
        connection.execute(update(booth_draft).where(booth_draft.c.id == row["id"]).values(
            fields=merged.history, version=merged.version, taken=taken))  # fmt: skip
    return clashes


def _keep(connection: Connection, words: Catalogues, staff: Staff, row: Row, explained: Explained, now: datetime) -> str:
    raw = merge.now(row["fields"])
    found = read(asked_in(sections(members_in(raw))), raw, in_japan(now).date())
    if found.wrong:
        raise Wrong(found.wrong)
    # The language is of the case, not one of its answers: as in the chat.
    spoken = found.facts.pop("language", None)
    locale = str(spoken.value) if spoken is not None and spoken.given else row["locale"]
    batch = Batch(connection, now)
    office = read_office(connection, staff.tenant_id, now)
    new = row["case_id"] is None
    home = {"id": None, "tenant_id": staff.tenant_id, "case_id": row["case_id"], "waiting_since": None, "locale": locale,
            # Changed for a case that is there: from then on a chat does not change it back.
            "told": spoken is not None and spoken.given and not new and locale != (row["taken"] or {}).get("language")}  # fmt: skip
    if new:
        cases.open_case(batch, office, home, found.facts)
        batch.flush()
        case_id = str(home["case_id"])
        connection.execute(update(case).where(case.c.id == case_id).values(origin=row["origin"]))
        given, before = found.facts, {}
    else:
        case_id = row["case_id"]
        before = cases.facts_of_case(connection, case_id)
        given = {key: answer for key, answer in found.facts.items() if not _same(answer, before.get(key))}
    _answers(batch, home, given, before, found, staff, now)
    _decisions(batch, words, office, home, locale, found, explained, staff)
    _dangers(batch, office, case_id, given)
    _what_was_done(connection, staff, case_id, words, row, now)
    batch.flush()
    recompute.look_again(batch, case_id, lambda _: office)
    batch.flush()
    if row["ticket_id"]:
        connection.execute(update(booth_ticket).where(booth_ticket.c.id == row["ticket_id"]).values(case_id=case_id))
    drafts.finished(connection, row, case_id, new, now)
    audit.record(
        connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="booth.seeded" if new else "booth.changed",
        object_kind="case", object_id=case_id, detail={"answers": len(given), "decisions": len(found.consents)}, at=now,
    )  # fmt: skip
    return case_id


def _same(one: Answer, other: Answer | None) -> bool:
    return other is not None and (one.value, one.state) == (other.value, other.state)


def _answers(batch: Batch, home: dict[str, Any], given: Facts, before: Facts, found: Read, staff: Staff, now: datetime) -> None:
    """Keep what changed, and take out what was emptied or is no longer asked; the history keeps both.

    What was answered elsewhere without the question that leads to it (a list knows the income and not the work) stays:
    nothing in this form has closed it.
    """
    cases.keep_answers(batch, home, given.values(), SOURCE, replacing=[key for key in given if key in before])
    on_form = {one.key: one for one in asked_in(sections(members_in(tuple(before))))}
    never_asked = {key for key in found.left_out if key in on_form and not applies(on_form[key], before)}
    gone = [key for key in before if key not in found.facts and key in on_form and key not in never_asked]
    if gone:
        cases.withdraw_answers(batch, home, gone)
    batch.flush()
    values: dict[str, Any] = {"changed_at": now, "language": home["locale"], **({"language_told": True} if home["told"] else {})}
    if "damage_level" in given or "damage_level" in gone:
        damage = given.get("damage_level")
        values["damage_level"] = str(damage.value) if damage is not None and damage.given else ""
    mine = update(case).where(case.c.id == home["case_id"])
    batch.connection.execute(mine.values(**values))
    if before:
        person_id = batch.connection.execute(select(case.c.person_id).where(case.c.id == home["case_id"])).scalar_one()
        taken = [*gone, *(key for key, answer in given.items() if not answer.given)]
        columns = people.changes(given) | people.without(taken, found.facts)
        people.write(batch.connection, person_id, columns, source=SOURCE, by=staff.id, at=now)


def _decisions(
    batch: Batch, words: Catalogues, office: Office, home: dict[str, Any], locale: str, found: Read, explained: Explained, staff: Staff
) -> None:
    """Each decision with the words that were read out, who explained them and how (PR-03)."""
    batch.flush()
    before = standing(consents.decisions_of(batch.connection, case_id=home["case_id"]), batch.now)
    whom = found.facts.get("for_whom")
    proxy = whom is not None and whom.by == "proxy"
    for recipient, decision in found.consents.items():
        held = before.get(recipient, "")
        if decision == ("refused" if held == "withdrawn" else held):
            continue
        asked = oral.question(words, recipient, office, locale, "other" if proxy else "self")
        text = consents.keep_text(batch, *oral.PURPOSE, locale, asked.text)
        event = "withdrawn" if held == "given" and decision == "refused" else decision
        consents.record(
            batch, home, recipient=recipient, event=event, notice_text_id=text, method=explained.how, channel=SOURCE, locale=locale,
            actor="proxy" if proxy else "self", recorded_by=staff.id, explained_by=explained.by,
        )  # fmt: skip
        if event == "withdrawn":
            consents.revoke_referrals(batch, office, home, (recipient,))


def _dangers(batch: Batch, office: Office, case_id: str, given: Facts) -> None:
    """What the chat would have called a human for: others than whoever sits there have to know (SF-01)."""
    safe = given.get("safe_now")
    if safe is not None and safe.value in ("danger", "uneasy"):
        raise_task(batch, office, "red" if safe.value == "danger" else "yellow", topic="declared", case_id=case_id)
    raised: set[str] = set()
    for key, answer in given.items():
        if field_of(key).free and answer.given:
            level, topic, rule = assess(str(answer.value))
            if level and level not in raised:
                raised.add(level)
                raise_task(batch, office, level, topic=topic, rule=rule, case_id=case_id)


def _what_was_done(connection: Connection, staff: Staff, case_id: str, words: Catalogues, row: Row, now: datetime) -> None:
    """One line in the support record, one in the contact log: written here, so that nobody writes them again."""
    what = Text("console.booth.done.changed" if row["case_id"] else "console.booth.done.seeded")
    record.add(connection, tenant_id=staff.tenant_id, case_id=case_id, kind="booth", at=now, staff_id=staff.id,
               args={"what": what}, about=("booth_draft", row["id"]))  # fmt: skip
    contacts.keep(connection, tenant_id=staff.tenant_id, case_id=case_id, channel=row["origin"], direction=results.IN, result=_result(row),
                  at=now, made_at=now, staff_id=staff.id, source=f"booth:{row['id']}")  # fmt: skip


def _result(row: Row) -> str:
    """Met at a table, answered on the telephone."""
    return results.MET if row["origin"] == SOURCE else results.ANSWERED
