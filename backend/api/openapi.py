"""The description of the API (OpenAPI 3.1.1), made from the same table as its routes, so that it cannot tell another story."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from backend.api.call import BASE, Call
from backend.api.events import EVENTS
from backend.api.examples import EXAMPLES
from backend.api.hooks import REPLAY_WINDOW
from backend.api.once import LONGEST
from backend.api.paging import MOST, USUAL
from backend.api.problems import STATUS

_ABOUT = (
    "Everything has the rights of the account the token belongs to. Lists are paged by keyset: ask again with `after` set to "
    "the `next` of the page before, until it is empty. Whatever has a `version` is changed with `If-Match: \"<version>\"`; "
    "409 means that somebody was faster: read it again. A POST with an `Idempotency-Key` that is sent again within a day is done once; "
    "409 with `why: under_way` means wait, with `why: unknown` that the server died over it: read what has changed since `began`, and use a new key if nothing has. "
    "Errors are application/problem+json; tell them apart by `type`; "
    "`detail` says in the account's language what to mend. "
    "Moments are ISO 8601 with Japan's offset. Restricted people are in no list but their handlers'."
)


def description(calls: Sequence[Call]) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {"Problem": _PROBLEM, "Page": _PAGE}
    for call in calls:
        paths.setdefault(f"{BASE}{call.path}", {})[call.method.lower()] = _operation(call, schemas)
    return {
        "openapi": "3.1.1", "info": {"title": "Tsunagi", "version": "1", "description": _ABOUT},
        "security": [{"token": []}], "paths": paths, "webhooks": _webhooks(),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "Made at /console/api"}},
        },
    }  # fmt: skip


def _operation(call: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    told = [line.strip() for line in (call.handler.__doc__ or "").splitlines() if line.strip()]
    scope = f"Scope `{call.scope}`. " if call.scope else ""
    made: dict[str, Any] = {
        "operationId": call.name, "summary": call.summary, "tags": [call.path.split("/")[1]],
        "description": f"{' '.join(told)} {scope}Roles: {', '.join(sorted(call.roles))}.".strip(),
        "responses": {str(call.status): _good(call), "default": _BAD},
    }  # fmt: skip
    if parameters := _parameters(call):
        made["parameters"] = parameters
    if call.upload:
        binary = {"schema": {"type": "string", "format": "binary", "maxLength": call.upload}}
        made["requestBody"] = {"required": True, "content": {"application/octet-stream": binary}}
    if call.body is not None:
        schema = call.body.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[call.body.__name__] = schema
        ref = {"$ref": f"#/components/schemas/{call.body.__name__}"}
        sent = {"schema": ref, "example": EXAMPLES[call.body.__name__]}
        made["requestBody"] = {"required": True, "content": {"application/json": sent}}
    return made


def _parameters(call: Call) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", call.path)
    ]
    found += [{"name": name, "in": "query", "schema": {"type": "string"}} for name in call.queries]
    if call.pages:
        found.append({"name": "limit", "in": "query",
                      "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}})  # fmt: skip
        found.append({"name": "after", "in": "query", "schema": {"type": "string"}, "description": "`next` of the page before"})
    if call.method == "POST":
        found.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": LONGEST},
                      "description": "A word of your own for this act: sent again within a day with the same word, it is done once and "
                                     "answered the same"})  # fmt: skip
    if call.versioned:
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"},
                      "description": "The version that was worked on, in quotes"})  # fmt: skip
    return found


def _good(call: Call) -> dict[str, Any]:
    if call.status == 204:
        return {"description": "Done"}
    schema = {"$ref": "#/components/schemas/Page"} if call.pages else {"type": "object"}
    return {"description": "As asked for", "content": {"application/json": {"schema": schema}}}


def _webhooks() -> dict[str, Any]:
    """What webhooks are told, and how a receiver knows that it is us."""
    schema = {
        "type": "object", "required": ["id", "event", "at", "municipality", "subject"],
        "properties": {name: {"type": "string"} for name in ("id", "event", "at", "municipality", "subject", "case", "api", "page")},
    }  # fmt: skip
    signed = {
        "name": "Tsunagi-Signature", "in": "header", "required": True, "schema": {"type": "string"},
        "description": "t=<seconds since 1970>,v1=<hex HMAC-SHA256 with the webhook's secret of `<t>.<body>`>. Compare in constant "
                       f"time and refuse a `t` more than {int(REPLAY_WINDOW.total_seconds())} seconds away from your clock.",
    }  # fmt: skip
    told = "Ids and links, never personal data. It may come twice (same `id`) and in any order; answer 2xx within 10 seconds."
    return {
        event: {"post": {
            "operationId": f"hook.{event}", "summary": event, "description": told, "parameters": [signed],
            "requestBody": {"content": {"application/json": {"schema": schema}}},
            "responses": {"2XX": {"description": "Taken"}},
        }}
        for event in EVENTS
    }  # fmt: skip


_PROBLEM = {
    "type": "object", "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "enum": [f"tag:tsunagi,2026:problem/{kind}" for kind in STATUS]},
        "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}, "why": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object", "properties": {
            "field": {"type": "string"}, "kind": {"type": "string"}}}},
    },
}  # fmt: skip
_PAGE = {
    "type": "object", "required": ["items", "next"],
    "properties": {"items": {"type": "array", "items": {"type": "object"}},
                   "next": {"type": "string", "description": "Empty on the last page"}},
}  # fmt: skip
_BAD = {
    "description": "What went wrong",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
