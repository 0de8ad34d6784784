"""Signing in and up: the customer, and the cart she goes on with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orderwright.auth.accounts import Accounts
from orderwright.domain.signing.requests import CustomerSignInResult
from orderwright.domain.signing.sign_in import CustomerSignin, MyCustomerSignin
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decode_body, plain
from orderwright.engine.references import ResourceIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.http.api.doors import Door
from orderwright.http.api.endpoints import expansions
from orderwright.http.api.routes import Asked, Route, Routes
from orderwright.http.special.customers import Customers, sign_in_result
from orderwright.http.special.hand_over import HandOver, Offer, at_large
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.verbs import Verbs


class SignUp(Customers):
    """Customers who bring along what they left as anonymous visitors."""

    def __init__(self, verbs: Verbs, resource: ResourceType, accounts: Accounts, hand_over: HandOver) -> None:
        super().__init__(verbs, resource, accounts)
        self._hand_over = hand_over

    async def sign_up(self, draft: Any, asked: Asked) -> tuple[bytes, bytes | None]:
        """The new customer and her cart. What she may not take over is refused before she is made."""
        offer = _offer(draft, asked.access)
        await self._hand_over.check(offer, asked.access)
        customer, _ = await super().sign_up(draft, asked)
        return customer, await self._hand_over.at_sign_in(_id(customer), offer, asked.access)


class SignIn(Customers):
    """The login of a shop's customer, by the shop or by herself."""

    def __init__(self, verbs: Verbs, resource: ResourceType, accounts: Accounts, hand_over: HandOver) -> None:
        super().__init__(verbs, resource, accounts)
        self._hand_over = hand_over

    async def login(self, asked: Asked) -> Answer:
        """200 with the customer and her cart. Raises `InvalidCredentials` and what a hand-over raises."""
        return await self._signed_in(decode_body(CustomerSignin, asked.request.body), asked)

    async def my_login(self, asked: Asked) -> Answer:
        """The same for the caller herself."""
        return await self._signed_in(decode_body(MyCustomerSignin, asked.request.body), asked)

    async def _signed_in(self, draft: CustomerSignin | MyCustomerSignin, asked: Asked) -> Answer:
        paths = expansions(asked)
        password, peer, store_key = draft.password.reveal(), asked.request.peer, asked.access.store_key
        customer_id = await self._accounts.authenticate_customer(
            asked.access.shard, draft.email, password, store_key=store_key, peer=peer
        )
        customer = await self.verbs.get(self.resource, Lookup("id", customer_id), at_large(asked.access))
        cart = await self._hand_over.at_sign_in(customer_id, _offer(draft, asked.access), asked.access)
        return await self.document(200, sign_in_result(customer, cart), paths, asked)


def serve_sign_in(routes: Routes, sign_in: SignIn, doors: Iterable[Door]) -> None:
    """Put the login onto its path at each door."""
    for door in doors:
        endpoint, body = (sign_in.my_login, MyCustomerSignin) if door.own else (sign_in.login, CustomerSignin)
        told: dict[str, Any] = {"answers": CustomerSignInResult, "queries": ("expand",), "refuses": (409,)}
        route = Route("update", endpoint, "login", body=body, caller="anyone", **told)
        routes.add("login", "", "POST", route, (door,))


def _offer(draft: Any, access: Access) -> Offer:
    """What a draft hands over; at an owner's door, what the anonymous session of the caller's token has."""
    named = getattr(draft, "anonymous_cart", None)
    by_id = getattr(draft, "anonymous_cart_id", None)
    mode = getattr(draft, "anonymous_cart_sign_in_mode", None) or getattr(draft, "active_cart_sign_in_mode", None)
    return Offer(
        cart=named or (None if by_id is None else ResourceIdentifier(id=by_id)),
        anonymous_id=getattr(draft, "anonymous_id", None) or access.anonymous_id,
        mode=mode or "MergeWithExistingCustomerCart",
        update_product_data=getattr(draft, "update_product_data", False),
    )


def _id(customer: bytes) -> str:
    return str(plain(customer)["id"])
