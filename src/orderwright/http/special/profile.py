"""The caller's own account: what stands at `/me` itself, and behind its passwords and emails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from orderwright.domain.signing.requests import CustomerSignInResult
from orderwright.http.api.doors import Door
from orderwright.http.api.routes import Asked, Caller, Route, Routes
from orderwright.http.special.customers import MyCustomer
from orderwright.http.special.sign_in import SignUp
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Lookup

FAMILY = "me"


def serve_profile(routes: Routes, mine: MyCustomer, sign_up: SignUp, doors: Iterable[Door]) -> None:
    """Put the caller's account onto its paths at the doors of an owner."""
    doors = tuple(doors)
    resource = mine.resource

    def add(path: str, form: str, method: str, route: Route) -> None:
        routes.add(path, form, method, route, doors)

    def row(verb: str, endpoint: Callable[[Asked], Awaitable[Answer]], body: object = None, caller: Caller = "customer") -> Route:
        return Route(verb, endpoint, FAMILY, resource, body=body, caller=caller, queries=() if body else None)

    add("", "", "GET", row("get", _own(mine.get)))
    add("", "", "POST", row("update", _own(mine.update)))
    add("", "", "DELETE", row("delete", _own(mine.delete)))
    add("password", "", "POST", row("update", mine.change_password, mine.CHANGE))
    # Whoever forgot her password has no token of her own yet.
    add("password", "reset", "POST", row("update", mine.reset_password, mine.RESET, "anyone"))
    add("email", "confirm", "POST", row("update", mine.confirm_email, mine.CONFIRM, "anyone"))
    signs_up = Route("create", sign_up.create, FAMILY, sign_up.resource, answers=CustomerSignInResult, caller="anyone")
    add("signup", "", "POST", signs_up)


def _own(endpoint: Callable[[Asked], Awaitable[Answer]]) -> Callable[[Asked], Awaitable[Answer]]:
    """The endpoint on the customer that the token names."""

    async def on_caller(asked: Asked) -> Answer:
        return await endpoint(replace(asked, lookup=Lookup("id", str(asked.access.customer_id))))

    return on_caller
