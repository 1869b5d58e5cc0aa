"""Encryption at rest and blind indexes; the key lives outside the database.

Stored form: `key id (1 byte) | nonce (12) | AES-256-GCM ciphertext and tag`, with `table.column` as associated
data, so that a value moved to another column does not open. Every personal value, inbox and outbox payload and
session is stored so.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class CannotOpen(Exception):
    """A stored value does not open with the keys at hand (wrong TSUNAGI_SECRET_KEY, or the value was changed)."""


def _derive(secret: str, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=b"tsunagi/1", info=purpose.encode()).derive(secret.encode())


class Keyring:
    """The keys of one deployment, derived from its secrets: the first seals, all open (for rotation)."""

    def __init__(self, *secrets_: str) -> None:
        if not secrets_ or not secrets_[0]:
            raise ValueError("a keyring needs at least one secret")
        self._sealers = {number: AESGCM(_derive(s, "seal")) for number, s in enumerate(reversed(secrets_), 1)}
        self._current = len(secrets_)
        self._index = _derive(secrets_[-1], "blind index")
        self._mac = _derive(secrets_[0], "mac")

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = _nonce()
        return bytes([self._current]) + nonce + self._sealers[self._current].encrypt(nonce, plain, place.encode())

    def seal_all(self, plains: Sequence[bytes], place: str) -> list[bytes]:
        """`seal` for many values of one place, at half of what it costs each of them."""
        head, encrypt, about = bytes([self._current]), self._sealers[self._current].encrypt, place.encode()
        random = os.urandom(12 * len(plains))
        nonces = [random[at : at + 12] for at in range(0, len(random), 12)]
        return [head + nonce + encrypt(nonce, plain, about) for nonce, plain in zip(nonces, plains, strict=True)]

    def open(self, sealed: bytes, place: str) -> bytes:
        sealer = self._sealers.get(sealed[0]) if sealed else None
        if sealer is None:
            raise CannotOpen(place)
        try:
            return sealer.decrypt(sealed[1:13], sealed[13:], place.encode())
        except InvalidTag as wrong:
            raise CannotOpen(place) from wrong

    def index(self, value: str, place: str) -> str:
        """A keyed look-up value for `value`: equal values give equal indexes, and nothing can be read back."""
        text = unicodedata.normalize("NFKC", value).strip().casefold()
        return hmac.digest(self._index, f"{place}\0{text}".encode(), "sha256").hex()[:32]

    def number(self, word: str, place: str) -> int:
        """`index` as a signed number of 64 bits, for words that are folded already."""
        made = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8, key=self._index, person=_short(place))
        return int.from_bytes(made.digest(), "big", signed=True)

    def sign(self, message: str, purpose: str) -> str:
        """A signature for things that leave and come back (cookies, form tokens)."""
        return hmac.new(self._mac, f"{purpose}\0{message}".encode(), hashlib.sha256).hexdigest()


_nonces: list[bytes] = []
os.register_at_fork(after_in_child=_nonces.clear)  # a nonce used twice would open both values


def _nonce() -> bytes:
    """12 random bytes. The system is asked for many at once: that costs as much as sealing a short value."""
    try:
        return _nonces.pop()
    except IndexError:
        random = os.urandom(12 * 256)
        _nonces.extend(random[at : at + 12] for at in range(0, len(random), 12))
        return os.urandom(12)


@cache
def _short(place: str) -> bytes:
    return hashlib.blake2b(place.encode(), digest_size=16).digest()


_ring: Keyring | None = None


def use(ring: Keyring) -> None:
    """Set the keyring that columns use. Called by the composition root, once per process."""
    global _ring
    _ring = ring


def ring() -> Keyring:
    if _ring is None:
        raise RuntimeError("no keyring: the composition root calls crypto.use(Keyring(secret)) first")
    return _ring


class SealedText(TypeDecorator[str]):
    """A string column that is encrypted at rest. `place` is `table.column`."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else ring().seal(value.encode("utf-8", "replace"), self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else ring().open(bytes(value), self.place).decode()


class Recent(dict[str, Any]):
    """A JSON object that whoever sealed it may soon want back, with what it was made from. Nobody changes it."""


MOST_RECENT = 2_000


class SealedJson(TypeDecorator[Any]):
    """A JSON column that is encrypted at rest. `place` is `table.column`.

    The last `MOST_RECENT` `Recent` objects that this process sealed come back as they are: what is stored names them,
    since no two sealings give the same bytes. A conversation that goes on is not opened and read anew at every turn.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self._recent: OrderedDict[bytes, Recent] = OrderedDict()

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        sealed = ring().seal(orjson.dumps(value), self.place)
        if isinstance(value, Recent):
            self._recent[sealed] = value
            if len(self._recent) > MOST_RECENT:
                self._recent.popitem(last=False)
        return sealed

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if self._recent and (known := self._recent.get(bytes(value))) is not None:
            return known
        return orjson.loads(ring().open(bytes(value), self.place))
