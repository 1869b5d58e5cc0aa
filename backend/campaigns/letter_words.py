"""What stands on a letter to one household: Japanese, and below it the language that they read; and printing them so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from backend.booth.addresses import addresses
from backend.campaigns import letters, service
from backend.campaigns.letters import Addressed
from backend.campaigns.saying import letter_said
from backend.clock import in_japan
from backend.conversations.offices import Office, read_office
from backend.db import Row, reading
from backend.forms.letter import Letter
from backend.forms.letter import letters as set_letters
from backend.forms.wording import era_day
from backend.people.postal import split_postal
from backend.staff.roles import Staff
from backend.words import Catalogues
from dialogs.core.words import PERSONAL, Arg, Text

if TYPE_CHECKING:
    from backend.app import Shell


def print_letters(shell: Shell, staff: Staff, campaign_id: str, chosen: Collection[str]) -> str:
    """Print a campaign's letters to the `chosen` cases; returns the printing's id. Raises `CannotSend`, `CannotPrint`, `NotForYou`."""
    with reading(shell.engine).begin() as connection:
        row = service.find(connection, staff, campaign_id)
        office = read_office(connection, staff.tenant_id, shell.clock())
    return letters.print_some(shell.engine, shell.clock, staff, row["id"], chosen,
                              lambda some: set_letters([written(shell, office, row, one) for one in some]))  # fmt: skip


def written(shell: Shell, office: Office, row: Row, one: Addressed) -> Letter:
    """The letter to one household: Japanese, and below it the language that they read."""
    words, home = shell.words, one.home
    reads = home.locale if home.locale in words.locales else "ja"
    subject, said = letter_said(words, office, row["words"], "ja")
    beside = (*letter_said(words, office, row["words"], reads), _how(words, one, reads)) if reads != "ja" else None
    place: dict[str, Arg] = {"municipality": office.about.name, "phone": office.about.phone, "hours": office.about.hours}
    code, address = split_postal(home.address, office.about.name.in_locale("ja"))
    return Letter(
        address, home.name, subject, said, str(words.render(Text("letter.from", place), "ja")),
        office.about.phone, str(words.render(Text("letter.hours", place), "ja")), era_day(in_japan(shell.clock()).date()),
        codes=_codes(shell, office, one.token, reads), code_words=_how(words, one, "ja"), beside=beside, beside_lang=reads, postal_code=code, mark=home.number)  # fmt: skip


def _how(words: Catalogues, one: Addressed, locale: str) -> str:
    """What the code does; one that opens their own case asks for the birth date, and only for so long."""
    if not one.token:
        return str(words.render(Text("letter.code"), locale))
    return str(words.render(Text("letter.code.own", {"until": in_japan(one.until).date()}), locale))


def _codes(shell: Shell, office: Office, token: str, locale: str) -> Sequence[tuple[str, str]]:
    """(label, address) for each chat of this deployment; without a token they open an empty chat.

    With one, only chats that may carry a birth date: nobody has told these readers any digits.
    """
    settings, words = shell.settings, shell.words
    if token:
        found = [(channel, address) for channel, address in addresses(settings, words, token, locale).items()
                 if office.limits(channel).max_in >= PERSONAL]
    else:
        line = [("line", f"https://line.me/R/ti/p/{quote(settings.line_basic_id)}")] if settings.line and settings.line_basic_id else []
        found = [*line, ("web", f"{settings.public_url}/chat/")]
    return [(str(words.render(Text(f"console.booth.paper.{channel}"), "ja")), address) for channel, address in found]
