"""SQS, SNS and EventBridge against the server of moto, which answers as Amazon does: what is told arrives, and what is wrong is
told apart."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import brokers
from brokers import ACCOUNT, CLOUD_EVENTS, KEYS, REGION, Amazon
from notes import refused
from orderwright.delivery.destinations import opened
from orderwright.delivery.destinations.brokers import SEND_S
from orderwright.delivery.interface import Destination, MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import AnyDestination
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decode_body
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp
from relaying import Receiver, Shop, receiving, shop_in

PAYMENTS = [{"resourceTypeId": "payment"}]
MONEY = {"currencyCode": "EUR", "centAmount": 1}
BUS = {"type": "EventBridge", "region": REGION, "accountId": ACCOUNT}


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the server. The library is told of it by the variable that it has for that."""
    if (reason := brokers.missing("SQS")) is not None:
        pytest.skip(reason)
    for name, value in KEYS.items():
        monkeypatch.setenv({"accessKey": "AWS_ACCESS_KEY_ID", "accessSecret": "AWS_SECRET_ACCESS_KEY"}[name], value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", brokers.amazon())
    return brokers.amazon()


async def paid(shop: Shop, destination: dict[str, Any], **more: Any) -> Any:
    """The subscription, after a payment was made and changed once."""
    made = await shop.make("subscription", destination=destination, messages=PAYMENTS, **more)
    payment = await shop.make("payment", amountPlanned=MONEY)
    await shop.change("payment", payment, {"action": "setStatusInterfaceCode", "interfaceCode": "1"})
    await shop.relay.once()
    return made


@pytest.mark.parametrize("kind", ["SQS", "SNS"])
def test_a_queue_and_a_topic(amazon: str, database_url: str, kind: str) -> None:
    async def run() -> None:
        async with shop_in(database_url) as shop, Amazon(kind, f"told-{new_id()}") as queue:
            await paid(shop, queue.member)
            assert [each.get("sequenceNumber") for each in queue.bodies()] == [None, 1, 2]

    asyncio.run(run())


def test_an_event_bus_has_the_note_as_its_detail(amazon: str, database_url: str) -> None:
    """The rule of the bus asks for the source of the subscription."""
    if (reason := brokers.missing("EventBridge")) is not None:
        pytest.skip(reason)

    async def run() -> None:
        async with shop_in(database_url) as shop, Amazon("EventBridge", f"told-{new_id()}") as queue:
            await paid(shop, queue.member)
            events = queue.bodies()
            assert [each["detail-type"] for each in events] == [
                "ResourceCreated",
                "PaymentCreated",
                "PaymentStatusInterfaceCodeSet",
            ]
            assert {each["source"] for each in events} == {queue.member["source"]}
            assert [each["detail"].get("sequenceNumber") for each in events] == [None, 1, 2]
            assert events[1]["detail"]["notificationType"] == "Message"

    asyncio.run(run())


def test_a_source_is_made_of_the_project_and_the_subscription(amazon: str, database_url: str) -> None:
    async def run() -> None:
        async with shop_in(database_url) as shop:
            for destination in (BUS, {**BUS, "source": ""}):
                made = await paid(shop, destination, **CLOUD_EVENTS)
                assert made["destination"] == {**BUS, "source": f"orderwright/{shop.key}/{made['id']}"}
            changed = await shop.change(
                "subscription", made, {"action": "changeDestination", "destination": {**BUS, "source": "shop"}}
            )
            assert changed["destination"]["source"] == "shop"
            again = await shop.change("subscription", changed, {"action": "changeDestination", "destination": BUS})
            assert again["destination"]["source"] == f"orderwright/{shop.key}/{made['id']}"

    asyncio.run(run())


# What PutEvents answers of one entry, though the request went well.
ENTRIES = {
    "ThrottlingException": UnavailableError,
    "InternalFailure": UnavailableError,
    "MalformedDetail": RejectedError,
    "NotAuthorizedForSourceException": MisconfiguredError,
    "AccessDeniedException": MisconfiguredError,
}


def answering(bus: Receiver, code: str) -> Callable[[], bytes]:
    """The bus answers that its one entry failed."""
    return lambda: json.dumps({"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": "secret"}]}).encode()


