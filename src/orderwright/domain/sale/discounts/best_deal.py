"""Whether product and cart discounts add up, or the better of the two counts for the whole cart.

In the mode `BestDeal` a cart is calculated twice: with the prices that product discounts have left and no cart discounts, and
with cart discounts on the prices as they were before. The lower total is taken, of equal ones the first. Which of the two a
calculation is, the cart says itself, in `discountTypeCombination`.

commercetools: Project, DiscountCombinationMode; Carts, DiscountTypeCombination; Carts, DirectDiscount
(`participateInBestDealSelection`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, Final, Literal, TypeAlias

from msgspec.structs import replace

from orderwright.domain.sale.discounts.candidates import Place, automatic
from orderwright.domain.sale.discounts.portions import DiscountTypeCombination
from orderwright.domain.sale.model import S, Sale
from orderwright.engine.facts import Facts

Chosen = Literal["ProductDiscount", "CartDiscount"]
Calculating: TypeAlias = Callable[[S, Facts], Generator[None, None, S]]
STACKING: Final = DiscountTypeCombination(type="Stacking")


def choosing(sale: S, facts: Facts, calculating: Calculating[S]) -> Generator[None, None, S]:
    """The cart, calculated as the project has discounts combine."""
    if facts.project.discounts.discount_combination_mode != "BestDeal":
        return (yield from calculating(_as(sale, None), facts))
    by_product = _as(sale, DiscountTypeCombination(type="BestDeal", chosen_discount_type="ProductDiscount"))
    if not (sale.direct_discounts or sale.discount_codes or facts.catalogue.derived(automatic)):
        return (yield from calculating(by_product, facts))
    by_cart = _as(sale, DiscountTypeCombination(type="BestDeal", chosen_discount_type="CartDiscount"))
    unrecorded = facts.recording(None)
    product = yield from calculating(by_product, unrecorded)
    cart = yield from calculating(by_cart, unrecorded)
    is_cart = cart.total_price.cent_amount < product.total_price.cent_amount
    if facts.record is not None:
        yield from calculating(by_cart if is_cart else by_product, facts)  # it is told of the one that is taken
    # Whether codes fit, only the calculation with cart discounts says.
    return cart if is_cart else replace(product, discount_codes=cart.discount_codes)


def chosen(sale: Sale) -> Chosen | None:
    """Which of the two calculations this is; None where all discounts add up."""
    combination = sale.discount_type_combination
    return None if combination is None else combination.chosen_discount_type


def taking_part(places: Iterable[Place], sale: Sale) -> list[Place]:
    """The discounts that take part in this calculation: without cart discounts, only direct ones that are not selected from."""
    if chosen(sale) != "ProductDiscount":
        return list(places)
    apart = {each.id for each in sale.direct_discounts if not each.participate_in_best_deal_selection}
    return [place for place in places if place[0].reference.id in apart]


def with_combination(sale: S) -> S:
    """The cart, to which a discount was applied, with how that stands to product discounts."""
    return sale if sale.discount_type_combination is not None else replace(sale, discount_type_combination=STACKING)


def _as(sale: S, combination: DiscountTypeCombination | None) -> S:
    changed: Any = replace(sale, discount_type_combination=combination)
    return sale if sale.discount_type_combination == combination else changed
