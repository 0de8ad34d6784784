"""What a discount of carts takes off (its value), of what (its target), and the discounts, codes and groups that say so.

commercetools: Cart Discounts, CartDiscount; Discount Codes, DiscountCode; Discount Groups, DiscountGroup; Carts, DirectDiscount.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.laws.discounting import Permyriad
from orderwright.domain.laws.sort_orders import SortOrder
from orderwright.engine.model import KeyReference, Reference, Resource, Value, always
from orderwright.engine.references import CartDiscountReference, DiscountGroupReference, StoreReference
from orderwright.engine.scalars import DateTime, Id, Key, LocalizedString

ApplicationMode = Annotated[
    Literal["ProportionateDistribution", "EvenDistribution", "IndividualApplication"], Meta(title="DiscountApplicationMode")
]
SelectionMode = Annotated[Literal["Cheapest", "MostExpensive"], Meta(title="SelectionMode")]
StackingMode = Annotated[Literal["Stacking", "StopAfterThisDiscount"], Meta(title="StackingMode")]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Applications = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class RelativeValue(Value, tag_field="type", tag="relative"):
    """So many ten-thousandths of a price off it."""

    permyriad: Permyriad
    application_mode: ApplicationMode | None = None


class AbsoluteValue(Value, tag_field="type", tag="absolute"):
    """An amount off a price, one a currency, in minor units."""

    money: tuple[TypedMoney, ...]
    application_mode: ApplicationMode | None = None


class FixedValue(Value, tag_field="type", tag="fixed"):
    """The price of a unit, where it is lower than the present one; one a currency."""

    money: tuple[TypedMoney, ...]
    application_mode: ApplicationMode | None = None


class GiftLineItemValue(Value, tag_field="type", tag="giftLineItem"):
    """A unit of a variant for nothing. What it names may go: then there is no gift."""

    product: Reference
    variant_id: int
    supply_channel: Reference | None = None
    distribution_channel: Reference | None = None


CartDiscountValue: TypeAlias = RelativeValue | AbsoluteValue | FixedValue | GiftLineItemValue


class LineItemsTarget(Value, tag_field="type", tag="lineItems"):
    """The line items that satisfy a predicate."""

    predicate: str


class CustomLineItemsTarget(Value, tag_field="type", tag="customLineItems"):
    """The custom line items that satisfy a predicate."""

    predicate: str


class ShippingTarget(Value, tag_field="type", tag="shipping"):
    """What shipping costs."""


class TotalPriceTarget(Value, tag_field="type", tag="totalPrice"):
    """The total; lines and shipping keep their prices."""


class _MultiBuyTarget(Value):
    """`discounted_quantity` of each `trigger_quantity` units that satisfy the predicate, at most `max_occurrence` times."""

    predicate: str
    trigger_quantity: Annotated[int, Meta(ge=2, le=2**31 - 1)]
    discounted_quantity: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    selection_mode: SelectionMode
    max_occurrence: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class MultiBuyLineItemsTarget(_MultiBuyTarget, tag_field="type", tag="multiBuyLineItems"):
    """Some of each so many units of line items."""


class MultiBuyCustomLineItemsTarget(_MultiBuyTarget, tag_field="type", tag="multiBuyCustomLineItems"):
    """Some of each so many units of custom line items."""


class _CountOnUnits(Value):
    """Between `min_count` and `max_count` units that satisfy the predicate, once the first `exclude_count` are left out."""

    predicate: str
    min_count: Count | None = None
    max_count: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    exclude_count: Count | None = None


class CountOnLineItemUnits(_CountOnUnits, tag_field="type", tag="CountOnLineItemUnits"):
    """Units of line items."""


class CountOnCustomLineItemUnits(_CountOnUnits, tag_field="type", tag="CountOnCustomLineItemUnits"):
    """Units of custom line items."""


PatternComponent: TypeAlias = CountOnLineItemUnits | CountOnCustomLineItemUnits
# All sets of units are looked for in all lines, so that there is an end to them.
Pattern = Annotated[tuple[PatternComponent, ...], Meta(max_length=20)]


class PatternTarget(Value, tag_field="type", tag="pattern"):
    """Sets of units: what triggers an application, and what it discounts."""

    trigger_pattern: Pattern
    target_pattern: Pattern
    selection_mode: SelectionMode
    max_occurrence: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


CartDiscountTarget: TypeAlias = (
    LineItemsTarget
    | CustomLineItemsTarget
    | ShippingTarget
    | TotalPriceTarget
    | MultiBuyLineItemsTarget
    | MultiBuyCustomLineItemsTarget
    | PatternTarget
)


class RecurringOrderScope(Value):
    """For which orders a discount is. There are no recurring orders here: `RecurringOrdersOnly` fits no cart, `AnyOrder` all."""

    type: Literal["NonRecurringOrdersOnly", "RecurringOrdersOnly", "AnyOrder"]


class CartDiscount(Resource):
    """A discount of all carts that satisfy its predicate, from one time to another.

    The highest `sort_order` is tried first. In a group that of the group counts, and its own need not be there.
    """

    name: LocalizedString
    value: CartDiscountValue
    cart_predicate: str
    sort_order: SortOrder
    is_active: bool
    requires_discount_code: bool
    stacking_mode: StackingMode
    recurring_order_scope: RecurringOrderScope
    key: Key | None = None
    description: LocalizedString | None = None
    target: CartDiscountTarget | None = None
    stores: tuple[StoreReference, ...] = always(())
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    references: tuple[Reference, ...] = always(())
    custom: CustomFields | None = None
    discount_group: DiscountGroupReference | None = None

    @property
    def reference(self) -> Reference:
        """The reference to this discount."""
        return Reference(type_id="cart-discount", id=self.id)


class DiscountGroup(Resource):
    """Cart discounts of which only the best is applied, at the group's own place in the order."""

    key: Key
    sort_order: SortOrder
    is_active: bool
    name: LocalizedString | None = None
    description: LocalizedString | None = None


class DiscountCode(Resource):
    """A word by which a cart gets discounts. `max_applications` and `max_applications_per_customer` count orders, and
    `stores` are those of its discounts."""

    code: Code
    cart_discounts: tuple[CartDiscountReference, ...]
    is_active: bool
    key: Key | None = None
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    stores: tuple[KeyReference, ...] = always(())
    cart_predicate: str | None = None
    references: tuple[Reference, ...] = always(())
    max_applications: Applications | None = None
    max_applications_per_customer: Applications | None = None
    groups: tuple[str, ...] = always(())
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    custom: CustomFields | None = None


class DirectDiscount(Value):
    """A discount of one cart or order only."""

    id: Id
    value: CartDiscountValue
    target: CartDiscountTarget | None = None
    participate_in_best_deal_selection: bool | None = None
