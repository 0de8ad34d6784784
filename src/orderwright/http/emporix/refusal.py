"""Errors as Emporix' services have them, and 401 and 429 as the gateway before them has them."""

from __future__ import annotations

import re
from typing import Any, Final

from orderwright.auth.refusals import ExpiredTokenError
from orderwright.errors import ApiError, MethodNotAllowedError, OverCapacityError
from orderwright.http.wire.exchange import Answer, json_answer

_TYPES: Final = {
    400: "validation_violation",
    403: "insufficient_permissions",
    404: "element_resource_non_existing",
    409: "conflict_resource",
}
_FAULTS: Final = {
    401: ("Invalid access token", "oauth.v2.InvalidAccessToken"),
    429: ("Too many requests", "policies.ratelimit.SpikeArrestViolation"),
}
"""By status, the texts and codes of what the gateway answers."""
_EXPIRED: Final = ("Access Token expired", "keymanagement.service.access_token_expired")
_TAKEN: Final = frozenset(("DuplicateField",))
"""What the house refuses as a bad value is a conflict in this dialect."""
DETAILS: Final = "details"
_PARAMETER: Final = re.compile(r"Malformed parameter: (\w+): ")
_MEMBER: Final = re.compile(r"(\w+(?: -> \w+)*): ")
"""How the house names a query parameter, and the steps to a member of a body, before it says what is wrong there."""


def refusal(error: ApiError) -> Answer:
    """The answer that tells of an error."""
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, OverCapacityError):
        headers = (("retry-after", str(error.retry_after)),)
    if isinstance(error, MethodNotAllowedError):
        headers = (("allow", ", ".join(sorted(error.allowed))),)
    if error.status in _FAULTS:
        return json_answer(error.status, _fault(error), *headers)
    status = 409 if error.code in _TAKEN else error.status
    return json_answer(status, _body(error, status), *headers)


def cart_ordered(cart: str, order: str | None) -> ApiError:
    """409 for a second order of a cart that was checked out."""
    kind = "unique_checkout_cartId_index"
    details = [{"field": "cartId", "type": kind, "message": f"The cart '{cart}' has an order already."}]
    if order is not None:
        details.append({"field": "existingOrderId", "type": kind, "message": order})
    return ApiError(409, "Conflict", f"An order of the cart '{cart}' exists already.", **{DETAILS: details})


def _body(error: ApiError, status: int) -> dict[str, Any]:
    kind = _TYPES.get(status, "internal_service_error" if status >= 500 else "validation_violation")
    if error.code == "Conflict":
        kind = error.code
    body: dict[str, Any] = {"status": status, "type": kind, "message": error.message}
    field, reason = _field(error), error.fields.get("detailedErrorMessage")
    if DETAILS in error.fields:
        body["details"] = error.fields[DETAILS]
    elif field is not None or reason is not None:
        named = {} if field is None else {"field": field}
        body["details"] = [{**named, "type": kind, "message": reason or error.message}]
    return body


def _field(error: ApiError) -> str | None:
    """What of the request an error is about, as a bean names it."""
    named: str | None = error.fields.get("field")
    if named is not None:
        return named
    parameter = _PARAMETER.match(error.message)
    member = _MEMBER.match(error.fields.get("detailedErrorMessage") or "")
    return parameter[1] if parameter else member[1].replace(" -> ", ".") if member else None


def _fault(error: ApiError) -> dict[str, Any]:
    text, code = _EXPIRED if isinstance(error, ExpiredTokenError) else _FAULTS[error.status]
    return {"fault": {"faultstring": text, "detail": {"errorcode": code}}}
