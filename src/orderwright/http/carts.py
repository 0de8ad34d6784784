"""What carts have beside the five verbs: replicas, and a customer's active cart."""

from __future__ import annotations

from orderwright.engine.resource import ResourceType
from orderwright.engine.verbs import Verbs, not_found
from orderwright.http import query
from orderwright.http.endpoints import Endpoints, expansions, named
from orderwright.http.exchange import Answer
from orderwright.http.routes import Asked, Routes
from orderwright.storage.documents import Lookup


def serve_carts(routes: Routes, verbs: Verbs, carts: ResourceType, replicas: ResourceType) -> None:
    """Put the paths of their own into the table, after those that all resources have."""
    active = ActiveCart(verbs, carts)
    routes.add(replicas, "replicate", "POST", "create", Endpoints(verbs, replicas).create)
    routes.add(carts, "customer-id", "GET", "get", active.get, "customer_id")
    routes.add(carts, "customer-id", "HEAD", "head", active.head, "customer_id")
    routes.add(carts, "", "GET", "query", active.query)


class ActiveCart(Endpoints):
    """A customer's most recently modified active cart, at `customer-id=` and at the old form `carts?customerId=`."""

    async def get(self, asked: Asked) -> Answer:
        """GET of the cart. Raises 404."""
        return await self.latest(named(asked), asked)

    async def head(self, asked: Asked) -> Answer:
        """HEAD of the cart: 200 or 404."""
        found = await self._body(named(asked), asked)
        return Answer(404 if found is None else 200)

    async def query(self, asked: Asked) -> Answer:
        """GET on the collection: one cart for the old form, which clients still use, else a page."""
        customer_id = query.single(asked.request.query, "customerId")
        # With a predicate it is the value of a variable `:customerId`.
        if customer_id is None or query.values(asked.request.query, "where"):
            return await super().query(asked)
        return await self.latest(Lookup("customer_id", customer_id), asked)

    async def latest(self, lookup: Lookup, asked: Asked) -> Answer:
        """The cart with its references expanded as asked."""
        paths = expansions(asked)
        body = await self._body(lookup, asked)
        if body is None:
            raise not_found(lookup)
        return await self.document(200, body.encode(), paths, asked)

    async def _body(self, lookup: Lookup, asked: Asked) -> str | None:
        return await self.verbs.documents.latest(asked.access.shard, "cart", lookup, "Active", asked.access.visible)
