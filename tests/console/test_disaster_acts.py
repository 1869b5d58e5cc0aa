"""Acts and extended deadlines: entered by staff, dated, with who changed what; every open case is looked at again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select

from backend.app import Shell
from backend.audit.models import audit
from backend.followups.models import due
from backend.tenants.models import disaster
from tests.console.conftest import Browser, MakeStaff, NewBrowser

HOME = "/console/acts"
ACTS = {"relief_act_applied": "yes", "recovery_support_act_applied": "yes"}


@pytest.fixture
def admin(shell: Shell, tenant_id: str, make_staff: MakeStaff, new_browser: NewBrowser) -> Browser:
    make_staff("admin", "administrator")
    make_staff("hanako")
    with shell.engine.begin() as c:
        c.execute(insert(disaster).values(
            id="d", tenant_id=tenant_id, name={"ja": "6月の大雨"}, happened_on=date(2026, 6, 20), prefecture="40", municipality="40202",
            acts={"relief_act_applied": True}))
    return new_browser("admin").open(HOME)


def now(shell: Shell) -> tuple[object, object]:
    with shell.engine.connect() as c:
        row = c.execute(select(disaster)).one()
    return row.acts, row.extended_deadlines


def test_what_was_decided_is_dated_and_says_who_entered_it(shell: Shell, admin: Browser) -> None:
    admin.send(HOME, **ACTS, decided_on="2026-07-03", source="県告示第120号", program_0="emergency_repair", day_0="2027-03-31",
               program_1="livelihood_recovery_grant", part_1="basic", day_1="2028-01-31")  # fmt: skip
    assert now(shell) == (
        {"relief_act_applied": True, "recovery_support_act_applied": True},
        {"emergency_repair": "2027-03-31", "livelihood_recovery_grant.basic": "2028-01-31"},
    )
    assert admin.has("被災者生活再建支援法", "adminさん", "決定日", "県告示第120号", "「住宅の応急修理」の期限", "2027-03-31", "基礎支援金")
    with shell.engine.connect() as c:
        assert [row.kind for row in c.execute(select(due))] == ["reassess"]
        assert "disaster.decided" in list(c.execute(select(audit.c.action)).scalars())


def test_an_extension_reaches_the_page_of_the_program(admin: Browser) -> None:
    admin.send(HOME, **ACTS, program_0="emergency_repair", day_0="2030-03-31")
    assert admin.open("/console/programs/emergency_repair").has("2030年3月31日")


def test_emptied_it_is_taken_back_and_stays_in_the_history(shell: Shell, admin: Browser) -> None:
    admin.send(HOME, **ACTS, program_0="emergency_repair", day_0="2027-03-31")
    admin.send(HOME, **ACTS, program_0="emergency_repair", day_0="")
    assert now(shell)[1] == {}
    assert admin.html.count("「住宅の応急修理」の期限") == 2


def test_nothing_changed_writes_nothing(shell: Shell, admin: Browser) -> None:
    admin.send(HOME, relief_act_applied="yes")
    assert admin.has("まだ変更はありません")
    with shell.engine.connect() as c:
        assert c.execute(select(disaster.c.version)).scalar_one() == 1 and not c.execute(select(due.c.id)).all()


@pytest.mark.parametrize(
    "typed",
    [
        {"program_0": "emergency_repair", "day_0": "来月"}, {"program_0": "no_such_program", "day_0": "2027-03-31"},
        {"program_0": "emergency_repair", "part_0": "all of it", "day_0": "2027-03-31"}, {"decided_on": "きのう"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_nothing_is_kept(shell: Shell, admin: Browser, typed: dict[str, str]) -> None:
    admin.send(HOME, **ACTS, **typed)
    assert admin.status == 422 and admin.has("保存していません")
    assert now(shell) == ({"relief_act_applied": True}, {})


def test_two_people_at_once_the_second_is_told(shell: Shell, admin: Browser) -> None:
    stale = admin.hidden(HOME)
    admin.open(HOME)
    admin.send(HOME, **ACTS)
    assert admin.client.post(HOME, data={**stale, "relief_act_applied": "no"}).status_code == 409


def test_a_caseworker_reads_it_and_cannot_change_it(admin: Browser, new_browser: NewBrowser) -> None:
    page = new_browser("hanako").open(HOME)
    assert page.has("災害救助法") and not page.has(f'action="{HOME}"')


def test_what_the_settings_page_changes_is_in_the_history_too(admin: Browser) -> None:
    admin.open("/console/settings").send(
        "/console/settings/disaster", name_ja="6月の大雨", happened_on="2026-06-20", prefecture="40", municipality="40202",
        houterasu_designated="yes", relief_act_applied="yes",
    )  # fmt: skip
    assert admin.open(HOME).has("法テラス", "adminさん")
