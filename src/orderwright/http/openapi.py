"""The OpenAPI document, made from the route table and the very structs that requests are decoded with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from orderwright import __version__
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime, NotServed
from orderwright.http.routes import Routes

REF = "#/components/schemas/{name}"
_PREFIXES = {"project": "/{projectKey}", "in-store": "/{projectKey}/in-store/key={storeKey}"}
_TOKEN_PATHS = ("/oauth/token", "/oauth/introspect", "/oauth/token/revoke")
_PAGE = ("where", "sort", "expand", "limit", "offset", "withTotal")


def describe(routes: Routes, resources: Sequence[ResourceType], drafts: Mapping[str, Any]) -> dict[str, Any]:
    """The whole document. `drafts` are the bodies of path forms of their own, such as `replicate`."""
    by_path = {resource.path: resource for resource in resources}
    names, schemas = _schemas(resources, list(drafts.values()))
    bodies = {form: {"$ref": names[draft]} for form, draft in drafts.items()}
    paths: dict[str, Any] = {}
    for (door, path, form, method), route in routes.table.items():
        resource = by_path[path]
        template = _PREFIXES[door] + (f"/{resource.path}" if resource.path else "") + _form(form)
        operation = _operation(resource, form, method, route.verb)
        if method == "POST":
            schema = bodies.get(form) or _body(resource, route.verb, names)
            operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        operation["parameters"] = _parameters(template, route.verb)
        paths.setdefault(template, {})[method.lower()] = operation
    for token_path in _TOKEN_PATHS:
        paths[token_path] = {"post": _token_operation(token_path)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orderwright", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _form(form: str) -> str:
    if form in ("", "id"):
        return "/{id}" if form else ""
    named = {"key": "/key={key}", "order-number": "/order-number={orderNumber}", "customer-id": "/customer-id={customerId}"}
    return named.get(form, f"/{form}")


def _operation(resource: ResourceType, form: str, method: str, verb: str) -> dict[str, Any]:
    name = resource.model.__name__ + ("PagedQueryResponse" if verb == "query" else "")
    answer: dict[str, Any] = {"description": "The answer."}
    if method != "HEAD":
        answer["content"] = {"application/json": {"schema": {"$ref": REF.format(name=name)}}}
    tag = resource.path or "project"
    return {
        "operationId": "_".join(filter(None, (verb, tag, form))),
        "tags": [tag],
        "responses": {
            "201" if verb == "create" else "200": answer,
            "default": {"description": "A refusal: statusCode, message and errors."},
        },
    }


def _body(resource: ResourceType, verb: str, names: Mapping[Any, str]) -> dict[str, Any]:
    return {"$ref": names[resource.draft] if verb == "create" else REF.format(name=f"{resource.actions.name}Update")}


def _parameters(template: str, verb: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for word in template.split("/") for part in [word.partition("=")[2] or word] if part.startswith("{")]
    found = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    queries = {"query": _PAGE, "delete": ("version", "dataErasure", "expand")}.get(verb, ())
    return found + [{"name": name, "in": "query", "schema": {"type": "string"}} for name in queries]


def _token_operation(path: str) -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in ("grant_type", "scope", "token")}
    schema = {"type": "object", "properties": properties}
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {
        "operationId": path.strip("/").replace("/", "_"),
        "requestBody": {"content": content},
        "responses": {"200": {"description": "As RFC 6749, 7009 and 7662 say."}},
    }


def _schemas(resources: Sequence[ResourceType], drafts: list[Any]) -> tuple[dict[Any, str], dict[str, Any]]:
    """Every struct's `$ref`, and the schemas they point to."""
    types: list[Any] = list(drafts)
    for resource in resources:
        types += [resource.model, *([resource.draft] if "create" in resource.verbs else []), *resource.actions.types]
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
