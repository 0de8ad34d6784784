"""SQS and SNS against the server of moto, which answers as Amazon does: what is told arrives, and what is wrong is told apart."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from notes import refused
from relaying import Shop, shop_in

PAYMENTS = [{"resourceTypeId": "payment"}]
MONEY = {"currencyCode": "EUR", "centAmount": 1}
REGION = "eu-west-1"
KEYS = {"accessKey": "AKIAIOSFODNN7EXAMPLE", "accessSecret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}


@pytest.fixture(scope="module")
def amazon() -> Iterator[str]:
    """The address of the server. The library is told of it by the variable that it has for that."""
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("boto3") is None:
        assert not os.environ.get("ORDERWRIGHT_TEST_BROKERS"), "moto is not installed"
        pytest.skip("moto is not installed")
    server: Any = importlib.import_module("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    port = server.get_host_and_port()[1]
    before, os.environ["AWS_ENDPOINT_URL"] = os.environ.get("AWS_ENDPOINT_URL"), f"http://localhost:{port}"
    yield f"http://localhost:{port}"
    server.stop()
    if before is None:
        del os.environ["AWS_ENDPOINT_URL"]
    else:
        os.environ["AWS_ENDPOINT_URL"] = before


def client(service: str) -> Any:
    keys = {"aws_access_key_id": KEYS["accessKey"], "aws_secret_access_key": KEYS["accessSecret"]}
    return importlib.import_module("boto3").client(service, region_name=REGION, **keys)


def told_to(queue: Any, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


async def paid(shop: Shop, destination: dict[str, Any]) -> Any:
    await shop.make("subscription", destination=destination, messages=PAYMENTS)
    made = await shop.make("payment", amountPlanned=MONEY)
    await shop.change("payment", made, {"action": "setStatusInterfaceCode", "interfaceCode": "1"})
    await shop.relay.once()
    return made


def test_a_queue_and_a_topic(amazon: str, database_url: str) -> None:
    queue, topics = client("sqs"), client("sns")
    url = queue.create_queue(QueueName="told")["QueueUrl"]
    other = queue.create_queue(QueueName="published")["QueueUrl"]
    topic = topics.create_topic(Name="told")["TopicArn"]
    arn = queue.get_queue_attributes(QueueUrl=other, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})

    async def run() -> None:
        async with shop_in(database_url) as shop:
            await paid(shop, {"type": "SQS", "queueUrl": url, "region": REGION, **KEYS})
            assert [each.get("sequenceNumber") for each in told_to(queue, url)] == [None, 1, 2]
        async with shop_in(database_url) as shop:
            await paid(shop, {"type": "SNS", "topicArn": topic, **KEYS})
            assert [each.get("sequenceNumber") for each in told_to(queue, other)] == [None, 1, 2]

    asyncio.run(run())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no such queue": ({"queueUrl": "{amazon}/123456789012/missing"}, "could not be delivered to this destination: SQS."),
    "another host": ({"queueUrl": "http://169.254.169.254/latest"}, "must be one of Amazon SQS"),
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
