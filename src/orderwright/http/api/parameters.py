"""The query parameters of the API as the OpenAPI document tells them: each once, with the bounds that `query.py` holds it to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from orderwright.engine.json.paths import MAX_STEPS, STEP
from orderwright.engine.scalars import CountryCode, CurrencyCode
from orderwright.http.api.expand_paths import MAX_PATHS
from orderwright.http.api.query import MAX_LIMIT, MAX_OFFSET, MAX_SORTINGS
from orderwright.http.api.routes import Route
from orderwright.http.api.schemas import told

REF = "#/components/parameters/{name}"
BY_VERB: Mapping[str, tuple[str, ...]] = {
    "query": ("where", "sort", "expand", "limit", "offset", "withTotal"),
    "create": ("expand",),
    "get": ("expand",),
    "update": ("expand",),
    "delete": ("version", "expand"),
}
"""What an operation on a resource takes if its route does not say otherwise."""
PROJECTED = (
    "staged",
    "priceCurrency",
    "priceCountry",
    "priceCustomerGroup",
    "priceCustomerGroupAssignments",
    "priceChannel",
    "localeProjection",
    "storeProjection",
)
"""What decides how a product is projected."""
_TEXT = {"type": "string", "minLength": 1}


def _one(name: str, schema: Mapping[str, Any], description: str, required: bool = False) -> dict[str, Any]:
    must = {"required": True} if required else {}
    return {"name": name, "in": "query", **must, "description": description, "schema": schema}


def _many(name: str, description: str, most: int | None = None, **bounds: Any) -> dict[str, Any]:
    bound = {} if most is None else {"maxItems": most}
    return _one(name, {"type": "array", "items": {**_TEXT, **bounds}, **bound}, description)


def _code(expected: Any) -> Any:
    return told(msgspec.json.schema(expected))


_PATH = rf"^{STEP}(\.{STEP}){{0,{MAX_STEPS - 1}}}$"
_WHERE = "A predicate; several must all hold. A variable `:name` in one is sent as the parameter `var.name`."
_WHOSE = "It can only be used together with `priceCurrency`."
_BOOLEAN = {"type": "boolean"}
_VERSION = {"type": "integer", "minimum": 0, "maximum": 2**53}
_ATTRIBUTES = "The names of the attributes that are shown."
_DRY = "Whether all of it is done and then undone: the answer shows what would be stored, but for its ids and times."
_OLD = "The older form of `/carts/customer-id={customerId}`: the customer's active cart is answered instead of a page."
QUERY: Mapping[str, Mapping[str, Any]] = {
    "where": _many("where", _WHERE, examples=["version > 1"]),
    "sort": _many("sort", "A path, and `asc` or `desc` behind it.", MAX_SORTINGS, examples=["createdAt desc"]),
    "expand": _many("expand", "The path of a reference that is expanded.", MAX_PATHS, pattern=_PATH, examples=["parent"]),
    "limit": _one("limit", {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": 20}, "Results in a page."),
    "offset": _one("offset", {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0}, "Results passed over."),
    "withTotal": _one("withTotal", {**_BOOLEAN, "default": True}, "Whether all results are counted."),
    "version": _one("version", _VERSION, "The version that is deleted.", required=True),
    "versionIfAny": _one("version", _VERSION, "The version that is deleted; without one, whichever stands."),
    "dataErasure": _one("dataErasure", {**_BOOLEAN, "default": False}, "Whether what is kept elsewhere is erased, too."),
    "dryRun": _one("dryRun", {**_BOOLEAN, "default": False}, _DRY),
    "customerId": _one("customerId", _TEXT, _OLD),
    "staged": _one("staged", {**_BOOLEAN, "default": False}, "Whether staged data are projected instead of current data."),
    "priceCurrency": _one("priceCurrency", _code(CurrencyCode), "The currency for which prices are selected."),
    "priceCountry": _one("priceCountry", _code(CountryCode), f"The country for which they are selected. {_WHOSE}"),
    "priceCustomerGroup": _one("priceCustomerGroup", _TEXT, f"The id of a customer group. {_WHOSE}"),
    "priceCustomerGroupAssignments": _many("priceCustomerGroupAssignments", f"The ids of more customer groups. {_WHOSE}"),
    "priceChannel": _one("priceChannel", _TEXT, f"The id of a channel. {_WHOSE}"),
    "localeProjection": _many("localeProjection", "A language in which texts are shown."),
    "storeProjection": _one("storeProjection", _TEXT, "The key of a store for which the product is projected."),
    "attributes": {**_many("filter[attributes]", _ATTRIBUTES), "required": True},
    "cartId": _one("cartId", _TEXT, "The id of a cart.", required=True),
    "orderEditId": _one("orderEditId", _TEXT, "The id of an edit of an order.", required=True),
    "country": _one("country", _code(CountryCode), "The country that is sent to.", required=True),
    "state": _one("state", _TEXT, "The state that is sent to."),
    "currency": _one("currency", _code(CurrencyCode), "The currency that there must be a rate in."),
    "filename": _one("filename", _TEXT, "What the image is called in its URL."),
    "variant": _one("variant", {"type": "integer", "minimum": 0, "maximum": 999_999_999}, "The id of the variant it is of."),
    "deliveryState": _one("state", {"type": "string", "enum": ["waiting", "sent", "dead"]}, "What became of them."),
    "before": _one(
        "before", {"type": "integer", "minimum": 0, "maximum": 2**53, "default": 0}, "Before this number; 0 for the last."
    ),
    "since": _one("since", {"type": "string", "format": "date-time"}, "From when on."),
    "until": _one("until", {"type": "string", "format": "date-time"}, "Until when."),
    "sku": _one("sku", _TEXT, "The SKU of the variant it is of."),
    "stagedImage": _one("staged", {**_BOOLEAN, "default": True}, "Whether only the staged product has the image."),
}
"""By the name under which the document refers to each: the same parameter is not the same everywhere."""
IDEMPOTENCY_KEY: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A repeated request with the same key is answered as the first one was.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}


def components(templates: Iterable[str]) -> dict[str, Any]:
    """What operations refer to, and the paths of these templates. Any text may stand in a path: what names nothing is 404."""
    names = dict.fromkeys(name for template in templates for name in _names(template))
    placed = {_placed(name): {"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names}
    return {**QUERY, "idempotencyKey": IDEMPOTENCY_KEY, **placed}


def asked_for(route: Route, method: str) -> list[dict[str, str]]:
    """References to what an operation takes beside its path."""
    names = list(_queries(route, method))
    if route.repeatable and method != "HEAD":
        names.append("idempotencyKey")
    return [{"$ref": REF.format(name=name)} for name in names]


def _queries(route: Route, method: str) -> Sequence[str]:
    if route.queries is not None:
        return route.queries
    if route.resource is None or method == "HEAD":
        return ()
    erasing = route.verb == "delete" and route.resource.personal
    dry = ["dryRun"] if route.dry_runs else []
    return (*BY_VERB.get(route.verb, ()), *(["dataErasure"] if erasing else []), *dry)


def in_path(template: str) -> list[dict[str, str]]:
    """References to what stands in a path."""
    return [{"$ref": REF.format(name=_placed(name))} for name in _names(template)]


def _names(template: str) -> list[str]:
    return [part[1:-1] for word in template.split("/") for part in [word.partition("=")[2] or word] if part.startswith("{")]


def _placed(name: str) -> str:
    # Some of the names are those of query parameters, too. It stands some six hundred times in the document.
    return f"_{name.removesuffix('Key')}"
