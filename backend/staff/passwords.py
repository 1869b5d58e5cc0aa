"""Passwords of staff accounts: hashed with argon2id, judged by length and not by composition."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
"""ASVS 6.2.1 asks for 8 and recommends 15; twelve characters that a person can remember beat eight with a `!`."""
LONGEST = 200

_hasher = PasswordHasher()
_PARTS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread aloud: no i, l, o, 0, 1


def hashed(password: str) -> str:
    """The argon2id hash to store, its settings and salt included."""
    return _hasher.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether this is the password. Takes the same time for a wrong one as for the right one."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def waste_time(password: str) -> None:
    """As long as a real check takes, for logins that do not exist: they must not be told apart."""
    fits(_nobody(), password)


def is_old(password_hash: str) -> bool:
    """Made with weaker settings than today's: hash again while the password is at hand."""
    return _hasher.check_needs_rehash(password_hash)


def one_time() -> str:
    """A first password to hand over on paper: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_PARTS) for _ in range(4)) for _ in range(4))


def recovery() -> str:
    """A code on paper for a lost telephone: two groups of five, about 50 bits behind the lock on wrong tries."""
    return "-".join("".join(secrets.choice(_PARTS) for _ in range(5)) for _ in range(2))


def objection(password: str, login: str) -> str:
    """The text key of what is wrong with a new password, or nothing."""
    if len(password) < SHORTEST:
        return "console.password.too_short"
    if len(password) > LONGEST:
        return "console.password.too_long"
    if login.casefold() in password.casefold():
        return "console.password.has_login"
    if len(set(password)) < 5:
        return "console.password.too_simple"
    return ""


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe())
