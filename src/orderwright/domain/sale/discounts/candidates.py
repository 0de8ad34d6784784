"""Which discounts of carts are tried on a cart, and in which order: direct ones, those without code, those behind its codes.

commercetools: Cart Discounts, CartDiscount (`sortOrder`, `discountGroup`, `stores`, `validFrom`, `validUntil`);
Carts, DirectDiscount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from orderwright.domain.sale.discounts.model import (
    CartDiscount,
    CartDiscountTarget,
    CartDiscountValue,
    DirectDiscount,
    DiscountGroup,
)
from orderwright.domain.sale.model import Sale
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import DateTime

Key = tuple[str, str]
"""The place of a discount in the order: its sort order, or its group's, and what tells those of one place apart."""


class Offer(NamedTuple):
    """A discount as it is tried on a cart, wherever it comes from. `key` is its place in the order of all, `group` the id of its
    group, `codes` are the ids of the cart's codes that it came by."""

    reference: Reference
    value: CartDiscountValue
    target: CartDiscountTarget | None
    predicate: str = "true"
    stops: bool = False
    group: str | None = None
    key: Key = ("", "")
    codes: tuple[str, ...] = ()


Place = tuple[Offer, ...]
"""One place in the order: one discount, or those of a group, of which the best is applied."""


def direct(discounts: Iterable[DirectDiscount]) -> list[Place]:
    """The direct discounts of a cart, in the order of their list."""
    kind = "direct-discount"
    return [(Offer(Reference(type_id=kind, id=each.id), each.value, each.target),) for each in discounts]


def in_order(sale: Sale, coded: Mapping[str, tuple[CartDiscount, tuple[str, ...]]], facts: Facts) -> list[Place]:
    """The cart discounts that are in force for a cart, highest sort order first; `coded` are those behind its codes, by their id,
    each with the codes' ids. A group stands at its own place."""
    offers = [
        _by_codes(offer, coded)
        for offer, discount in facts.catalogue.derived(automatic)
        if is_valid(discount, facts.now) and is_for(discount, sale)
    ]
    known = {offer.reference.id for offer in offers}
    behind = [(each, codes) for id, (each, codes) in coded.items() if id not in known]
    if behind:
        made = (offer_of(discount, facts, codes) for discount, codes in behind)
        offers = sorted((*offers, *(offer for offer in made if offer is not None)), key=_key, reverse=True)
    return _places(offers)


def automatic(catalogue: Catalogue) -> list[tuple[Offer, CartDiscount]]:
    """The active cart discounts that need no code, highest sort order first."""
    groups = {group.id: group for group in catalogue.all("discount-group")}
    found = []
    for discount in catalogue.all("cart-discount"):
        if discount.is_active and not discount.requires_discount_code:
            offer = _offer(discount, groups.get(discount.discount_group.id) if discount.discount_group else None)
            if offer is not None:
                found.append((offer, discount))
    return sorted(found, key=lambda pair: pair[0].key, reverse=True)


def offer_of(discount: CartDiscount, facts: Facts, codes: tuple[str, ...] = ()) -> Offer | None:
    """The discount as it is tried; None where its group is not active, so that it is not."""
    wanted = None if discount.discount_group is None else Wanted("discount-group", "id", discount.discount_group.id)
    return _offer(discount, wanted and facts.look_up(wanted), codes)


def is_valid(discount: CartDiscount, now: DateTime) -> bool:
    """Whether the discount is in its time, and is for orders that do not recur, which all are here."""
    begun = discount.valid_from is None or discount.valid_from <= now
    over = discount.valid_until is not None and discount.valid_until <= now
    return begun and not over and discount.recurring_order_scope.type != "RecurringOrdersOnly"


def is_for(discount: CartDiscount, sale: Sale) -> bool:
    """Whether the discount is for the store that the cart is in; one without stores is for all carts."""
    return not discount.stores or (sale.store is not None and sale.store in discount.stores)


def _offer(discount: CartDiscount, group: DiscountGroup | None, codes: tuple[str, ...] = ()) -> Offer | None:
    if discount.discount_group is not None and (group is None or not group.is_active):
        return None
    return Offer(
        reference=Reference(type_id="cart-discount", id=discount.id),
        value=discount.value,
        target=discount.target,
        predicate=discount.cart_predicate,
        stops=discount.stacking_mode == "StopAfterThisDiscount",
        group=group.id if group else None,
        key=(group.sort_order, group.id) if group else (discount.sort_order, discount.id),
        codes=codes,
    )


def _by_codes(offer: Offer, coded: Mapping[str, tuple[CartDiscount, tuple[str, ...]]]) -> Offer:
    behind = coded.get(offer.reference.id)
    return offer if behind is None else offer._replace(codes=behind[1])


def _key(offer: Offer) -> Key:
    return offer.key


def _places(offers: Iterable[Offer]) -> list[Place]:
    """The offers, those of one group together. They are in order, so that these stand side by side."""
    places: list[Place] = []
    for offer in offers:
        if offer.group is not None and places and places[-1][0].group == offer.group:
            places[-1] = (*places[-1], offer)
        else:
            places.append((offer,))
    return places
