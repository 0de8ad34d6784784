"""What carts have beside the five verbs: replicas, merges, and the active cart of a customer or of the caller."""

from __future__ import annotations

import re
from collections.abc import Iterable

from orderwright.domain.signing.merge import MergeCartDraft
from orderwright.engine.json.codec import decode_body
from orderwright.engine.resource import ResourceType
from orderwright.errors import ApiError, required_field, resource_not_found
from orderwright.http.api import query
from orderwright.http.api.doors import Door
from orderwright.http.api.endpoints import Endpoints, expansions, named
from orderwright.http.api.parameters import BY_VERB
from orderwright.http.api.routes import UUID, Asked, Route, Routes
from orderwright.http.special.hand_over import HandOver, Offer
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.verbs import Verbs, not_found

_VARIABLE = re.compile(r":customerId(?![A-Za-z0-9])")


def serve_carts(routes: Routes, verbs: Verbs, carts: ResourceType, replicas: ResourceType, doors: Iterable[Door]) -> None:
    """Put the paths of their own into the table, after those that all resources have."""
    active = ActiveCart(verbs, carts)
    replicate = Route("create", Endpoints(verbs, replicas).create, carts.path, replicas)
    routes.add(carts.path, "replicate", "POST", replicate, doors)
    page = Route("query", active.query, carts.path, carts, either=carts.model, queries=(*BY_VERB["query"], "customerId"))
    routes.add(carts.path, "", "GET", page, doors)
    for method, endpoint in (("GET", active.get), ("HEAD", active.head)):
        routes.add(carts.path, "customer-id=", method, Route("get", endpoint, carts.path, carts), doors, "customer_id")


def serve_own_carts(routes: Routes, verbs: Verbs, carts: ResourceType, replicas: ResourceType, doors: Iterable[Door]) -> None:
    """The paths of their own at the doors of an owner."""
    active = OwnActiveCart(verbs, carts)
    replicate = Route("create", Endpoints(verbs, replicas).create, carts.path, replicas)
    routes.add(carts.path, "replicate", "POST", replicate, doors)
    for method, endpoint in (("GET", active.get), ("HEAD", active.head)):
        routes.add("active-cart", "", method, Route("get", endpoint, carts.path, carts), doors)


def serve_merge(routes: Routes, verbs: Verbs, carts: ResourceType, hand_over: HandOver, doors: Iterable[Door]) -> None:
    """The merge that a shop asks for, whose customers sign in elsewhere."""
    endpoint = MergeCarts(verbs, carts, hand_over).merge
    route = Route("update", endpoint, carts.path, carts, body=MergeCartDraft)
    routes.add(carts.path, "customer-id=/merge", "POST", route, doors, "customer_id")


class ActiveCart(Endpoints):
    """A customer's most recently modified active cart, at `customer-id=` and at the old form `carts?customerId=`."""

    async def get(self, asked: Asked) -> Answer:
        """GET of the cart. Raises 404."""
        return await self.latest(self.whose(asked), asked)

    async def head(self, asked: Asked) -> Answer:
        """HEAD of the cart: 200 or 404."""
        found = await self._body(self.whose(asked), asked)
        return Answer(404 if found is None else 200)

    def whose(self, asked: Asked) -> Lookup:
        """The customer in the path."""
        return whose(named(asked))

    async def query(self, asked: Asked) -> Answer:
        """GET on the collection: one cart for the old form, which clients still use, whatever stands beside it; else a page."""
        parameters = asked.request.query
        customer_id = query.single(parameters, "customerId")
        # A predicate may have a variable of that name, whose value it is then.
        if customer_id is None or any(_VARIABLE.search(text) for text in query.values(parameters, "where")):
            return await super().query(asked)
        return await self.latest(whose(Lookup("customer_id", customer_id)), asked)

    async def latest(self, lookup: Lookup, asked: Asked) -> Answer:
        """The cart with its references expanded as asked."""
        paths = expansions(asked)
        body = await self._body(lookup, asked)
        if body is None:
            raise self.nothing(lookup)
        return await self.document(200, body.encode(), paths, asked)

    def nothing(self, lookup: Lookup) -> Exception:
        """The 404 where there is no active cart."""
        return not_found(lookup)

    async def _body(self, lookup: Lookup, asked: Asked) -> str | None:
        visible = self.resource.visible(asked.access)
        return await self.verbs.documents.latest(asked.access.shard, "cart", lookup, "Active", visible)


class OwnActiveCart(ActiveCart):
    """The caller's own most recently modified active cart."""

    def whose(self, asked: Asked) -> Lookup:
        """The owner that the token names."""
        if asked.access.customer_id is not None:
            return Lookup("customer_id", asked.access.customer_id)
        return Lookup("anonymous_id", str(asked.access.anonymous_id))

    def nothing(self, lookup: Lookup) -> Exception:
        """The 404, which does not repeat the owner."""
        return resource_not_found(named="name 'active-cart'")


class MergeCarts(Endpoints):
    """POST that merges the cart of an anonymous session into a customer's."""

    def __init__(self, verbs: Verbs, resource: ResourceType, hand_over: HandOver) -> None:
        super().__init__(verbs, resource)
        self._hand_over = hand_over

    async def merge(self, asked: Asked) -> Answer:
        """200 with the customer's cart. Raises 404 for a customer who is not there, `RequiredField` where no cart is named, and
        what a merge raises."""
        paths = expansions(asked)
        draft = decode_body(MergeCartDraft, asked.request.body)
        if draft.anonymous_cart is None and draft.anonymous_id is None:
            raise required_field("anonymousCart")
        offer = Offer(
            cart=draft.anonymous_cart,
            anonymous_id=draft.anonymous_id,
            mode=draft.merge_mode,
            update_product_data=draft.update_product_data,
        )
        body = await self._merged(whose(named(asked)), offer, asked)
        return await self.document(200, body, paths, asked)

    async def _merged(self, customer: Lookup, offer: Offer, asked: Asked) -> bytes:
        try:
            return await self._hand_over.merge(customer.value, offer, asked.access)
        except ApiError as error:
            # The path names her, not the body.
            missing = error.code == "ReferencedResourceNotFound" and error.fields["typeId"] == "customer"
            raise not_found(customer) if missing else error from None


def whose(customer: Lookup) -> Lookup:
    """A customer by an id of the request's path or query, as carts have it. Raises 404 for what is no id."""
    if UUID.fullmatch(customer.value) is None:
        raise not_found(Lookup(customer.column, customer.value[:200]))
    return Lookup(customer.column, customer.value.lower())
