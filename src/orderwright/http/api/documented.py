"""The refusals as the OpenAPI document tells them: the schema of an error, and which statuses an operation may answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orderwright.domain.extension.triggers import EXTENSIBLE
from orderwright.http.api.routes import Route
from orderwright.http.api.schemas import Schema, ref_to

REF = "#/components/responses/{name}"
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_WHOLE: Schema = {"type": "integer"}
_ANY: Schema = {}
FIELDS: Mapping[str, Schema] = {
    "action": {"type": "object", "description": "The update action that was refused."},
    "allowedValues": {"type": "array", "items": _ANY},
    "attribute": _ANY,
    "attributes": {"type": "array", "items": _ANY},
    "channel": _ANY,
    "conflictingAttributeName": _TEXT,
    "conflictingEnumKey": _TEXT,
    "conflictingPrice": _ANY,
    "conflictingProductTypeId": _TEXT,
    "conflictingProductTypeName": _TEXT,
    "conflictingResource": _ANY,
    "conflictingStandalonePrice": _ANY,
    "conflictingValidFrom": _TEXT,
    "conflictingValidUntil": _TEXT,
    "country": _TEXT,
    "currency": _TEXT,
    "currentVersion": {**_WHOLE, "description": "The version that the document has."},
    "customerGroup": _ANY,
    "detailedErrorMessage": {**_TEXT, "description": "What in the body is not as it must be, with its path."},
    "discountCode": _TEXT,
    "discountCodeId": _TEXT,
    "duplicateValue": _ANY,
    "duplicates": _TEXTS,
    "errorByExtension": {"type": "object", "description": "The API extension that the error comes from."},
    "exceededResource": _TEXT,
    "extensionBody": _TEXT,
    "extensionErrors": {"type": "array", "items": _ANY},
    "extensionExtraInfo": {"type": "object"},
    "extensionId": _TEXT,
    "extensionKey": _TEXT,
    "extensionStatusCode": _WHOLE,
    "field": {**_TEXT, "description": "The member that the error is about."},
    "id": _TEXT,
    "invalidAttributeName": _TEXT,
    "invalidValue": _ANY,
    "itemId": _TEXT,
    "key": _TEXT,
    "languages": _TEXTS,
    "lineItem": _TEXT,
    "lineItems": _TEXTS,
    "localizedMessage": {"type": "object"},
    "maxCartQuantity": _WHOLE,
    "minCartQuantity": _WHOLE,
    "missingRole": _TEXT,
    "productId": _TEXT,
    "quantity": _WHOLE,
    "reason": _TEXT,
    "referencedBy": _TEXT,
    "result": {"type": "object", "description": "What would come of the order edit, and why it fails."},
    "shipping": {"type": "boolean"},
    "sku": _TEXT,
    "skus": _TEXTS,
    "state": _TEXT,
    "storeCountries": _TEXTS,
    "stores": {"type": "array", "items": _ANY},
    "storesWithoutPermission": _TEXTS,
    "subject": _TEXT,
    "taxCategoryId": _TEXT,
    "typeId": _TEXT,
    "validFrom": _TEXT,
    "validUntil": _TEXT,
    "validityCheckTime": _TEXT,
    "variantId": _WHOLE,
    "variantValues": _ANY,
}
"""What errors carry beside `code` and `message`, each as far as its code has it."""

ERRORS: Mapping[str, Schema] = {
    "ErrorObject": {
        "description": "One error. What it carries beside `code` and `message` depends on the code.",
        "type": "object",
        "properties": {"code": _TEXT, "message": _TEXT, **FIELDS},
        "required": ["code", "message"],
    },
    "ErrorResponse": {
        "description": "A refusal. `message` is that of the first error.",
        "type": "object",
        "properties": {
            "statusCode": _WHOLE,
            "message": _TEXT,
            "errors": {"type": "array", "minItems": 1, "items": ref_to("ErrorObject")},
        },
        "required": ["statusCode", "message", "errors"],
    },
    "AuthErrorResponse": {
        "description": "A refusal of RFC 6749 or 6750, in the form of every other one.",
        "type": "object",
        "properties": {
            "statusCode": _WHOLE,
            "message": _TEXT,
            "errors": {"type": "array", "minItems": 1, "items": ref_to("ErrorObject")},
            "error": _TEXT,
            "error_description": _TEXT,
        },
        "required": ["statusCode", "message", "errors", "error", "error_description"],
    },
}

# A 403 is one of OAuth where no scope allows the path, and of the API where one allows less than is asked for.
_PLAIN = ref_to("ErrorResponse")
_OAUTH = ref_to("AuthErrorResponse")
_EITHER = {"anyOf": [_OAUTH, _PLAIN]}
# Status, description, the form of the answer, and the headers that say what to do about it.
_REFUSALS: tuple[tuple[int, str, dict[str, Any], tuple[str, ...]], ...] = (
    (400, "The request is not as it must be, or cannot be done.", _PLAIN, ()),
    (401, "There is no token, or it is not valid.", _OAUTH, ("WWW-Authenticate",)),
    (403, "The token has none of the scopes that this needs.", _EITHER, ()),
    (404, "What is named is not there.", _PLAIN, ()),
    (408, "The body did not arrive in time.", _PLAIN, ()),
    (409, "The document has another version.", _PLAIN, ()),
    (413, "The body is too large.", _PLAIN, ()),
    (422, "The Idempotency-Key was used for another request.", _PLAIN, ()),
    (431, "The request line and the headers are too large.", _PLAIN, ()),
    (500, "The request failed inside the server.", _PLAIN, ()),
    (502, "An API extension has answered what it may not.", _PLAIN, ()),
    (503, "The server cannot take the request now.", _PLAIN, ("Retry-After",)),
    (504, "An API extension has not answered in time.", _PLAIN, ()),
)
_WITH_BODY = (408, 413)
_OF_EXTENSIONS = (502, 504)
_ALWAYS = (400, 401, 403, 404, 431, 500, 503)
_DESCRIPTIONS = {status: description for status, description, _, _ in _REFUSALS}
# Those of whoever shows a client's secret, not a token. What RFC 6749 words differs in its members from what fails otherwise.
_OF_TOKENS = (400, 401, 403, 408, 413, 431, 500, 503)


def responses() -> dict[str, Any]:
    """The refusals that operations refer to."""
    found = {str(status): _refusal(description, form, headers) for status, description, form, headers in _REFUSALS}
    for status in (*_ALWAYS, 409):
        found[f"{status}OfHead"] = {"description": _DESCRIPTIONS[status]}
    for status in _OF_TOKENS:
        told = {"description": _DESCRIPTIONS[status], "content": {"application/json": {"schema": _EITHER}}}
        found[f"{status}OfTokens"] = told
    return found


def _refusal(description: str, form: dict[str, Any], headers: tuple[str, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": description, "content": {"application/json": {"schema": form}}}
    if headers:
        told["headers"] = {name: {"schema": _TEXT} for name in headers}
    return told


def refused(route: Route, method: str) -> dict[str, Any]:
    """What an operation on a resource may refuse with, by status. HEAD says it without a body."""
    statuses = [*_ALWAYS, *(_WITH_BODY if method == "POST" else ())]
    if method in ("POST", "DELETE") and route.resource is not None:
        statuses.append(409)
    if method in ("POST", "DELETE") and route.repeatable:
        statuses.append(422)
    if method == "POST" and route.resource is not None and route.resource.type_id in EXTENSIBLE:
        statuses += _OF_EXTENSIONS
    statuses += route.refuses
    if method == "HEAD":
        return {str(status): {"$ref": REF.format(name=f"{status}OfHead")} for status in sorted(set(statuses))}
    return {str(status): {"$ref": REF.format(name=status)} for status in sorted(set(statuses))}


def refused_tokens(below_project: bool) -> dict[str, Any]:
    """What an endpoint below `/oauth` may refuse with; one of a project may not be there."""
    found = {str(status): {"$ref": REF.format(name=f"{status}OfTokens")} for status in _OF_TOKENS}
    return {**found, "404": {"$ref": REF.format(name=404)}} if below_project else found
