"""A call centre's own program answers chats, keeps what was told by word of mouth, and sends nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from backend.api import once
from backend.api.call import BASE
from backend.api.models import api_once
from backend.app import Shell
from backend.audit.models import audit
from backend.cases.models import case, internal_note
from backend.clock import in_japan
from backend.consent.models import consent_event
from backend.journal.models import conversation, message
from backend.staff.models import staff
from backend.tasks.models import task
from tests.api.program import Program, program_of
from tests.booth.world import photo
from tests.chance import apart
from tests.conftest import MovableClock
from tests.console.conftest import MakeStaff, NewBrowser
from tests.console.world import Home, alert, stranger


def said(program: Program, home: Home) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get(f"/conversations/{home.ids['conversation']}").json()["messages"]
    return found


def test_a_chat_is_read_taken_over_answered_and_given_back(program: Program, home: Home, new_browser: NewBrowser) -> None:
    here = f"/conversations/{home.ids['conversation']}"
    first = said(program, home)
    assert (first[0]["text"], first[0]["japanese"], first[0]["state"]) == ("What is damaged?", "どこがこわれていますか。", "unknown")
    assert first[-1]["hidden"] and first[-1]["text"] == ""
    taken = program.ask("POST", f"{here}/hold").json()
    assert taken["held_by"] and [one["id"] for one in program.pages("/conversations?state=held")] == [home.ids["conversation"]]
    answered = program.ask("POST", f"{here}/replies", {"text": "We will call you tomorrow."})
    assert answered.status_code == 201 and said(program, home)[-1]["author"] == "staff"
    assert new_browser("hanako").open(f"/console/cases/{home.ids['case']}").has("We will call you tomorrow.")
    assert program.ask("POST", f"{here}/hand-back").json()["held_by"] is None
    assert program.ask("POST", f"{here}/replies", {"text": "  "}).status_code == 422


def test_what_a_colleague_holds_and_who_blocked_us_are_told_apart(
    program: Program, home: Home, shell: Shell, app: TestClient, make_staff: MakeStaff
) -> None:
    here = f"/conversations/{home.ids['conversation']}"
    program.ask("POST", f"{here}/hold")
    make_staff("taro")
    other = program_of(shell, app, "taro")
    late = other.ask("POST", f"{here}/replies", {"text": "もしもし"})
    assert (late.status_code, late.json()["why"]) == (409, "held") and other.ask("POST", f"{here}/hold").json()["why"] == "held"
    with shell.engine.begin() as c:
        c.execute(update(conversation).values(held_by=None, contact="blocked"))
    assert other.ask("POST", f"{here}/replies", {"text": "もしもし"}).json()["why"] == "blocked"
    assert not [one for one in said(other, home) if one["author"] == "staff"]


def test_people_without_a_case_are_for_those_who_carry_cases(
    program: Program, home: Home, shell: Shell, tenant_id: str, app: TestClient, make_staff: MakeStaff
) -> None:
    alone = stranger(shell, tenant_id, "助けて")
    assert {one["id"] for one in program.pages("/conversations")} == {home.ids["conversation"], alone}
    make_staff("lent", "operator")
    lent = program_of(shell, app, "lent")
    assert lent.pages("/conversations") == [] and lent.get(f"/conversations/{alone}").status_code == 404
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
    assert [one["id"] for one in program.pages("/conversations")] == [alone]
    assert program.get(f"/attachments/{home.ids['attachment']}").status_code == 403


def test_a_photo_is_fetched_and_that_is_written_down(program: Program, home: Home, shell: Shell) -> None:
    here = f"/attachments/{home.ids['attachment']}"
    got = program.get(here)
    assert got.content == b"\xff\xd8jpeg" and got.headers["content-disposition"] == "attachment"
    with shell.engine.begin() as c:
        assert c.execute(select(func.count()).where(audit.c.action == "attachment.viewed")).scalar_one() == 1


# --- once -----------------------------------------------------------------------------------------------------------


def again(program: Program, path: str, body: Any, key: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": key}
    answer: httpx.Response = program.client.post(f"{BASE}{path}", json=body, headers=headers)
    return answer


def test_what_is_sent_again_with_its_key_is_done_once_and_answered_the_same(
    program: Program, home: Home, shell: Shell, clock: MovableClock
) -> None:
    path, body = f"/cases/{home.ids['case']}/notes", {"text": "鍵は隣家に。"}
    first, second = (again(program, path, body, "note-1") for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json() == second.json()
    other = again(program, path, {"text": "別の話"}, "note-1")
    assert other.status_code == 422 and other.json()["errors"][0]["kind"] == "used_for_something_else"
    assert again(program, path, body, "x" * 201).status_code == 422
    with shell.engine.begin() as c:
        assert c.execute(select(func.count()).select_from(internal_note)).scalar_one() == 1
        kept = c.exec_driver_sql("SELECT answer FROM api_once").scalar_one()
        assert first.json()["id"] not in str(kept), "an answer is kept sealed"
    clock.move(days=2)
    assert again(program, path, body, "note-1").json() != first.json()


def test_an_act_whose_process_died_is_told_to_be_unknown_after_minutes_and_never_done_again(
    program: Program, home: Home, shell: Shell, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It died after the act and before its answer was kept: nothing but the records knows."""
    path, body = f"/cases/{home.ids['case']}/notes", {"text": "鍵は隣家に。"}
    began = in_japan(clock()).isoformat()
    with monkeypatch.context() as died:
        died.setattr(once, "keep", lambda *_: None)
        assert again(program, path, body, "note-1").status_code == 201

    def told() -> dict[str, Any]:
        answer = again(program, path, body, "note-1")
        assert answer.status_code == 409
        return dict(answer.json())

    clock.move(minutes=4)
    assert told()["why"] == "under_way"
    clock.move(minutes=2)
    assert (told()["why"], told()["began"]) == ("unknown", began) and "Idempotency-Key" in told()["detail"]
    other = again(program, path, {"text": "別の話"}, "note-1")
    assert other.status_code == 422, "the key stays that act's"
    with shell.engine.begin() as c:
        assert c.execute(select(func.count()).select_from(internal_note)).scalar_one() == 1
    assert again(program, path, body, "note-2").status_code == 201


