"""The discounts of a cart: its codes, and those that are given to it alone."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.discounts.giving import (
    CodeText,
    DirectDiscountDrafts,
    check_together,
    direct_discount,
    wanted_named,
    with_code,
    without_code,
)
from orderwright.domain.sale.discounts.targets import check_length
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.recalculate import recalculate
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Reference
from orderwright.engine.references import Wanted
from orderwright.errors import invalid_operation


class AddDiscountCode(Action):
    """The word of a discount code."""

    code: CodeText

    def wants(self) -> Iterator[Wanted]:
        """The code."""
        return wanted_named((self.code,))


class RemoveDiscountCode(Action):
    """The discount code, by its id."""

    discount_code: Reference


class SetDirectDiscounts(Action):
    """The discounts of this cart alone, in the order in which they apply; at most 100, and none with an empty list."""

    discounts: DirectDiscountDrafts


class SetDirectDiscountsIgnoreCartDiscounts(Action):
    """Whether direct discounts stand in the place of all others, as they do unless `false` is set, or beside them."""

    direct_discounts_ignore_cart_discounts: bool


@edit_actions.looks
def add_discount_code(sale: Sale, action: AddDiscountCode, facts: Facts) -> Sale:
    """Raises what `with_code` raises, and `InvalidOperation` for a frozen cart that the code would match: what it costs stays."""
    after = with_code(sale, action.code, facts)
    if not sale.keeps_prices or after is sale:
        return after
    # What is frozen hard is not calculated anew, so that the state is asked of the cart as if it were not.
    state = recalculate(after.thawed(), facts).discount_codes[-1].state
    if state != "DoesNotMatchCart":
        raise invalid_operation(f"The cart is frozen: a discount code of the state '{state}' can not be added.")
    return after


@edit_actions.handles
def remove_discount_code(sale: Sale, action: RemoveDiscountCode, _facts: Facts) -> Sale:
    """Raises `InvalidOperation` for a code that the cart does not have."""
    return without_code(sale, action.discount_code)


@edit_actions.handles
def set_direct_discounts(sale: Sale, action: SetDirectDiscounts, facts: Facts) -> Sale:
    """Raises `InvalidOperation` for a cart with discount codes, unless both may stand beside each other, and what
    `direct_discount` raises."""
    check_length(draft.target for draft in action.discounts)
    drafts = enumerate(action.discounts)
    discounts = tuple(direct_discount(draft, f"discounts[{place}]", facts) for place, draft in drafts)
    after = replace(sale, direct_discounts=discounts)
    if discounts and after.direct_discounts_ignore_cart_discounts is None:
        # Shown where it means something, so that nobody takes its absence for `false`.
        after = replace(after, direct_discounts_ignore_cart_discounts=True)
    check_together(after)
    return after


@edit_actions.handles
def set_direct_discounts_ignore_cart_discounts(sale: Sale, action: SetDirectDiscountsIgnoreCartDiscounts, _facts: Facts) -> Sale:
    """Raises `InvalidOperation` where the cart has discount codes, which would be ignored."""
    after = replace(sale, direct_discounts_ignore_cart_discounts=action.direct_discounts_ignore_cart_discounts)
    check_together(after)
    return after
