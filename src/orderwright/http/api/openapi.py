"""The OpenAPI document, made from the route table and the very structs that requests are decoded with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from orderwright import __api_level__, __version__
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime, ExactNumber, NotServed, Secret
from orderwright.http.api.doors import DOORS
from orderwright.http.api.routes import Route, Routes

REF = "#/components/schemas/{name}"
_TEMPLATES = {door.name: door.template for door in DOORS}
# The form's fields of each.
_TOKEN_PATHS = {
    "/oauth/token": ("grant_type", "scope", "refresh_token"),
    "/oauth/{projectKey}/customers/token": ("grant_type", "username", "password", "scope"),
    "/oauth/{projectKey}/in-store/key={storeKey}/customers/token": ("grant_type", "username", "password", "scope"),
    "/oauth/{projectKey}/anonymous/token": ("grant_type", "anonymous_id", "scope"),
    "/oauth/introspect": ("token",),
    "/oauth/token/revoke": ("token",),
}
_KEYED = [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}]
_QUERIES = {
    "query": ("where", "sort", "expand", "limit", "offset", "withTotal"),
    "create": ("expand",),
    "get": ("expand",),
    "update": ("expand",),
    "delete": ("version", "expand"),
}


def describe(routes: Routes) -> dict[str, Any]:
    """The whole document."""
    names, schemas = _schemas(list(routes.table.values()))
    paths: dict[str, Any] = {}
    for (door, path, form, method), route in routes.table.items():
        template = "/".join(filter(None, (_TEMPLATES[door], path, form_of(form))))
        operation = _operation(route, "_".join(filter(None, (door, path, form))), method, names)
        if method == "POST":
            schema = {"$ref": names[route.body]} if route.body else _body(route, names)
            operation["requestBody"] = {"required": True, "content": {route.media: {"schema": schema}}}
        operation["parameters"] = _parameters(template, _queries(route)) + (_KEYED if route.repeatable else [])
        paths.setdefault(template, {})[method.lower()] = operation
    for token_path, fields in _TOKEN_PATHS.items():
        paths[token_path] = {"post": _token_operation(token_path, fields)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orderwright", "version": __version__, "x-api-level": __api_level__},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def form_of(form: str) -> str:
    """`customer-id=/merge` is written `customer-id={customerId}/merge`."""
    return "/".join(map(_step, form.split("/"))) if form else ""


def _step(step: str) -> str:
    if step in ("id", "*"):
        return "{id}" if step == "id" else "{name}"
    first, *rest = step.removesuffix("=").split("-")
    return f"{step}{{{first}{''.join(map(str.capitalize, rest))}}}" if step.endswith("=") else step


def _operation(route: Route, name: str, method: str, names: Mapping[Any, str]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "The answer."}
    if method != "HEAD":
        answer["content"] = {"application/json": {"schema": _answer(route, names)}}
    return {
        "operationId": f"{route.verb}_{name}" if method != "HEAD" else f"head_{name}",
        "tags": [route.family],
        "responses": {
            "201" if route.verb == "create" else "200": answer,
            "default": {"description": "A refusal: statusCode, message and errors."},
        },
    }


def _answer(route: Route, names: Mapping[Any, str]) -> dict[str, Any]:
    if route.answers is not None:
        return {"$ref": names[route.answers]}
    if route.resource is None:
        return {}
    name = route.resource.model.__name__ + ("PagedQueryResponse" if route.verb == "query" else "")
    return {"$ref": REF.format(name=name)}


def _body(route: Route, names: Mapping[Any, str]) -> dict[str, Any]:
    if route.resource is None:
        return {}
    creates = route.verb == "create"
    return {"$ref": names[route.resource.draft] if creates else REF.format(name=f"{route.resource.actions.name}Update")}


def _queries(route: Route) -> Sequence[str]:
    """The names of the query parameters of an operation on a resource."""
    if route.resource is None:
        return ()
    erasing = route.verb == "delete" and route.resource.personal
    return (*_QUERIES.get(route.verb, ()), *(["dataErasure"] if erasing else []))


def _parameters(template: str, queries: Sequence[str]) -> list[dict[str, Any]]:
    names = [part[1:-1] for word in template.split("/") for part in [word.partition("=")[2] or word] if part.startswith("{")]
    found = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return found + [{"name": name, "in": "query", "schema": {"type": "string"}} for name in queries]


def _token_operation(path: str, fields: Sequence[str]) -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in fields}
    schema = {"type": "object", "properties": properties}
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {
        "operationId": re.sub(r"[/={}]+", "_", path).strip("_"),
        "parameters": _parameters(path, ()),
        "requestBody": {"content": content},
        "responses": {"200": {"description": "As RFC 6749, 7009 and 7662 say."}},
    }


def _schemas(routes: Sequence[Route]) -> tuple[dict[Any, str], dict[str, Any]]:
    """Every struct's `$ref`, and the schemas they point to."""
    resources = list({id(route.resource): route.resource for route in routes if route.resource is not None}.values())
    types: list[Any] = [kind for route in routes for kind in (route.body, route.answers) if kind is not None]
    for resource in resources:
        types += [resource.model, *([resource.draft] if "create" in resource.verbs else []), *resource.actions.types]
    types = list(dict.fromkeys(types))
    references, components = msgspec.json.schema_components(types, ref_template=REF, schema_hook=_scalar)
    names = {kind: schema["$ref"] for kind, schema in zip(types, references, strict=True)}
    found: dict[str, Any] = dict(components)
    for resource in resources:
        found[f"{resource.model.__name__}PagedQueryResponse"] = _paged(names[resource.model])
        if resource.actions.types:
            found[f"{resource.actions.name}Update"] = _update(resource, names)
    return names, found


def _update(resource: ResourceType, names: Mapping[Any, str]) -> dict[str, Any]:
    mapping = {str(kind.__struct_config__.tag): names[kind] for kind in resource.actions.types}
    choices = [{"$ref": reference} for reference in mapping.values()]
    items = {"anyOf": choices, "discriminator": {"propertyName": "action", "mapping": mapping}}
    properties = {"version": {"type": "integer"}, "actions": {"type": "array", "maxItems": 500, "items": items}}
    return {"type": "object", "required": ["version", "actions"], "properties": properties}


def _paged(reference: str) -> dict[str, Any]:
    numbers = {field: {"type": "integer"} for field in ("limit", "offset", "count", "total")}
    results = {"type": "array", "items": {"$ref": reference}}
    return {"type": "object", "required": ["limit", "offset", "count", "results"], "properties": {**numbers, "results": results}}


def _scalar(kind: type) -> dict[str, Any]:
    if kind is DateTime:
        return {"type": "string", "format": "date-time"}
    if kind is Secret:
        return {"type": "string", "format": "password"}
    if kind is ExactNumber:
        return {"type": "number"}
    if kind is NotServed:
        return {"type": "null", "description": "Not served by this version."}
    raise NotImplementedError(kind)


def listing(description: dict[str, Any]) -> bytes:
    """A plain page that lists the operations: it needs no script from elsewhere."""
    rows = "".join(
        f"<tr><td>{method.upper()}</td><td><code>{path}</code></td></tr>"
        for path, methods in sorted(description["paths"].items())
        for method in methods
    )
    style = "<style>body{font:16px sans-serif;margin:2em}td{padding:.2em 1em}</style>"
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>Orderwright</title>{style}"
    link = "<p>For machines: <a href=openapi.json>openapi.json</a></p>"
    return f"{head}<h1>Orderwright {__version__}</h1>{link}<table>{rows}</table></html>".encode()
