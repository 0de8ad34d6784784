"""What is copied: from a cart into a request, from that into the cart of a staged quote, from this cart into a quote, and from a
quote into an order. All of it stays to the cent as it was.

commercetools: Quote Requests, QuoteRequest; Quotes, Quote.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from orderwright.domain.amounts.money import RoundingMode, TypedMoney
from orderwright.domain.amounts.tax import TaxCalculationMode, TaxedPrice, TaxMode
from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.order.from_cart import check_complete
from orderwright.domain.sale.bulk import lean
from orderwright.domain.sale.discounts.model import DirectDiscount
from orderwright.domain.sale.discounts.portions import DiscountOnTotalPrice, DiscountTypeCombination
from orderwright.domain.sale.lines.items import CustomLineItem, InventoryMode, LineItem
from orderwright.domain.sale.model import SHARED, Cart, PaymentInfo
from orderwright.domain.sale.shipping.model import ShippingInfo, ShippingRateInput
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.references import BusinessUnitReference, CustomerGroupReference, StateReference, StoreReference
from orderwright.engine.scalars import CountryCode, Key, Locale, Text
from orderwright.errors import invalid_operation


class Terms(Resource):
    """What a quote request and a quote share: who asks for what, at which prices and taxes, and where it goes.

    Amounts are in minor units of `total_price`'s currency.
    """

    key: Key | None = None
    customer: Reference
    customer_group: CustomerGroupReference | None = None
    store: StoreReference | None = None
    business_unit: BusinessUnitReference | None = None
    line_items: tuple[LineItem, ...] = always(())
    custom_line_items: tuple[CustomLineItem, ...] = always(())
    total_price: TypedMoney
    taxed_price: TaxedPrice | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    inventory_mode: InventoryMode = always("None")
    tax_mode: TaxMode = always("Platform")
    price_rounding_mode: RoundingMode = always("HalfEven")
    tax_rounding_mode: RoundingMode = always("HalfEven")
    tax_calculation_mode: TaxCalculationMode = always("LineItemLevel")
    country: CountryCode | None = None
    shipping_info: ShippingInfo | None = None
    payment_info: PaymentInfo | None = None
    shipping_rate_input: ShippingRateInput | None = None
    item_shipping_addresses: tuple[Address, ...] = always(())
    direct_discounts: tuple[DirectDiscount, ...] = always(())
    direct_discounts_ignore_cart_discounts: bool | None = None
    custom: CustomFields | None = None
    state: StateReference | None = None
    purchase_order_number: Text | None = None


class Rest(Value):
    """What an order of the same cart would have beside the terms. It is stored with them and not shown: the API does not describe
    it. `custom` are the cart's own custom fields."""

    customer_email: str | None = None
    locale: Locale | None = None
    taxed_shipping_price: TaxedPrice | None = None
    discount_on_total_price: DiscountOnTotalPrice | None = None
    discount_type_combination: DiscountTypeCombination | None = None
    shipping_key: str | None = None
    shipping_custom_fields: CustomFields | None = None
    refused_gifts: tuple[Reference, ...] = ()
    custom: CustomFields | None = None


SHOWN: Final = tuple(name for name in SHARED if name in Terms.__struct_fields__ and name != "custom")
"""The members of a cart that the terms have."""
BESIDE: Final = tuple(name for name in SHARED if name in Rest.__struct_fields__)
"""The members of a cart that stand beside them."""


def check_offerable(cart: Cart) -> None:
    """Whether there can be an offer for a cart: a customer's, without discount codes, sent in one way to one address.

    Raises `InvalidOperation`, and what `check_complete` raises.
    commercetools: Quote Requests, QuoteRequestDraft (`cart`).
    """
    if cart.customer_id is None:
        raise invalid_operation("The cart belongs to no customer, so that there can be no quote for it.")
    if cart.shipping_mode != "Single":
        raise invalid_operation(f"The cart has the shipping mode '{cart.shipping_mode}', which quotes do not support.")
    if cart.discount_codes:
        raise invalid_operation("The cart has discount codes, which quotes do not support.")
    check_complete(cart)


def terms_of(cart: Cart) -> dict[str, Any]:
    """The members of `Terms` as the cart has them, without what it keeps of the stock."""
    copied = {name: getattr(cart, name) for name in SHOWN}
    copied["line_items"] = unreserved(cart.line_items)
    return copied


def rest_of(cart: Cart) -> Rest:
    """What stands beside the terms of the cart."""
    return Rest(**{name: getattr(cart, name) for name in BESIDE})


def sold(terms: Terms, rest: Rest) -> dict[str, Any]:
    """What a cart or an order has of the terms."""
    return {
        **{name: getattr(terms, name) for name in SHOWN},
        **{name: getattr(rest, name) for name in BESIDE},
        "customer_id": terms.customer.id,
        "shipping_mode": "Single",
        "origin": "Quote",
        "shipping": (),
        "discount_codes": (),
    }


T = TypeVar("T", bound=Terms)


def without_bulk(terms: T) -> T:
    """What is queried of them, as of carts and orders."""
    return replace(terms, line_items=lean(terms.line_items))


def unreserved(lines: Iterable[LineItem]) -> tuple[LineItem, ...]:
    """The lines without what their cart keeps of the stock."""
    return tuple(line if line.reservation is None else replace(line, reservation=None) for line in lines)
