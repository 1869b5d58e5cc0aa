"""Outreach: campaigns from draft to results, and the switch that stops everything automatic. What lets messages go out (to begin, to
approve, to go on, to release) has a scope of its own, which a token does not have by accident; two people remain two accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.api.bodies_field import CampaignPlan, Counted, OutreachHabits, Step
from backend.api.call import Asked, Call
from backend.api.paging import moment
from backend.api.problems import wrong
from backend.campaigns import counting, figures, previewed, service, switch
from backend.campaigns.audience import Audience
from backend.campaigns.costs import ledger
from backend.campaigns.ladder import USUAL, Ladder, Ladders, WrongLadder
from backend.campaigns.service import Habits, Plan, WrongCampaign
from backend.conversations.offices import read_office
from backend.db import Row
from backend.staff.roles import APPROVES, PLANS_OUTREACH

PRESSING = (3, 4)


def listed(asked: Asked) -> dict[str, Any]:
    """The newest hundred, each with how many households it has."""
    with asked.reading() as c:
        rows = figures.of_tenant(c, asked.staff.tenant_id)
    return {"items": [{**_brief(row), "households": row["households"]} for row in rows], "next": ""}


def read(asked: Asked) -> dict[str, Any]:
    """Households by state and by the reason they ended, messages by state, what waits as a task."""
    with asked.reading() as c:
        row = service.find(c, asked.staff, asked.path("id"))
        found = figures.figures(c, row["id"])
    return {
        **_brief(row), "audience": row["audience"], "ladder": row["ladder"], "words": row["words"], "households": found.total,
        "answered": found.answered, "waiting": found.waiting, "by_state": dict(found.members), "by_rung": dict(found.rungs),
        "by_reason": dict(found.reasons), "messages": dict(found.messages), "skipped": dict(found.skipped), "tasks": dict(found.tasks),
    }  # fmt: skip


def draw_up(asked: Asked) -> dict[str, Any]:
    """Keep a draft: nothing goes out. A large audience begins to be counted."""
    body: CampaignPlan = asked.body
    try:
        made = service.draw_up(asked.shell.engine, asked.shell.clock, asked.staff, _plan(body))
    except (WrongCampaign, WrongLadder) as refused:
        raise wrong(refused) from None
    previewed.count_if_large(asked.shell.engine, asked.shell.clock, asked.staff, made)
    return {"id": made}


def change(asked: Asked) -> dict[str, Any]:
    """The whole plan anew, while it is a draft."""
    body: CampaignPlan = asked.body
    with asked.reading() as c:
        row = service.find(c, asked.staff, asked.path("id"))
    try:
        service.change(asked.shell.engine, asked.shell.clock, asked.staff, row["id"], _plan(body), asked.version())
    except (WrongCampaign, WrongLadder) as refused:
        raise wrong(refused) from None
    previewed.count_if_large(asked.shell.engine, asked.shell.clock, asked.staff, row["id"])
    return read(asked)


def preview(asked: Asked) -> dict[str, Any]:
    """What it would do: how many households, by which first step, who is left out and why, what it costs, and word for word what they
    would read. `counting`: a large audience is still counted, ask again. `needs_second`: above the municipality's limit."""
    with asked.reading() as c:
        row = service.find(c, asked.staff, asked.path("id"))
        found, job = previewed.look(c, row, asked.now, sms=bool(asked.shell.settings.sms_url))
        if found is None:
            return {"counting": {name: (job or {}).get(name) for name in ("state", "done", "total")}, "version": row["version"]}
        spent, office = ledger(c, asked.staff.tenant_id, asked.now), read_office(c, asked.staff.tenant_id, asked.now)
        over = switch.standing(c, asked.staff.tenant_id)["approve_over"]
    return {
        "counting": None, "counted": found.counted, "counted_at": moment(job["changed_at"]) if job else moment(asked.now), "version": row["version"],
        "ways": dict(found.ways), "left_out": dict(found.out), "categories": {str(name): count for name, count in found.categories.items()},
        "pushes": found.pushes, "room": spent.room, "hours": -(-found.pushes // row["pace"]), "needs_second": found.counted > over,
        "written": previewed.written(asked.shell.words, office, previewed.plan_of(row)),
    }  # fmt: skip


def count(asked: Asked) -> dict[str, Any]:
    """Count the audience anew: the records have moved on since."""
    with asked.writing() as c:
        return {"job": counting.begin(c, asked.staff, service.find(c, asked.staff, asked.path("id")), asked.now)}


def ask(asked: Asked) -> dict[str, Any]:
    """With exactly as many households as the preview said: up to the municipality's limit it begins, above it a second person is asked."""
    body: Counted = asked.body
    return _moved(asked, lambda engine, clock, staff, id_, version: service.ask(engine, clock, staff, id_, body.counted, version))


def approve(asked: Asked) -> dict[str, Any]:
    """The second person's yes: never by the account that asked. It begins."""
    return _moved(asked, service.approve)


def send_back(asked: Asked) -> dict[str, Any]:
    """Not like this: it is a draft again."""
    return _moved(asked, service.send_back)


def pause(asked: Asked) -> dict[str, Any]:
    return _moved(asked, service.pause)


def resume(asked: Asked) -> dict[str, Any]:
    return _moved(asked, service.resume)


def end(asked: Asked) -> dict[str, Any]:
    """For good."""
    return _moved(asked, service.end)


def standing(asked: Asked) -> dict[str, Any]:
    """Whether everything automatic is stopped, by whom and why; how the municipality does outreach; what this month has cost."""
    with asked.reading() as c:
        now, spent = switch.standing(c, asked.staff.tenant_id), ledger(c, asked.staff.tenant_id, asked.now)
    return {
        **{name: now[name] for name in ("stopped_by", "stopped_why", "approve_over", "weekly_cap", "quiet_from", "quiet_until",
                                        "month_pushes", "version")},
        "stopped_at": moment(now["stopped_at"]), "pushes": spent.pushes, "replies": spent.replies, "room": spent.room,
    }  # fmt: skip


def stop(asked: Asked) -> dict[str, Any]:
    """Campaigns, reminders, deadlines and news of the municipality; a person lets them go on. Crisis words and answers are not stopped."""
    return {"called_back": switch.stop(asked.shell.engine, asked.shell.clock, asked.staff)}


def release(asked: Asked) -> dict[str, Any]:
    """Let things go out again; what was called back is sent in its turn. `released` is false where nothing was stopped."""
    return {"released": switch.release(asked.shell.engine, asked.shell.clock, asked.staff.tenant_id, asked.staff.id)}


def set_habits(asked: Asked) -> dict[str, Any]:
    body: OutreachHabits = asked.body
    wanted = Habits(body.approve_over, body.weekly_cap, body.quiet_from, body.quiet_until, body.month_pushes)
    try:
        service.set_habits(asked.shell.engine, asked.shell.clock, asked.staff, wanted, asked.version())
    except WrongCampaign as refused:
        raise wrong(refused) from None
    return standing(asked)


def _moved(asked: Asked, act: Callable[..., object]) -> dict[str, Any]:
    with asked.reading() as c:
        service.find(c, asked.staff, asked.path("id"))
    try:
        act(asked.shell.engine, asked.shell.clock, asked.staff, asked.path("id"), asked.version())
    except WrongCampaign as refused:
        raise wrong(refused, kind="refused") from None
    return read(asked)


def _plan(body: CampaignPlan) -> Plan:
    """Raises `WrongLadder`."""
    pressing = {number: _ladder(body.pressing) for number in PRESSING} if body.pressing is not None else USUAL.by_category
    standard = _ladder(body.standard) if body.standard is not None else USUAL.standard
    audience = Audience.of({name: value for name, value in body.audience.model_dump().items() if value})
    return Plan(body.name, body.kind, audience, Ladders(standard, pressing), {str(locale): said for locale, said in body.words.items()}, body.pace)


def _ladder(steps: list[Step]) -> Ladder:
    return Ladder.of([(one.by, one.days) for one in steps])


def _brief(row: Row) -> dict[str, Any]:
    moments = {name: moment(row[name]) for name in ("made_at", "asked_at", "approved_at", "began_at", "ended_at")}
    return {**{name: row[name] for name in ("id", "name", "kind", "state", "pace", "paused_why", "version")}, **moments}


CALLS = (
    Call("GET", "/campaigns", listed, "campaigns:read", PLANS_OUTREACH, "Campaigns, newest first"),
    Call("POST", "/campaigns", draw_up, "campaigns:write", PLANS_OUTREACH, "Draw up a campaign", body=CampaignPlan, status=201),
    Call("GET", "/campaigns/{id}", read, "campaigns:read", PLANS_OUTREACH, "One campaign and what came of it"),
    Call("PUT", "/campaigns/{id}", change, "campaigns:write", PLANS_OUTREACH, "Change a draft", body=CampaignPlan, versioned=True),
    Call("GET", "/campaigns/{id}/preview", preview, "campaigns:read", PLANS_OUTREACH, "What a draft would do"),
    Call("POST", "/campaigns/{id}/count", count, "campaigns:write", PLANS_OUTREACH, "Count the audience anew"),
    Call("POST", "/campaigns/{id}/ask", ask, "campaigns:approve", PLANS_OUTREACH, "Begin it, or ask a second person", body=Counted, versioned=True),
    Call("POST", "/campaigns/{id}/approve", approve, "campaigns:approve", APPROVES, "Approve it as the second person", versioned=True),
    Call("POST", "/campaigns/{id}/back", send_back, "campaigns:write", PLANS_OUTREACH, "Make it a draft again", versioned=True),
    Call("POST", "/campaigns/{id}/pause", pause, "campaigns:write", PLANS_OUTREACH, "Let nothing more of it go out", versioned=True),
    Call("POST", "/campaigns/{id}/resume", resume, "campaigns:approve", PLANS_OUTREACH, "Let it go on", versioned=True),
    Call("POST", "/campaigns/{id}/end", end, "campaigns:write", PLANS_OUTREACH, "End it", versioned=True),
    Call("GET", "/outreach", standing, "campaigns:read", PLANS_OUTREACH, "How outreach stands"),
    Call("POST", "/outreach/stop", stop, "campaigns:write", PLANS_OUTREACH, "Stop everything automatic"),
    Call("POST", "/outreach/release", release, "campaigns:approve", APPROVES, "Let everything automatic go on"),
    Call("PUT", "/outreach/habits", set_habits, "campaigns:approve", APPROVES, "How the municipality does outreach", body=OutreachHabits,
         versioned=True),
)  # fmt: skip
