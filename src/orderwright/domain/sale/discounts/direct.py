"""Direct discounts: those of one cart alone.

commercetools: Carts, DirectDiscountDraft; Carts, Set DirectDiscounts.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from orderwright.domain.sale.discounts.drafts import CartDiscountValueDraft, check_effect, rules_of, value_from
from orderwright.domain.sale.discounts.model import CartDiscountTarget, DirectDiscount
from orderwright.domain.sale.model import Sale
from orderwright.engine.facts import Facts
from orderwright.engine.model import Value
from orderwright.errors import invalid_operation

MAX_DIRECT: Final = 100


class DirectDiscountDraft(Value):
    """A discount of one cart or order, as it is sent."""

    value: CartDiscountValueDraft
    target: CartDiscountTarget | None = None
    participate_in_best_deal_selection: bool | None = None


DirectDiscountDrafts: TypeAlias = Annotated[tuple[DirectDiscountDraft, ...], Meta(max_length=MAX_DIRECT)]


def direct_discount(draft: DirectDiscountDraft, field: str, facts: Facts) -> DirectDiscount:
    """The discount that a draft means; `field` is its path in the request. Raises what `value_from`, `check_effect` and
    `rules_of` raise."""
    value = value_from(draft.value, facts, f"{field}.value")
    check_effect(value, draft.target, f"{field}.")
    rules_of(draft.target, f"{field}.target")
    return DirectDiscount(
        id=facts.new_id(),
        value=value,
        target=draft.target,
        participate_in_best_deal_selection=draft.participate_in_best_deal_selection,
    )


def ignores(sale: Sale) -> bool:
    """Whether the cart has direct discounts in the place of all others, as it has if it does not say otherwise."""
    return bool(sale.direct_discounts) and sale.direct_discounts_ignore_cart_discounts is not False


def check_together(sale: Sale) -> None:
    """Raises `InvalidOperation` for a cart with both discount codes and direct discounts in their place."""
    if sale.discount_codes and ignores(sale):
        raise invalid_operation(
            "A cart has either discount codes or direct discounts, unless directDiscountsIgnoreCartDiscounts is false."
        )
