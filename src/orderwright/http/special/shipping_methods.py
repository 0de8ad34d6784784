"""Which shipping methods can be offered: for a cart, for a place, for both, and for the edit of an order."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import msgspec

from orderwright.auth.scopes import as_owner, needed
from orderwright.domain.order_edit.model import OrderEdit, OrderEditPreviewFailure
from orderwright.domain.order_edit.refusals import edit_preview_failed
from orderwright.domain.order_edit.resource import RESOURCE as EDIT
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping.matching import matching_cart, matching_place
from orderwright.domain.sale.shipping.method import ShippingMethod
from orderwright.domain.sale.shipping.resource import RESOURCE
from orderwright.domain.shop.zone import Location
from orderwright.engine.access import Access
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decoder, encode, to_builtins
from orderwright.engine.references import Wanted
from orderwright.errors import ApiError, invalid_input
from orderwright.http.api import query
from orderwright.http.api.doors import IN_STORE, PROJECT
from orderwright.http.api.endpoints import Endpoints, expansions, paged
from orderwright.http.api.routes import UUID, Asked, Endpoint, Route
from orderwright.http.api.sizes import within
from orderwright.http.special.house import House
from orderwright.http.special.order.edits import result_of
from orderwright.http.wire.exchange import Answer
from orderwright.predicates import PredicateError, Sort, parse_sort
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.verbs import not_found

_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}0?")


Find = Callable[[Asked], Awaitable[Sequence[ShippingMethod]]]


def routes(house: House) -> Iterator[Route]:
    """The four questions, each to be asked by GET and HEAD; carts can be asked for in a store, too."""
    matching = Matching(house.verbs, RESOURCE)
    for word, find, door, verb, queries in (
        ("matching-cart", matching.cart, PROJECT, "matching", ("cartId",)),
        ("matching-cart", matching.cart, IN_STORE, "matching_in_store", ("cartId",)),
        ("matching-cart-location", matching.cart_and_place, PROJECT, "matching", ("cartId", "country", "state")),
        ("matching-location", matching.place, PROJECT, "matching", ("country", "state", "currency", "sort")),
        ("matching-orderedit", matching.order_edit, PROJECT, "search", ("orderEditId", "country", "state")),
    ):
        for method, endpoint in (("GET", matching.page_of(find)), ("HEAD", matching.any_of(find))):
            yield Route(
                at=f"{RESOURCE.path}/{word}",
                method=method,
                verb=verb,
                endpoint=endpoint,
                family=RESOURCE.path,
                resource=RESOURCE,
                doors=(door,),
                listed=True,
                queries=(*queries, *(["expand"] if method == "GET" else [])),
            )


class Matching(Endpoints):
    """The answers. A cart that the caller does not see does not exist."""

    def page_of(self, find: Find) -> Endpoint:
        """GET: the methods as one page, all of them."""

        async def page(asked: Asked) -> Answer:
            paths = expansions(asked)
            found = await find(asked)
            results = [encode(method) for method in found]
            # Nobody can ask for a limit here. It is the usual one, and never less than what is answered.
            limit = max(query.DEFAULT_LIMIT, len(found))

            async def answer(most: int) -> Answer:
                shown = await self._expanded(results, paths, asked, most) if paths else results
                return paged(shown, limit, 0, len(found))

            return await within(answer)

        return page

    def any_of(self, find: Find) -> Endpoint:
        """HEAD: whether there are any. What is asked about and does not exist has none."""

        async def any_found(asked: Asked) -> Answer:
            try:
                return Answer(200 if await find(asked) else 404)
            except ApiError as error:
                if error.status == 404:
                    return Answer(404)
                raise

        return any_found

    async def cart(self, asked: Asked) -> Sequence[ShippingMethod]:
        """For a cart and its own shipping address. Raises 404, `InvalidOperation` without an address."""
        return await self._matching_cart(asked, None)

    async def cart_and_place(self, asked: Asked) -> Sequence[ShippingMethod]:
        """For a cart, were it sent to the place. Raises 404."""
        return await self._matching_cart(asked, self._place(asked))

    async def place(self, asked: Asked) -> Sequence[ShippingMethod]:
        """For whatever is sent to the place, the default method first, then in the order asked for."""
        place, currency = self._place(asked), _matched(asked, "currency", _CURRENCY)
        sort = _sort(asked, self.resource.model)
        facts = await self.verbs.facts(asked.access, [])
        found = list(matching_place(place, currency, facts))
        for key in reversed(sort):
            found.sort(key=lambda method, key=key: _sortable(method, key), reverse=key.descending)  # type: ignore[misc]  # mypy sees no type for a bound default
        return sorted(found, key=lambda method: not method.is_default) if sort else found

    async def order_edit(self, asked: Asked) -> Sequence[ShippingMethod]:
        """For an order as an edit would make it, were it sent to the place. Raises 404, `EditPreviewFailed`."""
        place = self._place(asked)
        id = _required(asked, "orderEditId")
        if not UUID.fullmatch(id):
            raise not_found(Lookup("id", id[:200]))
        body = await self.verbs.get(EDIT, Lookup("id", id.lower()), asked.access)
        result = await result_of(self.verbs, decoder(OrderEdit).decode(body), asked.access)
        if isinstance(result, OrderEditPreviewFailure):
            raise edit_preview_failed(result)
        return matching_cart(result.preview, place, await self.verbs.facts(asked.access, []))

    def _place(self, asked: Asked) -> Location:
        country = _matched(asked, "country", _COUNTRY)
        if country is None:
            raise query.malformed("country", "A value is required.")
        return Location(country=country, state=query.single(asked.request.query, "state"))

    async def _matching_cart(self, asked: Asked, place: Location | None) -> Sequence[ShippingMethod]:
        id = _required(asked, "cartId")
        wanted = Wanted("cart", "id", id.lower())

        def matching(facts: Facts) -> Sequence[ShippingMethod]:
            cart = facts.look_up(wanted)
            if not isinstance(cart, Cart):
                raise not_found(Lookup("id", id[:200]))
            return matching_cart(cart, place, facts)

        if not UUID.fullmatch(id):
            raise not_found(Lookup("id", id[:200]))
        return await self.verbs.answer(_of_carts(asked), [wanted], matching)


def _of_carts(asked: Asked) -> Access:
    """Which carts may be asked about. Owners come in at the same door as everybody, to ask about their own."""
    access, who = asked.access, asked.access.who
    verb = "matching" if access.store_key is None else "matching_in_store"
    if not as_owner(asked.scopes, needed(asked.request.segments[0], "shipping-methods", verb, access.store_key)):
        return access
    if who.customer is not None:
        return msgspec.structs.replace(access, customer_id=who.customer.id)
    # A token without an owner is the shop's own.
    return msgspec.structs.replace(access, anonymous_id=who.anonymous_id)


def _required(asked: Asked, name: str) -> str:
    value = query.single(asked.request.query, name)
    if value is None:
        raise query.malformed(name, "A value is required.")
    return value


def _matched(asked: Asked, name: str, pattern: re.Pattern[str]) -> str | None:
    value = query.single(asked.request.query, name)
    if value is not None and pattern.fullmatch(value) is None:
        raise query.malformed(name, f"'{value[:40]}' is not a {name} code.")
    return value


def _sort(asked: Asked, model: Any) -> list[Sort]:
    try:
        return [parse_sort(text, model) for text in query.values(asked.request.query, "sort")]
    except PredicateError as error:
        raise invalid_input(error.message) from None


def _sortable(method: Any, key: Sort) -> tuple[bool, str, Any]:
    """What stands at a path, so that values of different types, and none, have an order too."""
    value = to_builtins(method)
    for step in key.path:
        value = value.get(step) if isinstance(value, dict) else None
    return value is None, type(value).__name__, value if isinstance(value, str | int | float) else 0
