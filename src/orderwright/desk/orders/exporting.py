"""What a filter finds, whole, as a file: written while it is read, page by page, so that any number takes the same memory."""

from __future__ import annotations

import csv as csv_of
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from orderwright.desk.calling import Paged
from orderwright.desk.orders import filters
from orderwright.desk.orders.listing import Listed, addressee
from orderwright.desk.visit import Visit
from orderwright.http.wire.exchange import Answer

AT_ONCE: Final = 100
"""Orders that are asked for at once."""
_WHOLE: Final = msgspec.json.Decoder(Paged[msgspec.Raw])
_LAST: Final = msgspec.json.Decoder(Listed)
_DOCUMENT: Final = msgspec.json.Decoder(dict[str, Any])
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def _amount(money: Mapping[str, Any] | None) -> str:
    if money is None:
        return ""
    cents, digits = int(money["centAmount"]), int(money["fractionDigits"])
    whole = f"{abs(cents):0{digits + 1}d}"
    placed = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
    return f"-{placed}" if cents < 0 else placed


COLUMNS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "id": lambda order: order["id"],
    "orderNumber": lambda order: order.get("orderNumber", ""),
    "createdAt": lambda order: order["createdAt"],
    "orderState": lambda order: order["orderState"],
    "shipmentState": lambda order: order.get("shipmentState", ""),
    "paymentState": lambda order: order.get("paymentState", ""),
    "store": lambda order: order.get("store", {}).get("key", ""),
    "customerEmail": lambda order: order.get("customerEmail", ""),
    "name": addressee,
    "country": lambda order: (order.get("shippingAddress") or {}).get("country", order.get("country", "")),
    "lines": lambda order: str(len(order["lineItems"]) + len(order["customLineItems"])),
    "currency": lambda order: order["totalPrice"]["currencyCode"],
    "total": lambda order: _amount(order["totalPrice"]),
    "net": lambda order: _amount(order.get("taxedPrice", {}).get("totalNet")),
    "gross": lambda order: _amount(order.get("taxedPrice", {}).get("totalGross")),
    "version": lambda order: str(order["version"]),
}
"""The columns of a table, by their headings: an order's own members, and amounts as decimals with a point."""


async def csv(visit: Visit) -> Answer:
    """The list as a table, in the form of RFC 4180."""
    return _file(visit, "text/csv; charset=utf-8; header=present", "csv", _rows)


async def ndjson(visit: Visit) -> Answer:
    """The list as documents, one a line, as the API answers them."""
    return _file(visit, "application/x-ndjson", "ndjson", _lines)


def _file(visit: Visit, media: str, ending: str, written: Callable[[Sequence[msgspec.Raw]], str]) -> Answer:
    asked = filters.read(visit.asked, visit.today)

    async def parts() -> AsyncIterator[bytes]:
        if ending == "csv":
            yield f"{','.join(COLUMNS)}\r\n".encode()
        place = asked
        while found := await visit.calls.page("orders", _WHOLE, place.asked(AT_ONCE)):
            yield written(found).encode()
            if len(found) < AT_ONCE:
                return
            value, _, id = place.after(_LAST.decode(found[-1]).sorted_by).partition("~")
            place = msgspec.structs.replace(place, behind=(value, id))

    name = f"orders-{visit.session.project_key}.{ending}"
    return visit.answered(
        Answer(200, parts(), (("content-type", media), ("content-disposition", f'attachment; filename="{name}"')))
    )


def _rows(found: Sequence[msgspec.Raw]) -> str:
    written = io.StringIO()
    table = csv_of.writer(written)
    for order in map(_DOCUMENT.decode, found):
        table.writerow([_harmless(column(order)) for column in COLUMNS.values()])
    return written.getvalue()


def _lines(found: Sequence[msgspec.Raw]) -> str:
    return "".join(f"{bytes(order).decode()}\n" for order in found)


def _harmless(text: str) -> str:
    """A text that no table takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) and not text.lstrip("-").replace(".", "").isdigit() else text
