"""SetLanguage: everything from here on is said in this language, letters and lists of the case included."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from backend.cases.models import case
from backend.conversations.hearing import Hearing
from dialogs.core.effects import SetLanguage


def set_language(hearing: Hearing, effect: SetLanguage) -> None:
    hearing.locale = effect.locale
    hearing.conversation["locale"] = effect.locale
    # Who answers for somebody else chooses for themselves.
    if hearing.conversation["case_id"] and hearing.session.speaker == "self":
        hearing.batch.do(_FOLLOWS, {"_case": hearing.conversation["case_id"], "_locale": effect.locale})


_FOLLOWS = (
    update(case).where(case.c.id == bindparam("_case"), case.c.language_told.is_(False)).values(language=bindparam("_locale"))
)
