"""How many discounts and groups may be active at once.

They are counted in the catalogue, and the write holds the catalogue as it was: of two that would take the last place one counts
anew.
commercetools: Cart Discounts, CartDiscount; Discount Groups, DiscountGroup.
"""

from __future__ import annotations

from typing import Final

from orderwright.domain.laws.discounting import as_counted
from orderwright.domain.sale.discounts.model import CartDiscount, DiscountGroup
from orderwright.domain.sale.discounts.resources.refusals import (
    max_cart_discounts_reached,
    max_discount_groups_reached,
    store_cart_discounts_limit_reached,
)
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference

MAX_DISCOUNTS: Final = 100
"""As many active cart discounts without code for all stores, and as many more for each store."""
MAX_GROUPS: Final = 100


def is_automatic(discount: CartDiscount) -> bool:
    """Whether carts are tried with it that have no code. Those are few, and kept in memory."""
    return discount.is_active and not discount.requires_discount_code


def discounts_counted(before: CartDiscount | None, change: Change[CartDiscount], facts: Facts) -> Change[CartDiscount]:
    """The change of a discount, once it is known that there is a place for it.

    Raises `MaxCartDiscountsReached`, or `StoreCartDiscountsLimitReached` for the stores that a discount is made for or gets.
    """
    after = change.after
    new = _places(after) - (_places(before) if before is not None else set())
    if not new:
        return change
    others = [each for each in facts.catalogue.all("cart-discount") if each.id != after.id]
    full = [place for place in _places(after) & new if sum(place in _places(each) for each in others) >= MAX_DISCOUNTS]
    # Who makes an old discount active, or free of codes, has asked for no store.
    if None in full or (full and before is not None and not is_automatic(before)):
        raise max_cart_discounts_reached(MAX_DISCOUNTS)
    if full:
        raise store_cart_discounts_limit_reached([store for store in after.stores if store in full])
    return change.going_on(after, (as_counted(facts),))


def groups_counted(before: DiscountGroup | None, change: Change[DiscountGroup], facts: Facts) -> Change[DiscountGroup]:
    """The same for a group. Raises `MaxDiscountGroupsReached`."""
    after = change.after
    if not after.is_active or (before is not None and before.is_active):
        return change
    if len(facts.catalogue.all("discount-group")) >= MAX_GROUPS:
        raise max_discount_groups_reached(MAX_GROUPS)
    return change.going_on(after, (as_counted(facts),))


def _places(discount: CartDiscount) -> set[KeyReference | None]:
    """Where it takes a place: in its stores, or, with none, in the project."""
    if not is_automatic(discount):
        return set()
    return set(discount.stores) or {None}
