"""What follows at once from what somebody noted: an alarm, a question for a person, silence, the next rung.

The same whether it is noted on the case page or told at a door.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from backend.campaigns.models import member
from backend.contacts import rules
from backend.conversations.offices import Office
from backend.followups.models import due
from backend.journal.batch import Batch
from backend.journal.models import conversation
from backend.tasks.models import task
from backend.tasks.raising import raise_task

LADDER = "ladder"
"""Kind of the ladder's due rows (`campaigns/run.py`); their subject is the member."""
CHECK = "check"
"""Kind of the task: something that a person has to find out."""
TOPICS = {rules.MOVED: "moved", rules.WRONG_ADDRESS: "wrong_address", rules.DIED: "died"}


def follow(batch: Batch, office: Office, case_id: str, result: str, channel: str) -> None:
    """Danger rings those on duty. Whoever moved is asked for by a person; after a death the software says nothing any more."""
    if result == rules.DANGER:
        raise_task(batch, office, "red", topic="visit" if channel == "visit" else "noted", case_id=case_id)
    topic = TOPICS.get(result)
    if topic is not None and not _waits(batch.connection, case_id, topic):
        raise_task(batch, office, CHECK, topic=topic, case_id=case_id)
    if result == rules.DIED:
        # A reminder on the telephone of somebody who died hurts those who are left. They are answered as ever when they write.
        batch.connection.execute(update(conversation).where(conversation.c.case_id == case_id).values(
            quiet=True, version=conversation.c.version + 1))
    if result == rules.WRONG_ADDRESS:
        _hurry(batch, case_id)


def _waits(connection: Connection, case_id: str, topic: str) -> bool:
    there = select(task.c.id).where(task.c.case_id == case_id, task.c.kind == CHECK, task.c.topic == topic, task.c.done_at.is_(None))
    return connection.execute(there.limit(1)).first() is not None


def _hurry(batch: Batch, case_id: str) -> None:
    """The letter did not arrive: the next rung need not wait for an answer to it."""
    going = select(member.c.id).where(member.c.case_id == case_id, member.c.state == "going", member.c.rung == "letter")
    subjects = [str(id) for id in batch.connection.execute(going).scalars()]
    mine = update(due).where(due.c.kind == LADDER, due.c.subject.in_(subjects), due.c.due_at > batch.now)
    batch.connection.execute(mine.values(due_at=batch.now, turn=due.c.turn + 1))
