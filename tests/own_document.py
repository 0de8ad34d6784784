"""Holds every answer that a test gets against our own OpenAPI document: its status, and the schema that it has for it."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import jsonschema_rs

from orderwright import app


@functools.cache
def document() -> dict[str, Any]:
    """The document as a client reads it."""
    read: dict[str, Any] = json.loads(app.openapi_bytes())
    return read


@functools.cache
def templates() -> list[tuple[re.Pattern[str], str]]:
    """The paths as patterns, the more literal first."""
    ordered = sorted(document()["paths"], key=lambda path: (path.count("{"), -len(path)))
    return [(re.compile("^" + re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)) + "$"), path) for path in ordered]


@functools.cache
def template_of(path: str) -> str | None:
    """The path of the document that a request's path is one of."""
    return next((template for pattern, template in templates() if pattern.match(path)), None)


@functools.cache
def validator(pointer: str) -> Any:
    """What holds an answer against the schema at a JSON pointer of the document."""
    return jsonschema_rs.Draft202012Validator({"$ref": f"#{pointer}", **document()})


def resolved(part: dict[str, Any], pointer: str) -> tuple[dict[str, Any], str]:
    """A part of the document, a reference followed, and its JSON pointer."""
    if "$ref" not in part:
        return part, pointer
    found: Any = document()
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found, part["$ref"].removeprefix("#")


def hold_against_own_document(method: str, path: str, status: int, content: bytes) -> None:
    """Fail where the document knows no such answer to an operation that it has."""
    template = template_of(path)
    operation = document()["paths"].get(template, {}).get(method.lower())
    if template is None or operation is None:
        assert status in (404, 405), f"{method} {path} is answered {status}, and the document has no such operation"
        return
    answer = operation["responses"].get(str(status))
    assert answer is not None, f"{method} {template} is answered {status}, which the document does not allow"
    escaped = template.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    answer, pointer = resolved(answer, f"/paths/{escaped}/{method.lower()}/responses/{status}")
    if "content" not in answer:
        assert not content, f"{method} {template} is answered with a body that the document does not allow"
        return
    problems = [
        f"{error.message[:300]} at {'/'.join(map(str, error.instance_path))}"
        for error in validator(f"{pointer}/content/application~1json/schema").iter_errors(json.loads(content))
    ]
    assert problems == [], (method, template, status, problems)
