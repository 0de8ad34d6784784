"""Errors as the API that commercetools' clients speak has them: the form of its mounts."""

from __future__ import annotations

from typing import Any

from orderwright.errors import ApiError, AuthError, MethodNotAllowedError, OverCapacityError
from orderwright.http.wire.exchange import Answer, json_answer


def body_of(error: ApiError) -> dict[str, Any]:
    """The JSON body: the first error's message stands at the top as well. One of RFC 6749 or 6750 has the members of these
    beside that."""
    first = {"code": error.code, "message": error.message, **error.fields}
    body = {"statusCode": error.status, "message": error.message, "errors": [first, *error.others]}
    if isinstance(error, AuthError):
        body |= {"error": error.error, "error_description": error.message}
    return body


def refusal(error: ApiError) -> Answer:
    """The answer that tells of an error."""
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, OverCapacityError):
        headers = (("retry-after", str(error.retry_after)),)
    if isinstance(error, MethodNotAllowedError):
        headers = (("allow", ", ".join(sorted(error.allowed))),)
    if isinstance(error, AuthError) and error.status == 401:
        headers = (("www-authenticate", f'Bearer realm="orderwright", error="{error.error}"'),)
    return json_answer(error.status, body_of(error), *headers)
