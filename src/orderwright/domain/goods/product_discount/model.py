"""Product discounts: what is taken off the prices of which variants, from one time to another.

commercetools: Product Discounts, ProductDiscount.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.laws.discounting import Permyriad
from orderwright.domain.laws.sort_orders import SortOrder
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.scalars import DateTime, Key, LocalizedString

Name = Annotated[LocalizedString, Meta(min_length=1)]


class ProductDiscountValueRelative(Value, tag_field="type", tag="relative"):
    """So many ten-thousandths of a price off it."""

    permyriad: Permyriad


class ProductDiscountValueAbsolute(Value, tag_field="type", tag="absolute"):
    """An amount off a price, one a currency, in minor units. Prices in other currencies are left alone."""

    money: tuple[TypedMoney, ...]


class ProductDiscountValueExternal(Value, tag_field="type", tag="external"):
    """Whatever a client says of each price."""


ProductDiscountValue: TypeAlias = ProductDiscountValueRelative | ProductDiscountValueAbsolute | ProductDiscountValueExternal


class ProductDiscount(Resource):
    """A discount of all prices that satisfy its predicate. Of several, a price has the one with the highest `sort_order`."""

    name: Name
    value: ProductDiscountValue
    predicate: str
    sort_order: SortOrder
    is_active: bool
    key: Key | None = None
    description: LocalizedString | None = None
    references: tuple[Reference, ...] = always(())
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None

    @property
    def reference(self) -> Reference:
        """The reference to this discount."""
        return Reference(type_id="product-discount", id=self.id)

    def in_force(self, now: DateTime) -> bool:
        """From `validFrom` on, until just before `validUntil`, while it is active."""
        begun = self.valid_from is None or self.valid_from <= now
        return self.is_active and begun and (self.valid_until is None or now < self.valid_until)
