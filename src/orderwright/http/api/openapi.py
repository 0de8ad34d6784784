"""The OpenAPI document, made from the route table and the very structs that requests are decoded with."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NamedTuple

from orderwright import __api_level__, __version__
from orderwright.auth.tokens import Issued
from orderwright.http.api import parameters
from orderwright.http.api.documented import ERRORS, REF, refused, refused_tokens, responses
from orderwright.http.api.doors import DOORS
from orderwright.http.api.routes import Route, Routes, form_of
from orderwright.http.api.schemas import Schema, Schemas, ref_to

DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
_TEMPLATES = {door.name: door.template for door in DOORS}
_TEXT = {"type": "string", "minLength": 1}
_TOLD = """\
Every operation below a project needs a token of `/oauth/token` in the header Authorization. Bodies are JSON. Members and query
parameters that are not described are ignored; a member that is null counts as one that is left out. In answers, what has no
value is left out. References that `expand` names have the resource beside their id as `obj`. Every answer has the header
X-Correlation-ID; one with a status of 400 or more has an `ErrorResponse`, but for HEAD. A method that a path does not have is
405, with those that it has in the header Allow."""


class TokenPath(NamedTuple):
    """A path of tokens: the form's fields that must be there, the others, what `grant_type` may be and who grants it then, and
    the schema of what is answered. `endpoint` answers where nothing is granted."""

    at: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    grants: Mapping[str, Callable[[Any], Awaitable[Any]]] = {}
    answers: str | None = "Issued"
    endpoint: Callable[[Any], Awaitable[Any]] | None = None


_INTROSPECTION: Schema = {
    "description": "What a token is worth (RFC 7662). One that is not valid is just not active.",
    "type": "object",
    "properties": {
        "active": {"type": "boolean"},
        "scope": {"type": "string"},
        "exp": {"type": "integer", "description": "When it ends, in seconds since 1970."},
        "client_id": {"type": "string"},
    },
    "required": ["active"],
}


def describe(routes: Routes, token_paths: Iterable[TokenPath]) -> dict[str, Any]:
    """The whole document."""
    schemas = Schemas(list(routes.table.values()), [Issued], {**ERRORS, "Introspection": _INTROSPECTION})
    paths: dict[str, Any] = {}
    for (door, path, form, method), route in routes.table.items():
        template = template_at(door, path, form)
        item = paths.setdefault(template, {"parameters": parameters.in_path(template)})
        item[method.lower()] = _operation(route, "_".join(filter(None, (door, path, form.replace("*", "name")))), method, schemas)
    answers = _told_once(paths)
    for token_path in token_paths:
        template = f"/{token_path.at}"
        paths[template] = {"parameters": parameters.in_path(template), "post": _token_operation(token_path)}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {"title": "Orderwright", "version": __version__, "x-api-level": __api_level__, "description": _TOLD},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "parameters": parameters.components(paths),
            "responses": {**responses(), **answers},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}, "client": {"type": "http", "scheme": "basic"}},
        },
    }


def template_at(door: str, path: str, form: str) -> str:
    """The path of a row at a door, as the document has it."""
    return "/".join(filter(None, (_TEMPLATES[door], path, form_of(form))))


def _operation(route: Route, name: str, method: str, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _id(f"{route.verb if method != 'HEAD' else 'head'}_{name}"),
        "tags": [route.family],
        "parameters": parameters.asked_for(route, method),
    }
    if route.public:
        operation["security"] = []
    if method == "POST":
        content = {media: {"schema": _body(route, schemas)} for media in route.media}
        operation["requestBody"] = {"required": True, "content": content}
    answer: dict[str, Any] = {"description": "The answer."}
    if method != "HEAD" and not route.bare:
        answer["content"] = {route.produces: {"schema": _answer(route, schemas)}}
    statuses = (201 if route.verb == "create" else 200, *route.answered)
    operation["responses"] = {**{str(status): answer for status in statuses}, **refused(route, method)}
    return operation


def _told_once(paths: Mapping[str, Any]) -> dict[str, Any]:
    """Takes the answers that are a schema of a name out of all operations, which refer to them from now on by that name."""
    answers: dict[str, Any] = {}
    for item in paths.values():
        for method in item.keys() - {"parameters"}:
            told = item[method]["responses"]
            for status, answer in told.items():
                match answer:
                    case {"content": {"application/json": {"schema": {"$ref": schema}}}}:
                        name = schema.rpartition("/")[2]
                        answers[name] = answer
                        told[status] = {"$ref": REF.format(name=name)}
    return answers


def _id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


def _answer(route: Route, schemas: Schemas) -> Schema:
    kind = route.answers
    if kind is None and route.resource is not None:
        kind = route.resource.answered
    if kind is None:
        return {}
    answered = schemas.page_of(kind) if route.paged else schemas.of(kind)
    return answered if route.either is None else {"anyOf": [answered, schemas.of(route.either)]}


def _body(route: Route, schemas: Schemas) -> Schema:
    if route.body is not None:
        return schemas.of(route.body)
    if route.resource is None:
        return {}  # bytes of the media type
    return schemas.of(route.resource.draft) if route.verb == "create" else schemas.update_of(route.resource)


def _token_operation(asked: TokenPath) -> dict[str, Any]:
    # The client may show itself in the form instead of the header, but not in both.
    fields = (*asked.required, *asked.optional, "client_id", "client_secret")
    properties: dict[str, Any] = dict.fromkeys(fields, _TEXT)
    if asked.grants:
        properties["grant_type"] = {"type": "string", "enum": list(asked.grants)}
    schema = {"type": "object", "properties": properties, "required": list(asked.required)}
    answer: dict[str, Any] = {"description": "As RFC 6749, 7009 and 7662 say."}
    if asked.answers is not None:
        answer["content"] = {"application/json": {"schema": ref_to(asked.answers)}}
    return {
        "operationId": _id(asked.at),
        "tags": ["oauth"],
        "security": [{"client": []}, {}],
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}},
        "responses": {"200": answer, **refused_tokens("{projectKey}" in asked.at)},
    }
