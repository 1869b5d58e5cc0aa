"""Every effect and the one function that carries it out. An effect without one stops the build."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from backend.conversations import (
    attachments,
    consents,
    facts,
    humans,
    language,
    page,
    programs,
    reminders,
    visiting,
)
from backend.conversations.ask import ask
from backend.conversations.hearing import Hearing
from backend.conversations.say import say
from dialogs.core import effects
from dialogs.core.heard import Heard

Handler: TypeAlias = Callable[[Hearing, Any], Heard | None]
"""Carries an effect out inside the turn's transaction; what it returns, the dialog hears next."""

HANDLERS: dict[type, Handler] = {
    effects.Say: say,
    effects.Ask: ask,
    effects.SaveFacts: facts.save,
    effects.WithdrawFacts: facts.withdraw,
    effects.ShowNotice: consents.show,
    effects.OpenCase: facts.open_case,
    effects.RecordConsent: consents.record,
    effects.WithdrawConsent: consents.withdraw,
    effects.FindPrograms: programs.find,
    effects.FindQuestions: programs.questions,
    effects.LookAtProgram: programs.look_at,
    effects.RemindBefore: programs.remind_before,
    effects.ListReminders: programs.list_reminders,
    effects.CancelReminder: programs.cancel_reminder,
    effects.Refer: humans.refer,
    effects.RequestVisit: humans.request_visit,
    effects.ChangeVisit: visiting.change,
    effects.CallHuman: humans.call,
    effects.Remind: reminders.remind,
    effects.StopMessages: reminders.stop_messages,
    effects.KeepAttachment: attachments.keep,
    effects.SetLanguage: language.set_language,
    effects.OpenSecurePage: page.open_page,
    effects.ReturnToChat: page.return_to_chat,
}
