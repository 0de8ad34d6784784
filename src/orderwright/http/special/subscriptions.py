"""Subscriptions, beside the verbs: how one fares, for monitors that have no token, and what operators do with its deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from orderwright.delivery.operating import DeliveryLog, Gaps, Operator, Replay, Replayed, State
from orderwright.domain.subscription.model import Subscription
from orderwright.domain.subscription.resource import RESOURCE
from orderwright.engine.json.codec import decode_body, decoder
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError
from orderwright.http.api import query
from orderwright.http.api.endpoints import named
from orderwright.http.api.query import MAX_LIMIT
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, json_answer

PATH = RESOURCE.path
_STATES: dict[str | None, State | None] = {None: None, "waiting": "waiting", "sent": "sent", "dead": "dead"}


def routes(house: House) -> Iterator[Route]:
    """The rows of subscriptions that are more than a verb."""
    made = Subscriptions(house)
    at = f"{PATH}/id"
    yield Route(
        at=f"{at}/health", method="GET", verb="get", endpoint=made.health, family=PATH, queries=(), public=True, bare=True
    )
    for path, method, verb, endpoint, body, answers, queries in (
        ("deliveries", "GET", "get", made.log, None, DeliveryLog, ("deliveryState", "before", "limit")),
        ("deliveries/gaps", "GET", "get", made.gaps, None, Gaps, ("since", "until")),
        ("deliveries/replay", "POST", "update", made.replay, Replay, Replayed, ()),
    ):
        yield Route(
            at=f"{at}/{path}",
            method=method,
            verb=verb,
            endpoint=endpoint,
            family=PATH,
            body=body,
            answers=answers,
            queries=queries,
        )


class Subscriptions:
    """The endpoints of one subscription. Raises 404 where it is not there."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def health(self, asked: Asked) -> Answer:
        """200 for a subscription that is healthy. Raises 400 for one whose configuration is to be changed, 503 for any other."""
        status = (await self._named(asked)).status
        if status != "Healthy":
            configured = status in ("ConfigurationError", "ConfigurationErrorDeliveryStopped")
            raise ApiError(400 if configured else 503, "General", f"The status of the Subscription is {status}.")
        return Answer(200)

    async def log(self, asked: Asked) -> Answer:
        """The last deliveries, and how far the destination is behind."""
        state = query.single(asked.request.query, "state")
        if state not in _STATES:
            raise query.malformed("state", "It must be waiting, sent or dead.")
        before = query.integer(asked.request.query, "before", 0, 2**53)
        most = query.integer(asked.request.query, "limit", 20, MAX_LIMIT)
        subscription = await self._named(asked)
        return json_answer(200, await self._operator(asked).log(subscription, before, _STATES[state], most))

    async def gaps(self, asked: Asked) -> Answer:
        """What should have been sent, and of which the log knows nothing."""
        since, until = _time(asked, "since"), _time(asked, "until")
        return json_answer(200, await self._operator(asked).gaps(await self._named(asked), since, until))

    async def replay(self, asked: Asked) -> Answer:
        """Have something sent again."""
        replay: Replay = decode_body(Replay, asked.request.body)
        return json_answer(200, await self._operator(asked).replay(await self._named(asked), replay))

    def _operator(self, asked: Asked) -> Operator:
        return Operator(self._house.verbs, asked.access.shard)

    async def _named(self, asked: Asked) -> Subscription:
        subscription: Subscription = decoder(Subscription).decode(
            await self._house.verbs.get(RESOURCE, named(asked), asked.access)
        )
        return subscription


def _time(asked: Asked, name: str) -> datetime | None:
    text = query.single(asked.request.query, name)
    try:
        return None if text is None else DateTime.parse(text).instant()
    except ValueError as error:
        raise query.malformed(name, f"{error}.") from None
