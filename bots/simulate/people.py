"""Who lives where, and how they answer: invented, and the same for the same seed. Pure.

What somebody does at the n-th visit is drawn from the seed, the household and n alone: the same household opens the same door
whatever ladder is climbed, so that two ladders can be compared.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from backend.contacts import rules
from bots.simulate import published

HOME, VACANT, MOVED, REFUSES, CALMS, DIED, NEVER, LOST = "home", "vacant", "moved", "refuses", "calms", "died", "never", "lost"
SHUT = (REFUSES, CALMS)
"""Who refuses, for good or the first time."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a town's people answer, as parts of one.

    The first block follows from Omuta's figures (`published.py` says how). Omuta had no chat: the second block is assumed,
    and is printed with the figures.
    """

    vacant: float = published.VACANT
    moved: float = published.MOVED
    refuses: float = published.REFUSES
    calms: float = published.CALMS
    """Of those who refuse: not any more when somebody comes again."""
    died: float = published.DIED
    never: float = published.NEVER
    lost: float = published.LOST
    opens_first: float = published.FIRST_DOOR
    opens: float = published.LATER
    answers_call: float = published.LATER
    answers_letter: float = published.LETTER
    follow_up: float = published.FOLLOW_UP

    chat: float = 0.40
    """Has added the town's account."""
    chat_old_alone: float = 0.15
    answers_message: float = 0.35
    answers_reminder: float = 0.20
    answers_sms: float = 0.10
    """Telephones back."""
    mobile: float = 0.70
    other_day: float = 0.05
    """Asks for another day when told of a visit in the chat."""
    finishes: float = 0.80
    """Of those who begin to answer in the chat; the others stop in the middle."""
    old_alone: float = 0.18


ASSUMED = ("chat", "chat_old_alone", "answers_message", "answers_reminder", "answers_sms", "other_day", "finishes")


@dataclass(slots=True)
class Home:
    """One household, and what has happened at it so far."""

    number: int
    of: int
    """How many households the town has."""
    seed: str
    kind: str
    old_alone: bool
    chat: bool
    mobile: bool
    case_id: str = ""
    address: str = ""
    """What the platform knows them by; "" without chat."""
    visits: int = 0
    calls: int = 0
    letters: int = 0
    follow_ups: int = 0
    heard: dict[str, int] = field(default_factory=dict)
    """Messages of each rung that were taken in."""
    reached: bool = False
    over: bool = False
    refused: bool = False
    other_day: bool = False
    """They asked for a visit on another day than the one they were told."""
    asked: str = ""
    """The question that is on their screen; only with a conversation under way."""

    @property
    def name(self) -> str:
        return f"{_FAMILY[self.number % len(_FAMILY)]} {_GIVEN[self.number // len(_FAMILY) % len(_GIVEN)]}"

    @property
    def kana(self) -> str:
        return f"{_FAMILY_KANA[self.number % len(_FAMILY)]} {_GIVEN_KANA[self.number // len(_FAMILY) % len(_GIVEN)]}"

    @property
    def phone(self) -> str:
        number = 10_000_000 + self.number
        digits = f"{number:08}"
        return f"080-{digits[:4]}-{digits[4:]}" if self.mobile else f"0944-{50 + self.number // 9000:02}-{self.number % 9000 + 1000:04}"

    def draw(self, what: str, turn: int) -> float:
        """A number in [0, 1) that belongs to this household, this act and this time; evenly spread over the town."""
        return (_places(self.seed, what, turn, self.of)[self.number] + 0.5) / self.of

    def days(self, what: str, turn: int, first: int, last: int) -> timedelta:
        return timedelta(days=first + int(self.draw(what, turn) * (last - first + 1)))

    # --- what they do -------------------------------------------------------------------------------------------

    def opens(self, ways: Ways, day: date) -> str:
        """What is met at the door: a result of `backend.contacts.rules`."""
        self.visits += 1
        first = self.visits == 1
        if self.kind == DIED:
            return rules.DIED if day >= FIRST_FOUND else rules.ABSENT
        if self.kind == NEVER:
            return rules.ABSENT
        if self.kind == LOST or (self.kind == MOVED and first):
            return rules.MOVED
        if self.kind == VACANT and first and not self.reached:
            return rules.VACANT
        likely = ways.opens_first if first else ways.opens
        if self.draw("door", self.visits) >= likely and not self.reached and self.kind not in SHUT:
            return rules.CARD_LEFT
        return self._spoken(rules.MET)

    def called(self, ways: Ways) -> str:
        """What a call ends with."""
        self.calls += 1
        if self.kind in (DIED, NEVER, LOST):
            return rules.ABSENT
        if self.draw("call", self.calls) >= ways.answers_call:
            return rules.ABSENT
        return self._spoken(rules.ANSWERED)

    def got_letter(self, ways: Ways) -> bool:
        """Whether a letter is answered: some days later."""
        self.letters += 1
        return self.kind not in (DIED, NEVER, LOST, *SHUT) and self.draw("letter", self.letters) < ways.answers_letter

    def answers(self, ways: Ways, rung: str) -> bool:
        """Whether a message makes them answer."""
        turn = self.heard[rung] = self.heard.get(rung, 0) + 1
        likely = {"chat": ways.answers_message, "remind": ways.answers_reminder, "other": ways.answers_sms}[rung]
        return self.kind not in (DIED, NEVER, LOST, *SHUT) and self.draw(rung, turn) < likely

    def wants_more(self, ways: Ways) -> bool:
        """Whether another visit is agreed on."""
        self.follow_ups += 1
        return self.draw("again", self.follow_ups) < ways.follow_up

    def _spoken(self, result: str) -> str:
        if self.kind == REFUSES or (self.kind == CALMS and not self.refused and not self.reached):
            self.refused = True
            return rules.REFUSED
        self.reached = True
        self.refused = False
        return result


