"""What is asked of a large project: queries and searches for orders, each with the time that it may take."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

import msgspec

from orderwright.bench import bulk
from orderwright.bench.shop import Shop

PAGE_MS: Final = 25.0
FAR_MS: Final = 150.0
DESK_MS: Final = 150.0
DESK_CPU_MS: Final = 5.0
FAR: Final = 9_900
CLERKS: Final = 10
Chance = random.Random


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """`asks` makes a predicate, the query of a search, parameters of the second dialect (`emporix`), or the address of a page of
    the `desk`, where an order may stand with its number in the place of its id; all with values drawn by chance.

    `limit_ms` is the most that the 99th percentile may be; None is a question that no index answers, which only has to be
    answered or refused. `cpu_ms` is the most that the server may compute for one, if that is told.
    """

    title: str
    asks: Callable[[Chance], Any]
    limit_ms: float | None = PAGE_MS
    sort: str = ""
    offset: int = 0
    search: bool = False
    emporix: bool = False
    desk: bool = False
    cpu_ms: float | None = None

    def request(self, shop: Shop, chance: Chance, with_total: bool = True) -> bytes:
        """One request, as the bytes that go over the wire."""
        asked = self.asks(chance)
        if self.desk:
            path, slash, number = asked.partition("/")
            return shop.desk(f"{path}/{shop.get(f'orders/order-number={number}')['id']}" if slash else asked)
        if self.emporix:
            return shop.sales_orders(f"pageSize=20&sort={quote(self.sort)}&{asked}")
        if self.search:
            body = {"query": asked, "limit": 20, "offset": self.offset}
            return shop.request("POST", "orders/search", body | ({"sort": _sorting(self.sort)} if self.sort else {}))
        sort = f"&sort={quote(self.sort)}" if self.sort else ""
        page = f"limit=20&offset={self.offset}&withTotal={'true' if with_total else 'false'}{sort}"
        return shop.request("GET", f"orders?where={quote(asked)}&{page}")


def _sorting(sort: str) -> list[Mapping[str, str]]:
    field, order = sort.split()
    return [{"field": field, "order": order}]


def _day(chance: Chance, days: int) -> tuple[str, str]:
    first = bulk.FIRST_DAY + timedelta(days=chance.randrange(bulk.DAYS - days))
    return tuple(f"{moment:%Y-%m-%dT%H:%M:%S}.000Z" for moment in (first, first + timedelta(days=days)))  # type: ignore[return-value]  # two of them


def _week(chance: Chance) -> str:
    first, last = _day(chance, 7)
    return f"since={first[:10]}&until={last[:10]}"


def _between(chance: Chance, state: str, days: int) -> str:
    first, last = _day(chance, days)
    return f'orderState = "{state}" and createdAt >= "{first}" and createdAt < "{last}"'


def _exact(field: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"exact": {"field": field, "value": value, **more}}


def _searched_between(chance: Chance, state: str, days: int) -> dict[str, Any]:
    first, last = _day(chance, days)
    return {"and": [_exact("orderState", state), {"range": {"field": "createdAt", "gte": first, "lte": last}}]}


def _customer(chance: Chance) -> str:
    return bulk.customer_id(bulk.often_low(chance, bulk.CUSTOMERS))


def _sku(chance: Chance) -> str:
    return bulk.sku(bulk.often_low(chance, bulk.SKUS))


def _campaign(chance: Chance) -> str:
    return bulk.campaign(chance.randrange(bulk.CAMPAIGNS))


NEWEST: Final = "createdAt desc"
# No order has this, and nothing but reading all of them can tell.
NOWHERE: Final = 'shippingAddress(streetName != "Lindenweg")'
IN_THE_BODY: Final = 'lineItems(variant(attributes(name="nowhere")))'
QUESTIONS: Final = (
    Question(title="by customerId, the newest first", sort=NEWEST, asks=lambda chance: f'customerId = "{_customer(chance)}"'),
    Question(title="by customerId, the one who orders most", sort=NEWEST, asks=lambda _: f'customerId = "{bulk.customer_id(0)}"'),
    Question(title="open ones of a week, the newest first", sort=NEWEST, asks=lambda chance: _between(chance, "Open", 7)),
    Question(title="open ones of a quarter, by id", asks=lambda chance: _between(chance, "Open", 90)),
    Question(title="complete ones of a quarter, the newest first", sort=NEWEST, asks=lambda by: _between(by, "Complete", 90)),
    Question(title="by SKU, the newest first", sort=NEWEST, asks=lambda chance: f'lineItems(variant(sku="{_sku(chance)}"))'),
    Question(title="by SKU, by id", asks=lambda chance: f'lineItems(variant(sku="{_sku(chance)}"))'),
    Question(title="by a SKU that nobody has bought", asks=lambda _: 'lineItems(variant(sku="nothing"))'),
    Question(title="by the SKU that sells best", sort=NEWEST, asks=lambda _: f'lineItems(variant(sku="{bulk.sku(0)}"))'),
    Question(
        title="by custom field, the newest first", sort=NEWEST, asks=lambda by: f'custom(fields(campaign="{_campaign(by)}"))'
    ),
    Question(title="by custom field, by id", asks=lambda chance: f'custom(fields(campaign="{_campaign(chance)}"))'),
    Question(
        title=f"complete ones, from the {FAR:,}th on",
        asks=lambda _: 'orderState = "Complete"',
        sort=NEWEST,
        offset=FAR,
        limit_ms=FAR_MS,
    ),
    Question(
        title=f"by a custom field that 98 % have, from the {FAR:,}th on",
        asks=lambda _: 'custom(fields(channel="web"))',
        sort=NEWEST,
        offset=FAR,
        limit_ms=FAR_MS,
    ),
    Question(title="what no index helps with, in the queried copy", asks=lambda _: NOWHERE, limit_ms=None),
    Question(title="what no index helps with, in the whole body", asks=lambda _: IN_THE_BODY, limit_ms=None),
    Question(title="search by customerId", sort=NEWEST, search=True, asks=lambda chance: _exact("customerId", _customer(chance))),
    Question(title="search open ones of a week", sort=NEWEST, search=True, asks=lambda by: _searched_between(by, "Open", 7)),
    Question(title="search by SKU", sort=NEWEST, search=True, asks=lambda chance: _exact("lineItems.variant.sku", _sku(chance))),
    Question(
        title="search by custom field",
        asks=lambda chance: _exact("custom.campaign", _campaign(chance), customType="StringType"),
        sort=NEWEST,
        search=True,
    ),
    Question(
        title="search by the SKU that sells best",
        asks=lambda _: _exact("lineItems.variant.sku", bulk.sku(0)),
        sort=NEWEST,
        search=True,
    ),
    Question(title="the newest, in the second dialect", sort="created:desc", emporix=True, asks=lambda _: ""),
    Question(
        title="created ones, the newest first, in the second dialect",
        sort="created:desc",
        emporix=True,
        asks=lambda _: "q=status:CREATED",
    ),
    Question(
        title="by SKU, the newest first, in the second dialect",
        sort="created:desc",
        emporix=True,
        asks=lambda chance: f"q={quote(f'entries.product.sku:{_sku(chance)}')}",
    ),
    Question(
        title=f"search by a custom field that 98 % have, from the {FAR:,}th on",
        asks=lambda _: _exact("custom.channel", "web", customType="StringType"),
        sort=NEWEST,
        offset=FAR,
        limit_ms=FAR_MS,
        search=True,
    ),
    Question(
        title=f"search complete ones, from the {FAR:,}th on",
        asks=lambda _: _exact("orderState", "Complete"),
        sort=NEWEST,
        offset=FAR,
        limit_ms=FAR_MS,
        search=True,
    ),
    *(
        Question(title=f"the desk: {title}", desk=True, asks=asks, limit_ms=DESK_MS, cpu_ms=DESK_CPU_MS)
        for title, asks in (
            ("its list, the newest", lambda _: "orders"),
            ("its list of open ones of a week", lambda chance: f"orders?order=Open&{_week(chance)}"),
            ("its list for a text that is a SKU", lambda chance: f"orders?q={_sku(chance)}"),
            ("its list of a store", lambda _: f"orders?in={bulk.STORES[0]}"),
            ("an order", lambda chance: f"orders/{bulk.order_number(chance.randrange(400))}"),
        )
    ),
)


def opened_by_clerks(shop: Shop, chance: Chance) -> list[bytes]:
    """Pages of the desk: each list and the order, drawn anew ten times."""
    return [question.request(shop, chance) for _ in range(10) for question in QUESTIONS if question.desk]
