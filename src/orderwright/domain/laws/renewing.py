"""What is put into the queue of renewals, so that prices follow their product discounts, and shopping lists their products, soon
after a change.

All prices of a project may be concerned by one discount. They are written anew in the background: products, and standalone
prices, each as a kind of entry. An entry may also lie in the future, as the time from which a discount holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.effects import Effect, QueueRenewals

DISCOUNTED_PRODUCTS: Final = "discounted-products"
DISCOUNTED_PRICES: Final = "discounted-prices"
PRICES_OF_SKU: Final = "prices-of-sku"
LISTS_OF_PRODUCT: Final = "lists-of-product"


def queued(kind: str, values: Iterable[str], at: DateTime) -> Effect:
    """The effect that puts entries into the queue, each value once."""
    return QueueRenewals(kind=kind, values=tuple(sorted(set(values))), since_ms=int(at.instant().timestamp() * 1000))


def discounted_anew(at: DateTime, value: str = "now") -> tuple[Effect, ...]:
    """All prices are to be discounted anew at a time. What is due at once is one entry, however often it is put there."""
    return tuple(queued(kind, (value,), at) for kind in (DISCOUNTED_PRODUCTS, DISCOUNTED_PRICES))


def named_anew(before: Any, change: Change[Any], facts: Facts) -> Change[Any]:
    """A hook for what predicates of product discounts name by its key: with another one, they may fit other prices."""
    if before is None or before.key == change.after.key or not facts.catalogue.all("product-discount"):
        return change
    return change.going_on(change.after, discounted_anew(facts.now))
