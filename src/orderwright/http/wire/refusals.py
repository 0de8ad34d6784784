"""The refusals of requests that are too large or too late to be read, in the form of every error."""

from __future__ import annotations

from orderwright.errors import ApiError
from orderwright.http.wire.limits import KB, MB


def invalid_current_password() -> ApiError:
    return ApiError(400, "InvalidCurrentPassword", "The given current password does not match.")


def expired_customer_token(kind: str) -> ApiError:
    """A token for the `password` or the `email` of a customer."""
    return ApiError(400, f"ExpiredCustomer{kind.capitalize()}Token", f"The given {kind} token has expired.")


def content_too_large(most: int) -> ApiError:
    shown = f"{most // MB} MB" if most >= MB else f"{most // KB} KB" if most >= KB else f"{most} bytes"
    return ApiError(413, "ContentTooLarge", f"The request body is larger than {shown}.")


def headers_too_large() -> ApiError:
    return ApiError(431, "RequestHeaderFieldsTooLarge", "The request line and the headers are larger than 64 KB.")


def request_timeout() -> ApiError:
    return ApiError(408, "RequestTimeout", "The request body did not arrive in time.")


def coding_not_implemented() -> ApiError:
    return ApiError(501, "NotImplemented", "The only Transfer-Encoding that is understood is chunked.")


def version_not_supported() -> ApiError:
    return ApiError(505, "HttpVersionNotSupported", "HTTP/1.1 and HTTP/1.0 are spoken here.")
