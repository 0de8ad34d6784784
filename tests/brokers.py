"""The services that notifications are sent to, as tests run them: real ones where they run on this machine, moto for Amazon's,
the library's mock cluster for Kafka, and plain receivers where a cloud is spoken to by HTTP. Each makes what a destination writes
to, and tells what it took."""

from __future__ import annotations

import asyncio
import base64
import functools
import importlib
import importlib.util
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Protocol

from relaying import SECRET, receiving

REGION = "eu-west-1"
ACCOUNT = "123456789012"
KEYS = {"accessKey": "AKIAIOSFODNN7EXAMPLE", "accessSecret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
Took = list[tuple[str, dict[str, Any]]]
"""Ids and notifications, in the order in which they came."""


class Broker(Protocol):
    """A service while it is entered. `member` is the destination that leads there."""

    member: dict[str, Any]
    settings: dict[str, str]

    async def __aenter__(self) -> Any: ...

    async def __aexit__(self, *_error: object) -> None: ...

    async def took(self) -> Took: ...


class Redis:
    settings: dict[str, str] = {}  # noqa: RUF012 - nobody changes it

    def __init__(self, name: str) -> None:
        self.name = name
        self.member = {"type": "RedisStream", "uri": "redis://localhost:6379", "stream": name}

    async def __aenter__(self) -> Redis:
        self.redis: Any = importlib.import_module("redis.asyncio").Redis(host="127.0.0.1")
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.redis.delete(self.name)
        await self.redis.aclose()

    async def took(self) -> Took:
        entries = await self.redis.xrange(self.name)
        return [(fields[b"id"].decode(), json.loads(fields[b"payload"])) for _, fields in entries]


class Rabbit:
    settings: dict[str, str] = {}  # noqa: RUF012 - nobody changes it

    def __init__(self, name: str) -> None:
        self.name = name
        guest = {"user": "guest", "password": "guest"}
        self.member = {"type": "RabbitMQ", "uri": "amqp://localhost:5672", "routingKey": name, **guest}

    async def __aenter__(self) -> Rabbit:
        self.link: Any = await importlib.import_module("aio_pika").connect("amqp://guest:guest@127.0.0.1:5672/")
        channel = await self.link.channel()
        self.queue: Any = await channel.declare_queue(self.name)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.queue.delete(if_unused=False, if_empty=False)
        await self.link.close()

    async def took(self) -> Took:
        found = []
        while (message := await self.queue.get(fail=False, no_ack=True)) is not None:
            found.append((message.message_id, json.loads(message.body)))
        return found


class Nats:
    settings: dict[str, str] = {}  # noqa: RUF012 - nobody changes it

    def __init__(self, name: str) -> None:
        self.name = name
        self.member = {"type": "NATS", "uri": "nats://localhost:4222", "subject": f"{name}.told"}

    async def __aenter__(self) -> Nats:
        self.nats: Any = await importlib.import_module("nats").connect("nats://localhost:4222")
        self.stream: Any = self.nats.jetstream()
        await self.stream.add_stream(name=self.name, subjects=[f"{self.name}.*"])
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stream.delete_stream(self.name)
        await self.nats.close()

    async def took(self) -> Took:
        found = []
        subscription = await self.stream.subscribe(f"{self.name}.*", ordered_consumer=True)
        try:
            while True:
                message = await subscription.next_msg(timeout=0.5)
                found.append((message.headers["Nats-Msg-Id"], json.loads(message.data)))
        except TimeoutError:
            return found


_CLUSTER = """
import sys
from confluent_kafka import Producer
cluster = Producer({"test.mock.num.brokers": "3", "log_level": 0})
for topic in sys.argv[1:]:
    cluster.list_topics(topic, timeout=10)
print(",".join(f"{each.host}:{each.port}" for each in cluster.list_topics(timeout=10).brokers.values()), flush=True)
sys.stdin.read()
"""


class Kafka:
    """Three brokers in a process of their own, which keep the topic in four partitions. They forget what is old, so all is
    read as it comes."""

    settings: dict[str, str] = {}  # noqa: RUF012 - nobody changes it

    def __init__(self, name: str) -> None:
        self.name = name
        self.records: list[Any] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CLUSTER, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.brokers = self._process.stdout.readline().strip().split(",")
        server = self.brokers[0].replace("127.0.0.1", "localhost")
        key = {"apiKey": "key", "apiSecret": "secret", "acks": "all"}
        self.member = {"type": "ConfluentCloud", "bootstrapServer": f"PLAINTEXT://{server}", "topic": name, **key}

    async def __aenter__(self) -> Kafka:
        self._reads = True
        self._quiet = threading.Event()
        self._empty = 0
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._reads = False
        self._thread.join()
        self.end()

    def pause(self) -> None:
        """The brokers do not answer any more, and keep their connections."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)  # until then it may still answer

    def end(self) -> None:
        """The brokers are gone."""
        self._process.kill()
        self._process.communicate()

    async def took(self) -> Took:
        self._empty = 0  # what was quiet before says nothing of what has just been sent
        self._quiet.clear()
        assert await asyncio.to_thread(self._quiet.wait, 60)
        return [(dict(record.headers())["id"].decode(), json.loads(record.value())) for record in self.records]

    def _read(self) -> None:
        library: Any = importlib.import_module("confluent_kafka")
        settings = {"bootstrap.servers": ",".join(self.brokers), "group.id": "tests", "log_level": 0}
        consumer = library.Consumer({**settings, "auto.offset.reset": "earliest", "enable.auto.commit": False})
        consumer.assign([library.TopicPartition(self.name, number, 0) for number in range(4)])
        while self._reads:
            found = [each for each in consumer.consume(1000, timeout=0.2) if each.error() is None]
            self.records += found
            self._empty = 0 if found else self._empty + 1
            # The first records wait until the consumer has found the brokers: seconds where others have the processor.
            if self._empty >= (5 if self.records else 75):
                self._quiet.set()
        consumer.close()


@functools.cache
def amazon() -> str:
    """The address of moto's server, which lasts as long as the process does."""
    server: Any = importlib.import_module("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.start()
    return f"http://localhost:{server.get_host_and_port()[1]}"


def amazon_client(service: str) -> Any:
    """A client of moto's."""
    keys = {"aws_access_key_id": KEYS["accessKey"], "aws_secret_access_key": KEYS["accessSecret"]}
    return importlib.import_module("boto3").client(service, region_name=REGION, endpoint_url=amazon(), **keys)


class Amazon:
    """A queue, and what leads into it: nothing but itself, a topic, or a rule of an event bus."""

    def __init__(self, kind: str, name: str) -> None:
        self.settings = {
            "AWS_ENDPOINT_URL": amazon(),
            "AWS_ACCESS_KEY_ID": KEYS["accessKey"],
            "AWS_SECRET_ACCESS_KEY": KEYS["accessSecret"],
        }
        self.name = name
        self.queue = amazon_client("sqs")
        self.url = self.queue.create_queue(QueueName=name)["QueueUrl"]
        arn = self.queue.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.member: dict[str, Any]
        if kind == "SQS":
            self.member = {"type": kind, "queueUrl": self.url, "region": REGION, **KEYS}
        elif kind == "SNS":
            topics = amazon_client("sns")
            topic = topics.create_topic(Name=name)["TopicArn"]
            topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
            self.member = {"type": kind, "topicArn": topic, **KEYS}
        else:
            events = amazon_client("events")
            source = f"shop/{name}"
            events.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))
            events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
            self.member = {"type": kind, "region": REGION, "accountId": ACCOUNT, "source": source}
        self._bodies: list[str] = []

    async def __aenter__(self) -> Amazon:
        self._empties = asyncio.create_task(self._emptying())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._empties.cancel()
        self.queue.delete_queue(QueueUrl=self.url)

    async def _emptying(self) -> None:
        """Moto counts all messages of a queue for each that is sent to it."""
        while True:
            self.raw()
            await asyncio.sleep(0.2)

    async def took(self) -> Took:
        notes = [body.get("detail", body) for body in self.bodies()]
        return [(note.get("id", ""), note) for note in notes]

    def bodies(self) -> list[Any]:
        """What is in the queue."""
        return list(map(json.loads, self.raw()))

    def raw(self) -> list[str]:
        """The same as text. To receive it of moto takes a second for each forty, so it is taken out of moto's own list."""
        messages = importlib.import_module("moto.backends").get_backend("sqs")[ACCOUNT][REGION].queues[self.name]._messages
        found = messages[:]  # more may be added meanwhile, at the end
        self._bodies += [message.body for message in found]
        del messages[: len(found)]
        return self._bodies


