"""How soon Messages arrive at a destination of this machine, and what an extension adds that answers at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from orderwright.bench.client import Client
from orderwright.bench.measuring import Spread, percentiles
from orderwright.bench.outside.receiver import Receiver
from orderwright.bench.shop import Shop, ShopError
from orderwright.bench.workloads import TOLD, Items, Workloads

RATE = 500
"""Messages a second that are aimed at."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of a receiver that lasts for a minute
_PATIENCE_S = 60.0
_WARM = 20


class Arrivals(msgspec.Struct, frozen=True, kw_only=True):
    """From when each change began until its Message was at the destination. `rate` is how many Messages a second were made."""

    count: int
    rate: float
    p50_ms: float
    p99_ms: float


class Extended(msgspec.Struct, frozen=True, kw_only=True):
    """Medians of updates of an order, one after the other, alone and with an extension that answers at once: of the rounds. What
    it adds is the difference of the least ones, since what others do on the machine only adds."""

    alone_ms: Spread
    extended_ms: Spread

    @property
    def added_ms(self) -> float:
        """What the extension adds."""
        return self.extended_ms.least - self.alone_ms.least


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """Both."""

    arrivals: Arrivals
    extended: Extended


def arriving(shop: Shop, client: Client, workloads: Workloads, receiver: Receiver, window_s: float) -> Arrivals:
    """Change orders at an even pace while a subscription tells of each change. Raises ShopError if a Message does not come."""
    destination = {"type": "HTTP", "url": receiver.url, "secret": SECRET}
    made = shop.make("subscriptions", {"destination": destination, "messages": [{"resourceTypeId": "order"}]})
    receiver.take()
    paced = RATE / TOLD
    for seconds in (window_s / 4, window_s):  # the first ones warm up
        items = workloads.told(max(1, int(paced * seconds)))
        sent = client.send(items, _at_once, rate=paced)
        delays = _all(receiver, TOLD * len(items))
    shop.remove(f"subscriptions/{made['id']}", made["version"])
    p50, p99 = percentiles(delays)
    return Arrivals(count=len(delays), rate=len(delays) / sent.elapsed_s, p50_ms=p50, p99_ms=p99)


def _all(receiver: Receiver, count: int) -> list[float]:
    until = time.monotonic() + _PATIENCE_S
    while receiver.count() < count:
        if time.monotonic() > until:
            raise ShopError(f"Only {receiver.count()} of {count} Messages have arrived.")
        time.sleep(0.05)
    return receiver.take()


def extending(shop: Shop, client: Client, workloads: Workloads, receiver: Receiver, rounds: int, window_s: float) -> Extended:
    """Update orders with and without an extension, in turn."""
    triggers = [{"resourceTypeId": "order", "actions": ["Update"]}]
    draft = {"destination": {"type": "HTTP", "url": receiver.url}, "triggers": triggers}

    def medians() -> Iterator[tuple[float, float]]:
        count = _WARM
        for number in range(rounds + 1):
            alone, took = _median(client, workloads.update(count))
            made = shop.make("extensions", draft)
            extended, _ = _median(client, workloads.update(count))
            shop.remove(f"extensions/{made['id']}", made["version"])
            if number:  # the first round warms up, and tells how many fill a window
                yield alone, extended
            count = max(_WARM, int(count / took * window_s)) if not number else count

    found = list(medians())
    receiver.take()
    return Extended(
        alone_ms=Spread.of([alone for alone, _ in found]),
        extended_ms=Spread.of([extended for _, extended in found]),
    )


def _median(client: Client, items: Items) -> tuple[float, float]:
    sent = client.send(items, _at_once)
    return percentiles(sent.items_s)[0], sent.elapsed_s


def _at_once() -> None:
    """No other meter is read."""


def lines(found: Outside) -> list[str]:
    """What was found, in two sentences."""
    arrivals, extended = found.arrivals, found.extended
    return [
        "",
        f"{arrivals.count:,} Messages, {arrivals.rate:,.0f} a second, were at a destination of this machine "
        f"{arrivals.p50_ms:.0f} ms (p50) and {arrivals.p99_ms:.0f} ms (p99) after their change began. "
        "One update of an order after the other took "
        f"{extended.alone_ms.least:.2f} ms, and {extended.extended_ms.least:.2f} ms with an extension that answers at once "
        f"(least medians of rounds in turn; the largest: {extended.alone_ms.most:.2f} and {extended.extended_ms.most:.2f} ms).",
    ]
