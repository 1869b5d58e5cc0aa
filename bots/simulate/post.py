"""Letters: once a week those that are due are printed and brought to the post, as the page of a campaign's letters has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from backend.campaigns import letters
from backend.campaigns.models import letter, member
from backend.db import reading
from bots.simulate.town import Town


class Post:
    """Whoever prints and posts. The paper itself is left out: nobody reads it."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def goes(self, case_ids: Collection[str]) -> list[str]:
        """Post what is due to these cases and take off the list who needs no letter or has no address; those it was posted to."""
        town, engine = self._town, self._town.shell.engine
        by_campaign: dict[str, set[str]] = defaultdict(set)
        with reading(engine).connect() as c:
            for row in c.execute(select(member.c.campaign_id, member.c.case_id).where(member.c.case_id.in_(list(case_ids)))):
                by_campaign[row.campaign_id].add(row.case_id)
        went: list[str] = []
        for campaign_id, chosen in sorted(by_campaign.items()):
            try:
                run = letters.print_some(engine, town.clock, town.planner, campaign_id, chosen, lambda _: b"%PDF")
            except letters.CannotSend:
                run = ""
            if run:
                with reading(engine).connect() as c:
                    mine = {row.id: row.case_id for row in c.execute(select(letter.c.id, letter.c.case_id).where(letter.c.run == run))}
                letters.posted(engine, town.clock, town.planner, campaign_id, run, set(mine))
                went += mine.values()
            letters.take_off(engine, town.clock, town.planner, campaign_id)
        return sorted(went)