@pytest.mark.parametrize("code", ENTRIES)
def test_an_entry_that_failed_is_told_apart(amazon: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        with receiving() as bus:
            bus.body = answering(bus, code)
            monkeypatch.setenv("AWS_ENDPOINT_URL", bus.url)
            destination = decode_body(AnyDestination, json.dumps({**BUS, "source": "shop"}).encode())
            service = opened(destination, GuardedHttp(Allowed()))
            with pytest.raises(ENTRIES[code]) as caught:
                await service.send(Note(new_id(), new_id(), b"{}", "OrderCreated"))
            assert str(caught.value) == f"The service answered {code}."
            entry = json.loads(bus.got[0].body)["Entries"][0]
            assert entry["EventBusName"] == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
            await service.close()

    asyncio.run(run())


def service_of(member: dict[str, Any]) -> Destination:
    return opened(decode_body(AnyDestination, json.dumps(member).encode()), GuardedHttp(Allowed(("localhost",))))


async def outcomes(member: dict[str, Any], payloads: Sequence[bytes]) -> list[BaseException | None]:
    """What became of notes that are due at the same moment."""
    service = service_of(member)
    notes = [Note(new_id(), new_id(), payload, "OrderCreated") for payload in payloads]
    try:
        return await asyncio.gather(*map(service.send, notes), return_exceptions=True)
    finally:
        await service.close()


@pytest.mark.parametrize("kind", ["SQS", "SNS", "EventBridge"])
def test_many_notes_arrive_each_once(amazon: str, kind: str) -> None:
    if (reason := brokers.missing(kind)) is not None:
        pytest.skip(reason)

    async def run() -> None:
        async with Amazon(kind, f"told-{new_id()}") as queue:
            assert await outcomes(queue.member, [b'{"number":%d}' % number for number in range(25)]) == [None] * 25
            found = [body.get("detail", body)["number"] for body in queue.bodies()]
            assert sorted(found) == list(range(25))

    asyncio.run(run())


def test_of_a_batch_only_the_entry_that_can_not_be_is_refused(amazon: str) -> None:
    """The bus takes JSON alone."""
    if (reason := brokers.missing("EventBridge")) is not None:
        pytest.skip(reason)

    async def run() -> None:
        async with Amazon("EventBridge", f"told-{new_id()}") as queue:
            found = await outcomes(queue.member, [b'{"number":0}', b"no JSON", b'{"number":2}'])
            assert [type(each) for each in found] == [type(None), RejectedError, type(None)]
            assert [body["detail"]["number"] for body in queue.bodies()] == [0, 2]

    asyncio.run(run())


def test_one_note_that_is_too_large_for_the_queue_does_not_hold_up_those_beside_it(amazon: str) -> None:
    async def run() -> None:
        async with Amazon("SQS", f"told-{new_id()}") as queue:
            queue.queue.set_queue_attributes(QueueUrl=queue.url, Attributes={"MaximumMessageSize": "1024"})
            found = await outcomes(queue.member, [b'"%s"' % (b"x" * size) for size in (10, 2000, 20)])
            assert [type(each) for each in found] == [type(None), RejectedError, type(None)]
            assert {len(body) for body in queue.bodies()} == {10, 20}

    asyncio.run(run())


def test_one_that_does_not_answer_holds_up_no_other(amazon: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://localhost:{silent.getsockname()[1]}")
            stuck = service_of({"type": "SNS", "topicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:told", **KEYS})
            waiting = [asyncio.create_task(stuck.send(Note(new_id(), new_id(), b"{}", "OrderCreated"))) for _ in range(80)]
            await asyncio.sleep(0.1)
            monkeypatch.setenv("AWS_ENDPOINT_URL", amazon)
            async with Amazon("SQS", f"told-{new_id()}") as queue:
                async with asyncio.timeout(SEND_S / 2):
                    assert await outcomes(queue.member, [b"{}"]) == [None]
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await stuck.close()

    asyncio.run(run())


def test_what_no_message_may_hold_is_escaped(amazon: str) -> None:
    async def run() -> None:
        async with Amazon("SQS", f"told-{new_id()}") as queue:
            assert await outcomes(queue.member, ['"\uffff\ufffe\u00e4"'.encode()]) == [None]
            assert queue.raw() == ['"\\uffff\\ufffe\u00e4"']
            assert queue.bodies() == ["\uffff\ufffe\u00e4"]

    asyncio.run(run())


# What SQS tells of the entries of a batch of which the first was taken, and of the last nothing.
FAILED = {
    "InvalidMessageContents": (True, RejectedError),
    "InvalidParameterValue": (True, RejectedError),
    "KmsThrottled": (True, UnavailableError),
    "KmsAccessDenied": (True, MisconfiguredError),
    "AWS.SimpleQueueService.NonExistentQueue": (True, MisconfiguredError),
    "InternalError": (False, UnavailableError),
}


@pytest.mark.parametrize("code", FAILED)
def test_what_became_of_each_entry_is_told_apart(amazon: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault, error = FAILED[code]
    failed = {"Id": "1", "Code": code, "SenderFault": fault, "Message": "secret"}
    answer = {"Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "d"}], "Failed": [failed]}

    async def run() -> None:
        with receiving() as queue:
            queue.body = lambda: json.dumps(answer).encode()
            monkeypatch.setenv("AWS_ENDPOINT_URL", queue.url)
            member = {"type": "SQS", "queueUrl": queue.url, "region": REGION, **KEYS}
            found = await outcomes(member, [b"{}", b"[]", b"1"])
            assert [type(each) for each in found] == [type(None), error, UnavailableError]
            assert str(found[1]) == f"The service answered {code}."
            (request,) = queue.got
            entries = json.loads(request.body)["Entries"]
            assert [(each["Id"], each["MessageBody"]) for each in entries] == [("0", "{}"), ("1", "[]"), ("2", "1")]

    asyncio.run(run())


WRONG_BUS = {
    "no account": ({"accountId": "12345"}, "The id of an account at Amazon has twelve digits."),
    "Amazon's own": ({"source": "aws.partner/shop"}, "can not begin with 'aws.'"),
    "no region": ({"region": "a/b"}, "The region 'a/b' can not be."),
}


@pytest.mark.parametrize("case", WRONG_BUS)
def test_a_bus_that_can_not_be_is_refused(amazon: str, database_url: str, case: str) -> None:
    more, words = WRONG_BUS[case]

    async def run() -> None:
        async with shop_in(database_url) as shop:
            error = await refused(shop.make("subscription", destination={**BUS, **more}, messages=PAYMENTS))
            assert (error.status, error.code) == (400, "InvalidInput")
            assert words in error.message

    asyncio.run(run())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no such queue": ({"queueUrl": "{amazon}/123456789012/missing"}, "could not be delivered to this destination: SQS."),
    "another host": ({"queueUrl": "http://169.254.169.254/latest"}, "must be one of Amazon SQS"),
    "a customer's host": ({"queueUrl": "https://ec2-1-2-3-4.eu-west-1.compute.amazonaws.com/1/q"}, "must be one of Amazon SQS"),
    "another port": ({"queueUrl": "https://sqs.eu-west-1.amazonaws.com:22/1/q"}, "must be one of Amazon SQS"),
    "in the clear": ({"queueUrl": "http://sqs.eu-west-1.amazonaws.com:443/1/q"}, "must be one of Amazon SQS"),
    "no key": ({"accessKey": None}, "needs 'accessKey' and 'accessSecret'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_refused(amazon: str, database_url: str, case: str) -> None:
    more, words = WRONG[case]
    more = {name: value.format(amazon=amazon) if value else value for name, value in more.items()}
    draft = {"type": "SQS", "queueUrl": f"{amazon}/123456789012/told", "region": REGION, **KEYS, **more}
    draft = {name: value for name, value in draft.items() if value is not None}

    async def run() -> None:
        async with shop_in(database_url) as shop:
            error = await refused(shop.make("subscription", destination=draft, messages=PAYMENTS))
            assert (error.status, error.code) == (400, "InvalidInput")
            assert words in error.message
            assert KEYS["accessSecret"] not in error.message

    asyncio.run(run())
