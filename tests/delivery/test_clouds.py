"""Clouds that are spoken to by HTTP, as a receiver on this machine hears them. None of them was asked in earnest here."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from brokers import CLOUD_EVENTS, CONNECTION, LIBRARIES, bus, grid, missing, pubsub
from notes import refused
from orderwright.delivery.destinations import azure, opened
from orderwright.delivery.destinations import pubsub as pubsub_module
from orderwright.delivery.interface import DeliveryError, MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import AnyDestination
from orderwright.engine.json.codec import decode_body
from orderwright.errors import ApiError
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp
from relaying import Got, Receiver, receiving, shop_in

ALLOWED = Allowed(("localhost",))
PAYMENTS = [{"resourceTypeId": "payment"}]
NOTE = Note(
    "0198a0b0-0000-7000-8000-000000000001",
    "0198a0b0-0000-7000-8000-000000000002",
    b'{"specversion":"1.0","id":"1"}',
    "PaymentCreated",
    "application/cloudevents+json; charset=utf-8",
)
Member = Callable[[int], dict[str, Any]]
EMULATED = f"{CONNECTION};UseDevelopmentEmulator=true"
MEMBERS: dict[str, Member] = {
    "EventGrid": lambda port: {"type": "EventGrid", "uri": f"http://localhost:{port}/api/events", "accessKey": "a-key"},
    "AzureServiceBus": lambda port: {"type": "AzureServiceBus", "connectionString": EMULATED.format(port=port)},
    "GoogleCloudPubSub": lambda port: {"type": "GoogleCloudPubSub", "projectId": "a-project", "topic": "told"},
}


def port_of(receiver: Receiver) -> int:
    return int(receiver.url.rpartition(":")[2].split("/")[0])


def decoded(member: dict[str, Any]) -> Any:
    return decode_body(AnyDestination, json.dumps(member).encode())


async def sent(kind: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Got:
    """The request that brought the note. Raises what the service raises."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"localhost:{port_of(receiver)}")
    outside = GuardedHttp(ALLOWED)
    service = opened(decoded(MEMBERS[kind](port_of(receiver))), outside)
    try:
        await service.send(NOTE)
    finally:
        await service.close()
        await outside.close()
    return receiver.got[-1]


