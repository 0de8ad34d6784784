"""What metrics tell of deliveries."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from orderwright.delivery.lagging import Lags
from orderwright.delivery.operating import Operator
from orderwright.delivery.patience import Patience
from orderwright.domain.subscription.model import Subscription
from orderwright.engine.json.codec import decoder, encode
from orderwright.telemetry.metrics import REGISTRY
from relaying import Receiver, Shop, in_a_shop, receiving, shop_in, until

PAYMENTS = [{"resourceTypeId": "payment"}]
MONEY = {"currencyCode": "EUR", "centAmount": 1}


def counted(name: str) -> float:
    """What a series of webhooks stands at."""
    families = text_string_to_metric_families(REGISTRY.told().decode())
    samples = (sample for family in families for sample in family.samples)
    return sum(each.value for each in samples if each.name == f"orderwright_{name}" and each.labels.get("destination") == "HTTP")


async def all_sent(shop: Shop, receiver: Receiver) -> None:
    """Nothing waits any more."""
    receiver.answer = lambda got: 204
    async with shop.relayed(), asyncio.timeout(15):
        while await shop.rows("number", where="AND state = 'waiting'"):  # noqa: ASYNC110 - the relay tells nobody
            await asyncio.sleep(0.01)


@in_a_shop
async def test_what_was_taken_and_what_is_sent_again_is_counted(shop: Shop, receiver: Receiver) -> None:
    before = {name: counted(name) for name in ("delivery_duration_seconds_count", "delivery_retries_total", "dead_letters_total")}
    await shop.subscribe(receiver, messages=PAYMENTS)
    for answer in (204, 500):
        receiver.answer = lambda got, answer=answer: answer  # type: ignore[misc]  # a value of its own for each
        await shop.make("payment", amountPlanned=MONEY)
        await shop.relay.once()
    assert {name: counted(name) - value for name, value in before.items()} == {
        "delivery_duration_seconds_count": 1,
        "delivery_retries_total": 1,
        "dead_letters_total": 0,
    }
    await all_sent(shop, receiver)  # nothing of it waits while another test looks


def test_a_dead_letter_is_counted_once(database_url: str) -> None:
    before = counted("dead_letters_total")

    async def run() -> None:
        patience = Patience(first_s=0.01, longest_s=0.02, give_up=timedelta(seconds=0.1), poll_s=0.05)
        async with shop_in(database_url, patience) as shop:
            with receiving() as receiver:
                await shop.subscribe(receiver, messages=PAYMENTS)
                receiver.answer = lambda got: 400
                await shop.make("payment", amountPlanned=MONEY)
                async with shop.relayed():
                    await until(lambda: counted("dead_letters_total") > before)

    asyncio.run(run())
    assert counted("dead_letters_total") == before + 1


@in_a_shop
async def test_the_lag_is_that_of_the_oldest_that_waits(shop: Shop, receiver: Receiver) -> None:
    """Whether it was tried or not: here the first was refused, and the second comes while nothing is taken."""
    made = await shop.subscribe(receiver, messages=PAYMENTS)
    receiver.answer = lambda got: 400
    first = await shop.make("payment", amountPlanned=MONEY)
    await shop.relay.once()
    receiver.answer = lambda got: 503
    await asyncio.sleep(0.05)
    await shop.make("payment", amountPlanned=MONEY)
    await shop.relay.once()
    log = await Operator(shop.verbs, shop.key).log(decoder(Subscription).decode(encode(made)), 0, None, 5)
    assert (log.waiting, log.oldest_waiting) == (2, first["createdAt"])
    later = datetime.now(UTC) + timedelta(hours=1)
    lags = Lags(shop.database, shop.relay._subscriptions, lambda: later)
    await lags.look()
    assert 3600 < counted("delivery_lag_seconds") < 3660
    await all_sent(shop, receiver)
    lags._looked = 0.0
    await lags.look()
    assert counted("delivery_lag_seconds") == 0
