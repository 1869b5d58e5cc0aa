"""What the result of an approach means. Pure."""

from __future__ import annotations

CHANNELS = ("chat", "sms", "email", "letter", "phone", "visit", "booth", "other")
OUT, IN = "out", "in"

SENT, UNKNOWN, BLOCKED, NO_CHANNEL, NOT_SENT = "sent", "unknown", "blocked", "no_channel", "not_sent"
MET, ANSWERED, WORD, REFUSED, AGAIN = "met", "answered", "word", "refused", "again"
ABSENT, CARD_LEFT, MOVED, UNSAFE = "absent", "card_left", "moved", "unsafe"
WRONG_NUMBER, WRONG_ADDRESS, DANGER, VACANT, DIED = "wrong_number", "wrong_address", "danger", "vacant", "died"

MACHINE = (SENT, UNKNOWN, BLOCKED, NO_CHANNEL, NOT_SENT)
"""How a message of the software ended; never typed in by anybody."""
NOTED = (MET, ANSWERED, WORD, ABSENT, CARD_LEFT, REFUSED, AGAIN, MOVED, VACANT, WRONG_NUMBER, WRONG_ADDRESS, UNSAFE, DANGER, DIED)
"""What staff note. `word`: a neighbour or a paper note said that they are there. `again`: after a refusal, they may be
written to again. `wrong_address`: a letter came back (宛先不明)."""
RESULTS = (*MACHINE, *NOTED)

SPOKEN = frozenset({MET, ANSWERED, REFUSED, AGAIN})
"""Somebody of the household spoke or wrote: first contact."""
NO_LIFE = frozenset({DIED, MOVED, VACANT, WRONG_NUMBER, WRONG_ADDRESS, UNSAFE, ABSENT, CARD_LEFT, *MACHINE})

APPOINTMENT = "appointment"
BY_CLOCK = ("deadline", "news", "reminder", APPOINTMENT)
"""`contact.step` of what the clock tells by itself, beside the rungs of a campaign's ladder."""

BY_STAFF = ("phone", "visit", "letter", "booth", "other", "chat", "sms", "email")
"""Channels in the order in which the form offers them."""


def is_life(direction: str, result: str) -> bool:
    """Whether it shows that somebody is there. "Sent" and "read" do not."""
    return result in SPOKEN or result == WORD or (direction == IN and result not in NO_LIFE)


def is_first_contact(direction: str, result: str) -> bool:
    """Whether somebody and the household spoke or wrote. A neighbour's word is a sign of life, not a contact."""
    return result in SPOKEN or (direction == IN and result == DANGER)


def direction_of(result: str) -> str:
    """Who moved: what somebody tells us comes in, everything else was our approach."""
    return IN if result == WORD else OUT


LIFE = tuple(result for result in RESULTS if is_life(OUT, result))
"""Results that are a sign of life whatever the direction: for queries."""