CONNECTION = "Endpoint=sb://localhost:{port}/;SharedAccessKeyName=sender;SharedAccessKey=c2VjcmV0;EntityPath=told"


class Posted:
    """What is posted to a receiver on this machine; `note` finds the notification in a body."""

    def __init__(self, member: Callable[[int], dict[str, Any]], note: Callable[[Any], Any], settings: Sequence[str] = ()) -> None:
        self._stack = ExitStack()
        self.receiver = self._stack.enter_context(receiving())
        self.note = note
        self.port = int(self.receiver.url.rpartition(":")[2].split("/")[0])
        self.member = member(self.port)
        self.settings = dict.fromkeys(settings, f"localhost:{self.port}")

    async def __aenter__(self) -> Posted:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stack.close()

    async def took(self) -> Took:
        notes = (self.note(json.loads(got.body)) for got in list(self.receiver.got))
        return [(note.get("id", ""), note.get("data", note)) for note in notes]


def webhook(_name: str) -> Posted:
    """A webhook of Standard Webhooks."""
    return Posted(lambda port: {"type": "HTTP", "url": f"http://localhost:{port}/", "secret": SECRET}, lambda body: body)


def grid(_name: str) -> Posted:
    """A topic of Event Grid, which takes batches of CloudEvents."""
    return Posted(
        lambda port: {"type": "EventGrid", "uri": f"http://localhost:{port}/api/events", "accessKey": "a-key"},
        lambda body: body[0],
    )


