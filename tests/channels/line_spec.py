"""LINE's published OpenAPI files, made strict (channels.md §2).

As published they take a text message without text, unknown message types and 21-character labels. Here every
discriminator becomes a `oneOf` over its types, properties that are not named are refused, and the documented limits
are added in the platform's own units: `utf16Max` counts code units, `graphemeMax` what a reader calls characters.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import yaml
from jsonschema.validators import extend

from tests.channels.shared import spec
from tests.fakes.line_limits import graphemes, utf16

Schema = dict[str, Any]


def _counting(measure: Any, unit: str) -> Any:
    def check(_: Any, most: int, value: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
        if isinstance(value, str) and measure(value) > most:
            yield jsonschema.ValidationError(f"longer than {most} {unit}")

    return check


Validator = extend(jsonschema.Draft202012Validator, {
    "utf16Max": _counting(utf16, "UTF-16 units"), "graphemeMax": _counting(graphemes, "graphemes")})

_TEXT = {"minLength": 1, "pattern": r"\S"}

LIMITS: dict[str, dict[str, Schema]] = {
    "TextMessage": {"text": {**_TEXT, "utf16Max": 5000}},
    "Action": {"label": {**_TEXT, "graphemeMax": 20}},
    "PostbackAction": {"data": {"minLength": 1, "maxLength": 300}, "displayText": {**_TEXT, "graphemeMax": 300}},
    "MessageAction": {"text": {**_TEXT, "graphemeMax": 300}},
    "URIAction": {"uri": {"maxLength": 1000, "pattern": "^(https?://|line://|tel:)"}},
    "QuickReply": {"items": {"minItems": 1}},
    "QuickReplyItem": {"type": {"const": "action"}},
    "PushMessageRequest": {"to": {"pattern": "^[UCR][0-9a-f]{32}$"}},
    "RichMenuRequest": {"areas": {"minItems": 1, "maxItems": 20}, "name": {"graphemeMax": 300, "minLength": 1},
                        "chatBarText": {"graphemeMax": 14, "minLength": 1}},
    "RichMenuSize": {"width": {"minimum": 800, "maximum": 2500}, "height": {"minimum": 250}},
    "UserSource": {"userId": {"pattern": "^U[0-9a-f]{32}$"}},
    "Event": {"webhookEventId": {"pattern": "^[0-9A-HJKMNP-TV-Z]{26}$"}},
}
"""Limits that the reference states in words and the file leaves out, by schema and property."""

REQUIRED = {
    "Action": ["label"], "QuickReply": ["items"], "QuickReplyItem": ["type", "action"],
    "PostbackAction": ["data"], "MessageAction": ["text"], "URIAction": ["uri"], "UserSource": ["userId"],
    "RichMenuRequest": ["size", "selected", "name", "chatBarText", "areas"], "RichMenuArea": ["bounds", "action"],
    "RichMenuSize": ["width", "height"], "RichMenuBounds": ["x", "y", "width", "height"],
}


@cache
def document(name: str) -> Schema:
    loaded: Schema = yaml.safe_load(spec(f"line/{name}.yml").read_text(encoding="utf-8"))
    return loaded


@cache
def definitions(name: str) -> Schema:
    """Every schema of the file, strict, by name."""
    schemas = copy.deepcopy(document(name)["components"]["schemas"])
    bases = {n: s.pop("discriminator") for n, s in schemas.items() if "discriminator" in s}
    children = {_name(ref) for base in bases.values() for ref in base["mapping"].values()}
    inherited = {_name(part["$ref"]) for s in schemas.values() for part in s.get("allOf", ()) if "$ref" in part}
    for owner, limits in LIMITS.items():
        for prop, limit in limits.items():
            for place in _places(schemas.get(owner, {}), prop):
                place.update(limit)
    for owner, names in REQUIRED.items():
        if owner in schemas:
            schemas[owner]["required"] = [*schemas[owner].get("required", ()), *names]
    strict: Schema = {}
    for own, schema in schemas.items():
        _point(schema, bases)
        if own in bases:
            strict[f"{own}__base"] = schema
            strict[own] = {"oneOf": [_kind(bases[own]["propertyName"], value, ref)
                                     for value, ref in bases[own]["mapping"].items()]}
            continue
        closed = "properties" in schema and own not in children | inherited and "additionalProperties" not in schema
        strict[own] = {**schema, "unevaluatedProperties": False} if closed else schema
    return strict


def _kind(prop: str, value: str, ref: str) -> Schema:
    return {"$ref": f"#/$defs/{_name(ref)}", "properties": {prop: {"const": value}}, "required": [prop],
            "unevaluatedProperties": False}


def _places(schema: Schema, prop: str) -> Iterator[Schema]:
    for part in (schema, *schema.get("allOf", ())):
        if prop in part.get("properties", {}):
            yield part["properties"][prop]


def _point(node: Any, bases: Schema) -> None:
    """Let references point into `$defs`; what inherits from a base points at its open form."""
    if isinstance(node, list):
        for item in node:
            _point(item, bases)
    elif isinstance(node, dict):
        for part in node.get("allOf", ()):
            if "$ref" in part and _name(part["$ref"]) in bases:
                part["$ref"] = f"#/$defs/{_name(part['$ref'])}__base"
        for key, value in node.items():
            if key == "$ref" and value.startswith("#/components/"):
                node[key] = f"#/$defs/{_name(value)}"
            else:
                _point(value, bases)


def _name(ref: str) -> str:
    return ref.rpartition("/")[2]


@cache
def _validator(file: str, ref: str) -> Any:
    return Validator({"$defs": definitions(file), "$ref": f"#/$defs/{ref}"})


def errors(file: str, ref: str, value: Any) -> list[str]:
    """What the strict schema `ref` of `file` says against `value`; empty when it fits."""
    return [f"{error.json_path}: {error.message[:200]}" for error in _validator(file, ref).iter_errors(value)]


def operation(method: str, path: str) -> Schema:
    """The documented operation for a real path. Raises LookupError for one that does not exist."""
    paths = document("messaging-api")["paths"]
    for template in sorted(paths, key=lambda t: t.count("{")):
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) and method.lower() in paths[template]:
            found: Schema = paths[template][method.lower()]
            return found
    raise LookupError(f"{method} {path} is not in the specification")


def exchange_errors(method: str, path: str, request: Any, status: int, response: Any) -> list[str]:
    """What the specification says against one call and its answer. Bodies that are not JSON are given as None."""
    found: list[str] = []
    documented = operation(method, path)
    asked = _json_schema(documented.get("requestBody", {}))
    if asked and status < 400:
        found += errors("messaging-api", asked, request)
    answers = documented["responses"]
    if str(status) not in answers and status < 400:
        found.append(f"status {status} is not documented for {method} {path}")
    answered = _json_schema(answers.get(str(status), {})) or ("ErrorResponse" if status >= 400 else "")
    if answered and response is not None:
        found += errors("messaging-api", answered, response)
    return found


def _json_schema(part: Schema) -> str:
    schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    return _name(schema.get("$ref", ""))


def minimal(file: str, schema: Schema) -> Any:
    """A smallest value that a schema of `file` asks for: only what is required. For oneOf: of its first kind."""
    schema = merged(file, schema)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "oneOf" in schema:
        return minimal(file, schema["oneOf"][0])
    if schema.get("type") == "array":
        return [minimal(file, schema["items"])] if schema.get("minItems") else []
    if schema.get("type") in ("integer", "number"):
        return 1_780_000_000_000
    if schema.get("type") == "boolean":
        return False
    if schema.get("type") == "string":
        return {"^U[0-9a-f]{32}$": "U" + "0" * 32, "^[0-9A-HJKMNP-TV-Z]{26}$": "0" * 26}.get(
            schema.get("pattern", ""), "x")
    return {name: minimal(file, schema["properties"][name]) for name in dict.fromkeys(schema.get("required", ()))}


def merged(file: str, schema: Schema) -> Schema:
    """A schema with its references and `allOf` parts folded into one."""
    whole: Schema = {}
    parts = [schema]
    if "$ref" in schema:
        parts.insert(0, definitions(file)[_name(schema["$ref"])])
    parts = [inner for part in parts for inner in (*(merged(file, p) for p in part.get("allOf", ())), part)]
    for part in parts:
        if "$ref" in part and part is not schema:
            part = merged(file, part)
        properties = {**whole.get("properties", {})}
        for name, inner in part.get("properties", {}).items():
            properties[name] = {**properties.get(name, {}), **inner}
        required = [*whole.get("required", ()), *part.get("required", ())]
        whole = {**whole, **part, "properties": properties, "required": required}
    return {k: v for k, v in whole.items() if k not in ("$ref", "allOf")}
