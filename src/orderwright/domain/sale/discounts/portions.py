"""What discounts leave on items, shipping and the total."""

from __future__ import annotations

from typing import Literal

from orderwright.domain.amounts.money import TypedMoney
from orderwright.engine.model import Reference, Value, always
from orderwright.engine.scalars import Quantity

DiscountCodeState = Literal[
    "NotActive",
    "NotValid",
    "DoesNotMatchCart",
    "MatchesCart",
    "MaxApplicationReached",
    "ApplicationStoppedByPreviousDiscount",
    "ApplicationStoppedByGroupBestDeal",
]


class DiscountedLineItemPortion(Value):
    """What one discount takes off."""

    discount: Reference
    discounted_amount: TypedMoney


class DiscountedLineItemPrice(Value):
    """The price of a unit after discounts."""

    value: TypedMoney
    included_discounts: tuple[DiscountedLineItemPortion, ...] = always(())


class DiscountedLineItemPriceForQuantity(Value):
    """The discounted price of some of the units."""

    quantity: Quantity
    discounted_price: DiscountedLineItemPrice


class DiscountedTotalPricePortion(Value):
    """What one discount takes off the total."""

    discount: Reference
    discounted_amount: TypedMoney


class DiscountOnTotalPrice(Value):
    """What discounts take off the total."""

    discounted_amount: TypedMoney
    included_discounts: tuple[DiscountedTotalPricePortion, ...] = always(())
    discounted_net_amount: TypedMoney | None = None
    discounted_gross_amount: TypedMoney | None = None


class DiscountCodeInfo(Value):
    """A discount code and whether it applies."""

    discount_code: Reference
    state: DiscountCodeState


class DiscountTypeCombination(Value):
    """Whether product and cart discounts add up (`Stacking`), or which of them was the better deal (`BestDeal`)."""

    type: Literal["Stacking", "BestDeal"]
    chosen_discount_type: Literal["ProductDiscount", "CartDiscount"] | None = None
