"""Who looked at whom can be read afterwards."""

from __future__ import annotations

from sqlalchemy import select, update

from backend.app import Shell
from backend.audit.models import audit
from backend.console.routes import PAGES
from backend.staff.models import staff, staff_session
from tests.conftest import MovableClock
from tests.console.attacked import homes as homes
from tests.console.conftest import NewBrowser
from tests.console.test_policy import filled
from tests.console.world import Home

NAME_NOBODY = {
    "/console/exports/{id}", "/console/exports/{id}/file", "/console/live/exports/{id}", "/console/days/{id}/display",
    "/console/live/days/{id}/display",
}  # fmt: skip
"""Pages about one thing that show no household: how far an export is (the one here has no file yet; fetching one is `export.fetched`), the called numbers."""


def test_every_page_about_a_person_leaves_a_trace_and_no_refused_one_does(
    homes: dict[str, Home], new_browser: NewBrowser, shell: Shell, clock: MovableClock
) -> None:
    worker, stranger = new_browser("caseworker"), new_browser("caseworker-next-door")

    def traces(of: str) -> set[str]:
        with shell.engine.connect() as c:
            who = c.execute(select(staff.c.id).where(staff.c.login == of)).scalar_one()
            rows = c.execute(select(audit.c.action).where(audit.c.staff_id == who, audit.c.action.like("%viewed"))).all()
        return {row.action for row in rows}

    untraced = set()
    for page in PAGES:
        if page.method == "GET" and "{id}" in page.path and "caseworker" in page.roles:
            assert stranger.client.get(filled(page.path, homes["tsunagi"])).status_code == 404
            clock.move(minutes=11)
            with shell.engine.begin() as c:
                c.execute(update(staff_session).values(seen_at=clock()))
                before = len(c.execute(select(audit.c.id)).all())
            assert worker.client.get(filled(page.path, homes["tsunagi"])).status_code == 200, page.path
            with shell.engine.connect() as c:
                if len(c.execute(select(audit.c.id)).all()) == before:
                    untraced.add(page.path)
    assert untraced == NAME_NOBODY
    assert traces("caseworker") >= {"case.viewed", "attachment.viewed", "campaign.viewed", "meeting.viewed"}
    assert traces("caseworker-next-door") == set()
