"""Discounts of one cart: those that are given to it alone."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.discounts.drafts import CartDiscountValueDraft, check_effect, rules_of, value_from
from orderwright.domain.sale.discounts.model import CartDiscountTarget, DirectDiscount
from orderwright.domain.sale.model import Sale
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Value
from orderwright.errors import invalid_operation

MAX_DIRECT: Final = 100


class DirectDiscountDraft(Value):
    """A discount of one cart or order, as it is sent."""

    value: CartDiscountValueDraft
    target: CartDiscountTarget | None = None
    participate_in_best_deal_selection: bool | None = None


class SetDirectDiscounts(Action):
    """The discounts of this cart alone, in the order in which they apply; at most 100, and none with an empty list."""

    discounts: Annotated[tuple[DirectDiscountDraft, ...], Meta(max_length=MAX_DIRECT)]


class SetDirectDiscountsIgnoreCartDiscounts(Action):
    """Whether direct discounts stand in the place of all others, as they do unless `false` is set, or beside them."""

    direct_discounts_ignore_cart_discounts: bool


@edit_actions.handles
def set_direct_discounts(sale: Sale, action: SetDirectDiscounts, facts: Facts) -> Sale:
    """Raises `InvalidOperation` for a cart with discount codes, unless both may stand beside each other, and what `value_from`,
    `check_effect` and `rules_of` raise."""
    discounts = tuple(_discount(draft, f"discounts[{place}]", facts) for place, draft in enumerate(action.discounts))
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


def check_together(sale: Sale) -> None:
    """Raises `InvalidOperation` for a cart with both discount codes and direct discounts in their place."""
    if sale.discount_codes and sale.direct_discounts and sale.direct_discounts_ignore_cart_discounts is not False:
        raise invalid_operation(
            "A cart has either discount codes or direct discounts, unless directDiscountsIgnoreCartDiscounts is false."
        )


def _discount(draft: DirectDiscountDraft, field: str, facts: Facts) -> DirectDiscount:
    value = value_from(draft.value, facts, f"{field}.value")
    check_effect(value, draft.target, f"{field}.")
    rules_of(draft.target, f"{field}.target")
    return DirectDiscount(
        id=facts.new_id(),
        value=value,
        target=draft.target,
        participate_in_best_deal_selection=draft.participate_in_best_deal_selection,
    )
