"""What adds up to the total of a cart or order."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.domain.amounts.money import TypedMoney, cents


def total_price(line_totals: Iterable[int], shipping: int | None, currency: str) -> TypedMoney:
    """The sum of all items and shipping, in minor units; None is no shipping method yet. Raises `MoneyOverflow`.

    commercetools: Carts, Cart (`totalPrice`).
    """
    return cents(currency, sum(line_totals) + (shipping or 0))
