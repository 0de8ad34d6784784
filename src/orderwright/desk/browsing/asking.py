"""What the lists of carts, customers and products are looked through by. It stands in the page's address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from orderwright.desk.browsing import left
from orderwright.desk.paging import (
    BY_TIME,
    Place,
    Sorting,
    day_in,
    is_id,
    of_store,
    page_of,
    quoted,
    spellings,
    store_in,
    text_in,
    whole_names,
)
from orderwright.desk.visit import Fields
from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.engine.clock import now
from orderwright.errors import invalid_input

CART_STATES: Final = ("Active", "Frozen", "Merged", "Ordered")
MOST_LANGUAGES: Final = 20
"""Languages in which a product is looked for by its name, at most."""


class Kind(NamedTuple):
    """One of the lists: where it is, what may be typed to find something on it, and how that is meant: the text as it is, and by
    the variable `typed` in all its spellings, since a long text in twenty languages is more than a predicate may be."""

    place: str
    title: str
    hint: str
    meant: Callable[[str, Sequence[str]], Iterator[str]]


def _carts(text: str, _languages: Sequence[str]) -> Iterator[str]:
    yield from _by_id(text)
    yield f"customerId = {quoted(text.lower())}"
    yield "customerEmail in :typed"
    yield f"key = {quoted(text)}"
    yield f"anonymousId = {quoted(text)}"


def _customers(text: str, _languages: Sequence[str]) -> Iterator[str]:
    yield from _by_id(text)
    yield f"lowercaseEmail = {quoted(text.lower())}"
    for field in ("customerNumber", "key", "externalId", "companyName", "lastName", "firstName"):
        yield f"{field} in :typed"
    for first, last in whole_names(text):
        yield f"firstName = {first} and lastName = {last}"


def _products(text: str, languages: Sequence[str]) -> Iterator[str]:
    yield from _by_id(text)
    yield "key in :typed"
    names = " or ".join(f"`{language}` in :typed" for language in languages)
    for part in ("current", "staged"):
        sku = "sku in :typed"
        yield f"masterData({part}(masterVariant({sku}) or variants({sku}) or name({names})))"


def _by_id(text: str) -> Iterator[str]:
    if is_id(text):
        yield f"id = {quoted(text.lower())}"


CARTS: Final = Kind("carts", "Carts", "Id, e-mail or id of the customer", _carts)
CUSTOMERS: Final = Kind("customers", "Customers", "E-mail, number or name", _customers)
PRODUCTS: Final = Kind("products", "Products", "Key, SKU or name", _products)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it was asked for. Carts may also be asked for by their state, store and currency, by whether they were left, and
    by the days on which they were changed last (UTC, both included)."""

    kind: Kind
    moment: datetime
    languages: tuple[str, ...] = ()
    text: str = ""
    state: str = ""
    store: str = ""
    storeless: bool = False
    currency: str = ""
    left: bool = False
    since: date | None = None
    until: date | None = None
    sorting: str = "newest"
    behind: Place | None = None

    @property
    def order(self) -> Sorting:
        """How the list is sorted."""
        return BY_TIME[self.sorting]

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered by."""
        return any(True for _ in self.terms)

    @property
    def terms(self) -> Iterator[str]:
        """The predicates that all hold, but for the place."""
        if self.left:
            yield from left.terms(self.moment, self.since, self.until)
        else:
            if self.since is not None:
                yield f'lastModifiedAt >= "{self.since}T00:00:00.000Z"'
            if self.until is not None:
                yield f'lastModifiedAt <= "{self.until}T23:59:59.999Z"'
        if self.state:
            yield f"cartState = {quoted(self.state)}"
        yield from of_store(self.store, self.storeless)
        if self.currency:
            yield f"totalPrice(currencyCode = {quoted(self.currency)})"
        if self.text:
            yield f"({' or '.join(self.kind.meant(self.text, self.languages))})"

    def asked(self, limit: int) -> list[tuple[str, str]]:
        """The query parameters of one page."""
        meant = [("var.typed", spelling) for spelling in spellings(self.text)] if self.text else []
        return [*page_of(self.terms, self.order, self.behind, limit), *meant]

    @property
    def address(self) -> str:
        """What is asked for as it stands in an address, without the place."""
        named: dict[str, object] = {"q": self.text, "state": self.state, "in": self.store, "currency": self.currency}
        named |= {
            "storeless": "1" if self.storeless else "",
            "left": "1" if self.left else "",
            "since": self.since,
            "until": self.until,
        }
        named |= {"sort": "" if self.sorting == "newest" else self.sorting}
        return urlencode([(name, str(value)) for name, value in named.items() if value not in (None, "")])

    def after(self, document: Mapping[str, object]) -> str:
        """The place behind a document, as it stands in an address."""
        return self.order.after(document)


def read(kind: Kind, asked: Fields, languages: Sequence[str] = ()) -> Asked:
    """What an address asks for. Raises InvalidInput for a value that the list can not have."""
    one = {name: values[0].strip() for name, values in asked.items()}
    sorting = one.get("sort") or "newest"
    if sorting not in BY_TIME:
        raise invalid_input("There is no such order of the list.")
    found = Asked(
        kind=kind,
        moment=now().instant(),
        languages=tuple(languages[:MOST_LANGUAGES]),
        text=text_in(one.get("q", "")),
        sorting=sorting,
        behind=BY_TIME[sorting].place(one.get("after", "")),
    )
    return _of_carts(found, one) if kind is CARTS else found


def _of_carts(found: Asked, one: Mapping[str, str]) -> Asked:
    state, currency = one.get("state", ""), one.get("currency", "").upper()
    if state and state not in CART_STATES:
        raise invalid_input("There is no such state of a cart.")
    if currency and currency not in FRACTION_DIGITS:
        raise invalid_input("There is no such currency.")
    days = {name: day_in(one.get(name, "")) for name in ("since", "until")}
    return msgspec.structs.replace(
        found,
        state=state,
        store=store_in(one.get("in", "")),
        storeless=one.get("storeless") == "1",
        currency=currency,
        left=one.get("left") == "1",
        since=days["since"],
        until=days["until"],
    )