@cache
def _places(seed: str, what: str, turn: int, count: int) -> Sequence[int]:
    """The town's households in another order for every act and time: a town of this size then answers as the average town."""
    places = array("l", range(count))
    random.Random(f"{seed}:{what}:{turn}").shuffle(places)  # noqa: S311  not a secret
    return places


FIRST_FOUND = date(2021, 4, 1)
"""None of the 39 was known by the end of FY2020, all by the end of FY2021."""


def homes(seed: str, count: int, ways: Ways) -> Iterator[Home]:
    """The households of the list, in its order."""
    calm = ways.refuses * ways.calms
    parts = ((VACANT, ways.vacant), (MOVED, ways.moved), (REFUSES, ways.refuses - calm), (CALMS, calm), (DIED, ways.died), (NEVER, ways.never),
             (LOST, ways.lost))
    kinds = [kind for kind, part in parts for _ in range(round(part * count))]
    kinds = (kinds + [HOME] * count)[:count]
    random.Random(f"{seed}:kinds").shuffle(kinds)  # noqa: S311
    for number, kind in enumerate(kinds):
        chance = random.Random(f"{seed}:{number}")  # noqa: S311
        alone = kind == DIED or chance.random() < ways.old_alone
        chat = chance.random() < (ways.chat_old_alone if alone else ways.chat) and kind != DIED
        yield Home(number, count, seed, kind, alone, chat, chance.random() < ways.mobile)


_FAMILY = ("山田", "佐藤", "鈴木", "田中", "高橋", "伊藤", "渡辺", "中村", "小林", "加藤", "吉田", "松本", "井上", "木村", "清水", "森")
_FAMILY_KANA = ("やまだ", "さとう", "すずき", "たなか", "たかはし", "いとう", "わたなべ", "なかむら", "こばやし", "かとう", "よしだ", "まつもと",
                "いのうえ", "きむら", "しみず", "もり")
_GIVEN = ("花子", "一郎", "和子", "健", "幸子", "正", "恵", "勇", "直子", "実", "久美", "茂", "明", "静", "誠")
_GIVEN_KANA = ("はなこ", "いちろう", "かずこ", "けん", "さちこ", "ただし", "めぐみ", "いさむ", "なおこ", "みのる", "くみ", "しげる", "あきら",
               "しず", "まこと")

START = published.BEGAN
