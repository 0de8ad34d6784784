"""As much of an order's JSON as any row reads: what no row shows need not even become objects.

It is said what is left out, so that a member which is new to orders is there.
"""

from __future__ import annotations

from typing import Any, Final, TypedDict

from msgspec import Raw, Struct
from msgspec.structs import fields

from orderwright.domain.amounts.tax import TaxedItemPrice, TaxedPrice, TaxRate
from orderwright.domain.order.kept import MEMBER, KeptOrder
from orderwright.domain.sale.lines.items import CustomLineItem
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.emporix.table import lines
from orderwright.engine.json.codec import decoder, plain

LINES: Final = "@lines"
"""Under which name an order knows what the entries of its lines are made of."""

_ENTRIES: Final = "entries"


def _without(struct: type[Struct], *names: str, **inner: Any) -> Any:
    """The JSON of a struct without some of its members; of others, those `inner` ones are left."""
    of_json = {field.encode_name: inner.get(field.name, Any) for field in fields(struct) if field.name not in names}
    return TypedDict(f"{struct.__name__}Part", of_json, total=False)  # type: ignore[operator]  # made of the struct, as it is


_NET_AND_GROSS: Final = {"taxed_price": _without(TaxedItemPrice, "tax_portions")}
_PRICED: Final = {**_NET_AND_GROSS, "tax_rate": _without(TaxRate, "id", "key", "state", "sub_rates", "tax_rounding_target")}
_ITEM: Final = ("price_mode", "state", "taxed_price_portions", "per_method_tax_rate", "shipping_details")
_SHIPPING: Final = ("shipping_rate", "tax_category", "shipping_method", "shipping_method_state")
_ROUNDING: Final = ("price_rounding_mode", "tax_rounding_mode", "tax_calculation_mode")
_MODES: Final = (*_ROUNDING, "tax_mode", "inventory_mode", "shipping_mode", "origin")
_ORDER: Final = _without(
    KeptOrder,
    *_MODES,
    *("last_modified_by", "item_shipping_addresses", "discount_codes", "direct_discounts", "refused_gifts"),
    *("sync_info", "return_info"),
    line_items=list[lines.Line],  # type: ignore[valid-type]  # made of the struct of lines
    custom_line_items=list[_without(CustomLineItem, *_ITEM, **_PRICED)],  # type: ignore[misc]  # made here
    taxed_shipping_price=_without(TaxedPrice, "tax_portions"),
    emporix=dict[str, Raw],
    shipping_info=_without(ShippingInfo, *_SHIPPING, **_PRICED),
)


def read(body: bytes | str) -> dict[str, Any]:
    """The stored bytes of an order as plain JSON, without what is never shown, and with its lines as `LINES`, too. Entries it
    keeps are shown as they came: they are left as they are."""
    found: dict[str, Any] = decoder(_ORDER).decode(body)
    if "lineItems" in found:
        found["lineItems"], found[LINES] = lines.read(found["lineItems"])
    if MEMBER in found:
        found[MEMBER] = {name: part if name == _ENTRIES else plain(part) for name, part in found[MEMBER].items()}
    return found


def opened(order: dict[str, Any]) -> dict[str, Any]:
    """The same with entries that can be looked into."""
    keeps = order.get(MEMBER)
    if keeps and isinstance(keeps.get(_ENTRIES), Raw):
        keeps = keeps | {_ENTRIES: plain(keeps[_ENTRIES])}
    return order | {LINES: None, MEMBER: keeps}
