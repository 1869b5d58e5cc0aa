"""`./run bench programs`: how long it takes to look again at 100,000 invented households, with the whole catalogue."""

from __future__ import annotations

import random
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from typing import Any

from rich.console import Console
from rich.progress import track

from backend.programs import service
from backend.programs.edition import current
from backend.programs.reassess import PROCESSES, evaluate, found_now, prepare
from backend.programs.vocabulary import HOUSEHOLD

HOUSEHOLDS = 100_000
_CHUNK = 500
_TODAY = date(2026, 7, 6)
_RAIN = service.disaster_of(
    date(2026, 6, 20), "40", "40202",
    {"relief_act_applied": True, "recovery_support_act_applied": True, "specific_emergency": True, "houterasu_designated": True},
)  # fmt: skip


def household(dice: random.Random) -> dict[str, Any]:
    """Answers of an invented household; about a third of the questions are open."""
    answers: dict[str, Any] = {"damage_level": dice.choice(HOUSEHOLD["damage_level"].choices), "household_size": dice.randint(1, 6)}
    closed = {name: HOUSEHOLD[name].choices for name in ("flood_level", "rebuild_method", "tenure", "certificate")}
    answers |= {name: dice.choice(choices) for name, choices in closed.items() if dice.random() < 0.7}
    if dice.random() < 0.7:
        answers["birth_date"] = f"{dice.randint(1935, 2000)}-05-01"
        answers["debts"] = dice.choice(("yes", "no"))
    return answers | {f"members.m{at}.member_age": dice.randint(0, 95) for at in range(dice.randint(0, 3))}


def measure(many: int = HOUSEHOLDS) -> dict[str, Any]:
    """Seconds for all of them on `PROCESSES` processes, and one household's milliseconds on its own."""
    dice = random.Random(20260706)  # noqa: S311  the same households every time
    edition = current()
    alone = []
    for answers in [household(dice) for _ in range(500)]:
        began = time.perf_counter()
        found_now(answers, edition, _RAIN, _TODAY)
        alone.append((time.perf_counter() - began) * 1000)
    chunks = [[household(dice) for _ in range(min(_CHUNK, many - at))] for at in range(0, many, _CHUNK)]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), prepare, (_RAIN.known, {}, _TODAY)) as others:
        list(others.map(evaluate, [[] for _ in range(PROCESSES)]))  # the processes are up before the clock runs
        began = time.perf_counter()
        looked = track(others.map(evaluate, chunks), "households", total=len(chunks), console=Console(stderr=True))
        done, worked = 0, 0.0
        for many_more, spent in looked:
            done, worked = done + many_more, worked + spent
        seconds = time.perf_counter() - began
    return {
        "households": done, "processes": PROCESSES, "seconds": round(seconds, 1), "per_second": round(done / seconds),
        "cpu_ms_per_household": round(worked / done * 1000, 3), "cpu_seconds_per_process": round(worked / PROCESSES, 1),
        "one_household_median_ms": round(statistics.median(alone), 2), "limit_seconds": 120, "catalogue": edition.version,
    }  # fmt: skip
