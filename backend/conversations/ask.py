"""Ask: the open question with its buttons."""

from __future__ import annotations

from collections.abc import Iterable

from backend.conversations.hearing import Hearing
from backend.messages import Button, OutMessage
from backend.words import Catalogues
from dialogs.core.effects import Ask
from dialogs.core.words import Option


def ask(hearing: Hearing, effect: Ask) -> None:
    """Put the question to the person, and remember what its buttons are called."""
    words = hearing.words
    message = hearing.put(lambda locale: question(words, effect, locale))
    if effect.field:
        hearing.notes.pop("labels", None)
    else:
        # What a press on these buttons is called in the history: they name no field whose options say it.
        hearing.notes["labels"] = [effect.step, {button.data.rsplit("|", 1)[-1]: button.label for button in message.numbered}]


def question(words: Catalogues, asked: Ask, locale: str) -> OutMessage:
    """The question in one language. The ids travel in the buttons; labels are only words."""

    def buttons(options: Iterable[Option]) -> tuple[Button, ...]:
        head = f"{asked.session}|{asked.step}|"
        return tuple([Button(words.word(option.label, locale), head + option.id) for option in options])

    return OutMessage(
        text=words.render(asked.text, locale), locale=locale, numbered=buttons(asked.options),
        aside=buttons(asked.aside), picked=asked.picked, wants=asked.wants, step=asked.step, session=asked.session,
        field=asked.field, progress=asked.progress, key=asked.text.key,
    )  # fmt: skip