def bus(_name: str) -> Posted:
    """A queue of Service Bus."""
    text = f"{CONNECTION};UseDevelopmentEmulator=true"
    return Posted(lambda port: {"type": "AzureServiceBus", "connectionString": text.format(port=port)}, lambda body: body)


def pubsub(_name: str) -> Posted:
    """A topic of Pub/Sub."""
    return Posted(
        lambda port: {"type": "GoogleCloudPubSub", "projectId": "a-project", "topic": "told"},
        lambda body: json.loads(base64.b64decode(body["messages"][0]["data"])),
        ("PUBSUB_EMULATOR_HOST",),
    )


Kind = Callable[[str], Broker]
KINDS: dict[str, Kind] = {
    "RedisStream": Redis,
    "RabbitMQ": Rabbit,
    "NATS": Nats,
    "ConfluentCloud": Kafka,
    "SQS": functools.partial(Amazon, "SQS"),
    "SNS": functools.partial(Amazon, "SNS"),
    "EventBridge": functools.partial(Amazon, "EventBridge"),
    "HTTP": webhook,
    "EventGrid": grid,
    "AzureServiceBus": bus,
    "GoogleCloudPubSub": pubsub,
}
LIBRARIES = {
    "RedisStream": "redis",
    "RabbitMQ": "aio_pika",
    "NATS": "nats",
    "ConfluentCloud": "confluent_kafka",
    "SQS": "boto3",
    "SNS": "boto3",
    "EventBridge": "boto3",
    "GoogleCloudPubSub": "google.auth",
}
# What only the server of moto needs, of which each part asks for more.
OF_MOTO = {"SQS": ("moto",), "SNS": ("moto",), "EventBridge": ("moto", "jsonpath_ng")}
PORTS = {"RedisStream": 6379, "RabbitMQ": 5672, "NATS": 4222}
CLOUD_EVENTS = {"format": {"type": "CloudEvents", "cloudEventsVersion": "1.0"}}


def missing(kind: str) -> str | None:
    """Why a destination of this kind cannot be tried here; where all are asked for, there is no why."""
    reasons = []
    needed = (LIBRARIES[kind],) if kind in LIBRARIES else ()
    for library in (*needed, *OF_MOTO.get(kind, ())):
        top = library.split(".", maxsplit=1)[0]
        if importlib.util.find_spec(top) is None or importlib.util.find_spec(library) is None:
            reasons.append(f"the library {library} is not installed")
    if kind in PORTS:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", PORTS[kind])) != 0:
                reasons.append(f"nothing listens on port {PORTS[kind]}")
    if not reasons:
        return None
    assert not os.environ.get("ORDERWRIGHT_TEST_BROKERS"), reasons
    return f"{kind}: {' and '.join(reasons)}"
