"""The three hundred orders of the demo project: who buys what, when, where, and what becomes of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from orderwright.demo.fates import FATES, Fate, Step
from orderwright.demo.places import MARKETS, Market, money

SEED = "orderwright demo"
# A basket is filled some minutes before it is ordered.
BEFORE = timedelta(minutes=17)
# So many carts were filled and left, at most so many days ago.
LEFT, LEFT_DAYS = 12, 20
# The SKUs of each product.
Shelf = Sequence[Sequence[str]]
GIFT_WRAP = {"EUR": 290, "USD": 350, "GBP": 250}


class Plan(NamedTuple):
    """One order to be made. `steps` are moments and what is done then; `store` is the door it comes in by, if any."""

    number: str
    placed: datetime
    store: str | None
    cart: dict[str, Any]
    begins: dict[str, str]
    steps: tuple[tuple[datetime, Step], ...]


def plans(today: datetime, shelf: Shelf) -> list[Plan]:
    """All orders, oldest first. `today` is its first moment (UTC): all happens in the 90 days before it, always the same way."""
    random = Random(SEED)  # noqa: S311 - the point is that it is no secret
    fates = [(_moment(fate.days, random), fate) for fate in FATES for _ in range(fate.orders)]
    fates.sort(key=lambda planned: planned[0])
    return [_plan(number, today + moment, fate, shelf, random) for number, (moment, fate) in enumerate(fates, 1)]


class Left(NamedTuple):
    """A cart that nobody ordered, and the moment it was filled; `store` is the door it came in by, if any."""

    filled: datetime
    store: str | None
    cart: dict[str, Any]


def left(today: datetime, shelf: Shelf) -> list[Left]:
    """The carts that were left, oldest first; like the orders the same at every load, and all before `today`."""
    random = Random(f"{SEED}, left")  # noqa: S311 - as above
    found = [_left(number, today, shelf, random) for number in range(1, LEFT + 1)]
    return sorted(found, key=lambda each: each.filled)


def _left(number: int, today: datetime, shelf: Shelf, random: Random) -> Left:
    market, store = _door(random)
    filled = today + _moment((1, LEFT_DAYS), random)
    return Left(filled, store, {"key": f"left-{number:02d}", **_cart(market, store, 1, shelf, random)})


def _moment(days: tuple[int, int], random: Random) -> timedelta:
    """When somebody comes, counted from today's first moment: at least and at most so many days before it, in waking hours."""
    seconds = random.randrange(7 * 3600, 22 * 3600)
    return timedelta(days=-random.randint(*days), seconds=seconds)


def _door(random: Random) -> tuple[Market, str | None]:
    """Where somebody comes from, and the store that is gone to, if any."""
    market = random.choices(MARKETS, [market.share for market in MARKETS])[0]
    return market, market.store if random.random() < 0.7 else None


def _plan(number: int, placed: datetime, fate: Fate, shelf: Shelf, random: Random) -> Plan:
    name = f"DEMO-{number:05d}"
    market, store = _door(random)
    return Plan(
        number=name,
        placed=placed,
        store=store,
        cart={"key": f"cart-{name}", **_cart(market, store, fate.least_lines, shelf, random)},
        begins=fate.begins,
        steps=tuple((placed + timedelta(hours=hours), step) for hours, step in fate.steps),
    )


def _cart(market: Market, store: str | None, least_lines: int, shelf: Shelf, random: Random) -> dict[str, Any]:
    address = _address(market, random)
    draft = {
        "currency": market.currency,
        "country": market.country,
        "locale": market.locale,
        "customerEmail": address["email"],
        "shippingAddress": address,
        "billingAddress": address,
        "shippingMethod": {"typeId": "shipping-method", "key": _shipping(address, store, random)},
        "lineItems": _lines(least_lines, shelf, random),
    }
    if random.random() < 0.1:
        draft["customLineItems"] = [
            {
                "name": {"en": "Gift wrap", "de": "Geschenkverpackung"},
                "slug": "gift-wrap",
                "money": money(market.currency, GIFT_WRAP[market.currency]),
                "taxCategory": {"key": "standard"},
            }
        ]
    return draft


def _lines(least: int, shelf: Shelf, random: Random) -> list[dict[str, Any]]:
    """Of different products, groceries (whose SKU ends in their weight) sometimes by the carton."""
    count = max(least, random.choices((1, 2, 3, 4), (45, 30, 15, 10))[0])
    lines = []
    for variants in random.sample(shelf, count):
        sku = random.choice(variants)
        quantity = random.choices((1, 2, 3), (75, 20, 5))[0]
        if sku.endswith("0G") and random.random() < 0.3:
            quantity = random.choice((4, 6, 10))
        lines.append({"sku": sku, "quantity": quantity})
    return lines


def _shipping(address: dict[str, Any], store: str | None, random: Random) -> str:
    if store == "berlin" and address["city"] == "Berlin" and random.random() < 0.5:
        return "courier"
    return "express" if random.random() < 0.2 else "standard"


def _address(market: Market, random: Random) -> dict[str, Any]:
    first, last = random.choice(market.names).split(" ", 1)
    street, number, code, city = random.choice(market.homes)
    address = {
        "country": market.country,
        "firstName": first,
        "lastName": last,
        "streetName": street,
        "streetNumber": number,
        "postalCode": code,
        "city": city,
        "email": _email(first, last),
    }
    return {**address, "state": market.state} if market.state else address


def _email(first: str, last: str) -> str:
    """At example.com, which nobody owns."""
    plain = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '')}@example.com"
