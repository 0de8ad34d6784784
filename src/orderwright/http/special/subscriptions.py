"""Subscriptions, beside the verbs: how one fares, for monitors that have no token."""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.domain.subscription.model import Subscription
from orderwright.domain.subscription.resource import RESOURCE
from orderwright.engine.json.codec import decoder
from orderwright.errors import ApiError
from orderwright.http.api.endpoints import named
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer

PATH = RESOURCE.path


def routes(house: House) -> Iterator[Route]:
    """The rows of subscriptions that are more than a verb."""

    async def health(asked: Asked) -> Answer:
        """200 for a subscription that is healthy. Raises 503 for one that is not, and 404."""
        body = await house.verbs.get(RESOURCE, named(asked), asked.access)
        subscription: Subscription = decoder(Subscription).decode(body)
        if subscription.status != "Healthy":
            raise ApiError(503, "General", f"The status of the Subscription is {subscription.status}.")
        return Answer(200)

    yield Route(
        at=f"{PATH}/id/health",
        method="GET",
        verb="get",
        endpoint=health,
        family=PATH,
        queries=(),
        public=True,
        bare=True,
    )
