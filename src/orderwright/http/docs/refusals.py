"""The codes with which an operation may refuse, by the status that it answers then, and how such an answer looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from orderwright import errors
from orderwright.auth.refusals import insufficient_scope, invalid_client, invalid_request, invalid_token
from orderwright.domain.extension.triggers import EXTENSIBLE
from orderwright.errors import ApiError
from orderwright.http.api.routes import Route
from orderwright.http.mounts.refusal import body_of
from orderwright.http.wire.refusals import content_too_large, headers_too_large, request_timeout

Codes = Mapping[int, tuple[str, ...]]
_JSON: Final = "application/json"
_ALWAYS: Final[Codes] = {
    400: ("InvalidInput",),
    401: ("invalid_token",),
    403: ("insufficient_scope",),
    404: ("ResourceNotFound",),
    408: ("RequestTimeout",),
    409: ("ConcurrentModification",),
    413: ("ContentTooLarge",),
    422: ("IdempotencyKeyReused",),
    431: ("RequestHeaderFieldsTooLarge",),
    500: ("General",),
    502: ("ExtensionBadResponse",),
    503: ("OverCapacity", "QueryTimedOut"),
    504: ("ExtensionNoResponse",),
}
_SENT: Final = ("InvalidJsonInput", "RequiredField", "InvalidField", "InvalidOperation")
_STORED: Final = ("DuplicateField", "ReferencedResourceNotFound", "ResourceSizeLimitExceeded", "MoneyOverflow")
_BY_VERB: Final[Mapping[str, tuple[str, ...]]] = {
    "create": (*_SENT, *_STORED, "MaxResourceLimitExceeded"),
    "update": (*_SENT, *_STORED, "MaxResourceLimitExceeded", "ReferenceExists"),
    "apply": (*_SENT, *_STORED),
    "delete": ("InvalidOperation", "ReferenceExists"),
    "search": (*_SENT, "SearchNotReady"),
    "matching": _SENT,
}
"""What a 400 of a verb says besides."""
_OF_LINES: Final = (
    "MatchingPriceNotFound",
    "MissingTaxRateForCountry",
    "OutOfStock",
    "InvalidItemShippingDetails",
    "LineItemQuantityAboveLimit",
    "LineItemQuantityBelowLimit",
    "DiscountCodeNonApplicable",
    "CountryNotConfiguredInStore",
    "MissingRoleOnChannel",
    "ShippingMethodDoesNotMatchCart",
)
_OF_ORDERS: Final = (*_OF_LINES, "PriceChanged")
_OF_PREDICATES: Final = ("SyntaxError", "SemanticError")
_OF_DISCOUNTS: Final = (
    *_OF_PREDICATES,
    "MaxCartDiscountsReached",
    "MaxStoreReferencesReached",
    "StoreCartDiscountsLimitReached",
)
_OF_PASSWORDS: Final = (
    "InvalidCredentials",
    "InvalidCurrentPassword",
    "ExpiredCustomerPasswordToken",
    "ExpiredCustomerEmailToken",
)
_OF_PRICES: Final = ("DuplicatePriceKey", "DuplicatePriceScope", "OverlappingPriceValidity", "MissingRoleOnChannel")
_OF_VARIANTS: Final = (
    "AttributeNameDoesNotExist",
    "DuplicateAttributeValue",
    "DuplicateAttributeValues",
    "DuplicateVariantValues",
    *_OF_PRICES,
)
_OF_CHOICES: Final = ("DuplicateEnumValues",)
_OF_EXTENSIONS: Final = (
    "ExtensionChainTooDeep",
    "ExtensionChainTooWide",
    "ExtensionPredicateEvaluationFailed",
    "ExtensionUpdateActionsFailed",
)
_BY_FAMILY: Final[Mapping[str, tuple[str, ...]]] = {
    "business-units": ("MissingRoleOnChannel",),
    "cart-discounts": _OF_DISCOUNTS,
    "carts": _OF_LINES,
    "customers": _OF_PASSWORDS,
    "discount-codes": _OF_PREDICATES,
    "discount-groups": ("MaxDiscountGroupsReached",),
    "extensions": ("CircularDependency", "ExtensionDependencyExists", "MissingDependency", *_OF_PREDICATES),
    "inventory": ("MissingRoleOnChannel",),
    "login": (*_OF_PASSWORDS, *_OF_LINES),
    "me": (*_OF_PASSWORDS, *_OF_LINES),
    "orders": _OF_ORDERS,
    "orders/edits": (*_OF_ORDERS, "EditPreviewFailed"),
    "orders/quotes": _OF_ORDERS,
    "product-discounts": (*_OF_PREDICATES, "MissingRoleOnChannel"),
    "product-types": (
        "AttributeDefinitionAlreadyExists",
        "AttributeDefinitionTypeConflict",
        "AttributeNameDoesNotExist",
        "EnumKeyAlreadyExists",
        "EnumKeyDoesNotExist",
        "EnumValueIsUsed",
        "EnumValuesMustMatch",
        *_OF_CHOICES,
    ),
    "products": _OF_VARIANTS,
    "project": ("LanguageUsedInStores",),
    "quote-requests": _OF_LINES,
    "quotes": _OF_LINES,
    "shipping-methods": _OF_PREDICATES,
    "shopping-lists": ("MissingRoleOnChannel",),
    "standalone-prices": ("DuplicateStandalonePriceScope", "OverlappingStandalonePriceValidity", "MissingRoleOnChannel"),
    "stores": ("ProjectNotConfiguredForLanguages", "MissingRoleOnChannel"),
    "types": _OF_CHOICES,
}
"""What a 400 of a write says besides, of a family."""
_READ_BY_FAMILY: Final[Mapping[str, tuple[str, ...]]] = {
    "customers": ("ExpiredCustomerPasswordToken", "ExpiredCustomerEmailToken"),
    "product-projections": ("ReferencedResourceNotFound",),
    "shipping-methods": (*_SENT[1:], *_OF_PREDICATES, "EditPreviewFailed"),
    "subscriptions": ("General",),
}
"""What a 400 of reading says besides, of a family."""
_ELSEWHERE: Final[Mapping[tuple[str, int], tuple[str, ...]]] = {
    ("cart-discounts", 403): ("Unauthorized",),
    ("categories", 403): ("Unauthorized",),
    ("discount-codes", 403): ("Unauthorized",),
    ("product-discounts", 404): ("NoMatchingProductDiscountFound",),
    ("standalone-prices", 409): ("ValidityLockConflict",),
    ("subscriptions", 503): ("General",),
}
"""What a family says besides in another status."""
OF_TOKENS: Final[Codes] = {
    **{status: _ALWAYS[status] for status in (408, 431, 500, 503)},
    400: (
        "invalid_request",
        "invalid_grant",
        "invalid_scope",
        "unsupported_grant_type",
        "invalid_customer_account_credentials",
        "AnonymousIdAlreadyInUse",
    ),
    401: ("invalid_client",),
    403: ("insufficient_scope",),
    404: ("ResourceNotFound",),
    413: ("invalid_request",),
}
"""Those of the endpoints that give tokens."""
_ID: Final = "6f1a2b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b"
_SAMPLES: Final[tuple[ApiError, ...]] = (
    errors.invalid_input("Malformed parameter: limit: Expected a number from 0 to 500."),
    errors.invalid_json_input("Expected `str`, got `int` - at `$.currency`"),
    errors.required_field("key"),
    errors.invalid_field("taxMode", "Sometimes", ["Platform", "External"]),
    errors.invalid_operation("The line item was not found."),
    errors.duplicate_field("key", "mug"),
    errors.referenced_resource_not_found("channel", id=_ID),
    errors.reference_exists("category", "product"),
    errors.max_resource_limit_exceeded("store", 100_000),
    errors.size_limit_exceeded(),
    errors.syntax_error("Expected a comparison."),
    errors.semantic_error("The field 'colour' does not exist."),
    errors.InvalidCredentialsError(),
    errors.resource_not_found(id=_ID),
    errors.concurrent_modification(_ID, 1, 2),
    errors.query_timed_out(),
    errors.OverCapacityError("Too many requests wait."),
    errors.unauthorized("The caller may not do this."),
    invalid_token(),
    insufficient_scope(["manage_orders:demo"]),
    invalid_client(),
    invalid_request("Missing required parameter: grant_type."),
    request_timeout(),
    content_too_large(16 * 1024 * 1024),
    headers_too_large(),
)
_BODIES: Final = {(error.status, error.code): body_of(error) for error in _SAMPLES}


def codes(route: Route, method: str) -> Codes:
    """By status, the codes of what an operation may refuse with. API extensions may answer any other code of their own."""
    found = dict(_ALWAYS)
    more = [*_BY_VERB.get(route.verb, ())]
    if method != "GET":
        more += _BY_FAMILY.get(route.family, ())
        more += _OF_EXTENSIONS if route.resource is not None and route.resource.type_id in EXTENSIBLE else ()
    else:
        more += _READ_BY_FAMILY.get(route.family, ())
    found[400] = tuple(dict.fromkeys((*found[400], *more)))
    for (family, status), told in _ELSEWHERE.items():
        if family == route.family:
            found[status] = (*found[status], *told)
    return found


def all_codes() -> Iterable[tuple[int, str]]:
    """Every status with every code that is told anywhere."""
    told = [*_BY_VERB.values(), *_BY_FAMILY.values(), _OF_EXTENSIONS]
    yield from ((400, code) for found in told for code in found)
    yield from ((status, code) for (_, status), found in _ELSEWHERE.items() for code in found)
    yield from ((status, code) for found in (_ALWAYS, OF_TOKENS) for status, every in found.items() for code in every)


def with_codes(response: Mapping[str, Any], status: int, found: Iterable[str]) -> dict[str, Any]:
    """A refusal that names its codes, with an example of each that there is one of."""
    content = response["content"][_JSON]
    examples = {code: {"value": body} for code in found if (body := _BODIES.get((status, code))) is not None}
    named = ", ".join(f"`{code}`" for code in found)
    shown = {**content, "examples": examples} if examples else content
    return {**response, "description": f"{response['description']} {named}", "content": {_JSON: shown}}
