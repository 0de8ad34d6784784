"""Holds every answer that a test gets against our own OpenAPI document: its status, and the schema that it has for it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from typing import Any

import jsonschema_rs

from orderwright import app
from orderwright.http.api.openapi import template_at
from orderwright.http.api.routes import Route
from orderwright.http.docs import refusals

OWN = "urn:own-document"


@functools.cache
def document() -> dict[str, Any]:
    """The document as a client reads it."""
    read: dict[str, Any] = json.loads(app.openapi_bytes())
    return read


class Templates:
    """The paths of an OpenAPI document, the more literal first, as one pattern that has a group for each of them in turn."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._ordered = sorted(paths, key=lambda path: (path.count("{"), -len(path)))
        groups = [re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)) for path in self._ordered]
        self._pattern = re.compile("|".join(f"({group})" for group in groups))

    def of(self, path: str) -> str | None:
        """The one that a request's path is one of."""
        found = self._pattern.fullmatch(path)
        return self._ordered[found.lastindex - 1] if found and found.lastindex else None


@functools.cache
def templates() -> Templates:
    """The paths of our own."""
    return Templates(document()["paths"])


@functools.cache
def registry() -> jsonschema_rs.Registry:
    """The document, read once: each validator compiles of it what it needs."""
    return jsonschema_rs.Registry([(OWN, document())], draft=jsonschema_rs.Draft202012)


@functools.cache
def validator(pointer: str) -> jsonschema_rs.Draft202012Validator:
    """What holds an answer against the schema at a JSON pointer of the document."""
    return jsonschema_rs.Draft202012Validator({"$ref": f"{OWN}#{pointer}"}, registry=registry())


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
    template = templates().of(path)
    operation = document()["paths"].get(template, {}).get(method.lower())
    if template is None or operation is None:
        assert status in (404, 405), f"{method} {path} is answered {status}, and the document has no such operation"
        return
    answer = operation["responses"].get(str(status))
    assert answer is not None, f"{method} {template} is answered {status}, which the document does not allow"
    if status >= 400 and content:
        untold = _codes_in(content) - _codes_of(template, method, status)
        assert untold == set(), f"{method} {template} is answered {status} with a code that the API page does not tell"
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


@functools.cache
def _routes() -> dict[tuple[str, str], Route]:
    return {(template_at(door, at, form), method): route for (door, at, form, method), route in app.declared().table.items()}


def _codes_of(template: str, method: str, status: int) -> set[str]:
    """The codes that are told of an answer to an operation."""
    told = refusals.codes(_routes()[template, method], method) if (template, method) in _routes() else refusals.OF_TOKENS
    return set(told[status])


def _codes_in(content: bytes) -> set[str]:
    """The codes in an answer, but for those of an extension's own."""
    errors = json.loads(content)["errors"]
    return {error["code"] for error in errors if "errorByExtension" not in error}
