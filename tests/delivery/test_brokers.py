"""Real brokers on this machine: what is told arrives, in sequence for each resource. Where one is not there, this says so.

`make test-brokers` starts them and fails where one is missing."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from brokers import CLOUD_EVENTS, KINDS, LIBRARIES, PORTS, Broker, Kind, missing
from notes import refused
from orderwright.delivery.destinations import opened
from orderwright.delivery.interface import MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import AnyDestination
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decode_body
from orderwright.errors import ApiError
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp
from relaying import Shop, shop_in

PAYMENTS = [{"resourceTypeId": "payment"}]
OUTSIDE = GuardedHttp(Allowed(("localhost",)))
BROKERS: dict[str, Kind] = {kind: KINDS[kind] for kind in PORTS}


def needs(kind: str) -> None:
    """Skips where the library or the broker is not there; not where all are asked for."""
    if (reason := missing(kind)) is not None:
        pytest.skip(reason)


def member(kind: str, name: str) -> dict[str, Any]:
    """A destination of the kind, of this name in the broker."""
    return dict(BROKERS[kind](name).member)


Story = Callable[[Shop, Broker], Awaitable[None]]
EACH = pytest.mark.parametrize("kind", BROKERS)


def told(kind: str, database_url: str, story: Story) -> None:
    needs(kind)

    async def run() -> None:
        async with shop_in(database_url) as shop, BROKERS[kind](f"ow-{new_id()[-12:]}") as broker:
            await story(shop, broker)

    asyncio.run(run())


@EACH
def test_everything_arrives_in_sequence(kind: str, database_url: str) -> None:
    async def story(shop: Shop, broker: Broker) -> None:
        await shop.make("subscription", destination=broker.member, messages=PAYMENTS)
        made = [await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 1}) for _ in range(5)]
        for number in range(9):
            action = {"action": "setStatusInterfaceCode", "interfaceCode": f"code {number}"}
            made = [await shop.change("payment", each, action) for each in made]
        await shop.relay.once()
        took = await broker.took()
        assert took[0][1]["resource"]["typeId"] == "subscription"
        for each in made:
            numbers = [found["sequenceNumber"] for _, found in took if found["resource"]["id"] == each["id"]]
            assert numbers == list(range(1, 11))
        assert all(id == found["id"] for id, found in took[1:])
        assert {row[0] for row in await shop.rows("state")} == {"sent"}

    told(kind, database_url, story)


def test_nats_takes_a_note_once(database_url: str) -> None:
    async def story(shop: Shop, broker: Broker) -> None:
        service = opened(decode_body(AnyDestination, json.dumps(broker.member).encode()), OUTSIDE)
        note = Note(new_id(), new_id(), b'{"resource":{}}', "OrderCreated")
        await service.send(note)
        await service.send(note)
        await service.close()
        assert len(await broker.took()) == 1

    told("NATS", database_url, story)


def test_nats_refuses_what_is_too_large_and_takes_what_comes_behind_it(database_url: str) -> None:
    """The server closes the connection of whoever sends more than 1 MiB, with all headers."""

    async def story(shop: Shop, broker: Broker) -> None:
        service = opened(decode_body(AnyDestination, json.dumps(broker.member).encode()), OUTSIDE)
        notes = [Note(new_id(), new_id(), b'"%s"' % (b"x" * (size - 2)), "OrderCreated") for size in (2**20, 1000 * 1024)]
        with pytest.raises(RejectedError):
            await service.send(notes[0])
        await service.send(notes[1])
        await service.close()
        assert [id for id, _ in await broker.took()] == [notes[1].id]

    told("NATS", database_url, story)


async def content_types(broker: Any, kind: str) -> list[str]:
    """What the messages in a broker say of themselves."""
    if kind == "RabbitMQ":
        return [(await broker.queue.get(no_ack=True)).content_type for _ in range(2)]
    subscription = await broker.stream.subscribe(f"{broker.name}.*", ordered_consumer=True)
    return [(await subscription.next_msg()).headers["content-type"] for _ in range(2)]


@pytest.mark.parametrize("kind", ["RabbitMQ", "NATS"])
def test_a_message_says_in_which_format_it_is(kind: str, database_url: str) -> None:
    """As the bindings of CloudEvents to AMQP and NATS have it for the structured mode."""

    async def story(shop: Shop, broker: Broker) -> None:
        for more in ({}, CLOUD_EVENTS):  # each is tried by a notification
            await shop.make("subscription", destination=broker.member, messages=PAYMENTS, **more)
        found = await content_types(broker, kind)
        assert found == ["application/json", "application/cloudevents+json; charset=utf-8"]

    told(kind, database_url, story)


WRONG: dict[str, tuple[str, dict[str, Any], type[Exception]]] = {
    "no queue": ("RabbitMQ", {"routingKey": "nobody takes this"}, MisconfiguredError),
    "no exchange": ("RabbitMQ", {"exchange": "nobody has made this"}, MisconfiguredError),
    "password of RabbitMQ": ("RabbitMQ", {"password": "wrong"}, MisconfiguredError),
    "no broker": ("RabbitMQ", {"uri": "amqp://localhost:9"}, UnavailableError),
    "no stream": ("NATS", {"subject": "nobody.takes.this"}, MisconfiguredError),
    "no NATS": ("NATS", {"uri": "nats://localhost:9"}, UnavailableError),
    "password of Redis": ("RedisStream", {"user": "nobody", "password": "wrong"}, MisconfiguredError),
    "no Redis": ("RedisStream", {"uri": "redis://localhost:9"}, UnavailableError),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_apart_from_what_is_away(case: str) -> None:
    kind, more, expected = WRONG[case]
    needs(kind)

    async def run() -> None:
        destination = decode_body(AnyDestination, json.dumps({**member(kind, "ow-wrong"), **more}).encode())
        service = opened(destination, OUTSIDE)
        try:
            with pytest.raises(expected):
                await service.send(Note(new_id(), new_id(), b"{}", "OrderCreated"))
        finally:
            await service.close()

    asyncio.run(run())


@EACH
def test_a_host_has_to_be_allowed_and_secrets_stand_apart(kind: str) -> None:
    needs(kind)
    closed = GuardedHttp(Allowed())
    for more, words in (
        ({}, "is not among those that the operator of this server allows"),
        ({"uri": member(kind, "n")["uri"].replace("://", "://user:word@")}, "may not contain a user or a password"),
        ({"uri": "file:///etc/passwd"}, "must begin with"),
    ):
        destination = decode_body(AnyDestination, json.dumps({**member(kind, "n"), **more}).encode())
        with pytest.raises(ApiError) as caught:
            opened(destination, closed)
        assert (caught.value.status, caught.value.code) == (400, "InvalidInput")
        assert words in caught.value.message


@pytest.mark.parametrize("subject", ["two words", "any.*", "all.>", "empty..word", "line\r\nPUB x"])
def test_a_subject_of_nats_is_plain(subject: str) -> None:
    needs("NATS")
    destination = decode_body(AnyDestination, json.dumps({**member("NATS", "n"), "subject": subject}).encode())
    with pytest.raises(ApiError) as caught:
        opened(destination, OUTSIDE)
    assert caught.value.code == "InvalidInput"
    assert "must be words without spaces" in caught.value.message


@EACH
def test_without_its_library_a_destination_is_refused_by_name(
    kind: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name.split(".", maxsplit=1)[0] == LIBRARIES[kind]:
            raise ModuleNotFoundError(name)
        return whole(name, package)

    monkeypatch.setattr(importlib, "import_module", without)

    async def run() -> None:
        async with shop_in(database_url) as shop:
            error = await refused(shop.make("subscription", destination=member(kind, "n"), messages=PAYMENTS))
            assert (error.status, error.code) == (400, "InvalidInput")
            assert f"The destination '{kind}' needs the optional package orderwright[" in error.message

    asyncio.run(run())
