"""Shipping rates and the shipping method that a cart carries."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from orderwright.domain.common.addresses import Address
from orderwright.domain.common.custom_fields import CustomFields
from orderwright.domain.common.deliveries import Delivery
from orderwright.domain.common.discounts import DiscountedLineItemPrice
from orderwright.domain.money import Money, TypedMoney, typed, zero
from orderwright.domain.tax import TaxedItemPrice, TaxRate
from orderwright.engine.model import Reference, Value, always
from orderwright.engine.scalars import DateTime
from orderwright.errors import invalid_field

ShippingMethodState = Literal["MatchesCart", "DoesNotMatchCart"]
ShippingMode = Literal["Single", "Multiple"]


class CartValueTier(Value, tag_field="type", tag="CartValue"):
    """A shipping price from a cart value on; `minimum_cent_amount` is in minor units of the rate's currency."""

    minimum_cent_amount: Annotated[int, Meta(ge=0)]
    price: Money
    is_matching: bool | None = None


class ShippingRate(Value):
    """What shipping costs in one zone and currency."""

    price: TypedMoney
    free_above: TypedMoney | None = None
    is_matching: bool | None = None
    tiers: tuple[CartValueTier, ...] = always(())


class EstimatedDelivery(Value):
    """When a shipment is expected to arrive."""

    from_: DateTime | None = msgspec.field(default=None, name="from")
    until: DateTime | None = None


class ShippingInfo(Value):
    """The shipping method of a cart or order, and what it costs."""

    shipping_method_name: str
    price: TypedMoney
    shipping_rate: ShippingRate
    shipping_method_state: ShippingMethodState
    taxed_price: TaxedItemPrice | None = None
    tax_rate: TaxRate | None = None
    tax_category: Reference | None = None
    shipping_method: Reference | None = None
    deliveries: tuple[Delivery, ...] | None = None
    discounted_price: DiscountedLineItemPrice | None = None
    estimated_delivery: EstimatedDelivery | None = None


class ShippingRateInput(Value):
    """What picks a shipping rate's tier beside the cart's value: a score or a classification."""

    type: Literal["Classification", "Score"]
    key: str | None = None
    label: dict[str, str] | None = None
    score: int | None = None


class Shipping(Value):
    """One of several shipping methods of a cart."""

    shipping_key: str
    shipping_info: ShippingInfo
    shipping_address: Address
    shipping_rate_input: ShippingRateInput | None = None
    shipping_custom_fields: CustomFields | None = None


class ShippingRateDraft(Value):
    """A shipping rate as it is sent."""

    price: Money
    free_above: Money | None = None
    tiers: tuple[CartValueTier, ...] = ()


def shipping_rate_from(draft: ShippingRateDraft, field: str) -> ShippingRate:
    """The rate a draft means; `field` is its path in the request. All its amounts are in one currency, in whole minor units.

    Raises `InvalidField`, `RequiredField` or `MoneyOverflow`.
    """
    price = _whole_cents(draft.price, f"{field}.price", draft.price.currency_code)
    free_above = draft.free_above
    tiers: dict[int, CartValueTier] = {}
    for tier in draft.tiers:
        if tier.minimum_cent_amount in tiers:
            raise invalid_field(f"{field}.tiers.minimumCentAmount", tier.minimum_cent_amount)
        amount = _whole_cents(tier.price, f"{field}.tiers.price", price.currency_code)
        tiers[tier.minimum_cent_amount] = CartValueTier(
            minimum_cent_amount=tier.minimum_cent_amount,
            price=Money(currency_code=amount.currency_code, cent_amount=amount.cent_amount),
        )
    return ShippingRate(
        price=price,
        free_above=None if free_above is None else _whole_cents(free_above, f"{field}.freeAbove", price.currency_code),
        tiers=tuple(tiers.values()),
    )


def _whole_cents(money: Money, field: str, currency: str) -> TypedMoney:
    if money.type == "highPrecision":
        raise invalid_field(f"{field}.type", money.type, ["centPrecision"])
    if money.currency_code != currency:
        raise invalid_field(f"{field}.currencyCode", money.currency_code, [currency])
    return typed(money, field)


def shipping_price(rate: ShippingRate, cart_value: int) -> TypedMoney:
    """What shipping costs for items worth `cart_value` minor units.

    Nothing from `freeAbove` on, else the price of the highest tier reached, else the rate's own. `isMatching` stays
    unset: the API shows it only where shipping methods are asked for by cart or location.
    """
    currency = rate.price.currency_code
    if rate.free_above is not None and cart_value >= rate.free_above.cent_amount:
        return zero(currency)
    reached = [tier for tier in rate.tiers if tier.minimum_cent_amount <= cart_value]
    if not reached:
        return rate.price
    return typed(max(reached, key=lambda tier: tier.minimum_cent_amount).price, "tiers.price")
