"""What a request is refused with that is too much or too late for the server to read, in the form of every error."""

from __future__ import annotations

from orderwright.errors import ApiError


def invalid_current_password() -> ApiError:
    return ApiError(400, "InvalidCurrentPassword", "The given current password does not match.")


def expired_customer_token(kind: str) -> ApiError:
    """A token for the `password` or the `email` of a customer."""
    return ApiError(400, f"ExpiredCustomer{kind.capitalize()}Token", f"The given {kind} token has expired.")


def content_too_large() -> ApiError:
    return ApiError(413, "ContentTooLarge", "The request body is larger than 16 MB.")


def headers_too_large() -> ApiError:
    return ApiError(431, "RequestHeaderFieldsTooLarge", "The request line and the headers are larger than 64 KB.")


def request_timeout() -> ApiError:
    return ApiError(408, "RequestTimeout", "The request body did not arrive in time.")
