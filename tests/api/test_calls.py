"""What a municipality's own program does: follow changes, write with versions, read problems in sentences."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from backend.api import pace
from backend.api.call import BASE
from backend.api.pace import Pace
from backend.api.routes import CALLS
from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import case, internal_note
from backend.staff.policy import policy_of, routes_of
from backend.tenants.models import district
from tests.api.program import Program, program_of, token_for
from tests.conftest import MovableClock
from tests.console.conftest import PASSWORD, MakeStaff, NewBrowser
from tests.console.world import Home, settle


def problem(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json" and answer.json()["title"]
    return str(answer.json()["type"].rpartition("/")[2])


def test_a_case_with_its_person_and_answers(program: Program, home: Home, shell: Shell) -> None:
    got = program.get(f"/cases/{home.ids['case']}")
    assert got.json()["person"]["name"] == "山田 花子" and got.headers["etag"] == '"1"'
    said = {one["field"]: one for one in program.pages(f"/cases/{home.ids['case']}/answers")}
    assert said["damage_level"]["value"] == "half" and said["debts"]["state"] == "declined" and said["debts"]["value"] is None
    with shell.engine.begin() as c:
        assert "case.viewed" in c.execute(select(audit.c.action)).scalars().all(), "a look is a look, by a program too"


def test_a_change_names_the_version_it_was_made_to(program: Program, home: Home) -> None:
    path = f"/cases/{home.ids['case']}"
    assert problem(program.ask("PATCH", path, {"district": "緑町"})) == "no_version"
    changed = program.ask("PATCH", path, {"district": "緑町"}, version=1)
    assert changed.json()["district"] == "緑町" and changed.json()["version"] == 2 and changed.headers["etag"] == '"2"'
    late = program.ask("PATCH", path, {"district": "川上"}, version=1)
    assert late.status_code == 409 and problem(late) == "conflict"
    assert program.get(path).json()["district"] == "緑町"


def test_what_was_written_here_stands_in_the_console(program: Program, home: Home, new_browser: NewBrowser, shell: Shell) -> None:
    path = f"/cases/{home.ids['case']}"
    assert program.ask("POST", f"{path}/notes", {"text": "鍵は隣家に。"}).status_code == 201
    assert program.ask("POST", f"{path}/categories", {"category": 3, "note": "家が未定"}, version=1).status_code == 201
    written = program.ask("POST", f"{path}/policies", {"based_on": 0, "policy": "月1回訪問する", "as_of": "2026-07-06"})
    assert written.json() == {"number": 1}
    assert program.get(path).json()["category"] == 3
    assert program.get(f"{path}/policies").json()["items"][0]["policy"] == "月1回訪問する"
    assert {one["kind"] for one in program.pages(f"{path}/record")} >= {"category", "policy"}
    with shell.engine.begin() as c:
        assert c.execute(select(internal_note.c.text)).scalars().all() == ["鍵は隣家に。"]


def test_a_task_is_taken_and_done(program: Program, home: Home) -> None:
    waiting = program.pages("/tasks")
    assert [one["kind"] for one in waiting] == ["refer"]
    assert program.ask("POST", f"/tasks/{home.ids['task']}/acknowledge").json()["acked_at"]
    assert program.ask("POST", f"/tasks/{home.ids['task']}/finish").json()["done_at"]
    assert program.pages("/tasks") == [] and len(program.pages("/tasks?done=yes")) == 1


def test_a_referral_is_accepted_only_with_a_yes(program: Program, home: Home) -> None:
    mark = f"/referrals/{home.ids['referral']}/mark"
    assert problem(program.ask("POST", mark, {"state": "accepted", "recipient": "0" * 26}, version=1)) == "invalid"
    assert program.ask("POST", mark, {"state": "accepted"}, version=1).json()["state"] == "accepted"
    assert problem(program.ask("POST", mark, {"state": "done"}, version=1)) == "conflict"


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{", "not_json"), (b"[" * 50_000, "not_json"), (b"\xff", "not_json"), (b"[]", "invalid"), (b"{}", "invalid"),
     (b'{"text": ""}', "invalid"), (b'{"text": "a", "king": 1}', "invalid"), (b'{"text": {"$ne": 1}}', "invalid"),
     (b'{"text": "' + b"x" * 300_000 + b'"}', "too_large")],
)  # fmt: skip
def test_bodies_that_cannot_be_used_are_told_so_in_a_sentence(
    body: bytes, kind: str, program: Program, home: Home, shell: Shell
) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Content-Type": "application/json"}
    answer = program.client.post(f"{BASE}/cases/{home.ids['case']}/notes", content=body, headers=headers)
    assert problem(answer) == kind and answer.status_code < 500
    with shell.engine.begin() as c:
        assert c.execute(select(internal_note)).first() is None


def test_a_problem_does_not_repeat_what_was_sent(program: Program, home: Home) -> None:
    answer = program.ask("POST", f"/cases/{home.ids['case']}/notes", {"text": 5, "山田花子": "090-1234-5678"})
    assert "090" not in answer.text and answer.json()["errors"]


# --- pages ---------------------------------------------------------------------------------------------------------


def test_nothing_is_skipped_or_told_twice_while_others_write(
    program: Program, home: Home, shell: Shell, tenant_id: str, clock: MovableClock
) -> None:
    for number in range(7):
        clock.move(minutes=number % 2)  # some in the same moment
        settle(shell, tenant_id, "同じ 時", number=f"T-{number}")
    first = program.get("/cases?limit=3").json()
    clock.move(minutes=1)
    settle(shell, tenant_id, "新しい 人", number="T-new")
    second = program.get(f"/cases?limit=3&after={first['next']}").json()
    third = program.get(f"/cases?limit=3&after={second['next']}").json()
    seen = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert len(seen) == len(set(seen)) == 8 and third["next"] == ""


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=１", "after=x", "after=" + "A" * 500])
def test_a_page_that_cannot_be_is_refused(query: str, program: Program) -> None:
    assert problem(program.get(f"/cases?{query}")) == "invalid"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(after=st.text(max_size=60), path=st.sampled_from(["/cases", "/tasks", "/referrals", "/visits"]))
def test_no_place_that_somebody_makes_up_breaks_a_list(after: str, path: str, program: Program) -> None:
    answer = program.client.get(f"{BASE}{path}", params={"after": after}, headers={"Authorization": f"Bearer {program.token}"})
    assert answer.status_code in (200, 422, 429)


def test_a_program_that_runs_in_circles_is_told_to_wait(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: 1.0))  # however slow this machine is
    answers = [program.get("/me") for _ in range(135)]
    slow = next(answer for answer in answers if answer.status_code == 429)
    assert problem(slow) == "too_many" and int(slow.headers["retry-after"]) >= 1


def test_the_pace_is_each_tokens_own() -> None:
    pace = Pace(burst=2, per_second=0.001)
    assert [pace.wait("a") for _ in range(2)] == [0, 0] and pace.wait("a") > 0 and pace.wait("b") == 0


# --- the description -----------------------------------------------------------------------------------------------


def test_the_description_tells_of_exactly_the_routes_there_are(program: Program) -> None:
    told = program.get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    served = {
        (method, route.path) for route in routes_of(program.client.app) if route.path.startswith(BASE)
        for method in route.methods - {"HEAD"}
    }  # fmt: skip
    assert described == served - {("GET", f"{BASE}/openapi.json")}
    for route in routes_of(program.client.app):
        if route.path.startswith(BASE):
            policy = policy_of(route)
            assert policy is not None and policy.kind == "token" and policy.roles


def test_every_reference_and_parameter_of_the_description_is_there(program: Program) -> None:
    told = program.get("/openapi.json").json()
    refs: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            refs.extend(value for key, value in part.items() if key == "$ref")
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(told)
    assert refs and all(ref.rpartition("/")[2] in told["components"]["schemas"] for ref in refs)
    names = [one["operationId"] for methods in told["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names)) == len(CALLS)
    for path, methods in told["paths"].items():
        for one in methods.values():
            inside = {p["name"] for p in one.get("parameters", ()) if p["in"] == "path"}
            assert inside == {part.strip("{}") for part in path.split("/") if part.startswith("{")}
            assert one["description"] and one["summary"]


# --- tokens --------------------------------------------------------------------------------------------------------


def test_a_token_is_made_shown_once_used_and_revoked_in_the_console(
    home: Home, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell, app: TestClient
) -> None:
    from tests.console.conftest import PASSWORD

    make_staff("hanako")
    page = new_browser("hanako").open("/console/api")
    assert page.send("/console/api/create", name="集計", days="30", scope="cases:read", password="ちがう").status == 422
    page.open("/console/api").send("/console/api/create", name="集計", days="30", scope="cases:read", password=PASSWORD)
    token = page.html.split('class="one-time small">')[1].split("<")[0]
    program = Program(app, token)
    assert program.get("/cases").status_code == 200 and program.get("/tasks").status_code == 403
    assert program.get("/me").json()["scopes"] == ["cases:read"]
    listed = page.open("/console/api")
    assert listed.has("集計", token[-4:]) and token not in listed.html
    listed.send("/console/api/revoke")
    assert program.get("/cases").status_code == 401


def test_an_administrator_revokes_anybodys_token_and_others_only_their_own(
    program: Program, make_staff: MakeStaff, new_browser: NewBrowser, shell: Shell
) -> None:
    make_staff("admin", "administrator")
    make_staff("taro")
    admin, taro = new_browser("admin").open("/console/accounts"), new_browser("taro").open("/console/api")
    token = admin.hidden("/console/api/revoke")["id"]
    form = taro.hidden("/console/api/create")
    taro.client.post("/console/api/revoke", data={**form, "id": token})
    assert program.get("/me").status_code == 200
    admin.send("/console/api/revoke")
    assert program.get("/me").status_code == 401


def test_a_token_does_not_come_back_with_its_account(program: Program, shell: Shell, clock: MovableClock) -> None:
    """Whoever stole the password may have made a token with it: a new password, or opening the account again, gives none back."""
    from sqlalchemy import update

    from backend.staff import accounts
    from backend.staff.models import staff

    assert program.get("/me").status_code == 200
    with shell.engine.begin() as c:
        accounts.reset_staff(c, login="hanako", at=clock())
        c.execute(update(staff).values(must_change=False))
    assert program.get("/me").status_code == 401


@pytest.mark.parametrize("what", ["closed", "ended", "reset", "codes reset"])
def test_a_token_dies_with_its_account(what: str, program: Program, shell: Shell, clock: MovableClock) -> None:
    from sqlalchemy import update

    from backend.staff import accounts, totp
    from backend.staff.models import staff

    with shell.engine.begin() as c:
        me = c.execute(select(staff.c.id).where(staff.c.login == "hanako")).scalar_one()
        if what == "closed":
            accounts.end_staff(c, tenant_id="tenant-tsunagi", staff_id=me, at=clock(), by=None)
        elif what == "ended":
            c.execute(update(staff).values(ends_at=clock()))
        elif what == "codes reset":
            totp.reset(c, login="hanako", at=clock(), by=None)
        else:
            accounts.reset_staff(c, login="hanako", at=clock())
    assert program.get("/me").status_code == 401


def test_a_changed_password_ends_ones_own_tokens_and_another_role_the_tokens_and_windows(
    program: Program, shell: Shell, clock: MovableClock, new_browser: NewBrowser
) -> None:
    from backend.staff import accounts
    from backend.staff.models import staff, staff_session
    from backend.staff.terms import Terms, set_terms

    with shell.engine.begin() as c:
        me = c.execute(select(staff.c.id).where(staff.c.login == "hanako")).scalar_one()
        assert not accounts.change_password(c, staff_id=me, old=PASSWORD, new="くるみ-の-から-ひとつ", at=clock())
    assert program.get("/me").status_code == 401
    program = Program(program.client, token_for(shell, "hanako"))
    new_browser().log_in("hanako", "くるみ-の-から-ひとつ")

    def change(**terms: Any) -> int:
        with shell.engine.begin() as c:
            set_terms(c, tenant_id="tenant-tsunagi", staff_id=me, terms=Terms(**terms), at=clock(), by=None)
            return len(c.execute(select(staff_session.c.id).where(staff_session.c.staff_id == me)).all())

    assert change(role="caseworker", sent_by="隣の市") == 1 and program.get("/me").status_code == 200, "the same work goes on"
    assert change(role="booth") == 0 and program.get("/me").status_code == 401
    assert change(role="caseworker") == 0 and program.get("/me").status_code == 401, "and nothing comes back with the role"


def test_who_goes_on_with_a_household_reads_the_handover(program: Program, home: Home, shell: Shell) -> None:
    path = f"/cases/{home.ids['case']}"
    program.ask("POST", f"{path}/policies", {"based_on": 0, "policy": "月1回訪問する", "as_of": "2026-07-06"})
    program.ask("POST", f"{path}/record", {"text": "鍵の件で電話した。"})
    slip = program.ask("POST", f"{path}/record", {"text": "別の世帯の話。"}).json()["id"]
    program.ask("POST", f"{path}/record/strike", {"entry": slip})
    version = program.get(path).json()["version"]
    closed = program.ask("POST", f"{path}/close", {"reason": "community", "handed_to": "地域包括支援センター", "handover": "薬を見る"}, version=version)
    assert closed.status_code == 200
    told = program.get(f"{path}/handover")
    assert told.json()["person"]["name"] == "山田 花子" and told.json()["policy"]["policy"] == "月1回訪問する"
    assert (told.json()["end"]["handed_to"], told.json()["end"]["handover"]) == ("地域包括支援センター", "薬を見る")
    assert "鍵の件で電話した。" in told.text and "別の世帯の話。" not in told.text
    with shell.engine.begin() as c:
        assert c.execute(select(audit.c.object_id).where(audit.c.action == "case.handover_viewed")).scalars().all() == [home.ids["case"]]


def test_the_timeline_is_told_in_words_and_turned_back_page_by_page(program: Program, home: Home, clock: MovableClock) -> None:
    path = f"/cases/{home.ids['case']}"
    clock.move(hours=1)
    program.ask("POST", f"{path}/notes", {"text": "鍵は隣家に。"})
    clock.move(hours=1)
    program.ask("POST", f"{path}/record", {"text": "電話で話した。"})
    told = program.get(f"{path}/timeline").json()
    assert told["items"][0]["text"] == "電話で話した。" and [one["at"] for one in told["items"]] == sorted((one["at"] for one in told["items"]), reverse=True)
    assert all(one["what"] or one["text"] for one in told["items"]) and not told["more"]
    before = program.get(f"{path}/timeline?before={told['items'][0]['at']}").json()["items"]
    assert before == [one for one in told["items"] if one["at"] < told["items"][0]["at"]], "a plus sign in the address is one"
    kind = told["items"][0]["kind"]
    assert {one["kind"] for one in program.get(f"{path}/timeline?kind={kind}").json()["items"]} == {kind}
    for wrong in ("kind=owl", "before=yesterday", "before=2026-07-06T10:00:00"):
        assert problem(program.get(f"{path}/timeline?{wrong}")) == "invalid"


def test_what_one_had_made_is_listed_for_oneself(program: Program, home: Home, shell: Shell, app: TestClient, make_staff: MakeStaff) -> None:
    make_staff("taro")
    made = program.ask("POST", "/exports", {"form": "policy", "format": "xlsx", "case": home.ids["case"]}).json()["id"]
    (one,) = program.get("/exports").json()["items"]
    assert (one["id"], one["form"], one["format"], one["state"]) == (made, "policy", "xlsx", "done")
    assert program_of(shell, app, "taro").get("/exports").json()["items"] == []


def test_a_case_can_be_closed_and_reopened(program: Program, home: Home, shell: Shell, tenant_id: str) -> None:
    with shell.engine.begin() as c:
        c.execute(insert(district).values(id="d", tenant_id=tenant_id, name="緑町"))
        version = c.execute(select(case.c.version)).scalar_one()
    path = f"/cases/{home.ids['case']}"
    wrong = program.ask("POST", f"{path}/close", {"reason": "king"}, version=version)
    assert problem(wrong) == "refused" and wrong.json()["why"] == "reason"
    closed = program.ask("POST", f"{path}/close", {"reason": "rebuilt", "note": "自宅を再建"}, version=version)
    assert closed.status_code == 200 and closed.json()["status"] == "closed"
    again = program.ask("POST", f"{path}/reopen", {"note": "また困りごと"}, version=closed.json()["version"])
    assert again.json()["status"] == "open"
