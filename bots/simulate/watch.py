"""What must hold at every moment of a simulation. A broken rule ends it, with the seed and the household."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import exists, func, or_, select

from backend.campaigns.calling_back import KEY
from backend.campaigns.ladder import Hours
from backend.campaigns.models import approach, campaign, member
from backend.campaigns.run import LADDER
from backend.campaigns.switch import standing
from backend.cases.models import answer, case
from backend.contacts import rules
from backend.contacts.models import contact
from backend.contacts.promises import PROMISE
from backend.db import reading
from backend.followups.models import due
from backend.journal.models import conversation, inbox, message
from backend.messages import OutMessage
from backend.tasks.models import task
from backend.visits.models import visit
from bots.simulate.people import Home
from bots.simulate.town import Town, district_of


class Broken(AssertionError):
    """A rule did not hold."""


class Watch:
    """Looks over the platforms' shoulder, and into the records."""

    def __init__(self, town: Town, hours: Hours) -> None:
        self._town, self._hours = town, hours
        self._seed = town.homes[0].seed
        self._by_address = {home.address: home for home in town.homes if home.address}
        self._keys: set[str] = set()
        self.refused: dict[str, datetime] = {}
        """By address, since when nothing may be said by itself."""
        self.stopped = False
        self.said: Counter[str] = Counter()
        """Events that each household sent, by address."""
        self.given: dict[tuple[str, str], str] = {}
        """(address, field) of the answers that must be in the records."""

    def broken(self, what: str, home: Home | None = None) -> Broken:
        whom = f" household {home.number + 1} ({home.kind})" if home else ""
        return Broken(f"seed {self._seed}:{whom} {what} ({self._town.clock():%Y-%m-%d %H:%M} UTC)")

    def sent(self, channel: str, address: str, key: str, _messages: tuple[OutMessage, ...]) -> None:
        """Something was taken by a platform."""
        home = self._by_address.get(address)
        if key in self._keys:
            raise self.broken("was sent the same message twice", home)
        self._keys.add(key)
        if address in self.refused:
            raise self.broken("was written to by the software after refusing", home)
        if key.startswith(KEY):
            if not self._hours.open(self._town.clock()):
                raise self.broken("was written to in the quiet hours", home)
            if self.stopped:
                raise self.broken("was written to while everything is stopped", home)

    def look(self, begun: int) -> None:
        """Into the records. `begun`: how many districts have their campaign."""
        self._switch()
        self._once()
        self._next_step(begun)
        self._answers()

    def _switch(self) -> None:
        with reading(self._town.shell.engine).connect() as c:
            if (standing(c, self._town.tenant_id)["stopped_at"] is not None) != self.stopped:
                raise self.broken("the switch is not where it was left")

    def _once(self) -> None:
        said = select(approach.c.person_id).where(approach.c.posted_at.is_not(None)).group_by(
            approach.c.campaign_id, approach.c.person_id, approach.c.step).having(func.count() > 1)
        with reading(self._town.shell.engine).connect() as c:
            if c.execute(said.limit(1)).first() is not None:
                raise self.broken("one person had two messages of one step")

    def _next_step(self, begun: int) -> None:
        """Every household has something that will happen next, or a reason why nothing does."""
        on_ladder = exists().where(
            member.c.case_id == case.c.id, member.c.state == "going", member.c.campaign_id == campaign.c.id,
            campaign.c.state == "running", due.c.kind == LADDER, due.c.subject == func.cast(member.c.id, due.c.subject.type))
        waits = exists().where(task.c.case_id == case.c.id, task.c.done_at.is_(None))
        promised = exists().where(due.c.kind == PROMISE, due.c.subject == case.c.id)
        goes = exists().where(visit.c.case_id == case.c.id, visit.c.state.in_(("wanted", "planned")))
        reached = or_(case.c.first_contact_at.is_not(None), exists().where(
            conversation.c.case_id == case.c.id, conversation.c.last_heard_at.is_not(None)))
        reason = exists().where(contact.c.case_id == case.c.id, contact.c.result.in_((rules.REFUSED, rules.DIED)))
        lost = select(case.c.id).where(case.c.status == "open", ~on_ladder, ~waits, ~promised, ~goes, ~reached, ~reason)
        homes = {home.case_id: home for home in self._town.homes}
        districts = {district_of(home.number, len(homes)) for home in self._town.homes}
        begun_in = set(sorted(districts, key=lambda name: int(name.strip("第校区")))[:begun])
        with reading(self._town.shell.engine).connect() as c:
            for id in c.execute(lost).scalars():
                if district_of(homes[id].number, len(homes)) in begun_in:
                    raise self.broken("has no next step and no reason", homes[id])

    def _answers(self) -> None:
        """Whatever anybody said was heard, and what they answered stands in their records."""
        with reading(self._town.shell.engine).connect() as c:
            open_, failed = (c.execute(select(func.count()).select_from(inbox).where(one)).scalar_one()
                             for one in (inbox.c.done_at.is_(None), inbox.c.parked_at.is_not(None)))
            if open_ or failed:
                raise self.broken(f"{open_} events were not heard, {failed} could not be")
            heard: dict[str, int] = dict(c.execute(
                select(conversation.c.case_id, func.count()).join(message, message.c.conversation_id == conversation.c.id)
                .where(message.c.direction == "in", conversation.c.channel == "line").group_by(conversation.c.case_id)).all())
            kept = {(row[0], row[1]) for row in c.execute(select(answer.c.case_id, answer.c.field).distinct())}
        for address, many in self.said.items():
            home = self._by_address[address]
            if heard.get(home.case_id, 0) != many:
                raise self.broken(f"said {many} things, {heard.get(home.case_id, 0)} are in the records", home)
        for (address, name), _ in self.given.items():
            home = self._by_address[address]
            if (home.case_id, name) not in kept:
                raise self.broken(f"answered {name}, and it is not in the records", home)
