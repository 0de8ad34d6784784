"""What operators ask and do: the log, the lag, gaps, and sending again."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from typing import Any

from notes import refused
from orderwright.commands.deliveries import deliveries
from orderwright.delivery import operating
from orderwright.delivery.operating import Operator, Replay
from orderwright.domain.subscription.model import Subscription
from orderwright.engine.json.codec import decoder
from orderwright.engine.scalars import DateTime
from relaying import Receiver, Shop, in_a_shop

PAYMENTS = [{"resourceTypeId": "payment"}]
MONEY = {"currencyCode": "EUR", "centAmount": 1}


async def sent(shop: Shop, receiver: Receiver) -> tuple[Operator, Subscription, Any]:
    """An operator, a subscription, and a payment of which three Messages were sent."""
    subscription = await shop.subscribe(receiver, key="log", messages=PAYMENTS)
    made = await shop.make("payment", amountPlanned=MONEY)
    for number in (1, 2):
        made = await shop.change("payment", made, {"action": "setStatusInterfaceCode", "interfaceCode": f"{number}"})
    await shop.relay.once()
    return Operator(shop.verbs, shop.key), decoder(Subscription).decode(json.dumps(subscription)), made


def asked(shop: Shop, **more: Any) -> argparse.Namespace:
    usual = {"key": shop.key, "subscription": None, "state": None, "limit": 20, "gaps": False, "since": None, "until": None}
    return argparse.Namespace(**{**usual, "replay": [], "replay_dead": False, **more})


@in_a_shop
async def test_the_log_and_the_lag(shop: Shop, receiver: Receiver) -> None:
    operator, subscription, made = await sent(shop, receiver)
    receiver.answer = lambda got: 503
    await shop.change("payment", made, {"action": "setStatusInterfaceCode", "interfaceCode": "9"})
    await shop.relay.once()
    log = await operator.log(subscription, 0, None, 20)
    assert [(each.sequence_number, each.state) for each in log.results] == [(4, "waiting"), (3, "sent"), (2, "sent"), (1, "sent")]
    assert (log.waiting, log.dead, log.error) == (1, 0, "The answer was 503.")
    assert log.oldest_waiting is not None
    page = await operator.log(subscription, log.results[0].number, "sent", 1)
    assert [each.sequence_number for each in page.results] == [3]
    lines = await deliveries(shop.database, asked(shop, state="waiting"))
    assert lines[0].startswith("log (HTTP, TemporaryError): 1 waiting, the first since 20")
    assert f"#4 of payment {made['id']}" in lines[1] and len(lines) == 2


@in_a_shop
async def test_a_gap_is_what_should_have_been_sent_and_was_not(shop: Shop, receiver: Receiver) -> None:
    operator, subscription, made = await sent(shop, receiver)
    settled, operating._SETTLED = operating._SETTLED, timedelta(0)
    try:
        assert (await operator.gaps(subscription, None, None)).results == ()
        await shop.database.execute("DELETE FROM delivery WHERE shard = $1 AND sequence_number = 2", shop.key)
        (gap,) = (await operator.gaps(subscription, None, None)).results
        assert (gap.sequence_number, gap.resource.id, gap.notification_type) == (2, made["id"], "PaymentStatusInterfaceCodeSet")
        # What is only not fanned out yet is no gap.
        await shop.change("payment", made, {"action": "setStatusInterfaceCode", "interfaceCode": "9"})
        assert len((await operator.gaps(subscription, None, None)).results) == 1
        lines = await deliveries(shop.database, asked(shop, gaps=True))
        assert "1 missing from" in lines[0] and "#2 of payment" in lines[1]
    finally:
        operating._SETTLED = settled
    done = await operator.replay(subscription, Replay(message_ids=(gap.id,)))
    assert done.queued == 1
    await shop.relay.once()
    assert [each["sequenceNumber"] for each in receiver.taken] == [1, 2, 3, 4, 2] or [
        each["sequenceNumber"] for each in receiver.taken
    ] == [1, 2, 3, 2, 4]
    assert [got.headers["webhook-id"] for got in receiver.got].count(gap.id) == 2


@in_a_shop
async def test_a_time_is_sent_again_in_sequence_with_the_ids_it_had(shop: Shop, receiver: Receiver) -> None:
    operator, subscription, _ = await sent(shop, receiver)
    first = [(got.headers["webhook-id"], got.told["sequenceNumber"]) for got in receiver.got[1:]]
    done = await operator.replay(subscription, Replay(since=DateTime("2020-01-01T00:00:00.000Z")))
    assert (done.queued, done.next) == (3, None)
    await shop.relay.once()
    again = [(got.headers["webhook-id"], got.told["sequenceNumber"]) for got in receiver.got[4:]]
    assert again == first == [(id, number) for (id, _), number in zip(first, (1, 2, 3), strict=True)]
    nothing = await operator.replay(subscription, Replay(until=DateTime("2020-01-01T00:00:00.000Z")))
    assert nothing.queued == 0
    lines = await deliveries(shop.database, asked(shop, subscription="log", since="2020-01-01T00:00:00Z"))
    assert lines == ["3 notifications are sent again."]


@in_a_shop
async def test_dead_letters_are_sent_again(shop: Shop, receiver: Receiver) -> None:
    operator, subscription, _ = await sent(shop, receiver)
    await shop.database.execute(
        'UPDATE delivery SET state = \'dead\', payload = \'{"resource":{"typeId":"payment"},"dead":true}\' WHERE shard = $1'
        " AND sequence_number = 2",
        shop.key,
    )
    assert (await operator.replay(subscription, Replay(dead=True))).queued == 1
    await shop.relay.once()
    assert receiver.taken[-1]["dead"] is True
    assert {row[0] for row in await shop.rows("state")} == {"sent"}


@in_a_shop
async def test_an_erasure_takes_dead_letters_along(shop: Shop, receiver: Receiver) -> None:
    await shop.subscribe(receiver, messages=[{"resourceTypeId": "customer"}])
    made = [await shop.make("customer", email=f"{name}@example.com", password="x") for name in "ab"]
    await shop.relay.once()
    await shop.database.execute("UPDATE delivery SET state = 'dead' WHERE shard = $1", shop.key)
    await shop.remove("customer", made[0], erase=True)
    assert [str(row[0]) for row in await shop.rows("resource_id", where="AND state = 'dead'")] == [made[1]["id"]]


@in_a_shop
async def test_what_can_not_be_sent_again_is_said(shop: Shop, receiver: Receiver) -> None:
    operator, subscription, _ = await sent(shop, receiver)
    unknown = "00000000-0000-4000-8000-000000000000"
    for replay in (Replay(), Replay(dead=True, message_ids=(unknown,))):
        assert (await refused(operator.replay(subscription, replay))).code == "InvalidInput"
    long_ago, far = DateTime("0001-01-01T00:00:00.000Z"), DateTime("9999-01-01T00:00:00.000Z")
    for replay in (Replay(since=long_ago, until=long_ago), Replay(since=far)):
        assert (await operator.replay(subscription, replay)).queued == 0
    gaps = await operator.gaps(subscription, long_ago.instant(), long_ago.instant())
    assert gaps.results == () and gaps.since <= gaps.until
    for id in (unknown, "no-uuid", ""):
        error = await refused(operator.replay(subscription, Replay(message_ids=(id,))))
        assert (error.code, error.message) == ("InvalidInput", f"There is no Message with the id '{id}', or not any more.")
    receiver.answer = lambda got: 410
    await shop.make("payment", amountPlanned=MONEY)
    await shop.relay.once()
    stopped = decoder(Subscription).decode(json.dumps(await shop.see("subscription", {"id": subscription.id})))
    assert (await refused(operator.replay(stopped, Replay(dead=True)))).code == "InvalidOperation"
