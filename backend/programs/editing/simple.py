"""The conditions and amounts that most programs of a municipality have, from ticks and sums: so much by degree of damage. Pure.

What it makes is written in the catalogue's vocabulary like everything else, and can be gone on with there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import yaml

from backend.programs.vocabulary import HOUSEHOLD, LEVELS
from dialogs.core.words import Text

DAMAGES = LEVELS[:6]
FLOODS = HOUSEHOLD["flood_level"].choices[:2]
TENURES = HOUSEHOLD["tenure"].choices[:4]
MOST_YEN = 10**9
SAME = "same"
"""The sum for every degree of damage that has none of its own."""


@dataclass(frozen=True, slots=True)
class Simple:
    """Damage and flooding are alternatives; tenure and what the desk looks at must hold as well. Sums in yen
    by degree of damage or flooding, as typed."""

    damages: tuple[str, ...] = ()
    floods: tuple[str, ...] = ()
    tenures: tuple[str, ...] = ()
    desk: str = ""
    up_to: bool = False
    sums: tuple[tuple[str, str], ...] = ()

    @property
    def says_something(self) -> bool:
        return bool(self.damages or self.floods or self.tenures or self.desk)


def sent(one: Callable[[str], str], several: Callable[[str], Sequence[str]]) -> Simple:
    """As the fields `simple_…` of a form say."""
    names = (SAME, *DAMAGES, *FLOODS)
    return Simple(
        tuple(name for name in DAMAGES if name in several("simple_damage")), tuple(name for name in FLOODS if name in several("simple_flood")),
        tuple(name for name in TENURES if name in several("simple_tenure")), one("simple_desk"), one("simple_up_to") == "yes",
        tuple((name, one(f"simple_yen_{name}")) for name in names if one(f"simple_yen_{name}")),
    )  # fmt: skip


def conditions(simple: Simple) -> str:
    """The key `conditions:` of an entry; empty where nothing was ticked."""
    struck: list[dict[str, list[str]]] = []
    if simple.damages:
        struck.append({"damage_level": list(simple.damages)})
    if simple.floods:
        struck.append({"flood_level": list(simple.floods)})
    made: list[object] = [{"any": struck}] if len(struck) > 1 else list(struck)
    if simple.tenures:
        made.append({"tenure": list(simple.tenures)})
    if simple.desk:
        made.append({"desk_decides": simple.desk})
    return _yaml(made) if made else ""


def amount(simple: Simple) -> tuple[str, Text | None]:
    """The key `amount:` of an entry, and what is wrong with the sums. Without any sum it is no money."""
    table: list[dict[str, object]] = []
    same: int | None = None
    for name, typed in simple.sums:
        yen = _whole(typed)
        if yen is None:
            return "", Text("console.programs.mistake.here", {"field": Text("console.programs.field.amount"), "what": Text("console.programs.mistake.whole")})
        if name == SAME:
            same = yen
        else:
            # Damage before flooding: the table is read from the top.
            table.append({"when": {"flood_level" if name in FLOODS else "damage_level": name}, "yen": yen})
    if same is not None:
        table.append({"yen": same})
    elif table:
        # Who has no sum of their own gets none.
        table.append({"yen": 0})
    return _yaml({"kind": "up_to" if simple.up_to else "fixed", "table": table} if table else {"kind": "none"}), None


def _whole(typed: str) -> int | None:
    """A sum as people write it: 50000, 50,000, ５０，０００円, 5万円."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").replace("円", "").replace(" ", "").replace("_", "")
    many = 10_000 if plain.endswith("万") else 1
    figures = plain.removesuffix("万")
    if not (figures.isascii() and figures.isdigit() and len(figures) <= 10):
        return None
    yen = int(figures) * many
    return yen if yen <= MOST_YEN else None


def _yaml(value: object) -> str:
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)).rstrip("\n")
