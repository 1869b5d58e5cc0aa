"""Towns are built quickly, and the tests' own keys come back after them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import argon2
import pytest

from backend import crypto
from backend.crypto import Keyring
from backend.staff import passwords


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch, keyring: Keyring) -> Iterator[None]:
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)
    crypto.use(keyring)
