"""A cart becomes an order: checked against what it costs today, then copied as it is."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from msgspec.structs import replace

from orderwright.domain.business_unit.naming import check_usable, unit_of
from orderwright.domain.custom.fields import merged
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.domain.order.refusals import price_changed, shipping_method_does_not_match_cart
from orderwright.domain.sale.discounts.codes import unordered, uses_by
from orderwright.domain.sale.lifecycle import as_ordered, check_open, check_own, ordered
from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.lines.targets import check_sent, check_valid
from orderwright.domain.sale.lines.variants import current_variant
from orderwright.domain.sale.model import SHARED, Cart, Sale
from orderwright.domain.sale.recalculate import match_shipping_method
from orderwright.domain.sale.refresh import price_changes, refreshing
from orderwright.domain.sale.reserve.settle import left_elsewhere
from orderwright.domain.sale.shipping.methods import check_methods
from orderwright.domain.sale.shipping.several import infos_of
from orderwright.domain.sale.stock import takes
from orderwright.domain.sale.taxes.external import check_taxed
from orderwright.domain.shop.state.workflow import entered
from orderwright.domain.shop.store.model import check_country, store_named
from orderwright.engine.actions import Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import concurrent_modification, invalid_operation


def create(draft: OrderFromCartDraft, facts: Facts) -> Generator[None, None, Change[Order]]:
    """The order, and its cart set `Ordered` in the same write, so that two requests for one cart make one order; in steps, since
    what the cart costs today is worked out anew.

    Raises `ReferencedResourceNotFound`, `ConcurrentModification` for another version of the cart, `InvalidOperation` for a
    business unit that it can not belong to any more, and what the checks and custom fields raise.
    """
    cart = facts.get("cart", draft.identifier, Cart)
    if cart.version != draft.version:
        raise concurrent_modification(cart.id, draft.version, cart.version)
    check_own(cart, facts)
    check_complete(cart)
    check_store(cart, facts)
    check_usable(unit_of(cart.business_unit, facts), cart.store)
    check_discount_codes(cart, facts)
    check_taxed(cart)
    check_shipping_method(cart, facts)
    yield
    yield from check_prices(cart, facts)
    # What both have passes over unchanged: an order is the cart at the moment it was ordered.
    copied: dict[str, Any] = {name: getattr(cart, name) for name in SHARED}
    copied["line_items"] = tuple(as_ordered(with_product_key(line, facts)) for line in cart.line_items)
    if draft.purchase_order_number is not None:
        copied["purchase_order_number"] = draft.purchase_order_number
    copied["custom"] = merged(cart.custom, draft.custom, "order", facts)
    order = Order(
        **facts.born(),
        order_number=draft.order_number,
        order_state=draft.order_state,
        shipment_state=draft.shipment_state,
        payment_state=draft.payment_state,
        state=first_state(draft.state, facts),
        cart=Reference(type_id="cart", id=cart.id),
        **copied,
    )
    effects = [*takes(cart, facts), *left_elsewhere(cart, facts), *uses_by(cart, facts)]
    return Change(order, changed=[Changed("cart", cart, ordered(cart))], effects=effects)


def with_product_key(line: LineItem, facts: Facts) -> LineItem:
    """The line with the key that its product has when it is ordered; all else of it is as the buyer saw it."""
    snapshot = current_variant(line, facts)
    if snapshot is None or snapshot.product_key == line.product_key:
        return line
    return replace(line, product_key=snapshot.product_key)


def first_state(identifier: ResourceIdentifier | None, facts: Facts) -> Reference | None:
    """The State that an order begins in; None stays None.

    Raises `ReferencedResourceNotFound`, and `InvalidOperation` for one that is none of orders, or not initial.
    commercetools: Orders, OrderFromCartDraft (`state`).
    """
    return None if identifier is None else entered(identifier, facts, type="OrderState")


def check_complete(cart: Cart) -> None:
    """Raises `InvalidOperation` for a cart that was merged or ordered, is empty, or has no shipping address in
    the mode `Single`; `InvalidItemShippingDetails` where not all units of an item have an address; what `check_sent` raises."""
    check_open(cart)
    if not cart.line_items and not cart.custom_line_items:
        raise invalid_operation(f"The cart '{cart.id}' is empty: there is nothing to order.")
    if cart.shipping_address is None and cart.shipping_mode == "Single":
        raise invalid_operation("Shipping address is not set.")
    check_valid(*cart.line_items, *cart.custom_line_items)
    check_sent(cart, *cart.line_items, *cart.custom_line_items)


def check_store(sale: Sale, facts: Facts) -> None:
    """At a store's door, the country of what is ordered must be one of the store's. Raises `CountryNotConfiguredInStore`.

    That the cart or quote is the store's own was seen to by the door: another store's was not found.
    """
    check_country(sale.country, store_named(facts.store_key, facts))


def check_discount_codes(cart: Sale, facts: Facts) -> None:
    """Every code of the cart must apply to it, or give way to the best deal of its group. Raises `DiscountCodeNonApplicable`."""
    for info in cart.discount_codes:
        if info.state not in ("MatchesCart", "ApplicationStoppedByGroupBestDeal"):
            raise unordered(info, facts)


def check_shipping_method(cart: Cart, facts: Facts) -> None:
    """Whether the cart may still take its shipping methods; one that was deleted since is taken as it was.

    A cart that was frozen hard takes those it was frozen with.

    Raises `ShippingMethodDoesNotMatchCart`; `InvalidOperation` if a method is inactive or another store's.
    """
    if cart.keeps_all:
        return
    matched = match_shipping_method(cart, facts)
    if any(info.shipping_method_state == "DoesNotMatchCart" for info in infos_of(matched)):
        raise shipping_method_does_not_match_cart()
    check_methods(matched, facts)


def check_prices(cart: Cart, facts: Facts) -> Generator[None, None, None]:
    """In steps: what the buyer saw must be what it costs now, and her codes must apply now. A frozen cart keeps the prices of its
    lines, and one that was frozen hard everything it costs.

    Raises `PriceChanged`, `DiscountCodeNonApplicable`, and `MatchingPriceNotFound` or `MissingTaxRateForCountry` where there is
    no price or rate any more.
    commercetools: Orders, OrderFromCartDraft (`cart`).
    """
    if cart.keeps_all:
        return
    today = yield from refreshing(cart, facts)
    check_discount_codes(today, facts)
    changes = price_changes(cart, today)
    if any(changes):
        raise price_changed(changes.items, changes.shipping)
