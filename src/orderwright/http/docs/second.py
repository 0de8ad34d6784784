"""The OpenAPI document of the second dialect: its operations on orders, and what its clients need around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from orderwright import __api_level__, __version__
from orderwright.auth.openings import TooManyError
from orderwright.auth.refusals import insufficient_scope, invalid_token
from orderwright.errors import ApiError, OverCapacityError, concurrent_modification, invalid_field, resource_not_found
from orderwright.http.api.openapi import DIALECT
from orderwright.http.api.schemas import REF, Schema, ref_to, scalar, told
from orderwright.http.docs.answers import second_answer
from orderwright.http.docs.examples import Examples
from orderwright.http.docs.second_rows import NEEDED, OPERATIONS_TOLD, QUERY, Told
from orderwright.http.emporix.refusal import refusal
from orderwright.http.wire.mounts import Served
from orderwright.http.wire.refusals import content_too_large, headers_too_large, request_timeout

_ABOUT: Final = """\
The dialect of Emporix' Order Service, over the same orders as the first one. The key of a project is the tenant. A token is that
of `/oauth/token` for an API client with the scopes of this dialect: `order.order_read` opens orders, `order.order_read--DE` those
of one restriction. Errors have a status, a type and details; 401 and 429 have the form of the gateway that stands before
Emporix."""
_MERGED: Final = "Merged"
_JSON: Final = "application/json"
_TEXT: Final = {"type": "string"}
_DETAIL: Final = {"type": "object", "properties": {"field": _TEXT, "type": _TEXT, "message": _TEXT}}
_ERRORS: Final[Mapping[str, Schema]] = {
    "Error": {
        "description": "A refusal of a service.",
        "type": "object",
        "properties": {
            "status": {"type": "integer"},
            "type": _TEXT,
            "message": _TEXT,
            "details": {"type": "array", "items": _DETAIL},
        },
        "required": ["status", "type", "message"],
    },
    "Fault": {
        "description": "A refusal of the gateway.",
        "type": "object",
        "properties": {
            "fault": {
                "type": "object",
                "properties": {"faultstring": _TEXT, "detail": {"type": "object", "properties": {"errorcode": _TEXT}}},
                "required": ["faultstring", "detail"],
            }
        },
        "required": ["fault"],
    },
}
# Examples of what is refused, by status, with the words that say why.
_REFUSED: Final[tuple[tuple[str, ApiError], ...]] = (
    ("The request is not as it must be, or cannot be done.", invalid_field("status", "SENT", ["CREATED", "CONFIRMED"])),
    ("There is no token, or it is not valid.", invalid_token()),
    ("The token has none of the scopes that this needs.", insufficient_scope(["order.order_read"])),
    ("What is named is not there.", resource_not_found(named="order id '2030-1001'")),
    ("The body did not arrive in time.", request_timeout()),
    ("The order has another version, or there is one already.", concurrent_modification("2030-1001", 1, 2)),
    ("The body is too large.", content_too_large(1024 * 1024)),
    ("Too many requests from one address.", TooManyError(5)),
    ("The request line and the headers are too large.", headers_too_large()),
    ("The request failed inside the server.", ApiError(500, "General", "The request failed.")),
    ("The server cannot take the request now.", OverCapacityError("Too many requests wait.")),
)
_OF_BODIES: Final = (408, 413)
_OF_WRITES: Final = (409,)
_OF_OPENINGS: Final = (429,)
_OPENED: Final = ("login", "signup", "refresh", "refreshauthtoken")


def described(rows: Iterable[Served]) -> dict[str, Any]:
    """The whole document of these rows."""
    bodies = list(dict.fromkeys(kind for each in OPERATIONS_TOLD.values() for kind in _kinds(each)))
    references, made = msgspec.json.schema_components(bodies, ref_template=REF, schema_hook=scalar)
    names = {REF.format(name=name): REF.format(name=_plain(name, made)) for name in made}
    components = {_plain(name, made): told(schema, names) for name, schema in made.items()} | dict(_ERRORS)
    # What is merged says no more than is to change.
    components |= {f"{name}{_MERGED}": {**components[name], "required": []} for name in ("Update", "Change")}
    by_kind = {kind: told(schema, names) for kind, schema in zip(bodies, references, strict=True)}
    examples = Examples(components)
    paths: dict[str, Any] = {}
    for row in rows:
        item = paths.setdefault(f"/{row.at}", {"parameters": _in_path(row.at)})
        item[row.method.lower()] = _operation(row, by_kind, examples)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {"title": "Orderwright: /order-v2", "version": __version__, "x-api-level": __api_level__, "description": _ABOUT},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {str(error.status): _response(words, error) for words, error in _REFUSED},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(row: Served, by_kind: Mapping[Any, Schema], examples: Examples) -> dict[str, Any]:
    # What nobody has told anything of is shown all the same.
    said = OPERATIONS_TOLD.get((row.method, row.at), Told(f"{row.method} /{row.at}"))
    scopes = f"It needs one of the scopes {', '.join(f'`{scope}`' for scope in said.scopes)}." if said.scopes else said.who
    answer: dict[str, Any] = {"description": "The answer."}
    if said.answer is not None:
        example = second_answer(row.method, row.at)
        known = {} if example is None else {"example": example}
        answer["content"] = {_JSON: {"schema": _schema(said.answer, by_kind, said.listed), **known}}
    operation: dict[str, Any] = {
        "operationId": f"{row.method.lower()}_{'_'.join(word.strip('{}').replace('-', '_') for word in row.at.split('/'))}",
        "tags": [row.at.partition("/")[0] if "order-v2" not in row.at else row.at.split("/")[2]],
        "summary": said.summary,
        "description": "\n\n".join(filter(None, (said.description, scopes))),
        "parameters": [_query(name) for name in said.queries],
        "responses": {str(said.status): answer, **_refused(row, said)},
    }
    if said.who == "Anybody may ask.":
        operation["security"] = []
    if said.body is not None:
        schema = by_kind[said.body]
        if row.method == "PATCH":
            schema = {"$ref": f"{schema['$ref']}{_MERGED}"}
        example = examples.of(schema) if said.example is None else said.example
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema, "example": example}}}
    return operation


def _kinds(said: Told) -> Iterable[Any]:
    parts = said.answer.values() if isinstance(said.answer, dict) else (said.answer,)
    return (kind for kind in (said.body, *parts) if kind is not None and _is_kind(kind))


def _is_kind(value: Any) -> bool:
    return not isinstance(value, dict | str | list)


def _schema(answer: Any, by_kind: Mapping[Any, Schema], listed: bool) -> Schema:
    if isinstance(answer, dict) and "properties" not in answer:
        # Members of which some are structs.
        parts = {name: {"type": "array", "items": by_kind[part]} if _is_kind(part) else part for name, part in answer.items()}
        return {"type": "object", "properties": parts}
    schema = answer if isinstance(answer, dict) else by_kind[answer]
    return {"type": "array", "items": schema} if listed else schema


def _refused(row: Served, said: Told) -> dict[str, Schema]:
    beside = {
        *(_OF_BODIES if said.body is not None else ()),
        *(_OF_WRITES if row.method in ("POST", "PUT", "PATCH", "DELETE") else ()),
        *(_OF_OPENINGS if row.at.rpartition("/")[2] in _OPENED else ()),
    }
    optional = {*_OF_BODIES, *_OF_WRITES, *_OF_OPENINGS}
    statuses = [error.status for _, error in _REFUSED if error.status in beside or error.status not in optional]
    if row.method == "HEAD":
        return {str(error.status): {"description": words} for words, error in _REFUSED if error.status in statuses}
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _response(words: str, error: ApiError) -> dict[str, Any]:
    """A refusal with the very answer that it would be."""
    answer = refusal(error)
    example = msgspec.json.decode(answer.whole)
    schema = ref_to("Fault" if "fault" in example else "Error")
    return {"description": words, "content": {_JSON: {"schema": schema, "example": example}}}


def _query(name: str) -> dict[str, Any]:
    schema, words = QUERY[name]
    must = {"required": True} if name in NEEDED else {}
    return {"name": name, "in": "query", **must, "description": words, "schema": schema}


def _in_path(at: str) -> list[dict[str, Any]]:
    names = [word[1:-1] for word in at.split("/") if word.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in names]


def _plain(name: str, made: Iterable[str]) -> str:
    """What a schema is called: by its struct, and where two have the same name, by its module before that."""
    *modules, own = name.split(".")
    same = [other for other in made if other.rpartition(".")[2] == own]
    return own if len(same) == 1 else f"{modules[-1].capitalize()}{own}"
