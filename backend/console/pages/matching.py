"""Records that may be of one household: side by side, with the reasons; a person decides, and can take it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from starlette.responses import Response

from backend.casefile.sheet import in_words
from backend.cases.service import facts_of_case
from backend.conflict import Conflict
from backend.console.desk import Desk
from backend.console.page import Page
from backend.db import Row
from backend.matching import service as matching
from backend.matching.merging import CannotMerge, merges_of
from backend.matching.score import SURE
from backend.people.service import COLUMNS
from backend.people.spelling import fold_address, fold_kana, fold_name, fold_phone
from backend.staff.access import NotForYou, Restricted
from backend.staff.names import names_of_staff
from backend.staff.roles import CARRIES_CASES

MATCHING = "/console/matching"
SHOWN = ("name", "kana", "birth_date", "sex", "phone", "landline", "address", "current_address")
FACTS = ("damage_level", "certificate", "household_size", "tenure", "living_now", "rebuild_method")
_FOLDED: dict[str, Callable[[str], str]] = {
    "name": fold_name, "kana": fold_kana, "phone": fold_phone, "landline": fold_phone, "address": fold_address,
    "current_address": fold_address,
}  # fmt: skip


def show_all(desk: Desk) -> Response:
    return _all(desk)


def show(desk: Desk) -> Response:
    return _one(desk)


def decide(desk: Desk) -> Response:
    decision = desk.sent("decision", 10)
    if decision not in matching.DECISIONS:
        return _one(desk, wrong="console.matching.choose", status=422)
    try:
        with desk.writing() as c:
            matching.decide(c, desk.staff, desk.path("id"), decision, version=desk.number("version"), at=desk.now)
    except CannotMerge as why:
        return _one(desk, wrong=str(why.args[0]), status=409)
    return desk.to(f"{MATCHING}?done={decision}")


def same(desk: Desk) -> Response:
    """Those that were ticked are one and the same: each for itself, so that one that changed meanwhile holds up no other."""
    done = 0
    for ticked in desk.sent_all("ticked")[: matching.A_PAGE]:
        id_, _, version = ticked.partition(".")
        if not (version.isascii() and version.isdigit()):
            continue
        try:
            with desk.writing() as c:
                matching.decide(c, desk.staff, id_, matching.SAME, version=int(version), at=desk.now)
            done += 1
        except (CannotMerge, Conflict, NotForYou, Restricted):
            continue
    if not done:
        return _all(desk, wrong="console.matching.choose", status=422)
    return desk.to(f"{MATCHING}?done=same")


def undo(desk: Desk) -> Response:
    try:
        with desk.writing() as c:
            matching.undo(c, desk.staff, desk.path("id"), desk.now)
    except CannotMerge as why:
        return _all(desk, wrong=str(why.args[0]), status=409)
    return desk.to(f"{MATCHING}?done=undone")


def _all(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    asked = desk.request.query_params
    state = "later" if asked.get("state") == "later" else "open"
    score, _, id_ = asked.get("after", "").partition(".")
    after = (int(score), id_[:26]) if score.isascii() and score.isdigit() and len(score) < 4 else None
    with desk.reading() as c:
        rows = matching.waiting(c, desk.staff, state=state, after=after)
        more = len(rows) > matching.A_PAGE
        rows = rows[: matching.A_PAGE]
        values: dict[str, Any] = {
            "rows": [_line(one, matching.sides(c, desk.staff, one)) for one in rows], "counts": matching.how_many(c, desk.staff),
            "merged": matching.merged_lately(c, desk.staff), "names": names_of_staff(c, desk.staff.tenant_id),
        }  # fmt: skip
    done = asked.get("done", "")
    return desk.page(
        "matching/all.html", status, state=state, wrong=wrong, sure=SURE, back=MATCHING,
        done=done if done in (*matching.DECISIONS, "undone") else "", more=f"{rows[-1]['score']}.{rows[-1]['id']}" if more else "", **values)


def _line(proposal: Row, both: Sequence[Row]) -> dict[str, Any]:
    one_person = matching.is_one_person(proposal)
    return {"proposal": proposal, "sides": both, "one_person": one_person, "sure": one_person and proposal["score"] >= SURE}


def _one(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    with desk.writing() as c:
        two = matching.look(c, desk.staff, desk.path("id"), desk.now)
    with desk.reading() as c:
        facts = [facts_of_case(c, home["id"]) for home in (two.kept, two.gone)]
        merged = [merges_of(c, home["id"]) for home in (two.kept, two.gone)]
    ids = (two.proposal["one_person"], two.proposal["other_person"])
    people = [next((who for who in side if who["id"] in ids), None) for side in (two.kept_people, two.gone_people)]
    lines = [_compared(name, *(who[name] if who else None for who in people)) for name in SHOWN]
    told = [(name, *(in_words(name, one[name].value) if name in one and one[name].given else "" for one in facts)) for name in FACTS]
    return desk.page(
        "matching/one.html", status, two=two, lines=lines, told=[line for line in told if line[1] != "" or line[2] != ""], wrong=wrong,
        others=[[who for who in side if who["id"] not in ids] for side in (two.kept_people, two.gone_people)], merged=merged,
        one_person=matching.is_one_person(two.proposal), open=two.proposal["state"] in ("open", "later"), back=MATCHING)


def _compared(name: str, one: str | None, other: str | None) -> dict[str, Any]:
    """A line of the comparison: both values as they are written, and whether they say the same."""
    assert name in COLUMNS
    fold = _FOLDED.get(name, str)
    if not one or not other:
        how = "missing"
    elif one == other:
        how = "same"
    else:
        how = "written" if fold(one) == fold(other) else "differs"
    shown = [date.fromisoformat(value) if name == "birth_date" and value else value or "" for value in (one, other)]
    return {"name": name, "one": shown[0], "other": shown[1], "how": how}


PAGES = (
    Page("GET", MATCHING, show_all, CARRIES_CASES),
    Page("POST", f"{MATCHING}/same", same, CARRIES_CASES),
    Page("GET", f"{MATCHING}/{{id}}", show, CARRIES_CASES),
    Page("POST", f"{MATCHING}/{{id}}/decide", decide, CARRIES_CASES),
    Page("POST", "/console/merges/{id}/undo", undo, CARRIES_CASES),
)
