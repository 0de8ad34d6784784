"""What is measured over HTTP: for each workload, the requests of one window."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Sequence

import msgspec

from orderwright.bench.client import Client
from orderwright.bench.shop import ADDRESS, Shop

Items = Sequence[Sequence[bytes]]
PAGE = 20
BATCH = 500
SHOWN = 1_000
"""So many orders the second dialect is asked for again and again."""
FEW = 8
"""So many carts are calculated anew again and again."""
TOLD = 2
"""Messages of each update whose arrival is measured."""
CARTS = (5, 200)
"""Lines of the carts that a line is added to."""
DISCOUNTS = (
    ("recalculate0", 0, False),
    ("recalculate50", 50, False),
    ("recalculate100", 100, False),
    ("recalculateAll50", 50, True),
)
"""Carts of 200 lines that are calculated anew: how many discounts they have, and whether each is of all lines."""


class Order(msgspec.Struct):
    """An order that was loaded, at the version that the updates have brought it to."""

    id: str
    number: str
    version: int = 1


class Workload(msgspec.Struct, frozen=True):
    """`items` makes the requests for so many items; whatever they need beforehand is sent outside the window. What is `slow`
    is warmed up by so many times fewer items."""

    name: str
    title: str
    items: Callable[[int], Items]
    slow: int = 1


class Workloads:
    """Everything over HTTP, on the orders that `load` has made."""

    def __init__(self, shop: Shop, client: Client) -> None:
        self._shop = shop
        self._client = client
        self._orders: list[Order] = []
        self._numbers = (f"A-{number:012d}" for number in itertools.count(1))
        self._carts = itertools.count()
        self._random = random.Random(1)  # noqa: S311 - the same choices in each run
        self._turn = 0
        self._in_turn = itertools.chain.from_iterable(iter(lambda: self._orders, None))
        self.all = (
            Workload("create", "create an order from a cart", self.create),
            Workload("get", "GET an order by id", self.get),
            Workload("query", f"query {PAGE} orders by a list of numbers", self.query),
            Workload("page", f"GET the newest {PAGE} orders", self.page),
            Workload("emporixGet", f"GET one of {SHOWN:,} orders in the second dialect, again and again", self.emporix_get),
            Workload("emporixFirst", "GET an order in the second dialect for the first time", self.emporix_first),
            Workload("emporixPage", f"GET the newest {PAGE} orders in the second dialect", self.emporix_page),
            Workload("update", "update an order", self.update),
            *(
                Workload(f"add{lines}", f"add a line to a cart of {lines}", self.add_to(lines), slow=max(1, lines // 10))
                for lines in CARTS
            ),
            *(
                Workload(
                    name,
                    f"recalculate a cart of {CARTS[-1]} with {_told(count, everywhere)}",
                    self.calculated(count, everywhere),
                    20,
                )
                for name, count, everywhere in DISCOUNTS
            ),
            Workload("way", "the whole way: cart with two lines, then order", self.way),
            Workload("signIn", "sign in with a right password", self.sign_in, slow=20),
        )

    def load(self, count: int, report: Callable[[int, int], None]) -> list[float]:
        """Make orders over HTTP, as any shop would. Returns how many were made a second, of each BATCH of them."""
        rates = []
        while len(self._orders) < count:
            numbers = list(itertools.islice(self._numbers, min(BATCH, count - len(self._orders))))
            sent = self._client.send([self._shop.way(next(self._carts), number) for number in numbers], _at_once)
            self._orders += [Order(id, number) for id, number in zip(sent.ids, numbers, strict=True)]
            rates.append(len(numbers) / sent.elapsed_s)
            report(len(self._orders), count)
        return rates

    def create(self, count: int) -> Items:
        """Orders from carts that are made now, outside the window."""
        carts = self._client.send([(self._shop.cart(next(self._carts)),) for _ in range(count)], _at_once).ids
        return [(self._shop.order(cart, next(self._numbers)),) for cart in carts]

    def get(self, count: int) -> Items:
        """Orders by id, drawn from all."""
        return [(self._shop.request("GET", f"orders/{order.id}"),) for order in self._random.choices(self._orders, k=count)]

    def query(self, count: int) -> Items:
        """Pages of orders by number."""
        return [(self._shop.page_of([order.number for order in self._random.sample(self._orders, PAGE)]),) for _ in range(count)]

    def page(self, count: int) -> Items:
        """Pages of the orders that were made last."""
        return [(self._shop.newest(PAGE),)] * count

    def emporix_get(self, count: int) -> Items:
        """Orders by number, drawn from those that were made last, each of which was shown before."""
        last = self._orders[-SHOWN:]
        self._client.send([(self._shop.sales_order(order.number),) for order in last], _at_once)
        drawn = self._random.choices(last, k=count)
        return [(self._shop.sales_order(order.number),) for order in drawn]

    def emporix_first(self, count: int) -> Items:
        """All orders by number in turn, so that one is asked for again when the others have been shown."""
        orders = itertools.islice(self._in_turn, count)
        return [(self._shop.sales_order(order.number),) for order in orders]

    def emporix_page(self, count: int) -> Items:
        """Pages of the orders that were made last."""
        return [(self._shop.sales_orders(f"pageSize={PAGE}&sort=created:desc"),)] * count

    def update(self, count: int) -> Items:
        """One action each, the state or the email, on orders in turn, so that no two requests in flight meet at one order."""
        return [(self._update(),) for _ in range(count)]

    def told(self, count: int) -> Items:
        """Two actions each, of which each makes a Message, on orders in turn."""
        return [(self._twice(),) for _ in range(count)]

    def add_to(self, lines: int) -> Callable[[int], Items]:
        """A new line for carts of so many, which are made now, outside the window."""

        def items(count: int) -> Items:
            carts = self._client.send([(self._shop.large_cart(next(self._carts), lines),) for _ in range(count)], _at_once).ids
            return [(self._shop.add_line(cart, number),) for number, cart in enumerate(carts)]

        return items

    def calculated(self, discounts: int, everywhere: bool) -> Callable[[int], Items]:
        """The same few carts in turn, which are made when they are asked for first; they are left as they are."""

        @functools.cache
        def carts() -> list[str]:
            made = self._client.send([(self._shop.large_cart(next(self._carts), CARTS[-1]),) for _ in range(FEW)], _at_once).ids
            if discounts:
                self._client.send([(self._shop.discounts(cart, discounts, everywhere),) for cart in made], _at_once)
            return made

        version = 2 if discounts else 1
        return lambda count: [
            (self._shop.recalculate(cart, version),) for cart in itertools.islice(itertools.cycle(carts()), count)
        ]

    def way(self, count: int) -> Items:
        """Two requests an item."""
        return [self._shop.way(next(self._carts), next(self._numbers)) for _ in range(count)]

    def sign_in(self, count: int) -> Items:
        """Customers in turn, each with her own password."""
        return [(self._shop.sign_in(number),) for number in range(count)]

    def _next(self) -> Order:
        order = self._orders[self._turn % len(self._orders)]
        self._turn += 1
        return order

    def _twice(self) -> bytes:
        order = self._next()
        email = {"action": "setCustomerEmail", "email": f"told{order.version}@example.com"}
        address = {"action": "setBillingAddress", "address": {**ADDRESS, "streetNumber": f"{order.version} b"}}
        body = {"version": order.version, "actions": [email, address]}
        order.version += 1
        return self._shop.request("POST", f"orders/{order.id}", body)

    def _update(self) -> bytes:
        order = self._next()
        action = (
            {"action": "changeOrderState", "orderState": "Confirmed" if order.version % 4 == 1 else "Open"}
            if order.version % 2
            else {"action": "setCustomerEmail", "email": f"version{order.version}@example.com"}
        )
        body = {"version": order.version, "actions": [action]}
        order.version += 1
        return self._shop.request("POST", f"orders/{order.id}", body)


def _told(discounts: int, everywhere: bool) -> str:
    return f"{discounts or 'no'} discounts{', each of all lines' if everywhere else ''}"


def _at_once() -> None:
    """Nothing is measured while things are prepared."""
