"""What discounts of all kinds share: what they take off as it is sent, a share of a price or amounts of which each currency has
one, and that only so many are active."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from orderwright.domain.amounts.money import Money, TypedMoney, typed, whole_cents
from orderwright.engine.facts import Facts
from orderwright.engine.unit.effects import CatalogueStays, Effect
from orderwright.errors import CountersMovedError, invalid_field, invalid_operation

# Ten thousandths, none of which raises a price.
Permyriad = Annotated[int, Meta(ge=0, le=10_000)]
# More than there are currencies, of which each may stand once.
Amounts = Annotated[tuple[Money, ...], Meta(max_length=300)]


def amounts_from(drafts: tuple[Money, ...], field: str, *, fine: bool = False) -> tuple[TypedMoney, ...]:
    """The amounts that a draft means; `field` is their path in the request. With `fine` they may be in high precision.

    Raises `InvalidOperation` for no amount or two of a currency, `InvalidField` for one below zero, and what `typed` raises.
    commercetools: Product Discounts, ProductDiscountValueAbsoluteDraft; Cart Discounts, CartDiscountValueAbsoluteDraft.
    """
    money = tuple((typed if fine else whole_cents)(draft, field) for draft in drafts)
    if not money:
        raise invalid_operation(f"'{field}' must have an amount.")
    if len({amount.currency_code for amount in money}) < len(money):
        raise invalid_operation(f"'{field}' has several amounts of a currency.")
    for amount in money:
        if min(amount.cent_amount, amount.precise_amount or 0) < 0:
            raise invalid_field(f"{field}.centAmount", amount.cent_amount)
    return money


def as_counted(facts: Facts) -> Effect:
    """The effect that has a change made anew if others have changed the catalogue since what is active in it was counted."""
    moved = CountersMovedError("The discounts have changed since they were counted; send the request again.")
    return CatalogueStays(version=facts.catalogue.version, refused=moved)
