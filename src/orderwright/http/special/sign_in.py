"""Signing in and up: the customer, and the cart she goes on with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orderwright.domain.customer.resource import RESOURCE
from orderwright.domain.signing.requests import CustomerSignInResult
from orderwright.domain.signing.sign_in import CustomerSignin, MyCustomerSignin
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decode_body, plain
from orderwright.engine.references import ResourceIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.http.api.doors import IN_STORE, IN_STORE_ME, ME, PROJECT
from orderwright.http.api.endpoints import expansions
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.customers import Customers, sign_in_result
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.hand_over import Offer, at_large


def routes(house: House) -> Iterator[Route]:
    """Signing up at the doors of a shop, and the login at all."""
    yield Route(
        at=RESOURCE.path,
        method="POST",
        verb="create",
        endpoint=SignUp(house, RESOURCE).create,
        family=RESOURCE.path,
        resource=RESOURCE,
        doors=(PROJECT, IN_STORE),
        instead=True,
        answers=CustomerSignInResult,
    )
    sign_in = SignIn(house, RESOURCE)
    for doors, endpoint, body in (
        ((PROJECT, IN_STORE), sign_in.login, CustomerSignin),
        ((ME, IN_STORE_ME), sign_in.my_login, MyCustomerSignin),
    ):
        yield Route(
            at="login",
            method="POST",
            verb="update",
            endpoint=endpoint,
            family="login",
            doors=doors,
            body=body,
            answers=CustomerSignInResult,
            caller="anyone",
            queries=("expand",),
            refuses=(409,),
        )


class SignUp(Customers):
    """Customers who bring along what they left as anonymous visitors."""

    def __init__(self, house: House, resource: ResourceType) -> None:
        super().__init__(house, resource)
        self._hand_over = house.hand_over

    async def sign_up(self, draft: Any, asked: Asked) -> tuple[bytes, bytes | None]:
        """The new customer and her cart. What she may not take over is refused before she is made."""
        offer = _offer(draft, asked.access)
        await self._hand_over.check(offer, asked.access)
        customer, _ = await super().sign_up(draft, asked)
        return customer, await self._hand_over.at_sign_in(_id(customer), offer, asked.access)


class SignIn(Customers):
    """The login of a shop's customer, by the shop or by herself."""

    def __init__(self, house: House, resource: ResourceType) -> None:
        super().__init__(house, resource)
        self._hand_over = house.hand_over

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
