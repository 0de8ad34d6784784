"""The page of the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from orderwright.desk import paging
from orderwright.desk.calling import Paged
from orderwright.desk.orders import filters
from orderwright.desk.visit import Visit
from orderwright.http.wire.exchange import Answer


class Address(msgspec.Struct, rename="camel"):
    """What a list shows of an address."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""


class Store(msgspec.Struct):
    """Where an order belongs."""

    key: str = ""


class Listed(paging.Listed, rename="camel", kw_only=True):
    """What a list shows of an order."""

    version: int
    order_state: str
    total_price: dict[str, Any]
    order_number: str = ""
    customer_email: str = ""
    shipment_state: str = ""
    payment_state: str = ""
    store: Store | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None

    @property
    def name(self) -> str:
        """Whom it goes to."""
        address = self.shipping_address or self.billing_address or Address()
        return " ".join(filter(None, (address.first_name, address.last_name))) or address.company

    @property
    def sorted_by(self) -> dict[str, Any]:
        """What it may be sorted by, as it stands in the document."""
        return {**super().sorted_by, "totalPrice": self.total_price}


def addressee(order: Mapping[str, Any]) -> str:
    """Whom an order goes to, of a whole one."""
    return msgspec.convert(order, Listed).name


LISTED: Final = msgspec.json.Decoder(Paged[Listed])


async def page(visit: Visit) -> Answer:
    """The orders that a filter finds, and the filter to change."""
    asked = filters.read(visit.asked, visit.today)
    found = await visit.calls.page("orders", LISTED, asked.asked(asked.page + 1))
    shown, more = found[: asked.page], found[asked.page :]
    further = f"{asked.address}&{urlencode({'after': asked.after(shown[-1].sorted_by)})}" if more else None
    return visit.page("orders.html", orders=shown, filter=asked, filters=filters, further=further, bulk=None)
