"""All rules, gravest first, and which of them a text is worth asking."""

from dialogs.crisis import english, languages
from dialogs.crisis.orange import ORANGE
from dialogs.crisis.red import RED
from dialogs.crisis.rule import Level, Rule
from dialogs.crisis.yellow import YELLOW

LEVELS: tuple[Level, ...] = ("red", "orange", "yellow")
RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*RED, *english.RED, *languages.RULES, *ORANGE, *english.ORANGE, *YELLOW, *english.YELLOW),
        key=lambda rule: LEVELS.index(rule.level),
    )
)


def _index() -> dict[str, int]:
    """Needle -> the rules that have it, a bit for each place in RULES."""
    rules_with: dict[str, int] = {}
    for place, rule in enumerate(RULES):
        if "" in rule.needles:
            raise ValueError(f"{rule.id}: nothing in its pattern is sure to occur")
        for needle in rule.needles:
            rules_with[needle] = rules_with.get(needle, 0) | 1 << place
    return rules_with


_RULES_WITH = _index()


def candidates(folded: str) -> tuple[Rule, ...]:
    """The rules whose letters occur in the folded text; the others cannot match."""
    size = range(len(folded))
    pieces = {folded[at : at + length] for length in (1, 2, 3, 4) for at in size}
    asked = 0
    for needle in _RULES_WITH.keys() & pieces:
        asked |= _RULES_WITH[needle]
    return tuple(rule for place, rule in enumerate(RULES) if asked >> place & 1) if asked else ()
