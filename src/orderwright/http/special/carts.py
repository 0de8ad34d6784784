"""What carts have beside the five verbs: replicas, merges, explanations, the active cart of a customer or of the caller."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from orderwright.domain.cart.explain import CartExplanation, explaining, wanted_to_explain
from orderwright.domain.cart.resource import MINE, MY_REPLICA, REPLICA, RESOURCE
from orderwright.domain.sale.discounts.codes import wanted_behind
from orderwright.domain.sale.model import Cart
from orderwright.domain.signing.merge import MergeCartDraft
from orderwright.engine.json.codec import decode_body, decoder, encode
from orderwright.errors import ApiError, required_field, resource_not_found
from orderwright.http.api import query
from orderwright.http.api.doors import IN_STORE, IN_STORE_ME, ME, PROJECT
from orderwright.http.api.endpoints import Endpoints, expansions, named
from orderwright.http.api.parameters import BY_VERB
from orderwright.http.api.routes import UUID, Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.hand_over import Offer
from orderwright.verbs.slices import breathe
from orderwright.verbs.verbs import not_found

_VARIABLE = re.compile(r":customerId(?![A-Za-z0-9])")


def routes(house: House) -> Iterator[Route]:
    """The paths of their own: at the doors of a shop, then at those of an owner."""
    path = RESOURCE.path
    active, own = ActiveCart(house.verbs, RESOURCE), OwnActiveCart(house.verbs, MINE)
    for doors, replicas in (((PROJECT, IN_STORE), REPLICA), ((ME, IN_STORE_ME), MY_REPLICA)):
        yield Route(
            at=f"{path}/replicate",
            method="POST",
            verb="create",
            endpoint=Endpoints(house.verbs, replicas).create,
            family=path,
            resource=replicas,
            doors=doors,
        )
    for at, column, made, doors in (
        (f"{path}/customer-id=", "customer_id", active, (PROJECT, IN_STORE)),
        ("active-cart", None, own, (ME, IN_STORE_ME)),
    ):
        for method, endpoint in (("GET", made.get), ("HEAD", made.head)):
            yield Route(
                at=at,
                method=method,
                verb="get",
                endpoint=endpoint,
                family=path,
                resource=made.resource,
                doors=doors,
                column=column,
            )
    yield Route(
        at=path,
        method="GET",
        verb="query",
        endpoint=active.query,
        family=path,
        resource=RESOURCE,
        doors=(PROJECT, IN_STORE),
        instead=True,
        either=RESOURCE.model,
        queries=(*BY_VERB["query"], "customerId"),
    )
    yield from _merges_and_explanations(house, path)


def _merges_and_explanations(house: House, path: str) -> Iterator[Route]:
    yield Route(
        at=f"{path}/customer-id=/merge",
        method="POST",
        verb="update",
        endpoint=MergeCarts(house).merge,
        family=path,
        resource=RESOURCE,
        doors=(PROJECT, IN_STORE),
        column="customer_id",
        body=MergeCartDraft,
        queries=BY_VERB["update"],
    )
    yield Route(
        at=f"{path}/id/explain",
        method="GET",
        verb="get",
        endpoint=Explanations(house.verbs, RESOURCE).explain,
        family=path,
        resource=RESOURCE,
        doors=(PROJECT, IN_STORE, ME, IN_STORE_ME),
        answers=CartExplanation,
        queries=(),
    )


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


class Explanations(Endpoints):
    """How a cart comes to its amounts: for whoever may read it."""

    async def explain(self, asked: Asked) -> Answer:
        """200 with the explanation. Raises 404."""
        body = await self.verbs.get(self.resource, named(asked), asked.access)
        cart = decoder(Cart).decode(body)
        await breathe(len(body))
        wanted, more = list(wanted_to_explain(cart)), partial(wanted_behind, customer_id=cart.customer_id)
        return Answer(200, encode(await self.verbs.worked_out(asked.access, wanted, more, partial(explaining, cart))))


class MergeCarts(Endpoints):
    """POST that merges the cart of an anonymous session into a customer's: for a shop whose customers sign in elsewhere."""

    def __init__(self, house: House) -> None:
        super().__init__(house.verbs, RESOURCE)
        self._hand_over = house.hand_over

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
