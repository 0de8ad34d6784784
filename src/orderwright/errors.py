"""The catalogue of API errors: each with its status, its fixed text and its fields, as the specification words them. The form in
which a client is told is its mount's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")


class ApiError(Exception):
    """A refusal as the API answers it. `fields` stand in the error object beside `code` and `message`.

    `others` are errors that are told after it, with all their members.
    `taken` is the kind and value of the claim that another document has, where that is the reason.
    """

    taken: tuple[str, str] | None = None
    others: tuple[dict[str, Any], ...] = ()

    def __init__(self, status: int, code: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = {name: value for name, value in fields.items() if value is not None}


class AuthError(ApiError):
    """A refusal of RFC 6749 or 6750, which also carries `error` and `error_description`."""

    def __init__(self, status: int, error: str, description: str, code: str | None = None) -> None:
        super().__init__(status, code or error, description)
        self.error = error


class MethodNotAllowedError(ApiError):
    """The path is served, but not with this method; `allowed` are those it is served with."""

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(405, "MethodNotAllowed", f"The method {method} is not served here.")
        self.allowed = allowed


class InvalidCredentialsError(ApiError):
    """No customer has this e-mail address and password; which of the two is wrong is not told."""

    def __init__(self) -> None:
        super().__init__(400, "InvalidCredentials", "Account with the given credentials not found.")


class OverCapacityError(ApiError):
    """The server cannot take the request now; the client may send it again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(503, "OverCapacity", message)
        self.retry_after = retry_after


def invalid_json_input(detail: str) -> ApiError:
    return ApiError(400, "InvalidJsonInput", "Request body does not contain valid JSON.", detailedErrorMessage=detail)


def invalid_input(message: str) -> ApiError:
    return ApiError(400, "InvalidInput", message)


def invalid_operation(message: str) -> ApiError:
    return ApiError(400, "InvalidOperation", message)


def syntax_error(message: str) -> ApiError:
    return ApiError(400, "SyntaxError", message)


def semantic_error(message: str) -> ApiError:
    return ApiError(400, "SemanticError", message)


def required_field(field: str) -> ApiError:
    return ApiError(400, "RequiredField", f"A value is required for field {field}.", field=field)


def _shown(value: Any) -> str:
    # As JSON has it: not False, but false. Texts stand without quotes.
    return str(value) if isinstance(value, str | Decimal) else _encoder.encode(value).decode()


def invalid_field(field: str, value: Any, allowed: list[Any] | None = None) -> ApiError:
    message = f"The value {_shown(value)} is not valid for field {field}."
    return ApiError(400, "InvalidField", message, field=field, invalidValue=value, allowedValues=allowed)


def unauthorized(message: str) -> ApiError:
    return ApiError(403, "Unauthorized", message)


def duplicate_field(field: str, value: Any, conflicting: dict[str, str] | None = None) -> ApiError:
    message = f"A duplicate value {_shown(value)} exists for field {field}."
    return ApiError(400, "DuplicateField", message, field=field, duplicateValue=value, conflictingResource=conflicting)


def referenced_resource_not_found(type_id: str, *, id: str | None = None, key: str | None = None) -> ApiError:
    named = f"with id '{id}'" if id is not None else f"with key '{key}'"
    message = (
        f"The referenced object of type '{type_id}' {named} was not found. It either doesn't exist, or it can't be accessed "
        "from this endpoint (e.g., if the endpoint filters by store or customer account)."
    )
    return ApiError(400, "ReferencedResourceNotFound", message, typeId=type_id, id=id, key=key)


def reference_exists(resource: str, type_id: str) -> ApiError:
    message = f"Can not delete a {resource} while it is referenced by at least one {type_id}."
    return ApiError(400, "ReferenceExists", message, referencedBy=type_id)


def payment_in_use(id: str) -> ApiError:
    return invalid_operation(f"The payment '{id}' is already assigned to another order or active cart.")


def quote_ordered(id: str) -> ApiError:
    return invalid_operation(f"The quote '{id}' has been ordered already.")


def resource_not_found(*, id: str | None = None, key: str | None = None, named: str | None = None) -> ApiError:
    """404 by id, by key, or by another name such as `order number 'A-1'`."""
    what = named or (f"ID '{id}'" if id is not None else f"key '{key}'")
    return ApiError(404, "ResourceNotFound", f"The Resource with {what} was not found.")


def concurrent_modification(id: str, expected: int, actual: int) -> ApiError:
    message = f"Object {id} has a different version than expected. Expected: {expected} - Actual: {actual}."
    return ApiError(409, "ConcurrentModification", message, currentVersion=actual)


def max_resource_limit_exceeded(type_id: str, most: int) -> ApiError:
    message = f"You have exceeded the limit of {most} resources of type {type_id}."
    return ApiError(400, "MaxResourceLimitExceeded", message, exceededResource=type_id)


def size_limit_exceeded() -> ApiError:
    return ApiError(400, "ResourceSizeLimitExceeded", "The resource size exceeds the maximal allowed size of 16 MB.")


def query_timed_out() -> ApiError:
    return ApiError(503, "QueryTimedOut", "The query took longer than its time limit; narrow it by an indexed field.")


class MovedError(OverCapacityError):
    """Something that was read has changed since, without a new version of its document. The caller may read it again."""


class CountersMovedError(MovedError):
    """Counters that were read have changed since. The change is made again with what they are now, and no client gets this as an
    answer unless that happens all the time."""
