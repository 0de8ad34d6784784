"""The caller's own account: what stands at `/me` itself, and behind its passwords and emails."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from orderwright.domain.customer.resource import MINE
from orderwright.domain.signing.requests import CustomerSignInResult
from orderwright.http.api.doors import IN_STORE_ME, ME
from orderwright.http.api.routes import Asked, Caller, Endpoint, Route
from orderwright.http.special.customers import MyCustomer
from orderwright.http.special.house import House
from orderwright.http.special.sign_in import SignUp
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Lookup

FAMILY = "me"


def routes(house: House) -> Iterator[Route]:
    """The caller's account, at the doors of an owner."""
    mine = MyCustomer(house, MINE)
    row = functools.partial(Route, family=FAMILY, resource=MINE, doors=(ME, IN_STORE_ME))
    for method, verb, whole in (("GET", "get", mine.get), ("POST", "update", mine.update), ("DELETE", "delete", mine.delete)):
        yield row(at="", method=method, verb=verb, endpoint=_own(whole), caller="customer")
    of_passwords: tuple[tuple[str, Endpoint, object, Caller], ...] = (
        ("password", mine.change_password, mine.CHANGE, "customer"),
        # Whoever forgot her password has no token of her own yet.
        ("password/reset", mine.reset_password, mine.RESET, "anyone"),
        ("email/confirm", mine.confirm_email, mine.CONFIRM, "anyone"),
    )
    for at, endpoint, body, caller in of_passwords:
        yield row(at=at, method="POST", verb="update", endpoint=endpoint, body=body, caller=caller, queries=())
    sign_up = SignUp(house, MINE).create
    yield row(at="signup", method="POST", verb="create", endpoint=sign_up, answers=CustomerSignInResult, caller="anyone")


def _own(endpoint: Endpoint) -> Endpoint:
    """The endpoint on the customer that the token names."""

    async def on_caller(asked: Asked) -> Answer:
        return await endpoint(replace(asked, lookup=Lookup("id", str(asked.access.customer_id))))

    return on_caller
