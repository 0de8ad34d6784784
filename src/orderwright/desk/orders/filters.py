"""What a list of orders is filtered and sorted by. It stands in the page's address and becomes the predicate of a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from orderwright.desk.paging import (
    BY_TIME,
    Place,
    Sorting,
    day_in,
    is_id,
    of_store,
    page_of,
    quoted,
    store_in,
    text_in,
    typed,
    whole_names,
)
from orderwright.desk.visit import Fields
from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.errors import invalid_input

ORDER_STATES: Final = ("Open", "Confirmed", "Complete", "Cancelled")
SHIPMENT_STATES: Final = ("Pending", "Ready", "Partial", "Backorder", "Delayed", "Shipped", "Delivered", "Canceled")
PAYMENT_STATES: Final = ("BalanceDue", "Failed", "Pending", "CreditOwed", "Paid")
RETURN_SHIPMENT_STATES: Final = ("Advised", "Returned", "BackInStock", "Unusable")
RETURN_PAYMENT_STATES: Final = ("NonRefundable", "Initial", "Refunded", "NotRefunded")
PAGES: Final = (25, 50, 100)
"""How many orders a page may have."""
SORTED_DAYS: Final = 30
"""Days whose orders are sorted by their totals, where the filter names none."""
NONE: Final = "None"
"""What stands in the place of a state for orders that have none."""


class Choice(NamedTuple):
    """A filter by one of several states: its name in the address, what it is called, and the field that holds it. Where an order
    may have none of them, that is one more to choose."""

    name: str
    title: str
    states: tuple[str, ...]
    predicate: str
    optional: bool = False

    @property
    def offered(self) -> tuple[str, ...]:
        """All that may be chosen."""
        return (*self.states, NONE) if self.optional else self.states

    def said(self, chosen: tuple[str, ...]) -> str:
        """The predicate that any of these states satisfies. That there is none, a column says by itself."""
        states = ", ".join(quoted(state) for state in chosen if state != NONE)
        terms = (f"in ({states})" if states else "", "is not defined" if NONE in chosen else "")
        return " or ".join(self.predicate.format(term) for term in terms if term)


CHOICES: Final = (
    Choice("order", "Order", ORDER_STATES, "orderState {}"),
    Choice("shipment", "Shipment", SHIPMENT_STATES, "shipmentState {}", optional=True),
    Choice("payment", "Payment", PAYMENT_STATES, "paymentState {}", optional=True),
    Choice("return", "Return", RETURN_SHIPMENT_STATES, "returnInfo(items(shipmentState {}))"),
    Choice("refund", "Refund", RETURN_PAYMENT_STATES, "returnInfo(items(paymentState {}))"),
)


SORTINGS: Final[Mapping[str, Sorting]] = {
    **BY_TIME,
    "highest": Sorting("Highest total first", ("totalPrice", "centAmount"), "desc", "totalPrice(centAmount {})"),
    "lowest": Sorting("Lowest total first", ("totalPrice", "centAmount"), "asc", "totalPrice(centAmount {})"),
}


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """A filter as it was asked for. `since` and `until` are days (UTC, both included); the totals are decimals of `currency`'s
    unit. A page has `page` orders; `behind` is where it begins: the sorted value and the id of the order before it."""

    states: Mapping[str, tuple[str, ...]]
    text: str = ""
    since: date | None = None
    until: date | None = None
    store: str = ""
    storeless: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    currency: str = ""
    sorting: str = "newest"
    page: int = 25
    behind: Place | None = None

    @property
    def order(self) -> Sorting:
        """How the list is sorted."""
        return SORTINGS[self.sorting]

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered by."""
        return any(True for _ in self.terms)

    @property
    def terms(self) -> Iterator[str]:
        """The predicates that all hold, but for the place."""
        for choice in CHOICES:
            if chosen := self.states.get(choice.name):
                yield choice.said(chosen)
        if self.since is not None:
            yield f'createdAt >= "{self.since}T00:00:00.000Z"'
        if self.until is not None:
            yield f'createdAt <= "{self.until}T23:59:59.999Z"'
        yield from of_store(self.store, self.storeless)
        if self.currency:
            yield f"totalPrice(currencyCode = {quoted(self.currency)})"
        for sign, total, rounding in ((">=", self.least, ROUND_CEILING), ("<=", self.most, ROUND_FLOOR)):
            if total is not None:
                minor = total.scaleb(FRACTION_DIGITS[self.currency]).to_integral_value(rounding)
                yield f"totalPrice(centAmount {sign} {minor:f})"
        if self.text:
            yield f"({' or '.join(_meant(self.text))})"

    def asked(self, limit: int) -> list[tuple[str, str]]:
        """The query parameters of one page of `GET orders`."""
        return page_of(self.terms, self.order, self.behind, limit)

    @property
    def address(self) -> str:
        """The filter as it stands in an address, without the place."""
        pairs = [(choice.name, state) for choice in CHOICES for state in self.states.get(choice.name, ())]
        named: dict[str, object] = {"q": self.text, "since": self.since, "until": self.until, "in": self.store}
        named |= {"storeless": "1" if self.storeless else ""}
        named |= {"least": self.least, "most": self.most, "currency": self.currency}
        named |= {"sort": "" if self.sorting == "newest" else self.sorting}
        named |= {"page": "" if self.page == PAGES[0] else self.page}
        return urlencode([*pairs, *((name, str(value)) for name, value in named.items() if value not in (None, ""))])

    def after(self, order: Mapping[str, object]) -> str:
        """The place behind an order, as it stands in an address."""
        return self.order.after(order)


