"""Shipping rates and the shipping method that a cart carries."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from orderwright.domain.amounts.money import Money, TypedMoney
from orderwright.domain.amounts.price_function import MAX_LENGTH
from orderwright.domain.amounts.tax import TaxedItemPrice, TaxRate
from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.sale.discounts.portions import DiscountedLineItemPrice
from orderwright.domain.sale.shipping.deliveries import Delivery
from orderwright.engine.model import Reference, Value, always
from orderwright.engine.scalars import CurrencyCode, DateTime, LocalizedString

ShippingMethodState = Literal["MatchesCart", "DoesNotMatchCart"]
ShippingMode = Literal["Single", "Multiple"]
# Each item repeats it with its rate and its units, so that it has an end.
ShippingKey = Annotated[str, Meta(min_length=1, max_length=256)]
Score = Annotated[int, Meta(ge=0, le=2**53)]


class CartValueTier(Value, tag_field="type", tag="CartValue"):
    """A shipping price from a cart value on; `minimum_cent_amount` is in minor units of the rate's currency."""

    minimum_cent_amount: Annotated[int, Meta(ge=0)]
    price: Money
    is_matching: bool | None = None


class CartClassificationTier(Value, tag_field="type", tag="CartClassification"):
    """A shipping price for carts of a class; `value` is the key of one of the project's classes."""

    value: str
    price: Money
    is_matching: bool | None = None


class PriceFunction(Value):
    """A price that is computed from the score; the function's value is in minor units of the currency."""

    currency_code: CurrencyCode
    function: Annotated[str, Meta(max_length=MAX_LENGTH)]


class CartScoreTier(Value, tag_field="type", tag="CartScore"):
    """A shipping price from a score on: either fixed or a function of the score."""

    score: Score
    price: Money | None = None
    price_function: PriceFunction | None = None
    is_matching: bool | None = None


ShippingRatePriceTier: TypeAlias = CartValueTier | CartClassificationTier | CartScoreTier


class ShippingRate(Value):
    """What shipping costs in one zone and currency."""

    price: TypedMoney
    free_above: TypedMoney | None = None
    is_matching: bool | None = None
    tiers: tuple[ShippingRatePriceTier, ...] = always(())


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

    @property
    def to_pay(self) -> TypedMoney:
        """What is to be paid for it: what discounts leave of its price."""
        return self.price if self.discounted_price is None else self.discounted_price.value


class ClassificationShippingRateInput(Value, tag_field="type", tag="Classification"):
    """The class of a cart, which picks the tier of its shipping rate; the label is the project's when it was set."""

    key: str
    label: LocalizedString


class ScoreShippingRateInput(Value, tag_field="type", tag="Score"):
    """The score of a cart, which picks the tier of its shipping rate."""

    score: Score


ShippingRateInput: TypeAlias = ClassificationShippingRateInput | ScoreShippingRateInput


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
    tiers: tuple[ShippingRatePriceTier, ...] = ()
