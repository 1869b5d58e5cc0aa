"""A telephone number, checked with Google's numbering plans (phonenumbers), Japan where no country is said."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat

from dialogs.core.reading.text import normalise

_LONG_SOUND = re.compile(r"(?<=\d) ?[ー~〜.・] ?(?=\d)")

_WRITTEN = re.compile(r"(?:\+ ?)?\(?\d(?:[ \-()]{0,2}\d){6,16}")


def read_phone(text: str) -> str | None:
    """The number as people of Japan write it (090-1234-5678), one abroad with its country (+84 …).

    None where there is no valid number, or more than one. 110 and other short numbers are none.
    """
    number = _number(text)
    if number is None:
        return None
    form = PhoneNumberFormat.NATIONAL if number.country_code == 81 else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def phone_e164(text: str) -> str | None:
    """The same number as machines compare it (+819012345678)."""
    number = _number(text)
    return None if number is None else str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _number(text: str) -> phonenumbers.PhoneNumber | None:
    said = _LONG_SOUND.sub("-", normalise(text))
    found: dict[str, phonenumbers.PhoneNumber] = {}
    for written in _WRITTEN.findall(said) if len(said) <= 100 else ():
        try:
            number = phonenumbers.parse(written, "JP")
        except phonenumbers.NumberParseException:
            return None
        if not (phonenumbers.is_valid_number(number) or _looks_mobile(number)):
            return None
        found[str(number)] = number
    return next(iter(found.values())) if len(found) == 1 else None


def _looks_mobile(number: phonenumbers.PhoneNumber) -> bool:
    """050/060/070/080/090 and eight digits. New blocks are given out before the library knows them."""
    return number.country_code == 81 and re.fullmatch("[56789]0[0-9]{8}", str(number.national_number)) is not None
