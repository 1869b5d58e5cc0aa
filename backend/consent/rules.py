"""Who may be told what: the one pure rule that every way out for data asks, and the chain that keeps decisions honest.

Sources: 個人情報保護法 69条 (out-of-purpose use), 災対法 90条の4 (the ledger), 福岡県手引き IV; privacy-and-safety §2.4
PR-01 … PR-06. Precedence: restriction ▸ withdrawn or refused ▸ pledge missing or expired ▸ basis. What is not
known is denied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import orjson

from backend.clock import in_japan

RECIPIENTS = ("welfare_council", "welfare_commissioner", "professional", "npo")
"""Recipient classes (社協 · 民生委員 · 士業 · NPO), each decided by itself: there is no "share with everybody" (PR-02)."""

PURPOSES = frozenset({"survivor_support"})

COVERED = frozenset({"contact", "identity", "address_current", "household", "damage", "housing_plan"})
"""What the sharing notice names. Health, disability, money, debt, violence, immigration and free notes are not in it."""

CATEGORIES = COVERED | {"health", "disability", "money", "debt", "violence", "immigration", "notes"}

STRONG = frozenset({"statute", "vital_emergency"})
"""Grounds that stand against a refusal: a legal duty, danger to life."""

GROUNDS = STRONG | {"clear_benefit"}

MIN_REASON = 20
"""PR-06: characters a reason must have, so that "needed" is not one."""

FIRST = "0" * 64
"""What the first decision of a chain names as the one before it."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would see the data. `pledge_until` is the last day their confidentiality pledge (誓約書) covers."""

    kind: str
    active: bool = True
    pledge_until: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One consent event, as kept: `event` is given | deferred | refused | withdrawn."""

    recipient: str
    event: str
    at: datetime
    purpose: str = "survivor_support"


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground in the Act other than consent, named by a person. `approved_by` counts people besides the asker."""

    basis: str
    reason: str
    approved_by: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether data may go out, and on what basis."""

    answer: Literal["allow", "deny"]
    basis: str
    reason: str
    """One word for the console to translate: `restricted`, `refused`, `withdrawn`, `deferred`, `undecided`, …"""

    @property
    def allowed(self) -> bool:
        return self.answer == "allow"


def latest(decisions: Iterable[Decision], recipient: str, purpose: str, at: datetime) -> Decision | None:
    """The decision that holds for one recipient class and purpose at a moment; of equal times the later in order."""
    found: Decision | None = None
    for decision in decisions:
        fits = decision.recipient == recipient and decision.purpose == purpose and decision.at <= at
        if fits and (found is None or decision.at >= found.at):
            found = decision
    return found


def can_share(
    *,
    restricted: bool | None,
    recipient: Recipient | None,
    category: str,
    purpose: str,
    decisions: Sequence[Decision],
    at: datetime,
    ground: Ground | None = None,
) -> Verdict:
    """Whether one category of a person's data may go to one recipient for one purpose, on what basis, and why (not).

    `restricted` None means that nobody has looked: that is a no.
    """
    if restricted is None:
        return _no("restriction_unknown")
    if restricted:
        return _no("restricted")
    if recipient is None or recipient.kind not in RECIPIENTS or not recipient.active:
        return _no("recipient_unknown")
    if category not in CATEGORIES:
        return _no("category_unknown")
    if purpose not in PURPOSES:
        return _no("purpose_unknown")
    strong = ground is not None and ground.basis in STRONG
    decision = latest(decisions, recipient.kind, purpose, at)
    said = decision.event if decision else "undecided"
    if said in ("refused", "withdrawn") and not strong:
        return _no(said)
    pledged = recipient.pledge_until is not None and in_japan(at).date() <= recipient.pledge_until
    if not pledged and not strong:
        return _no("no_pledge" if recipient.pledge_until is None else "pledge_expired")
    if ground is not None:
        return _on_ground(ground)
    if said != "given":
        return _no(said)
    return Verdict("allow", "consent", "given") if category in COVERED else _no("not_in_notice")


def may_refer(consent: str) -> Verdict:
    """Whether a professional may be told of a case, by the decision taken for exactly that.

    The wish to be referred is kept whatever was decided; only `given` lets anything leave the municipality.
    """
    return Verdict("allow", "consent", "given") if consent == "given" else _no(consent or "undecided")


def standing(decisions: Iterable[Decision], at: datetime, purpose: str = "survivor_support") -> dict[str, str]:
    """Recipient class -> what holds now, for the classes that were decided."""
    kept = list(decisions)
    found = ((who, latest(kept, who, purpose, at)) for who in RECIPIENTS)
    return {who: decision.event for who, decision in found if decision is not None}


def _on_ground(ground: Ground) -> Verdict:
    if ground.basis not in GROUNDS:
        return _no("ground_unknown")
    if len(ground.reason.strip()) < MIN_REASON:
        return _no("reason_too_short")
    # Danger to life does not wait for a second signature: it is asked for within 24 hours (PR-06).
    if ground.basis == "clear_benefit" and ground.approved_by < 1:
        return _no("second_approval_missing")
    return Verdict("allow", ground.basis, "ground_named")


def _no(reason: str) -> Verdict:
    return Verdict("deny", "", reason)


# --- the chain ------------------------------------------------------------------------------------------------

_IN_HASH = (
    "tenant_id", "conversation_id", "recipient", "event", "purpose", "notice_text_id", "method", "channel", "locale",
    "actor", "recorded_by",
)  # fmt: skip
"""Not `case_id`: a decision made before the case is adopted by it later. Nor `id`, which the database gives."""


def link(prev_hash: str, event: Mapping[str, Any]) -> str:
    """The hash of one consent event: over its content and the hash before it, SHA-256 hex."""
    content = [prev_hash, round(event["at"].timestamp() * 1000), *(event[name] for name in _IN_HASH)]
    if event.get("explained_by"):
        content.append(event["explained_by"])
    return hashlib.sha256(orjson.dumps(content)).hexdigest()


def first_broken(events: Iterable[Mapping[str, Any]]) -> int | None:
    """Place of the first event of one chain that was changed, or follows a removed one; None when all hold."""
    prev = FIRST
    for place, event in enumerate(events):
        if event["prev_hash"] != prev or event["hash"] != link(prev, event):
            return place
        prev = event["hash"]
    return None


def text_id(notice: str, version: int, locale: str, body: str) -> str:
    """The id under which the exact words of a notice are kept once."""
    return sha256("\0".join((notice, str(version), locale, body)))


def sha256(words: str) -> str:
    """What stands for exact words in a list (PR-03)."""
    return hashlib.sha256(words.encode()).hexdigest()
