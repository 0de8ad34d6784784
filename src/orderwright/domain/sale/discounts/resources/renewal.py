"""What copies of discounts are brought up to date by, soon after they have changed.

A code shows the stores of its cart discounts, and a discount the sort order of its group. Of both there may be more than one
write should change, so they follow in portions. Until then only what is shown is of before: carts are priced by the originals.
commercetools: Discount Codes, DiscountCode (`stores`); Cart Discounts, CartDiscount (`sortOrder`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from msgspec.structs import replace

from orderwright.domain.laws.renewing import queued
from orderwright.domain.sale.discounts.model import CartDiscount, DiscountCode, DiscountGroup
from orderwright.domain.sale.discounts.resources.sort_order import group_of
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, KeyReference
from orderwright.engine.references import Wanted


class RenewCode(Action):
    """Writes the code with the stores that its cart discounts now have."""

    sent: ClassVar[bool] = False

    def wants_on(self, code: DiscountCode) -> Iterator[Wanted]:
        """Its cart discounts."""
        return (Wanted("cart-discount", "id", reference.id) for reference in code.cart_discounts)


class RenewDiscount(Action):
    """Writes the discount with the sort order that its group now has."""

    sent: ClassVar[bool] = False

    def wants_on(self, discount: CartDiscount) -> Iterator[Wanted]:
        """Its group."""
        return group_of(discount)


code_renewal: ActionSet[DiscountCode] = ActionSet(DiscountCode, "DiscountCodeRenewal")
discount_renewal: ActionSet[CartDiscount] = ActionSet(CartDiscount, "CartDiscountRenewal")


@code_renewal.handles
def renew_code(code: DiscountCode, _action: RenewCode, facts: Facts) -> DiscountCode:
    """A code whose stores are right is left as it is."""
    found = [facts.look_up(Wanted("cart-discount", "id", each.id)) for each in code.cart_discounts]
    return replace(code, stores=stores_of([each for each in found if isinstance(each, CartDiscount)]))


@discount_renewal.handles
def renew_discount(discount: CartDiscount, _action: RenewDiscount, facts: Facts) -> CartDiscount:
    """A discount that has left its group meanwhile is left as it is."""
    found = next((facts.look_up(wanted) for wanted in group_of(discount)), None)
    return replace(discount, sort_order=found.sort_order) if isinstance(found, DiscountGroup) else discount


def stores_of(discounts: Sequence[CartDiscount]) -> tuple[KeyReference, ...]:
    """The stores of several discounts, each once."""
    return tuple(dict.fromkeys(store for discount in discounts for store in discount.stores))


def discount_effects(before: CartDiscount | None, change: Change[CartDiscount], facts: Facts) -> Change[CartDiscount]:
    """The change of a discount, after which codes show its other stores."""
    moved = before is not None and before.stores != change.after.stores
    return _renewing("cart-discount", change, facts) if moved else change


def group_effects(before: DiscountGroup | None, change: Change[DiscountGroup], facts: Facts) -> Change[DiscountGroup]:
    """The change of a group, after which its discounts show another sort order."""
    moved = before is not None and before.sort_order != change.after.sort_order
    return _renewing("discount-group", change, facts) if moved else change


def _renewing(kind: str, change: Change[Any], facts: Facts) -> Change[Any]:
    return change.going_on(change.after, (queued(kind, (change.after.id,), facts.now),))
