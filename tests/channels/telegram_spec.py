"""The Bot API page as data (`api.json`): which fields a method or type has, which are required, of which type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.channels.shared import spec

_PLAIN: dict[str, tuple[type, ...]] = {
    "Integer": (int,), "String": (str,), "Boolean": (bool,), "Float": (int, float), "True": (bool,),
}


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(spec("telegram/api.json").read_text(encoding="utf-8"))
    return loaded


def call_errors(method: str, given: dict[str, Any]) -> list[str]:
    """What the page says against calling `method` with these parameters (decoded; numbers may come as text)."""
    described = document()["methods"].get(method)
    if described is None:
        return [f"{method} is not a method"]
    return list(_fields(described, given, method, lenient=True))


def result_errors(method: str, result: Any) -> list[str]:
    """What the page says against `result` as the answer of `method`."""
    return _best(document()["methods"][method]["returns"], result, method, lenient=False)


def type_errors(name: str, value: Any) -> list[str]:
    return _best([name], value, name, lenient=False)


def _fields(described: dict[str, Any], value: dict[str, Any], at: str, lenient: bool) -> Iterator[str]:
    fields = {field["name"]: field for field in described.get("fields", ())}
    for name in value:
        if name not in fields:
            yield f"{at}.{name}: no such field"
    for name, field in fields.items():
        if name in value:
            yield from _best(field["types"], value[name], f"{at}.{name}", lenient)
        elif field["required"]:
            yield f"{at}.{name}: missing"


def _best(types: list[str], value: Any, at: str, lenient: bool) -> list[str]:
    """The complaints of the type that fits best; none if one fits."""
    tries = [list(_one(name, value, at, lenient)) for name in types]
    return min(tries, key=len)


def _one(name: str, value: Any, at: str, lenient: bool) -> Iterator[str]:
    if name.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{at}: not an array"
            return
        for number, item in enumerate(value):
            yield from _best([name.removeprefix("Array of ")], item, f"{at}[{number}]", lenient)
    elif name in _PLAIN:
        if name == "Integer" and lenient and isinstance(value, str) and value.lstrip("-").isdigit():
            return
        if name in ("Boolean", "True") and lenient and value in ("true", "false", "True", "False"):
            return
        if not isinstance(value, _PLAIN[name]) or (isinstance(value, bool) and name not in ("Boolean", "True")):
            yield f"{at}: not {name}"
    else:
        described = document()["types"][name]
        if "subtypes" in described:
            yield from _best(described["subtypes"], value, at, lenient)
        elif not isinstance(value, dict):
            yield f"{at}: not {name}"
        else:
            yield from _fields(described, value, at, lenient)
