"""Those who write back: they answer the chat's questions until they are through, or stop in the middle."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.demo.resident import reply
from backend.messages import OutMessage, RawEvent
from bots.simulate.people import Home, Ways
from bots.simulate.pretend import PretendLine
from bots.simulate.watch import Watch
from dialogs.core.heard import Chose, Said

MOST_TURNS = 80
_SAY = {
    "language": "ja", "safe_now": "safe", "for_whom": "self", "contact_way": "here", "trouble": "home", "sharing": "nobody",
    "flood_level": "above_floor", "living_now": "home", "rebuild_method": "repair", "cards": "-leave",
    "household_includes": "none", "program_news": "yes", "disaster_address": "模擬市1番地", "damage_level": "half", "certificate": "issued",
}  # fmt: skip


@dataclass(slots=True)
class Talk:
    """One household's conversation. `stops_after`: how many answers they give."""

    home: Home
    stops_after: int
    wants_visit: bool
    turns: int = 0
    over: bool = False
    asked: OutMessage | None = None
    fields: set[str] = field(default_factory=set)


class Residents:
    """Everybody with a chat."""

    def __init__(self, line: PretendLine, watch: Watch, ways: Ways) -> None:
        self._line, self._watch, self._ways = line, watch, ways
        self.talks: dict[str, Talk] = {}
        self._unread: dict[str, list[OutMessage]] = defaultdict(list)

    @property
    def finished(self) -> int:
        return sum(talk.over and talk.turns < talk.stops_after for talk in self.talks.values())

    def reads(self, address: str, messages: tuple[OutMessage, ...]) -> None:
        """Something arrived on a phone."""
        if address in self.talks:
            self._unread[address] += messages

    def begins(self, home: Home, at: datetime) -> RawEvent:
        """They answer a message that nobody of theirs had asked for."""
        talk = self.talks.get(home.address)
        if talk is None:
            through = home.draw("finishes", 0) < self._ways.finishes
            stops = MOST_TURNS if through else 3 + int(home.draw("stops", 0) * 8)
            talk = self.talks[home.address] = Talk(home, stops, home.wants_more(self._ways))
        home.reached = True
        talk.over = False
        return self._event(home, at, Said("はい、見ました。"))

    def answer(self, at: datetime) -> list[RawEvent]:
        """What everybody writes who has a question on the screen."""
        events = []
        for address, messages in sorted(self._unread.items()):
            talk = self.talks[address]
            talk.asked = next((one for one in reversed(messages) if one.step), talk.asked)
            if talk.asked is None or talk.over:
                continue
            heard = self._next(talk, talk.asked)
            if heard is not None:
                events.append(self._event(talk.home, at, heard))
        self._unread.clear()
        return events

    def _next(self, talk: Talk, asked: OutMessage) -> Chose | Said | None:
        name = (asked.field or asked.step).rsplit(".", 1)[-1]
        talk.turns += 1
        if talk.turns > talk.stops_after or talk.turns > MOST_TURNS:
            talk.over = True
            return None
        if name == "offers":
            if not talk.wants_visit:
                talk.over = True
                return None
            talk.wants_visit = False
            return self._choose(asked, "visit")
        if name == "choice" and talk.home.draw("other day", talk.turns) < self._ways.other_day:
            talk.home.other_day = True
            return self._choose(asked, "other")
        said = reply(asked, {**_SAY, "name": talk.home.name, "name_kana": talk.home.kana, "household_size": "1" if talk.home.old_alone else "2",
                             "phone": talk.home.phone}.get(name, ""))
        ticked_only = asked.wants == "multi" and not (isinstance(said, Chose) and said.option == "-done")
        if asked.field in _KEPT and not ticked_only:
            self._watch.given[talk.home.address, asked.field] = name
        talk.asked = None
        return said if isinstance(said, Chose | Said) else None

    def _choose(self, asked: OutMessage, option: str) -> Chose | Said:
        said = reply(asked, option)
        assert isinstance(said, Chose | Said)
        return said

    def _event(self, home: Home, at: datetime, heard: Chose | Said) -> RawEvent:
        self._watch.said[home.address] += 1
        rest: dict[str, Any]
        if isinstance(heard, Chose):
            rest = {"postback": {"data": f"{heard.session}|{heard.step}|{heard.option}"}}
            return self._line.event(home.address, "postback", at, **rest)
        number = self._watch.said[home.address]
        rest = {"message": {"type": "text", "id": f"{home.number:06}{number:06}", "text": heard.text}}
        return self._line.event(home.address, "message", at, **rest)


_KEPT = frozenset({"trouble", "flood_level", "living_now", "rebuild_method", "contact_way", "safe_now"})
"""Fields that, once answered, must be found in the case."""