def test_event_grid_gets_a_batch_of_one_cloud_event(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        got = asyncio.run(sent("EventGrid", receiver, monkeypatch))
    assert got.path == "/api/events?api-version=2018-01-01"
    assert got.headers["aeg-sas-key"] == "a-key"
    assert got.headers["content-type"] == "application/cloudevents-batch+json; charset=utf-8"
    assert got.body == b"[" + NOTE.payload + b"]"


def test_service_bus_gets_a_signed_message_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        got = asyncio.run(sent("AzureServiceBus", receiver, monkeypatch))
    assert got.path == "/told/messages"
    assert got.body == NOTE.payload
    assert got.headers["content-type"] == NOTE.content_type
    broker = json.loads(got.headers["brokerproperties"])
    assert broker == {"MessageId": NOTE.id, "SessionId": NOTE.resource_id, "Label": NOTE.kind}
    kind, _, words = got.headers["authorization"].partition(" ")
    members = {name: values[0] for name, values in parse_qs(words).items()}
    resource = f"http://localhost:{port_of(receiver)}/told"
    # As the page on shared access signatures says: the address, percent-encoded, a line feed, and when it ends.
    encoded = f"http%3A%2F%2Flocalhost%3A{port_of(receiver)}%2Ftold"
    made = hmac.new(b"c2VjcmV0", f"{encoded}\n{members['se']}".encode(), hashlib.sha256).digest()
    assert (kind, members["sr"], members["skn"]) == ("SharedAccessSignature", resource, "sender")
    assert members["sig"] == base64.b64encode(made).decode()
    assert encoded in words


def test_a_signature_is_what_it_is_for_these_words() -> None:
    """Worked out with openssl: printf '%s\\n%s' ENCODED 1700000000 | openssl dgst -sha256 -hmac a-key -binary | base64."""
    words = azure.signature("https://name.servicebus.windows.net/orders", "send", "a-key", 1_700_000_000)
    assert unquote(words.partition("sig=")[2].partition("&")[0]) == "a3bGZBnPyP1zxO+tI2LZ7bYeJWm+MyPL8LHZEUSRUrA="
    assert words.endswith("&se=1700000000&skn=send")


def test_pub_sub_gets_the_note_in_base64_with_an_ordering_key(monkeypatch: pytest.MonkeyPatch) -> None:
    if (reason := missing("GoogleCloudPubSub")) is not None:
        pytest.skip(reason)
    with receiving() as receiver:
        got = asyncio.run(sent("GoogleCloudPubSub", receiver, monkeypatch))
    assert got.path == "/v1/projects/a-project/topics/told:publish"
    assert json.loads(got.body) == {
        "messages": [
            {
                "data": base64.b64encode(NOTE.payload).decode(),
                "attributes": {"content-type": NOTE.content_type},
                "orderingKey": NOTE.resource_id,
            }
        ]
    }
    assert "authorization" not in got.headers


ANSWERS: dict[int, type[DeliveryError]] = {
    400: RejectedError,
    413: RejectedError,
    401: MisconfiguredError,
    404: MisconfiguredError,
    410: MisconfiguredError,
    302: MisconfiguredError,
    408: UnavailableError,
    429: UnavailableError,
    500: UnavailableError,
    503: UnavailableError,
}
CASES = [(kind, status, error) for kind in MEMBERS for status, error in ANSWERS.items()] + [
    ("EventGrid", 403, MisconfiguredError),
    ("GoogleCloudPubSub", 403, MisconfiguredError),
    # The quota of a queue is used up.
    ("AzureServiceBus", 403, UnavailableError),
]


@pytest.mark.parametrize(("kind", "status", "error"), CASES)
def test_answers_are_told_apart(kind: str, status: int, error: type[DeliveryError], monkeypatch: pytest.MonkeyPatch) -> None:
    if (reason := missing(kind)) is not None:
        pytest.skip(reason)
    with receiving() as receiver:
        receiver.answer = lambda got: status
        with pytest.raises(error) as caught:
            asyncio.run(sent(kind, receiver, monkeypatch))
    assert type(caught.value) is error
    assert str(caught.value) == f"The answer was {status}."


@pytest.mark.parametrize("kind", MEMBERS)
def test_silence_is_no_fault_of_the_note(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if (reason := missing(kind)) is not None:
        pytest.skip(reason)
    with receiving() as receiver:
        pass
    with pytest.raises(UnavailableError):
        asyncio.run(sent(kind, receiver, monkeypatch))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "grid in the clear": (
        {"type": "EventGrid", "uri": "http://topic.example/api/events", "accessKey": "a-key"},
        "The address must begin with https://",
    ),
    "no URI": ({"type": "EventGrid", "uri": "topic.example", "accessKey": "a-key"}, "The URI must be an absolute one of https"),
    "two headers": (
        {"type": "EventGrid", "uri": "https://topic.example", "accessKey": "a\r\nb: c"},
        "The URI must be an absolute one of https",
    ),
    "no entity": (
        {"type": "AzureServiceBus", "connectionString": "Endpoint=sb://a.example/;SharedAccessKeyName=n;SharedAccessKey=hush"},
        "it lacks EntityPath.",
    ),
    "no sb": (
        {
            "type": "AzureServiceBus",
            "connectionString": "Endpoint=http://a.example/;SharedAccessKeyName=n;SharedAccessKey=hush;EntityPath=q",
        },
        "must be such as sb://name.servicebus.windows.net/.",
    ),
    "bus in the clear": (
        {
            "type": "AzureServiceBus",
            "connectionString": "Endpoint=sb://a.example/;SharedAccessKeyName=n;SharedAccessKey=hush;EntityPath=q;"
            "UseDevelopmentEmulator=true",
        },
        "The address must begin with https://",
    ),
    "project": ({"type": "GoogleCloudPubSub", "projectId": "../x", "topic": "told"}, "not such as Google Cloud has them"),
    "topic": ({"type": "GoogleCloudPubSub", "projectId": "a-project", "topic": "a/b"}, "not such as Google Cloud has them"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_can_not_be_is_refused(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    member, words = WRONG[case]
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", "localhost:1")
    with pytest.raises(ApiError) as caught:
        opened(decoded(member), GuardedHttp(Allowed()))
    assert (caught.value.status, caught.value.code) == (400, "InvalidInput")
    assert words in caught.value.message
    assert "hush" not in caught.value.message


def test_an_address_inside_is_not_asked() -> None:
    """Of a name that leads there, the answer tells no more than of one that nobody hears."""
    member = {"type": "EventGrid", "uri": "https://localhost:1/api/events", "accessKey": "a-key"}

    async def run() -> None:
        outside = GuardedHttp(Allowed())
        with pytest.raises(UnavailableError) as caught:
            await opened(decoded(member), outside).send(NOTE)
        assert "The service cannot be reached" in str(caught.value)
        await outside.close()

    asyncio.run(run())


def test_a_change_arrives_as_a_cloud_event(database_url: str) -> None:
    async def run() -> None:
        async with shop_in(database_url) as shop, grid("told") as topic:
            form = {"type": "CloudEvents", "cloudEventsVersion": "1.0"}
            await shop.make("subscription", destination=topic.member, messages=PAYMENTS, format=form)
            made = await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 1})
            await shop.relay.once()
            event = json.loads(topic.receiver.got[-1].body)[0]
            assert event["type"] == "com.commercetools.payment.message.PaymentCreated"
            assert (event["subject"], event["data"]["sequenceNumber"]) == (made["id"], 1)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("form", "content_type"),
    [({}, "application/json"), (CLOUD_EVENTS, "application/cloudevents+json; charset=utf-8")],
    ids=["Platform", "CloudEvents"],
)
def test_a_message_says_in_which_format_it_is(database_url: str, form: dict[str, Any], content_type: str) -> None:
    """The test notification and what follows."""

    async def run() -> None:
        async with shop_in(database_url) as shop, bus("told") as queue:
            await shop.make("subscription", destination=queue.member, messages=PAYMENTS, **form)
            await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 1})
            await shop.relay.once()
            labels = [json.loads(got.headers["brokerproperties"])["Label"] for got in queue.receiver.got]
            assert labels == ["ResourceCreated", "PaymentCreated"]
            assert {got.headers["content-type"] for got in queue.receiver.got} == {content_type}

    asyncio.run(run())


