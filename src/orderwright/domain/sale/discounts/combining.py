"""How discounts of carts combine: one after the other, each on what those before it have left, until one stops the rest.

commercetools: Cart Discounts, StackingMode; Discount Groups, DiscountGroup.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Literal, NamedTuple

from orderwright.domain.sale.discounts.arithmetic.lots import Item
from orderwright.domain.sale.discounts.asking import Asked
from orderwright.domain.sale.discounts.candidates import Offer, Place
from orderwright.domain.sale.lines.items import LineItem

Verdict = Literal["Applied", "DoesNotMatch", "HitsNothing", "NotTheBest", "Stopped"]
"""What became of a discount: its cart predicate does not hold, its target is not there, another one of its group is better, or
one before it stopped the rest."""


class Working(NamedTuple):
    """What discounts have made of a cart so far. `items` are its items, as far as discounts may touch them; what is taken off
    shipping and the total waits for what the items cost in the end; `gifts` were earned."""

    items: tuple[Item, ...]
    gifts: tuple[LineItem, ...] = ()
    shipping: tuple[Offer, ...] = ()
    total: tuple[Offer, ...] = ()


Attempt = Callable[[Offer, Working], "Working | None"]
"""What a discount makes of a cart; None where it hits nothing."""
Telling = Callable[[Offer, Verdict, Working, Working], None]
"""Is told what became of a discount, with the cart before and after it."""


class Combined(NamedTuple):
    """What all discounts have made of a cart, and what became of each, by its id."""

    working: Working
    verdicts: dict[str, Verdict]

    def applied(self) -> bool:
        """Whether any discount was applied."""
        return "Applied" in self.verdicts.values()


def combining(
    places: Iterable[Place], working: Working, attempt: Attempt, asked: Asked, tell: Telling | None = None
) -> Generator[None, None, Combined]:
    """The cart after all discounts, in the order of their places, with a pause after each. Of those at one place only the best is
    applied."""
    verdicts: dict[str, Verdict] = {}
    stopped = False

    def judged(offer: Offer, verdict: Verdict, before: Working, after: Working) -> None:
        verdicts[offer.reference.id] = verdict
        if tell is not None:
            tell(offer, verdict, before, after)

    for place in places:
        before, tried = working, []
        for offer in place:
            if stopped and not offer.codes and tell is None:
                continue  # nobody asks why it was not applied
            if not asked.holds(offer.predicate):
                judged(offer, "DoesNotMatch", before, before)
            elif stopped:
                judged(offer, "Stopped", before, before)
            elif (after := attempt(offer, before)) is None:
                judged(offer, "HitsNothing", before, before)
            else:
                tried.append((offer, after))
            yield
        if not tried:
            continue
        best, working = tried[0] if len(tried) == 1 else min(tried, key=_deal)
        for offer, after in tried:
            judged(offer, "Applied" if offer is best else "NotTheBest", before, after)
        stopped = best.stops
    return Combined(working, verdicts)


def _deal(tried: tuple[Offer, Working]) -> tuple[int, str]:
    """The lower, the better. Of equal ones that with the smaller id, so that it is always the same."""
    offer, after = tried
    return sum(lot.quantity * lot.price for item in after.items for lot in item.lots), offer.reference.id
