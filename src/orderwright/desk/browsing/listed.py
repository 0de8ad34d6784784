"""What the lists show of a document. Nothing else of it is read: a page of carts may have thousands of lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from orderwright.desk.calling import Asked, Paged
from orderwright.desk.orders.listing import LISTED, Store
from orderwright.desk.paging import Listed
from orderwright.desk.visit import Visit


class Counted(msgspec.Struct):
    """A part of which a list only tells how many there are."""


class Cart(Listed, rename="camel", kw_only=True):
    """A cart."""

    cart_state: str
    total_price: dict[str, Any]
    key: str = ""
    customer_id: str = ""
    customer_email: str = ""
    store: Store | None = None
    line_items: tuple[Counted, ...] = ()
    custom_line_items: tuple[Counted, ...] = ()

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.line_items) + len(self.custom_line_items)


class Customer(Listed, rename="camel", kw_only=True):
    """A customer."""

    email: str
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    customer_number: str = ""
    stores: tuple[Store, ...] = ()

    @property
    def name(self) -> str:
        """What she is called."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.company_name or self.email


class Variant(msgspec.Struct):
    """A product's first variant."""

    sku: str = ""


class Part(msgspec.Struct, rename="camel"):
    """A product as it is published, or as it is being prepared."""

    name: dict[str, str]
    master_variant: Variant
    variants: tuple[Counted, ...] = ()


class Parts(msgspec.Struct, rename="camel"):
    """Both."""

    published: bool
    has_staged_changes: bool
    current: Part
    staged: Part


class Product(Listed, rename="camel", kw_only=True):
    """A product."""

    master_data: Parts
    key: str = ""

    @property
    def shown(self) -> Part:
        """What shops see of it; before it is published, what they will."""
        return self.master_data.current if self.master_data.published else self.master_data.staged


_DECODERS: Final[dict[str, Any]] = {
    "carts": msgspec.json.Decoder(Paged[Cart]),
    "customers": msgspec.json.Decoder(Paged[Customer]),
    "orders": LISTED,
    "products": msgspec.json.Decoder(Paged[Product]),
}


def called(customer: Mapping[str, Any]) -> str:
    """What a customer is called, of a whole one."""
    return msgspec.convert(customer, Customer).name


async def of(visit: Visit, place: str, asked: Asked) -> tuple[Any, ...]:
    """A page of a list. Raises what the API refuses."""
    return tuple(await visit.calls.page(place, _DECODERS[place], asked))
