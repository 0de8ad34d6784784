"""What is changed arrives: in sequence for each resource, at least once, and a destination that fails holds back only itself."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from notes import race, refused
from orderwright.delivery.patience import Patience
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decode_body
from orderwright.storage.delivery import outbox, queue
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.tables.sweeps import Retention
from orderwright.verbs.sweeps import Sweeps
from relaying import QUICK, SECRET, Got, Receiver, Shop, http, in_a_shop, receiving, shop_in, until

ORDERS = [{"resourceTypeId": "order"}]
PAYMENTS = [{"resourceTypeId": "payment"}]
MONEY = {"currencyCode": "EUR", "centAmount": 1}


def interaction(number: int) -> dict[str, Any]:
    return {"action": "setStatusInterfaceCode", "interfaceCode": f"code {number}"}


async def payment(shop: Shop, changes: int) -> Any:
    """A payment that has changed so often; each change is told by a Message."""
    made = await shop.make("payment", amountPlanned=MONEY)
    for number in range(changes):
        made = await shop.change("payment", made, interaction(number))
    return made


def numbers(told: list[dict[str, Any]]) -> list[int]:
    return [each["sequenceNumber"] for each in told if each["notificationType"] == "Message"]


@in_a_shop
async def test_messages_and_changes_arrive_in_sequence(shop: Shop, receiver: Receiver) -> None:
    subscription = await shop.subscribe(receiver, messages=PAYMENTS, changes=PAYMENTS)
    made = await payment(shop, 3)
    await shop.remove("payment", made)
    await shop.relay.once()
    told = receiver.about(made["id"])
    # The Message of a change comes before the change itself; a deletion of a payment has no Message.
    kinds = [(each["notificationType"], each.get("sequenceNumber") or each["version"]) for each in told]
    updates = [pair for number in (2, 3, 4) for pair in (("Message", number), ("ResourceUpdated", number))]
    assert kinds == [("Message", 1), ("ResourceCreated", 1), *updates, ("ResourceDeleted", 4)]
    assert [each["oldVersion"] for each in told if each["notificationType"] == "ResourceUpdated"] == [1, 2, 3]
    tried = receiver.got[0].told
    assert tried["notificationType"] == "ResourceCreated"
    assert tried["resource"] == {"typeId": "subscription", "id": subscription["id"]}
    assert {row[0] for row in await shop.rows("state")} == {"sent"}
    assert (await shop.see("subscription", subscription))["status"] == "Healthy"
    await shop.relay.once()
    assert len(receiver.about(made["id"])) == 9


@in_a_shop
async def test_every_request_is_signed_with_both_secrets_of_a_rotation(shop: Shop, receiver: Receiver) -> None:
    other = "whsec_" + base64.b64encode(b"another key of 32 bytes, exactly").decode()
    subscription = await shop.subscribe(receiver, destination=http(receiver, previousSecret=other), changes=PAYMENTS)
    # Of both no answer shows more than the end.
    assert subscription["destination"]["secret"] == "****LaSw"
    assert subscription["destination"]["previousSecret"] == "****" + other[-4:]
    assert (await shop.see("subscription", subscription))["destination"] == subscription["destination"]
    stored = await shop.rows("body", "document", "AND type = 'subscription'")
    assert SECRET not in stored[0][0] and other not in stored[0][0]
    await payment(shop, 0)
    await shop.relay.once()
    assert len(receiver.got) == 2
    for got in receiver.got:
        id, at = got.headers["webhook-id"], got.headers["webhook-timestamp"]
        signed = f"{id}.{at}.".encode() + got.body
        keys = [base64.b64decode(secret.removeprefix("whsec_")) for secret in (SECRET, other)]
        expected = [f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys]
        assert got.headers["webhook-signature"].split() == expected


@in_a_shop
async def test_a_destination_that_does_not_take_the_test_is_not_stored(shop: Shop, receiver: Receiver) -> None:
    receiver.answer = lambda got: 500
    error = await refused(shop.subscribe(receiver, changes=PAYMENTS))
    assert (error.status, error.code) == (400, "InvalidInput")
    assert error.message.startswith("A test message could not be delivered to this destination: HTTP. The answer was 500.")
    assert await shop.rows("id", "document", "AND type = 'subscription'") == []
    assert await shop.rows("name", "secret") == []
    receiver.answer = lambda got: 204
    subscription = await shop.subscribe(receiver, changes=PAYMENTS)
    gone = {"type": "HTTP", "url": "http://127.0.0.1:9/hook", "secret": SECRET}
    error = await refused(shop.change("subscription", subscription, {"action": "changeDestination", "destination": gone}))
    assert (error.status, error.code) == (400, "InvalidInput")
    assert SECRET not in json.dumps(error.fields, default=repr)
    assert await shop.see("subscription", subscription) == subscription


@in_a_shop
async def test_what_the_operator_does_not_name_is_not_asked(shop: Shop, receiver: Receiver) -> None:
    for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "2130706433"):
        destination = {"type": "HTTP", "url": f"http://{host}:{receiver.port}/", "secret": SECRET}
        error = await refused(shop.make("subscription", destination=destination, changes=PAYMENTS))
        assert (error.status, error.code) == (400, "InvalidInput")
        assert "ORDERWRIGHT_ALLOWED_HOSTS" in error.message
    assert receiver.got == []


@in_a_shop
async def test_a_note_that_is_refused_holds_back_its_resource_alone(shop: Shop, receiver: Receiver) -> None:
    await shop.subscribe(receiver, messages=PAYMENTS)
    poisoned, healthy = await payment(shop, 2), await payment(shop, 2)
    poison = True

    def answer(got: Got) -> int:
        return 500 if poison and got.told["resource"]["id"] == poisoned["id"] else 204

    receiver.answer = answer
    await shop.relay.once()
    assert numbers(receiver.about(healthy["id"])) == [1, 2, 3]
    # Only the first one is tried, and nothing that comes later about the same payment.
    assert set(numbers(receiver.about(poisoned["id"]))) == {1}
    later = await shop.change("payment", poisoned, interaction(9))
    await shop.change("payment", healthy, interaction(9))
    await shop.relay.once()
    assert set(numbers(receiver.about(poisoned["id"]))) == {1}
    assert numbers(receiver.about(healthy["id"])) == [1, 2, 3, 4]
    poison = False
    before = len(receiver.about(later["id"]))
    async with shop.relayed():
        await until(lambda: len(receiver.about(later["id"])) >= before + 4)
    assert numbers(receiver.about(later["id"])[before:]) == [1, 2, 3, 4]


@in_a_shop
async def test_a_receiver_that_is_away_gets_everything_when_it_is_back(shop: Shop, receiver: Receiver) -> None:
    with receiving() as other:
        subscription = await shop.subscribe(other, messages=PAYMENTS)
        healthy = await shop.subscribe(receiver, messages=PAYMENTS)
        port = other.port
    made = await payment(shop, 4)
    async with shop.relayed():
        await until(lambda: len(receiver.about(made["id"])) == 5)
        status = ""
        async with asyncio.timeout(15):
            while status != "TemporaryError":
                await asyncio.sleep(0.02)
                status = (await shop.see("subscription", subscription))["status"]
        with receiving(port) as back:
            await until(lambda: len(back.about(made["id"])) == 5)
            assert numbers(back.about(made["id"])) == [1, 2, 3, 4, 5]
            async with asyncio.timeout(15):
                while status != "Healthy":
                    await asyncio.sleep(0.02)
                    status = (await shop.see("subscription", subscription))["status"]
    assert (await shop.see("subscription", healthy))["version"] == 1


@in_a_shop
async def test_one_that_takes_some_is_left_alone_no_longer_each_time(shop: Shop, receiver: Receiver) -> None:
    await shop.subscribe(receiver, messages=PAYMENTS)
    unlucky, lucky = await payment(shop, 0), await payment(shop, 0)
    receiver.answer = lambda got: 503
    for failures in (1, 2, 3):
        await shop.relay.once()
        assert await shop.rows("max(failures)", "relay") == [(failures,)]
        await asyncio.sleep(QUICK.longest_s)
    receiver.answer = lambda got: 503 if got.told["resource"]["id"] == unlucky["id"] else 204
    before = len(receiver.about(lucky["id"]))
    await shop.relay.once()
    assert len(receiver.about(lucky["id"])) == before + 1
    assert await shop.rows("max(failures)", "relay") == [(1,)]


@in_a_shop
async def test_410_ends_it(shop: Shop, receiver: Receiver) -> None:
    subscription = await shop.subscribe(receiver, messages=PAYMENTS)
    receiver.answer = lambda got: 410
    made = await payment(shop, 2)
    await shop.relay.once()
    assert (await shop.see("subscription", subscription))["status"] == "ConfigurationErrorDeliveryStopped"
    assert await shop.rows("state", where="AND state = 'waiting'") == []
    receiver.answer = lambda got: 204
    count = len(receiver.taken)
    await shop.change("payment", made, interaction(7))
    await shop.relay.once()
    assert len(receiver.taken) == count
    # Another destination, or the same one again, makes it well; what was not kept is not sent.
    now = await shop.see("subscription", subscription)
    healed = await shop.change("subscription", now, {"action": "changeDestination", "destination": http(receiver)})
    assert healed["status"] == "Healthy"
    last = await shop.change("payment", await shop.see("payment", made), interaction(8))
    await shop.relay.once()
    assert [each["resourceVersion"] for each in receiver.taken[count:]] == [last["version"]]


def test_a_destination_that_stays_misconfigured_is_given_up(database_url: str) -> None:
    from datetime import timedelta

    patience = Patience(first_s=0.01, longest_s=0.02, stop_after=timedelta(seconds=0.3), poll_s=0.05)

    async def run() -> None:
        async with shop_in(database_url, patience) as shop:
            with receiving() as receiver:
                subscription = await shop.subscribe(receiver, messages=PAYMENTS)
                receiver.answer = lambda got: 403
                await payment(shop, 1)
                seen = set()
                async with shop.relayed(), asyncio.timeout(15):
                    while "ConfigurationErrorDeliveryStopped" not in seen:
                        await asyncio.sleep(0.01)
                        seen.add((await shop.see("subscription", subscription))["status"])
                assert seen <= {"Healthy", "ConfigurationError", "ConfigurationErrorDeliveryStopped"}

    asyncio.run(run())


def test_what_is_never_taken_becomes_a_dead_letter_and_lets_the_next_pass(database_url: str) -> None:
    from datetime import timedelta

    patience = Patience(first_s=0.01, longest_s=0.02, give_up=timedelta(seconds=0.5), poll_s=0.05)

    async def run() -> None:
        async with shop_in(database_url, patience) as shop:
            with receiving() as receiver:
                await shop.subscribe(receiver, messages=PAYMENTS)
                receiver.answer = lambda got: 500 if got.told.get("sequenceNumber") == 2 else 204
                made = await payment(shop, 2)
                async with shop.relayed():
                    await until(lambda: 3 in numbers(receiver.about(made["id"])))
                dead = await shop.rows("sequence_number, error, payload <> ''", where="AND state = 'dead'")
                assert dead == [(2, "The answer was 500.", True)]

    asyncio.run(run())


@in_a_shop
async def test_a_subscription_that_is_deleted_is_sent_nothing_more(shop: Shop, receiver: Receiver) -> None:
    subscription = await shop.subscribe(receiver, messages=PAYMENTS)
    await payment(shop, 2)
    assert await shop.rows("name", "secret") != []
    await shop.remove("subscription", subscription)
    await shop.relay.once()
    assert receiver.taken == []
    assert await shop.rows("name", "secret") == []
    assert await shop.rows("number") == []


@in_a_shop
async def test_messages_are_told_where_the_project_keeps_none(shop: Shop, receiver: Receiver) -> None:
    project = json.loads(await shop.verbs.get(shop.verbs.types["project"], _key(shop.key), shop.access))
    off = {"action": "changeMessagesConfiguration", "messagesConfiguration": {"enabled": False, "deleteDaysAfterCreation": 15}}
    body = json.dumps({"version": project["version"], "actions": [off]}).encode()
    update = decode_body(shop.verbs.types["project"].actions.update_type(), body)
    await shop.verbs.update(shop.verbs.types["project"], _key(shop.key), update.version, update.actions, shop.access)
    silent = await payment(shop, 1)
    await shop.subscribe(receiver, messages=PAYMENTS)
    loud = await payment(shop, 1)
    await shop.relay.once()
    assert receiver.about(silent["id"]) == []
    assert numbers(receiver.about(loud["id"])) == [1, 2]


@in_a_shop
async def test_two_relays_share_the_work_and_send_nothing_twice(shop: Shop, receiver: Receiver) -> None:
    await shop.subscribe(receiver, messages=PAYMENTS)
    other = shop.relaying(shop.database)
    async with shop.relayed():
        task = asyncio.create_task(other.run())
        made = [await payment(shop, 9) for _ in range(10)]
        await until(lambda: len(receiver.taken) >= 100)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert len(receiver.taken) == 100
    assert all(numbers(receiver.about(each["id"])) == list(range(1, 11)) for each in made)


@in_a_shop
async def test_a_lease_is_another_s_when_its_time_is_over(shop: Shop, receiver: Receiver) -> None:
    """The one who held it comes back and stores nothing any more."""
    subscription = await shop.subscribe(receiver, messages=PAYMENTS)
    made = await payment(shop, 2)
    await outbox.fan_out(shop.database, shop.key, lambda changes, told: [])  # its row is made
    shop.relay.wake(shop.key)
    dead = queue.Lease(shop.key, subscription["id"], new_id())
    await shop.database.execute(outbox._OPEN, shop.key, [subscription["id"]], outbox.LONG_AGO)
    now = datetime.now(UTC)
    assert await queue.take(shop.database, dead, now, now + timedelta(seconds=1)) is not None
    await shop.relay.once()
    assert (receiver.about(made["id"]), {row[0] for row in await shop.rows("state")}) == ([], {"waiting"})
    async with shop.relayed():
        await until(lambda: len(receiver.about(made["id"])) == 3)
        async with asyncio.timeout(5):
            while {row[0] for row in await shop.rows("state")} != {"sent"}:  # noqa: ASYNC110 - the database knows no event
                await asyncio.sleep(0.01)
    settled = queue.Settled(1, made["id"], "dead", now, "late", now)
    assert await queue.settle(shop.database, dead, [settled], []) is False
    assert numbers(receiver.about(made["id"])) == [1, 2, 3]
    assert {row[0] for row in await shop.rows("state")} == {"sent"}


@in_a_shop
async def test_what_was_sent_is_swept_and_what_waits_stays(shop: Shop, receiver: Receiver) -> None:
    await shop.subscribe(receiver, messages=PAYMENTS)
    await payment(shop, 2)
    await shop.relay.once()
    receiver.answer = lambda got: 500
    await payment(shop, 1)
    await shop.relay.once()
    sweeps = Sweeps(shop.verbs, (), 1)
    assert (await sweeps.project(Retention(shop.key, 15), datetime.now(UTC) + timedelta(hours=23))).deliveries == 0
    assert (await sweeps.project(Retention(shop.key, 15), datetime.now(UTC) + timedelta(hours=25))).deliveries == 3
    assert [row[0] for row in await shop.rows("state")] == ["waiting", "waiting"]


@in_a_shop
async def test_there_are_fifty_at_most(shop: Shop, receiver: Receiver) -> None:
    for _ in range(48):
        await shop.subscribe(receiver, changes=PAYMENTS)
    made, errors = await race(*(shop.subscribe(receiver, changes=PAYMENTS) for _ in range(4)))
    assert len(made) == 2
    assert {(error.status, error.code) for error in errors} == {(400, "MaxResourceLimitExceeded")}
    assert errors[0].message == "You have exceeded the limit of 50 resources of type subscription."
    assert errors[0].fields["exceededResource"] == "subscription"


def _key(key: str) -> Any:
    return Lookup("key", key)