def test_a_key_is_the_tokens_own_and_one_that_failed_may_be_used_again(
    program: Program, home: Home, shell: Shell, app: TestClient
) -> None:
    path = f"/conversations/{home.ids['conversation']}/replies"
    with shell.engine.begin() as c:
        c.execute(update(conversation).values(contact="blocked"))
    assert again(program, path, {"text": "もしもし"}, "k").status_code == 409
    with shell.engine.begin() as c:
        c.execute(update(conversation).values(contact="ok"))
    assert again(program, path, {"text": "もしもし"}, "k").status_code == 201
    assert again(program, path, {"text": "もしもし"}, "k").status_code == 201
    assert again(program_of(shell, app, "hanako"), path, {"text": "もしもし"}, "k").status_code == 201
    with shell.engine.begin() as c:
        assert c.execute(select(func.count()).where(message.c.author == "staff")).scalar_one() == 2


def test_two_at_the_same_moment_are_one(program: Program, home: Home, shell: Shell) -> None:
    path, body = f"/cases/{home.ids['case']}/notes", {"text": "鍵は隣家に。"}
    again(program, path, body, "k")
    with shell.engine.begin() as c:  # as if the first were still at work
        c.execute(update(api_once).values(answer=None))
    late = again(program, path, body, "k")
    assert (late.status_code, late.json()["why"]) == (409, "under_way")


# --- told by word of mouth ---------------------------------------------------------------------------------------------


def test_consent_is_kept_with_the_words_that_were_read_out(program: Program, home: Home, shell: Shell) -> None:
    path = f"/cases/{home.ids['case']}"
    asked = {one["recipient"]: one for one in program.get(f"{path}/consent-questions").json()["items"]}
    question = asked["npo"]
    assert question["locale"] == "en" and question["text"] != question["japanese"]
    other = program.ask("POST", f"{path}/consents", {"recipient": "npo", "event": "given", "read": "0" * 64})
    assert other.status_code == 409, "they would agree to words that they did not hear"
    kept = program.ask("POST", f"{path}/consents", {"recipient": "npo", "event": "given", "read": question["read"]})
    assert kept.status_code == 201 and program.get(f"{path}/consents").json()["standing"]["npo"] == "given"
    with shell.engine.begin() as c:
        (row,) = c.execute(select(consent_event).where(consent_event.c.recipient == "npo")).all()
        who = c.execute(select(staff.c.id).where(staff.c.login == "hanako")).scalar_one()
    assert (row.method, row.recorded_by) == ("staff", who)


def test_a_referral_is_put_before_a_partner_only_where_something_may_be_shown(program: Program, home: Home, shell: Shell) -> None:
    mark, partner = f"/referrals/{home.ids['referral']}/mark", home.ids["recipient"]
    assert program.ask("POST", mark, {"state": "asked"}, version=1).status_code == 422
    asked = program.ask("POST", mark, {"state": "asked", "recipient": partner}, version=1)
    assert (asked.status_code, asked.json().get("recipient_id"), asked.json().get("version")) == (200, partner, 2)
    with shell.engine.begin() as c:
        c.execute(update(case).values(restricted=True))
    assert program.ask("POST", mark, {"state": "asked", "recipient": partner}, version=2).status_code == 403


def test_an_alarm_is_judged_and_a_note_corrected(program: Program, home: Home, shell: Shell) -> None:
    red = alert(shell, home)
    assert program.ask("POST", f"/tasks/{red}/verdict", {"verdict": "false"}).json()["verdict"] == "false"
    assert program.ask("POST", f"/tasks/{red}/verdict", {"verdict": "maybe"}).status_code == 422
    path = f"/cases/{home.ids['case']}/notes"
    made = program.ask("POST", path, {"text": "鍵は隣家に。"}).json()["id"]
    assert program.ask("PATCH", path, {"note": made, "version": 1, "text": "鍵は実家に。"}).status_code == 204
    assert program.ask("PATCH", path, {"note": made, "version": 1, "text": "遅い"}).status_code == 409
    assert program.pages(path)[0]["text"] == "鍵は実家に。"


