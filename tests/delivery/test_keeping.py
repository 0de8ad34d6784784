"""Services stay open between changes, and are closed when the destination is another, or nobody sends there."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from orderwright.delivery import keeping
from orderwright.delivery.interface import Destination, Note, UnavailableError
from orderwright.delivery.keeping import IDLE_S, MOST, Services
from orderwright.domain.subscription.destinations import NatsDestination, whole
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp
from relaying import Shop, receiving, shop_in, until

PAYMENTS = [{"resourceTypeId": "payment"}]


class Service:
    """Takes everything, until it is broken."""

    width = 4

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.took: list[str] = []
        self.closed = self.broken = False

    async def send(self, note: Note) -> None:
        assert not self.closed
        if self.broken:
            raise UnavailableError("The other side has hung up.")
        self.took.append(note.kind)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Service]:
    """The services that were opened, in their order."""
    services: list[Service] = []

    def opened(destination: Any, _outside: GuardedHttp) -> Destination:
        services.append(Service(getattr(destination, "url", getattr(destination, "uri", ""))))
        return services[-1]

    monkeypatch.setattr(keeping, "opened", opened)
    return services


def text(port: int = 4222) -> str:
    return whole(NatsDestination(uri=f"nats://localhost:{port}", subject="told"))


def test_one_is_opened_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes a client of Amazon's takes a tenth of a second."""
    threads = []

    def opened(_destination: Any, _outside: GuardedHttp) -> Destination:
        threads.append(threading.current_thread())
        return Service("")

    monkeypatch.setattr(keeping, "opened", opened)
    asyncio.run(Services(GuardedHttp(Allowed())).lend(("shop", "one"), text()))
    assert threads != [threading.main_thread()]


def test_one_is_kept_as_long_as_its_destination_stays_the_same(made: list[Service]) -> None:
    async def run() -> None:
        services, key = Services(GuardedHttp(Allowed())), ("shop", "one")
        first, reused = await services.lend(key, text())
        assert not reused
        services.give_back(key, text(), first)
        assert await services.lend(key, text()) == (first, True)
        services.give_back(key, text(), first)
        second, reused = await services.lend(key, text(4223))
        assert (reused, second is first) == (False, False)
        assert [service.closed for service in made] == [True, False]
        services.give_back(key, text(4223), second)
        await services.close()
        assert [service.closed for service in made] == [True, True]

    asyncio.run(run())


def test_what_nobody_asks_for_is_closed_and_so_are_the_oldest_of_many(made: list[Service]) -> None:
    now = [0.0]

    async def run() -> None:
        services = Services(GuardedHttp(Allowed()), lambda: now[0])
        for number in range(MOST + 2):
            key = ("shop", str(number))
            services.give_back(key, text(), (await services.lend(key, text()))[0])
        await asyncio.sleep(0)
        assert [service.closed for service in made] == [True, True] + [False] * MOST
        now[0] = IDLE_S - 1
        services.let_go()
        await asyncio.sleep(0)
        assert sum(service.closed for service in made) == 2
        now[0] = IDLE_S
        services.let_go()
        await asyncio.sleep(0)
        assert all(service.closed for service in made)

    asyncio.run(run())


async def told(shop: Shop, made: list[Service], count: int) -> None:
    """Another payment, and wait until so many were told of."""
    await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 1})
    await until(lambda: sum(len(service.took) for service in made) == count)
    while {row[0] for row in await shop.rows("state")} != {"sent"}:  # noqa: ASYNC110 - the database is asked
        await asyncio.sleep(0.01)


def test_changes_one_after_the_other_are_sent_over_one_connection(database_url: str, made: list[Service]) -> None:
    async def run() -> None:
        async with shop_in(database_url) as shop:
            with receiving() as receiver:
                one = await shop.subscribe(receiver, messages=PAYMENTS)
                async with shop.relayed():
                    for count in (1, 2, 3):
                        await told(shop, made, count)
                    assert len(made) == 1
                    # It was closed by the other side: another is opened, and nobody is told of a fault.
                    made[0].broken = True
                    await told(shop, made, 4)
                    assert [len(service.took) for service in made] == [3, 1]
                    assert made[0].closed
                    assert (await shop.see("subscription", one))["version"] == 1
                    await shop.remove("subscription", one)
                assert made[1].closed

    asyncio.run(run())


def test_another_destination_is_another_connection(database_url: str, made: list[Service]) -> None:
    async def run() -> None:
        async with shop_in(database_url) as shop:
            with receiving() as receiver, receiving() as other:
                one = await shop.subscribe(receiver, messages=PAYMENTS)
                async with shop.relayed():
                    await told(shop, made, 1)
                    there = {"type": "HTTP", "url": other.url, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
                    await shop.change("subscription", one, {"action": "changeDestination", "destination": there})
                    await told(shop, made, 2)
                    assert [(service.uri, service.took, service.closed) for service in made] == [
                        (receiver.url, ["PaymentCreated"], True),
                        (other.url, ["PaymentCreated"], False),
                    ]

    asyncio.run(run())
