"""How an order came to its amounts, for whoever may read it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from orderwright.domain.order.kept import KeptOrder
from orderwright.domain.order.resource import RESOURCE
from orderwright.domain.sale.explained_order import OrderExplanation, explaining
from orderwright.engine.json.codec import decoder, encode
from orderwright.http.api.doors import IN_STORE, PROJECT
from orderwright.http.api.endpoints import Endpoints, named
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer
from orderwright.verbs.prefetch import nothing_more
from orderwright.verbs.slices import breathe


def routes(house: House) -> Iterator[Route]:
    """The explanation of an order."""
    yield Route(
        at=f"{RESOURCE.path}/id/explain",
        method="GET",
        verb="get",
        endpoint=Explanations(house.verbs, RESOURCE).explain,
        family=RESOURCE.path,
        resource=RESOURCE,
        doors=(PROJECT, IN_STORE),
        answers=OrderExplanation,
        queries=(),
    )


class Explanations(Endpoints):
    """Explains an order by what the order holds."""

    async def explain(self, asked: Asked) -> Answer:
        """200 with the explanation. Raises 404."""
        body = await self.verbs.get(self.resource, named(asked), asked.access)
        order = decoder(KeptOrder).decode(body)
        await breathe(len(body))
        return Answer(200, encode(await self.verbs.worked_out(asked.access, (), nothing_more, partial(explaining, order))))
