"""`simulate` (years of outreach in minutes) and `rehearse` (a training disaster that reaches nobody and disappears)."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from typing import Any


def add_commands(commands: Any) -> None:
    play = commands.add_parser("simulate", help="simulate omuta: an invented town's 29 months beside the published tables")
    play.add_argument("town", choices=["omuta"])
    play.add_argument("--seed", default="", help="the same seed is the same town (default: a new one, printed first)")
    play.add_argument("--households", type=int, default=2847)
    play.add_argument("--months", type=int, default=29)
    play.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    play.set_defaults(do=_simulate)
    train = commands.add_parser("rehearse", help="a training disaster with invented people; nothing goes out, and at the end it is gone")
    train.set_defaults(do=_rehearse)


def _simulate(given: argparse.Namespace) -> int:
    from bots.simulate.play import both
    from bots.simulate.print import as_json, as_text
    from bots.simulate.watch import Broken

    if given.households < 1 or not 1 <= given.months <= 120:
        print("At least one household, and 1 to 120 months.", file=sys.stderr)
        return 2
    seed = given.seed or str(secrets.randbelow(10**6))
    print(f"seed {seed}", file=sys.stderr, flush=True)
    try:
        foot, chat = both(seed, given.households, given.months)
    except Broken as broken:
        print(f"\n{broken}\nAgain: ./run simulate omuta --seed {seed} --households {given.households} --months {given.months}", file=sys.stderr)
        return 1
    print("", file=sys.stderr)
    if given.json:
        print(json.dumps(as_json(seed, given.households, given.months, foot, chat), ensure_ascii=False))
    else:
        print(as_text(given.households, foot, chat))
    return 0


def _rehearse(_given: argparse.Namespace) -> int:
    from bots.rehearsal import rehearse

    return rehearse()
