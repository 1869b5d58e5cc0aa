"""`/chat/return`: back into a case with its number and a one-time code from staff. The number alone opens nothing."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from backend import ids
from backend.booth.models import case_binding
from backend.cases.models import case
from backend.cases.rules import read_case_number
from backend.elsewhere import from_elsewhere, host, longer_than
from backend.journal.ingest import address_index
from backend.journal.models import conversation
from backend.messages import RawEvent
from backend.staff.codes import take_code
from backend.staff.models import binding_code
from backend.staff.policy import resident
from bots.clean import clean
from bots.web import visitor as visitors
from bots.web.desk import Desk, see
from bots.web.limits import Tries
from bots.web.parse import body_came
from bots.web.visitor import CHAT

MOST_WRONG = 10
"""Wrong tries a day for one case number from one address; and for one code, whatever happens to this process."""
MOST_WRONG_OF_ADDRESS = 300
"""Wrong tries a day from one address, whatever the number: a whole shelter comes from one, and may mistype."""
MOST_BYTES = 4096

NO_CASE = "-"
"""Stands for a number that names no case: the same statements run for it."""


class Comeback:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.by_number = Tries(MOST_WRONG)
        self.by_address = Tries(MOST_WRONG_OF_ADDRESS)

    @resident
    async def back(self, request: Request) -> Response:
        desk = self.desk
        visitor = await desk.visitor(request, CHAT)
        if request.method != "POST":
            shown = desk.pages.show(request, visitor, "return.html", wrong=False, number="")
            return desk.known(request, shown, visitor, CHAT)
        if not desk.by_address.take(host(request), desk.shell.clock()):  # each try writes
            return desk.pages.show(request, visitor, "note.html", 429, note="slow")
        if longer_than(request, MOST_BYTES):
            return desk.pages.show(request, visitor, "note.html", 413, note="problem")
        form = await request.form(max_files=0, max_fields=10)
        fields = {name: clean(value) for name, value in form.items() if isinstance(value, str)}
        token = visitors.cookie_of(request, desk.shell, CHAT)
        if from_elsewhere(request, desk.shell.settings.public_url) or not visitors.form_token_fits(desk.shell, token, fields.get("csrf", "")):
            shown = desk.pages.show(request, visitor, "note.html", 403, note="stale")
            return desk.known(request, shown, visitor, CHAT)
        number, code = fields.get("number", "")[:40], fields.get("code", "")[:40]
        opened = await run_in_threadpool(self._open, host(request), number, code, desk.shell.clock())
        if opened is None:
            # One answer for a wrong number, a wrong code, an old code and a locked one (PR-33).
            return desk.pages.show(request, visitor, "return.html", 403, wrong=True, number=number)
        fresh, came = opened
        await desk.stored([came])
        response = see("/chat#now")
        visitors.set_cookie(response, desk.shell, CHAT, fresh)
        return response

    def _open(self, address: str, typed: str, code: str, now: datetime) -> tuple[str, RawEvent] | None:
        number = read_case_number(typed) or NO_CASE
        key = ids.hashed(f"{number}|{address}")
        # The look-up runs for a locked number as well: being locked takes no other time and gives no other answer.
        locked = self.by_number.locked(key, now) or self.by_address.locked(address, now)
        token = ids.token()
        with self.desk.shell.engine.begin() as connection:
            case_id = _redeem(connection, number, "" if locked else code, now, counts=not locked)
            if not case_id:
                self.by_number.wrong(key, now)
                self.by_address.wrong(address, now)
                return None
            found, home = self._conversation(connection, token, case_id, now)
            visitors.forget_others(connection, token, found, now)
        visitors.bind(self.desk.shell.engine, token, found, CHAT, now)
        came = RawEvent("web", home, ids.hashed(f"return|{token}"), now, body_came("return"))
        return token, came

    def _conversation(self, connection: Connection, token: str, case_id: str, now: datetime) -> tuple[str, str]:
        """Id and address of the case's web conversation: the last one, or a new one joined to the case.

        Never one that a code from the booth or a letter bound: it is another person's telephone, and what is said there is theirs.
        """
        shell = self.desk.shell
        others = select(case_binding.c.conversation_id).where(case_binding.c.case_id == case_id)
        known = connection.execute(
            select(conversation.c.id, conversation.c.address)
            .where(conversation.c.case_id == case_id, conversation.c.channel == "web", conversation.c.id.not_in(others))
            .order_by(conversation.c.last_event_at.desc(), conversation.c.id)
            .limit(1)
        ).first()
        if known is not None:
            return known.id, known.address
        owner = connection.execute(select(case.c.tenant_id).where(case.c.id == case_id)).scalar_one()
        address = visitors.address_for(shell, token)
        id = ids.new()
        connection.execute(
            insert(conversation).values(
                id=id, tenant_id=owner, channel="web", case_id=case_id, created_at=now, address=address,
                address_index=address_index(address),
            )
        )
        return id, address


def _redeem(connection: Connection, number: str, code: str, now: datetime, *, counts: bool) -> str:
    """The case that number and code open, or ""; a wrong try is counted at the case's codes.

    Whoever is locked out does not count (`counts`): with nothing but a number they could end every code that staff give the household.
    """
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", code))
    mine = select(case.c.id).where(case.c.number == number)
    # Locked, so that guesses made at the same time are counted one after another.
    tries = max(
        connection.execute(
            select(binding_code.c.tries)
            .where(binding_code.c.purpose == "case", binding_code.c.case_id.in_(mine), binding_code.c.expires_at > now)
            .with_for_update()
        ).scalars(),
        default=0,
    )
    # Two municipalities of one deployment may have used the same number.
    for case_id in connection.execute(mine).scalars().all() or [NO_CASE]:
        if take_code(connection, digits, purpose="case", now=now, scope=case_id) and tries < MOST_WRONG:
            return str(case_id)
    connection.execute(
        update(binding_code)
        .where(binding_code.c.purpose == "case", binding_code.c.case_id.in_(mine), binding_code.c.used_at.is_(None))
        .values(tries=binding_code.c.tries + (1 if counts else 0))
    )
    return ""
