"""How many passwords and codes one sender may get wrong: in memory, so that a guesser costs no write and leaves no thousand lines in the trail."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=15)
MOST_OF_SENDER = 50
"""From one line, whichever the account: a town hall comes in by one, and people mistype."""
MOST_OF_BROWSER = 5
"""From a browser that is known for the account (`browsers.py`): as many as an account has."""
MOST_KEPT = 50_000


class Guesses:
    """Counted when a guess is made, so that a thousand at once are no more than a thousand in a row; a right one is given back."""

    def __init__(self, most: int, within: timedelta = WITHIN) -> None:
        self._most, self._within = most, within
        self._made: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def take(self, key: str, at: datetime) -> bool:
        """Whether `key` may guess once more."""
        count, since = self._made.pop(key, (0, at))
        if at - since >= self._within:
            count, since = 0, at
        allowed = count < self._most
        self._made[key] = (count + 1 if allowed else count, since)
        if len(self._made) > MOST_KEPT:
            self._made.popitem(last=False)
        return allowed

    def right(self, key: str) -> None:
        """It was no guess."""
        if (made := self._made.get(key)) is not None:
            self._made[key] = (max(0, made[0] - 1), made[1])
