"""The municipality's templates of replies, in every language that staff can write them in."""

from __future__ import annotations

from starlette.responses import Response

from backend.console.desk import Desk
from backend.console.page import Page
from backend.replies import service
from backend.replies.service import LONGEST, NoText
from backend.staff.roles import CARRIES_CASES, OPENS_CASES

REPLIES = "/console/replies"


def show(desk: Desk, wrong: bool = False, status: int = 200) -> Response:
    with desk.reading() as c:
        kept = service.templates_of(c, desk.staff.tenant_id)
    return desk.page("replies/replies.html", status, templates=kept, locales=desk.shell.words.locales, wrong=wrong, sent=dict(desk.form))


def keep(desk: Desk) -> Response:
    texts = {locale: desk.sent(f"text_{locale}", LONGEST) for locale in desk.shell.words.locales}
    try:
        with desk.writing() as c:
            service.keep(
                c, tenant_id=desk.staff.tenant_id, template_id=desk.sent("template", 26), name=desk.sent("name", 60), texts=texts,
                by=desk.staff.id, version=desk.number("version"), at=desk.now,
            )  # fmt: skip
    except NoText:
        return show(desk, True, 422)
    return desk.to(REPLIES)


def retire(desk: Desk) -> Response:
    with desk.writing() as c:
        service.retire(
            c, tenant_id=desk.staff.tenant_id, template_id=desk.sent("template", 26), by=desk.staff.id, version=desk.number("version"),
            at=desk.now,
        )  # fmt: skip
    return desk.to(REPLIES)


PAGES = (
    Page("GET", REPLIES, show, OPENS_CASES),
    Page("POST", REPLIES, keep, CARRIES_CASES),
    Page("POST", f"{REPLIES}/retire", retire, CARRIES_CASES),
)
