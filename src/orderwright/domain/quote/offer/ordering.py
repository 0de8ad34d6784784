"""A quote becomes an order: as it was offered, to the cent, however prices and rates have changed since.

commercetools: Orders, OrderFromQuoteDraft.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace as with_members
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.business_unit.naming import check_usable, unit_of, wanted_unit
from orderwright.domain.order.from_cart import check_store, first_state, with_product_key
from orderwright.domain.order.model import Order, OrderNumber, OrderState, ShipmentState
from orderwright.domain.order.resource import RESOURCE as ORDERS
from orderwright.domain.quote.offer.model import TYPE_ID, KeptQuote
from orderwright.domain.quote.terms import sold
from orderwright.domain.sale.lifecycle import as_ordered, ordered
from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.lines.targets import check_valid
from orderwright.domain.sale.lines.variants import wanted_variants
from orderwright.domain.sale.model import Cart, PaymentState, Sale
from orderwright.domain.sale.reserve.settle import given_back, left_elsewhere
from orderwright.domain.sale.shipping.methods import check_methods
from orderwright.domain.sale.stock import takes, wanted_to_order
from orderwright.domain.sale.taxes.external import check_taxed
from orderwright.engine.actions import Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import QuoteIdentifier, ResourceIdentifier, StateIdentifier, Wanted
from orderwright.engine.scalars import Id
from orderwright.engine.unit.effects import Effect
from orderwright.errors import concurrent_modification, invalid_operation, resource_not_found

_OPEN: Final = ("Active", "Frozen")


class OrderFromQuoteDraft(Value):
    """Which quote, at which version, becomes an order."""

    quote: QuoteIdentifier
    version: int
    quote_state_to_accepted: bool = False
    order_number: OrderNumber | None = None
    payment_state: PaymentState | None = None
    shipment_state: ShipmentState | None = None
    order_state: OrderState = "Open"
    state: StateIdentifier | None = None

    def wants_on(self, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        """What the order takes from the stock, the cart that the offer was prepared in, and what keys the products have now."""
        for quote in found.values():
            if isinstance(quote, KeptQuote):
                yield from wanted_variants(quote.line_items)
                yield from wanted_to_order(_as_sale(quote))
                yield from wanted_unit(quote.business_unit)
                yield Wanted("cart", "id", quote.quotation_cart)


class MyOrderFromQuoteDraft(Value):
    """The quote, at the version the owner saw."""

    id: Id
    version: int
    quote_state_to_accepted: bool = False

    @property
    def whole(self) -> OrderFromQuoteDraft:
        """The draft as a merchant would send it: no order number, no states."""
        accepted = self.quote_state_to_accepted
        return OrderFromQuoteDraft(quote=ResourceIdentifier(id=self.id), version=self.version, quote_state_to_accepted=accepted)

    def wants(self) -> Iterator[Wanted]:
        """The quote."""
        yield Wanted(TYPE_ID, "id", self.id)

    def wants_on(self, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        """As any order from a quote."""
        return self.whole.wants_on(found)


def create(draft: OrderFromQuoteDraft, facts: Facts) -> Change[Order]:
    """The order. In the same write the quote is set `Accepted`, or compared and left as it is, and the cart that the offer was
    prepared in is closed, whose payments and reservations the order takes over. One quote becomes one order at most.

    Raises `ReferencedResourceNotFound`, `ConcurrentModification` for another version of the quote, `InvalidOperation` for one
    that is not pending or not valid any more, and for a shipping method or business unit that it can not have any more; what the
    checks of an order from a cart raise, but for those of prices.
    """
    quote = facts.get(TYPE_ID, draft.quote, KeptQuote)
    if quote.version != draft.version:
        raise concurrent_modification(quote.id, draft.version, quote.version)
    check_orderable(quote, facts)
    cart = _open_cart(quote, facts)
    sale = _holding(_as_sale(quote), cart)
    check_store(sale, facts)
    check_usable(unit_of(sale.business_unit, facts), sale.store)
    check_taxed(sale)
    check_methods(sale, facts)
    copied: dict[str, Any] = sold(quote, quote.rest)
    copied["line_items"] = tuple(as_ordered(with_product_key(line, facts)) for line in sale.line_items)
    order = Order(
        **facts.born(),
        **copied,
        order_number=draft.order_number,
        order_state=draft.order_state,
        shipment_state=draft.shipment_state,
        payment_state=draft.payment_state,
        state=first_state(draft.state, facts),
        quote=Reference(type_id=TYPE_ID, id=quote.id),
    )
    after = replace(quote, quote_state="Accepted") if draft.quote_state_to_accepted else quote
    closed, effects = _closed(cart, sale, facts)
    return Change(order, changed=[Changed(TYPE_ID, quote, after), *closed], effects=[*takes(sale, facts), *effects])


def create_mine(draft: MyOrderFromQuoteDraft, facts: Facts) -> Change[Order]:
    """As for any order. Raises 404 `ResourceNotFound` for a quote that is not there or not hers."""
    if facts.look_up(Wanted(TYPE_ID, "id", draft.id)) is None:
        raise resource_not_found(id=draft.id)
    return create(draft.whole, facts)


def check_orderable(quote: KeptQuote, facts: Facts) -> None:
    """Raises `InvalidOperation` for a quote that is not pending, and for one past its `validTo`; `InvalidItemShippingDetails`."""
    if quote.quote_state != "Pending":
        raise invalid_operation(f"The quote is in state '{quote.quote_state}': only a pending one can be ordered.")
    if quote.valid_to is not None and facts.now > quote.valid_to:
        raise invalid_operation(f"The quote was valid until {quote.valid_to} and can not be ordered any more.")
    check_valid(*quote.line_items, *quote.custom_line_items)


def _as_sale(quote: KeptQuote) -> Sale:
    """The quote as what carts and orders share, for the laws that are theirs."""
    born = {name: getattr(quote, name) for name in ("id", "version", "created_at", "last_modified_at")}
    return Sale(**born, **sold(quote, quote.rest))


def _open_cart(quote: KeptQuote, facts: Facts) -> Cart | None:
    """The cart that the offer was prepared in, if it is still there and open."""
    found = facts.look_up(Wanted("cart", "id", quote.quotation_cart))
    return found if isinstance(found, Cart) and found.cart_state in _OPEN else None


def _holding(sale: Sale, cart: Cart | None) -> Sale:
    """The offer's lines with what the same lines of its cart have reserved."""
    kept = {} if cart is None else {line.id: line.reservation for line in cart.line_items}
    return replace(sale, line_items=tuple(replace(line, reservation=kept.get(line.id)) for line in sale.line_items))


def _closed(cart: Cart | None, sale: Sale, facts: Facts) -> tuple[list[Changed], list[Effect]]:
    """The cart as its order leaves it. What it has reserved for lines that are not offered is given back."""
    if cart is None:
        return [], []
    offered = {line.id for line in sale.line_items}
    staying = replace(cart, line_items=tuple(line for line in cart.line_items if line.id in offered))
    leaving = replace(cart, line_items=tuple(line for line in cart.line_items if line.id not in offered))
    effects: list[Effect] = [*left_elsewhere(staying, facts), *given_back(leaving, facts)]
    after = ordered(replace(cart, line_items=tuple(_unless(line.id in offered, line) for line in cart.line_items)))
    return [Changed("cart", cart, after)], effects


def _unless(offered: bool, line: LineItem) -> LineItem:
    return line if offered or line.reservation is None else replace(line, reservation=None)


FROM_QUOTE = with_members(ORDERS, draft=OrderFromQuoteDraft, create=create)
MINE_FROM_QUOTE = with_members(FROM_QUOTE, draft=MyOrderFromQuoteDraft, create=create_mine)