def test_what_was_done_on_an_earlier_day_and_struck(program: Program, home: Home, clock: MovableClock) -> None:
    path, today = f"/cases/{home.ids['case']}/record", clock().date()
    made = program.ask("POST", path, {"text": "電話で話した", "on": (today - timedelta(days=3)).isoformat()}).json()["id"]
    assert program.ask("POST", path, {"text": "明日の話", "on": (today + timedelta(days=3)).isoformat()}).status_code == 422
    assert program.ask("POST", f"{path}/strike", {"entry": made}).status_code == 204
    (row,) = [one for one in program.pages(path) if one["id"] == made]
    assert row["struck_at"] and row["at"].startswith((today - timedelta(days=3)).isoformat())
    review = f"/cases/{home.ids['case']}/review"
    assert program.ask("PUT", review, {"on": today.isoformat()}, version=1).status_code == 422


def test_members_live_elsewhere_and_come_back(program: Program, home: Home, shell: Shell) -> None:
    path = f"/cases/{home.ids['case']}/people"
    child = program.ask("POST", path, {"name": "山田 太郎", "relation": "child"}).json()["member"]
    assert program.ask("POST", f"{path}/split", {"members": ["0" * 26]}).status_code == 422
    apart = program.ask("POST", f"{path}/split", {"members": [child], "own_case": True}).json()["case"]
    assert [one["name"] for one in program.get(f"/cases/{apart}/people").json()["items"]] == ["山田 太郎"]
    assert program.ask("POST", f"{path}/rejoin", {"members": [child]}).json() == {"emptied": [apart]}
    with shell.engine.begin() as c:
        acts = c.execute(select(audit.c.action).where(audit.c.object_id == home.ids["case"])).scalars().all()
    assert acts.count("household.changed") == 3


def test_an_address_is_kept_and_set_aside_and_a_wrong_one_explained(program: Program, home: Home) -> None:
    path = f"/cases/{home.ids['case']}/ways"
    assert program.ask("POST", path, {"kind": "email", "address": "Hanako@Example.jp"}).status_code == 204
    wrong = program.ask("POST", path, {"kind": "sms", "address": "0952-12-3456"})
    assert wrong.status_code == 422 and wrong.json()["errors"] == [{"field": "address", "kind": "wrong_way"}]
    assert wrong.json()["detail"] and "0952" not in wrong.text, "a sentence that says what to mend"
    (way,) = program.get(path).json()["items"]
    assert way["address"] == "hanako@example.jp"
    assert program.ask("POST", f"{path}/aside", {"way": way["id"]}).status_code == 204 and program.get(path).json()["items"] == []


def test_a_code_binds_a_telephone_and_the_digits_are_told_once(
    program: Program, home: Home, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.ids.code", lambda digits=6: "735284")  # one that stands in no number by chance
    path = f"/cases/{home.ids['case']}/links"
    made = program.ask("POST", path, {"speaker": "proxy", "relation": "child"})
    assert made.status_code == 201 and len(made.json()["digits"]) == 6 and "/c/" in made.json()["addresses"]["web"]
    told = program.get(path)
    assert len(told.json()["waiting"]) == 1 and made.json()["digits"] not in apart(told.text)
    assert program.ask("POST", f"{path}/call-back").json() == {"ended": 1} and program.get(path).json()["waiting"] == []
    back = program.ask("POST", f"/cases/{home.ids['case']}/return-code").json()
    assert back["code"] and back["address"].endswith("/chat/return")


def test_somebody_is_protected_at_once(program: Program, home: Home, shell: Shell, app: TestClient, make_staff: MakeStaff) -> None:
    path = f"/cases/{home.ids['case']}"
    program.ask("POST", f"{path}/links", {})
    assert program.ask("POST", f"{path}/protect", version=7).status_code == 409
    assert program.ask("POST", f"{path}/protect", version=1).json() == {"id": home.ids["case"], "restricted": True}
    assert program.get(path).status_code == 403
    make_staff("chief", "supervisor")
    assert program_of(shell, app, "chief").get(f"{path}/links").json()["waiting"] == []
    with shell.engine.begin() as c:
        assert ("yellow", "protect") in c.execute(select(task.c.kind, task.c.topic)).all()


def test_the_photo_of_a_signed_sheet_is_kept_and_fetched(program: Program, home: Home) -> None:
    path, headers = f"{BASE}/cases/{home.ids['case']}/sheets", {"Authorization": f"Bearer {program.token}"}
    made = program.client.post(path, content=photo(), headers=headers)
    assert made.status_code == 201 and program.get(f"/sheets/{made.json()['id']}").headers["content-type"] == "image/jpeg"
    assert program.client.post(path, content=b"%PDF-1.7", headers=headers).status_code == 422
    assert made.json()["id"] in {one["id"] for one in program.get(f"/cases/{home.ids['case']}/sheets").json()["items"]}
