"""Which letters a message must hold before a rule can match at all: most messages hold none and cost little.

Reads the small pattern language of `rule.py` (letters, `.`, classes, groups, lookarounds, `?`, `{m,n}`, `^`, `$`).
"""

_ALWAYS = frozenset({""})


def needles(pattern: str) -> frozenset[str]:
    """Strings of one to four letters; every match of the pattern holds at least one. {""}: nothing is sure."""
    found, end = _choice(pattern, 0)
    if end != len(pattern):
        raise ValueError(f"an unbalanced bracket in {pattern}")
    return found


def _choice(pattern: str, at: int) -> tuple[frozenset[str], int]:
    found, at = _sequence(pattern, at)
    while at < len(pattern) and pattern[at] == "|":
        more, at = _sequence(pattern, at + 1)
        found |= more
    return found, at


def _sequence(pattern: str, at: int) -> tuple[frozenset[str], int]:
    """The best of what stands in a row: what surely occurs and is seldom seen elsewhere."""
    options: list[frozenset[str]] = []
    run = ""
    while at < len(pattern) and pattern[at] not in "|)":
        sign = pattern[at]
        item: frozenset[str] | None = None
        literal = ""
        if pattern.startswith(("(?!", "(?<!"), at):
            _, at = _choice(pattern, at + (3 if pattern[at + 2] == "!" else 4))
            at += 1
            continue
        if pattern.startswith("(?:", at):
            item, at = _choice(pattern, at + 3)
            at += 1
        elif sign == "[":
            at = pattern.index("]", at) + 1
        else:
            literal = "" if sign in ".^$" else sign
            at += 1
        optional, at = _quantifier(pattern, at)
        if optional:
            item, literal = None, ""
        if literal:
            run += literal
            continue
        if run and sign not in "^$":
            options.append(frozenset({run[:4]}))
            run = ""
        if item:
            options.append(item)
    if run:
        options.append(frozenset({run[:4]}))
    return max(options, key=_rarity, default=_ALWAYS), at


def _rarity(option: frozenset[str]) -> tuple[int, int]:
    """How seldom the commonest of them is met: a kanji says as much as two kana or two Latin letters."""
    return min(sum(2 if "一" <= letter <= "龥" else 1 for letter in needle) for needle in option), -len(option)


def _quantifier(pattern: str, at: int) -> tuple[bool, int]:
    if at < len(pattern) and pattern[at] == "?":
        return True, at + 1
    if at < len(pattern) and pattern[at] == "{":
        end = pattern.index("}", at)
        return pattern[at + 1] == "0", end + 1
    return False, at