def account(folder: Path, token_uri: str) -> str:
    """A file that says who this server is at Google: a service account with a key of its own."""
    keys: Any = importlib.import_module("cryptography.hazmat.primitives.asymmetric.rsa")
    forms: Any = importlib.import_module("cryptography.hazmat.primitives.serialization")
    made = keys.generate_private_key(public_exponent=65537, key_size=2048)
    words = made.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()).decode()
    members = {"type": "service_account", "client_email": "shop@a-project.example", "private_key": words}
    file = folder / "account.json"
    file.write_text(json.dumps({**members, "token_uri": token_uri, "project_id": "a-project"}))
    return str(file)


def test_pub_sub_shows_the_token_of_a_service_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One token is fetched for all that is published."""
    if (reason := missing("GoogleCloudPubSub")) is not None:
        pytest.skip(reason)
    with receiving() as google, receiving() as topic:
        google.body = lambda: b'{"access_token":"a-token","expires_in":3600,"token_type":"Bearer"}'
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", account(tmp_path, google.url))

        async def run() -> None:
            outside = GuardedHttp(ALLOWED)
            url = pubsub_module.address(decoded(MEMBERS["GoogleCloudPubSub"](1)), f"http://localhost:{port_of(topic)}")
            service = pubsub_module.publishing(url, pubsub_module.Identity().token, outside)
            await asyncio.gather(*(service.send(NOTE) for _ in range(5)))
            await outside.close()

        asyncio.run(run())
    assert [got.headers["authorization"] for got in topic.got] == ["Bearer a-token"] * 5
    assert len(google.got) == 1


@pytest.mark.parametrize(("status", "error"), [(400, MisconfiguredError), (503, UnavailableError)])
def test_a_token_that_is_not_given(
    status: int, error: type[DeliveryError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (reason := missing("GoogleCloudPubSub")) is not None:
        pytest.skip(reason)
    with receiving() as google:
        google.answer = lambda got: status
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", account(tmp_path, google.url))
        monkeypatch.setattr(pubsub_module, "SEND_S", 2.0)
        with pytest.raises(error):
            asyncio.run(pubsub_module.Identity().token())


def test_without_its_library_pub_sub_is_refused_by_name(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name.startswith(LIBRARIES["GoogleCloudPubSub"]):
            raise ModuleNotFoundError(name)
        return whole(name, package)

    monkeypatch.delenv("PUBSUB_EMULATOR_HOST", raising=False)
    monkeypatch.setattr(importlib, "import_module", without)

    async def run() -> None:
        async with shop_in(database_url) as shop, pubsub("told") as topic:
            error = await refused(shop.make("subscription", destination=topic.member, messages=PAYMENTS))
            assert (error.status, error.code) == (400, "InvalidInput")
            assert "needs the optional package orderwright[google]" in error.message

    asyncio.run(run())
