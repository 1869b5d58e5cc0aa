"""ShowNotice, RecordConsent, WithdrawConsent: what was shown in which exact words, and what was decided on it."""

from __future__ import annotations

from backend.consent import service as consent
from backend.conversations.hearing import PAGE, Hearing
from backend.conversations.say import speak
from dialogs.core.effects import RecordConsent, ShowNotice, WithdrawConsent
from dialogs.core.heard import ConsentKept


def show(hearing: Hearing, effect: ShowNotice) -> None:
    """Say the notice and log its exact words as shown."""
    body = speak(hearing, effect.text)
    text = consent.keep_text(hearing.batch, effect.notice, effect.version, hearing.locale, body)
    consent.shown(hearing.batch, hearing.conversation["id"], text, hearing.channel)


def record(hearing: Hearing, effect: RecordConsent) -> None:
    """Keep a decision with the hash of the words it answers (PR-03)."""
    _decide(hearing, effect.recipient, effect.decision, _asked(hearing, effect))


def withdraw(hearing: Hearing, effect: WithdrawConsent) -> ConsentKept:
    """Effective at once for every later share; whoever has seen something already is named (PR-04)."""
    hearing.batch.flush()
    classes = consent.given_by(hearing.batch.connection, hearing.conversation)
    chosen = classes if effect.recipient == "all" else (effect.recipient,)
    for recipient in chosen:
        _decide(hearing, recipient, "withdrawn", None)
    return ConsentKept(consent.revoke_referrals(hearing.batch, hearing.office, hearing.conversation, chosen))


def _asked(hearing: Hearing, effect: RecordConsent) -> str:
    body = hearing.render(effect.text)
    return consent.keep_text(hearing.batch, effect.notice, effect.version, hearing.locale, body)


def _decide(hearing: Hearing, recipient: str, event: str, text: str | None) -> None:
    consent.record(
        hearing.batch, hearing.conversation, recipient=recipient, event=event, notice_text_id=text,
        method="web" if hearing.channel == "web" or hearing.surface == PAGE else "chat", channel=hearing.channel,
        locale=hearing.locale, actor=hearing.session.speaker,
    )  # fmt: skip