def read(asked: Fields, today: date) -> Filter:
    """The filter in an address. Raises InvalidInput for a value that no list can have.

    No index has the orders by their totals. Where they are sorted so and no first day is named, it is the first of SORTED_DAYS,
    and the page shows it.
    """
    found = _read(asked)
    if not found.order.by_number or found.since is not None:
        return found
    last = found.until or today
    return msgspec.structs.replace(found, since=date.fromordinal(max(1, last.toordinal() - SORTED_DAYS + 1)))


def _read(asked: Fields) -> Filter:
    one = {name: values[0].strip() for name, values in asked.items()}
    currency = one.get("currency", "").upper()
    if currency and currency not in FRACTION_DIGITS:
        raise invalid_input("There is no such currency.")
    least, most = _total(one.get("least", "")), _total(one.get("most", ""))
    if not currency and not (least is None and most is None):
        raise invalid_input("Totals are compared in one currency: name it.")
    sorting = one.get("sort") or "newest"
    if sorting not in SORTINGS:
        raise invalid_input("There is no such order of the list.")
    return Filter(
        states={choice.name: _states(choice, asked.get(choice.name, ())) for choice in CHOICES},
        text=text_in(one.get("q", "")),
        since=day_in(one.get("since", "")),
        until=day_in(one.get("until", "")),
        store=store_in(one.get("in", "")),
        storeless=one.get("storeless") == "1",
        least=least,
        most=most,
        currency=currency,
        page=_page(one.get("page", "")),
        sorting=sorting,
        behind=SORTINGS[sorting].place(one.get("after", "")),
    )


def _states(choice: Choice, given: tuple[str, ...]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(state for state in given if state))
    if not set(chosen) <= set(choice.offered):
        raise invalid_input("There is no such state of an order.")
    return chosen


def _total(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        total = Decimal(text[:20].replace(",", "."))
    except InvalidOperation:
        raise invalid_input("A total is a number such as 12.50.") from None
    if not total.is_finite() or abs(total) > 10**12:
        raise invalid_input("A total is a number such as 12.50.")
    return total


def _page(text: str) -> int:
    if text and text not in map(str, PAGES):
        raise invalid_input("A page has no such number of orders.")
    return int(text or PAGES[0])


def _meant(text: str) -> Iterator[str]:
    """What somebody may look for who types a text: each is an equality, which one index answers."""
    if is_id(text):
        yield f"id = {quoted(text.lower())}"
        yield f"customerId = {quoted(text.lower())}"
    yield f"orderNumber in {typed(text)}"
    yield f"customerEmail in {typed(text)}"
    yield f"lineItems(variant(sku in {typed(text)}))"
    for address in ("shippingAddress", "billingAddress"):
        yield f"{address}(lastName in {typed(text)})"
        yield f"{address}(firstName in {typed(text)})"
        for first, last in whole_names(text):
            yield f"{address}(firstName = {first} and lastName = {last})"
