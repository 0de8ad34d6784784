"""The place of a cart discount in the order: its own, which no other discount and no group has, or that of its group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orderwright.domain.sale.discounts.model import CartDiscount, DiscountGroup
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.errors import required_field

HELD: Final = "sort-order"
"""The kind of claim by which cart discounts and groups hold their sort order together."""


def held(discount: CartDiscount) -> Iterator[tuple[str, str]]:
    """What a discount holds: in a group it has no sort order of its own."""
    if discount.discount_group is None:
        yield HELD, discount.sort_order


def placed(group: ResourceIdentifier | None, sort_order: str | None, facts: Facts) -> tuple[Reference | None, str]:
    """The group and the sort order that a draft or an action means.

    Raises `ReferencedResourceNotFound`, or `RequiredField` where there is neither.
    commercetools: Cart Discounts, CartDiscountDraft (`sortOrder`, `discountGroup`).
    """
    if group is not None:
        found = facts.get("discount-group", group, DiscountGroup)
        return Reference(type_id="discount-group", id=found.id), found.sort_order
    if sort_order is None:
        raise required_field("sortOrder")
    return None, sort_order


def group_of(discount: CartDiscount) -> Iterator[Wanted]:
    """The group, whose sort order is shown."""
    if discount.discount_group is not None:
        yield Wanted("discount-group", "id", discount.discount_group.id)
