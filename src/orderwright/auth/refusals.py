"""What the endpoints below /oauth refuse with, as RFC 6749 and the API word it."""

from __future__ import annotations

from orderwright.errors import AuthError


def invalid_token() -> AuthError:
    return AuthError(401, "invalid_token", "invalid_token")


class ExpiredTokenError(AuthError):
    """An access token whose time is over. The API tells it as any other that is none; the second dialect does not."""

    def __init__(self) -> None:
        super().__init__(401, "invalid_token", "invalid_token")


def insufficient_scope(any_of: list[str]) -> AuthError:
    text = "Insufficient scope. One of the following scopes is missing: " + ", ".join(any_of) + "."
    return AuthError(403, "insufficient_scope", text)


def no_vendors_scope(held: list[str], any_of: list[str]) -> AuthError:
    """403 for scopes of vendors, beside which something else is needed."""
    text = f"{', '.join(held)} opens nothing here, since a token does not say of which vendor it is. "
    return AuthError(403, "insufficient_scope", text + insufficient_scope(any_of).message)


def invalid_client() -> AuthError:
    return AuthError(401, "invalid_client", "Please provide valid client credentials using HTTP Basic Authentication.")


def invalid_request(message: str, status: int = 400) -> AuthError:
    return AuthError(status, "invalid_request", message)


def invalid_scope(message: str) -> AuthError:
    return AuthError(400, "invalid_scope", message)


def invalid_grant() -> AuthError:
    return AuthError(400, "invalid_grant", "The refresh token was not found. It may have expired.")


def token_of_another_client() -> AuthError:
    # RFC 7009, 2.1 has it refused, and RFC 6749, 5.2 has this word for what was issued to another client.
    return AuthError(400, "invalid_grant", "The token was issued to another API client.")


def invalid_customer_account_credentials() -> AuthError:
    text = "Customer account with the given credentials not found."
    return AuthError(400, "invalid_customer_account_credentials", text)


def anonymous_id_already_in_use() -> AuthError:
    text = "The given anonymous ID is already in use."
    return AuthError(400, "invalid_request", text, code="AnonymousIdAlreadyInUse")


def unsupported_grant_type(grant_type: str) -> AuthError:
    return AuthError(400, "unsupported_grant_type", f"Invalid parameter: grant_type: Invalid grant type: {grant_type}")
