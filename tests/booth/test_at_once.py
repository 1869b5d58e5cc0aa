"""Several hands on one thing at the same moment, on SQLite and on PostgreSQL: done once, counted every time."""

import threading

from sqlalchemy import select

from backend.audit import service as audit
from backend.booth import drafts, intake, links
from backend.booth.drafts import Clash, Finished
from backend.booth.intake import Explained
from backend.booth.models import case_link, case_lock
from backend.cases.models import case
from backend.db import is_postgres
from tests.booth.conftest import HANA
from tests.conversations.meanwhile import Aside


def together(many, act):
    """Let `act(number)` run in so many threads that begin at once; what each returned or raised."""
    ready, got = threading.Barrier(many), [None] * many

    def run(number):
        ready.wait()
        try:
            got[number] = act(number)
        except Exception as error:
            got[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_a_form_that_four_tabs_finish_is_one_case(booth):
    mori, town = booth.staff("森"), booth.town
    with town.engine.begin() as connection:
        draft = drafts.begin(connection, mori, at=town.clock())
    got = together(4, lambda _: intake.finish(town.engine, town.clock, town.words, mori, draft, 1, HANA, Explained(mori.id, "oral")))
    cases = [one for one in got if isinstance(one, str)]
    assert len(cases) == 1 == len(town.rows(case)), got
    assert {one.case_id for one in got if isinstance(one, Finished)} == set(cases)


def test_tabs_that_save_at_once_lose_nothing_unseen(booth):
    mori, town = booth.staff("森"), booth.town
    with town.engine.begin() as connection:
        draft = drafts.begin(connection, mori, at=town.clock())
    fields = ("name", "phone", "disaster_address", "wishes", "worries", "special_care")
    got = together(6, lambda number: drafts.save(town.engine, town.clock, mori, draft, 1, {fields[number]: f"{number}", "head_name": f"{number}"}))
    taken = [number for number, one in enumerate(got) if isinstance(one, int)]
    assert len(taken) == 1 and sum(isinstance(one, Clash) for one in got) == 5, "one name was first, the others are told"
    alone = together(6, lambda number: drafts.save(town.engine, town.clock, mori, draft, 1, {fields[number]: f"{number}"}))
    assert all(isinstance(one, int) for one in alone)
    with town.engine.begin() as connection:
        row = drafts.draft_for(connection, mori, draft, town.clock())
    assert {key: drafts.merge.now(row["fields"])[key] for key in fields} == {key: str(number) for number, key in enumerate(fields)}


def test_two_phones_that_answer_at_once_are_one_binding(booth):
    mori, town = booth.staff("森"), booth.town
    case_id = booth.seed(mori)
    booth.link(mori, case_id)
    link_id = town.row(case_link)["id"]

    def answer(_):
        with town.engine.begin() as connection:
            return links.attempt(connection, link_id, ("birth", "1955-05-03"), town.clock())

    got = together(6, answer)
    assert sum(isinstance(one, links.Opened) for one in got) == 1 and got.count(None) == 5, got


def test_guesses_made_at_once_are_all_counted(booth):
    """A thousand machines are not a thousand times ten tries."""
    mori, town = booth.staff("森"), booth.town
    case_id = booth.seed(mori)
    for _ in range(3):
        booth.link(mori, case_id)
    ids = [row["id"] for row in town.rows(case_link)]

    def guess(number):
        with town.engine.begin() as connection:
            return links.attempt(connection, ids[number % 3], ("birth", f"1960-01-{number + 1:02d}"), town.clock())

    got = together(16, guess)
    assert got == [None] * 16
    assert town.row(case_lock)["tries"] == links.MOST_WRONG
    with town.engine.begin() as connection:
        assert links.attempt(connection, ids[0], ("birth", "1955-05-03"), town.clock()) is None, "the right one comes too late"


def test_a_phone_that_is_bound_beside_others_keeps_the_trail_from_nobody(booth):
    """The worker takes many chats at once: while it waits for a case that staff hold, it must not hold what they need to end."""
    mori, town = booth.staff("森"), booth.town
    mine, other = booth.seed(mori), booth.seed(mori, name="佐藤 一郎", birth_date="昭和20年1月2日")
    phone = town.person("phone", "web").does(kind="came", args=[booth.link(mori, mine).token])
    ichiro = town.person("ichiro", "web").does(kind="came", args=[booth.link(mori, other).token]).says("1945-01-02")
    town.put("web", phone.address, {"kind": "said", "args": ["1955-05-03"]})
    town.put("web", ichiro.address, {"kind": "said", "args": ["人と話したい"]})
    worker = Aside(town.engine, town.work)
    with town.engine.begin() as connection:
        connection.execute(select(case.c.id).where(case.c.id == other).with_for_update(key_share=True)).one()
        if is_postgres(connection):
            worker.begin()
            assert not worker.done, "it has come to wait for the case"
        audit.record(connection, tenant_id=town.tenant_id, staff_id=mori.id, action="case.changed", object_kind="case", object_id=other, at=town.clock())
    worker.over()
    assert phone.conversation["case_id"] == mine
    with town.engine.connect() as connection:
        assert audit.verify(connection, town.tenant_id) is None
