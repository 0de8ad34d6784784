"""Kafka, against brokers of the library's mock cluster in another process: what is told arrives, and what is wrong is told apart.

The mock speaks neither TLS nor SASL; nobody signed in to Confluent Cloud here.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from brokers import Kafka, missing
from orderwright.delivery.destinations import opened
from orderwright.delivery.interface import Destination, MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import AnyDestination, whole
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decode_body
from orderwright.errors import ApiError
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp
from relaying import shop_in

OUTSIDE = GuardedHttp(Allowed(("localhost",)))
KEY = {"apiKey": "key", "apiSecret": "hush", "acks": "all", "topic": "told"}


@pytest.fixture(autouse=True)
def library() -> None:
    if (reason := missing("ConfluentCloud")) is not None:
        pytest.skip(reason)


@pytest.fixture
def cluster() -> Iterator[Kafka]:
    """Brokers with a topic."""
    kafka = Kafka(f"ow-{new_id()[-12:]}")
    yield kafka
    kafka.end()


def service_of(member: dict[str, Any], outside: GuardedHttp = OUTSIDE) -> Destination:
    return opened(decode_body(AnyDestination, json.dumps(member).encode()), outside)


async def tried(member: dict[str, Any], *notes: Note) -> None:
    service = service_of(member)
    try:
        for note in notes:
            await service.send(note)
    finally:
        await service.close()


def note(resource: str = "", payload: bytes = b"{}") -> Note:
    return Note(new_id(), resource or new_id(), payload, "OrderCreated")


def test_everything_arrives_in_sequence(database_url: str, cluster: Kafka) -> None:
    async def run() -> None:
        async with cluster, shop_in(database_url) as shop:
            payments = [{"resourceTypeId": "payment"}]
            await shop.make("subscription", destination=cluster.member, messages=payments)
            made = [await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 1}) for _ in range(5)]
            for number in range(9):
                action = {"action": "setStatusInterfaceCode", "interfaceCode": f"code {number}"}
                made = [await shop.change("payment", each, action) for each in made]
            await shop.relay.once()
            took = await cluster.took()
            for each in made:
                numbers = [found["sequenceNumber"] for _, found in took if found["resource"]["id"] == each["id"]]
                assert numbers == list(range(1, 11))
            # Those of one resource are in one partition, since its id is their key.
            assert all(record.key().decode() == json.loads(record.value())["resource"]["id"] for record in cluster.records)
            assert {row[0] for row in await shop.rows("state")} == {"sent"}

    asyncio.run(run())


@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_a_key_of_the_destination_is_the_key_of_each_record(cluster: Kafka, acks: str) -> None:
    async def run() -> None:
        async with cluster:
            await tried({**cluster.member, "key": "one", "acks": acks}, note(), note(), note())
            assert len(await cluster.took()) == 3
            assert {(record.key(), record.partition()) for record in cluster.records} == {
                (b"one", cluster.records[0].partition())
            }
            assert dict(cluster.records[0].headers())["content-type"] == b"application/json"

    asyncio.run(run())


def test_brokers_that_are_gone_are_told_from_a_topic_that_is_not_there(cluster: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwright.delivery.destinations.kafka.SEND_S", 4.0)
    with pytest.raises(RejectedError):
        asyncio.run(tried(cluster.member, note(payload=b"x" * 2**20)))
    cluster.end()
    with pytest.raises(UnavailableError):
        asyncio.run(tried(cluster.member, note()))


def test_a_send_is_not_over_before_the_brokers_have_confirmed(cluster: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    """The brokers are stopped after the first record, and so do not answer: the second is not taken."""
    monkeypatch.setattr("orderwright.delivery.destinations.kafka.SEND_S", 2.0)

    async def run() -> None:
        service = service_of(cluster.member)
        await service.send(note())
        cluster.pause()
        with pytest.raises(UnavailableError):
            await service.send(note())
        await service.close()

    asyncio.run(run())


WRONG: dict[str, tuple[str, str]] = {
    "not allowed": ("kafka.example:9092", "is not among those that the operator of this server allows"),
    "Confluent in the clear": ("PLAINTEXT://a.confluent.cloud:9092", "is not among those that the operator"),
    "looks like Confluent": ("a.confluent.cloud.example:9092", "is not among those that the operator"),
    "no port": ("localhost", "must be named as host:port"),
    "several": ("localhost:1,169.254.169.254:80", "must be named as host:port"),
    "strange protocol": ("http://localhost:9092", "must be named as host:port"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_server_that_can_not_be_is_refused(case: str) -> None:
    server, words = WRONG[case]
    with pytest.raises(ApiError) as caught:
        service_of({"type": "ConfluentCloud", "bootstrapServer": server, **KEY}, GuardedHttp(Allowed(("localhost:9092",))))
    assert (caught.value.status, caught.value.code) == (400, "InvalidInput")
    assert words in caught.value.message


def test_one_who_speaks_no_tls_is_away(cluster: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same brokers, asked as those of Confluent Cloud are."""
    monkeypatch.setattr("orderwright.delivery.destinations.kafka.SEND_S", 2.0)
    server = cluster.member["bootstrapServer"].removeprefix("PLAINTEXT://")
    with pytest.raises((UnavailableError, MisconfiguredError)):
        asyncio.run(tried({**cluster.member, "bootstrapServer": server}, note()))


def test_a_topic_that_is_not_there(cluster: Kafka) -> None:
    with pytest.raises(MisconfiguredError):
        asyncio.run(tried({**cluster.member, "topic": "missing"}, note()))


def test_without_its_library_it_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name == "confluent_kafka":
            raise ModuleNotFoundError(name)
        return imported(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(ApiError) as caught:
        service_of({"type": "ConfluentCloud", "bootstrapServer": "a.confluent.cloud:9092", **KEY})
    assert (caught.value.status, caught.value.code) == (400, "InvalidInput")
    assert "The destination 'ConfluentCloud' needs the optional package orderwright[kafka]" in caught.value.message


@pytest.mark.parametrize("member", [{"apiSecret": "another secret"}, {"acks": "0"}, {"topic": "elsewhere"}])
def test_another_member_is_another_connection(member: dict[str, str]) -> None:
    """What a service is kept by has all that it connects with."""
    one = {"type": "ConfluentCloud", "bootstrapServer": "localhost:9092", **KEY}
    first, second = (whole(decode_body(AnyDestination, json.dumps(each).encode())) for each in (one, {**one, **member}))
    assert first != second
