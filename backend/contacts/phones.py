"""Telephone numbers as the networks want them."""

from __future__ import annotations

import phonenumbers


def mobile(number: str | None) -> str:
    """A Japanese mobile number as +81…, or "" for landlines and what is no number."""
    try:
        parsed = phonenumbers.parse(number or "", "JP")
    except phonenumbers.NumberParseException:
        return ""
    # 060 since 2026, 070, 080, 090; number_type does not know the newest range yet.
    national = str(parsed.national_number)
    if parsed.country_code != 81 or len(national) != 10 or national[:2] not in ("60", "70", "80", "90"):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
