"""What an anonymous session leaves to its owner who signs in: a cart, merged or as it is, and everything else it made."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.domain.cart.actions.lifecycle import Recalculate
from orderwright.domain.laws import ownership
from orderwright.domain.sale.model import Cart
from orderwright.domain.signing.hand_over import CARTS, HAND_OVERS
from orderwright.domain.signing.merge import Merge, MergeMode, TakeOver, check_anonymous
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decoder
from orderwright.engine.references import ResourceIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.errors import ApiError, referenced_resource_not_found
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.again import again, conflicts
from orderwright.verbs.verbs import Verbs

ATTEMPTS = 10
"""How often a hand-over meets a cart that somebody else has just changed before it gives up with their 409."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over: a cart that is named, or all that an anonymous session has; how a cart of it is joined with the
    customer's own, and whether products are copied anew into its lines."""

    cart: ResourceIdentifier | None = None
    anonymous_id: str | None = None
    mode: MergeMode = "MergeWithExistingCustomerCart"
    update_product_data: bool = False


class HandOver:
    """Changes what may belong to an anonymous session by actions that no client can send."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def check(self, offer: Offer, access: Access) -> None:
        """Raises what `at_sign_in` raises for a cart that may not be handed over."""
        await self._offered(offer, at_large(access))

    async def at_sign_in(self, customer_id: str, offer: Offer, access: Access) -> bytes | None:
        """The cart the customer goes on with, or None. A cart that may not be merged is left alone.

        Raises `InvalidOperation` for a cart that is not the session's, `ReferencedResourceNotFound`, and what bringing a
        cart up to date raises: `MatchingPriceNotFound`, `MissingTaxRateForCountry`.
        """
        access = at_large(access)
        source = await self._offered(offer, access)
        found = await self._joined(customer_id, source, offer, access, strict=False)
        await self._take_the_rest(customer_id, offer.anonymous_id, access)
        return found

    async def merge(self, customer_id: str, offer: Offer, access: Access) -> bytes:
        """The customer's cart with that of the anonymous session. Raises what `at_sign_in` raises, and `InvalidOperation` for
        a cart that may not be merged."""
        access = at_large(access)
        source = await self._offered(offer, access)
        if source is None:
            raise referenced_resource_not_found("cart", id=offer.anonymous_id)
        found = await self._joined(customer_id, source, offer, access, strict=True)
        assert found is not None, "a cart that is offered is either joined or refused"
        return found

    async def _offered(self, offer: Offer, access: Access) -> Cart | None:
        visible = CARTS.visible(access)
        documents = self._verbs.documents
        if offer.cart is not None:
            lookup = Lookup("id", offer.cart.id) if offer.cart.id is not None else Lookup("key", str(offer.cart.key))
            body = await documents.body(access.shard, "cart", lookup, visible)
            if body is None:
                raise referenced_resource_not_found("cart", id=offer.cart.id, key=offer.cart.key)
        elif offer.anonymous_id is not None:
            body = await documents.latest(access.shard, "cart", Lookup("anonymous_id", offer.anonymous_id), "Active", visible)
        else:
            body = None
        if body is None:
            return None
        cart = _cart(body)
        check_anonymous(cart, offer.anonymous_id)
        return cart

    async def _joined(self, customer_id: str, source: Cart | None, offer: Offer, access: Access, *, strict: bool) -> bytes | None:
        """One cart out of two, done again where one of them has just changed."""
        own_id = Lookup("customer_id", customer_id)

        async def once() -> bytes | None:
            nonlocal source
            body = await self._verbs.documents.latest(access.shard, "cart", own_id, "Active", CARTS.visible(access))
            own = None if body is None else _cart(body)
            chosen, action = _next(own, source, customer_id, offer)
            if chosen is None:
                return None
            if body is not None and chosen.lock is not None and isinstance(action, Recalculate):
                return body.encode()  # somebody works on it, and finds it as she left it
            try:
                return await self._run(CARTS, chosen.id, chosen.version, action, access)
            except ApiError as error:
                if conflicts(error) and source is not None:
                    source = await self._anew(source, access)
                if error.code != "InvalidOperation" or own is None or source is None or strict:
                    raise
            source = None  # it may not be merged: the customer goes on with her own
            return await once()

        return await again(once, conflicts, ATTEMPTS)

    async def _anew(self, source: Cart, access: Access) -> Cart | None:
        """The cart as it is now; None if it is gone, or another sign-in was faster."""
        body = await self._verbs.documents.body(access.shard, "cart", Lookup("id", source.id), CARTS.visible(access))
        cart = None if body is None else _cart(body)
        return cart if cart is not None and cart.customer_id is None and cart.cart_state == "Active" else None

    async def _take_the_rest(self, customer_id: str, anonymous_id: str | None, access: Access) -> None:
        """Everything else of the session. Each is a write of its own: what is left after a crash is taken by the next
        sign-in that names the session."""
        if anonymous_id is None:
            return
        lookup = Lookup("anonymous_id", anonymous_id)
        for type_id, resource in HAND_OVERS.items():
            left = await self._verbs.documents.versions(access.shard, type_id, lookup, resource.visible(access))
            for id, version in left:
                action = TakeOver if type_id == "cart" else ownership.TakeOver
                try:
                    await self._run(resource, id, version, action(customer_id=customer_id), access)
                except ApiError as error:
                    # A cart that cannot be priced for the customer stays where it is; one that has changed is in use.
                    if error.status >= 500:
                        raise

    async def _run(self, resource: ResourceType, id: str, version: int, action: Any, access: Access) -> bytes:
        return await self._verbs.update(resource, Lookup("id", id), version, [action], access)


def _next(own: Cart | None, source: Cart | None, customer_id: str, offer: Offer) -> tuple[Cart | None, Any]:
    """Which cart changes, and how. Carts of different stores or currencies are never merged."""
    fresh = offer.update_product_data
    if source is None:
        return own, Recalculate(update_product_data=fresh)
    alike = own is not None and (own.store, own.total_price.currency_code) == (source.store, source.total_price.currency_code)
    if own is None or not alike or offer.mode == "UseAsNewActiveCustomerCart":
        return source, TakeOver(customer_id=customer_id, update_product_data=fresh)
    return own, Merge(source=source.id, lines=source.line_items, update_product_data=fresh)


def _cart(body: str) -> Cart:
    cart: Cart = decoder(Cart).decode(body)
    return cart


def at_large(access: Access) -> Access:
    """Not yet the owner's: within the store of the door, if it has one. What becomes of a locked cart is the domain's to say."""
    return msgspec.structs.replace(access, customer_id=None, anonymous_id=None, require=None)
