"""What becomes of an anonymous cart when its owner signs in: it is handed over, or merged into the customer's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from msgspec.structs import replace

from orderwright.domain.cart.actions import actions
from orderwright.domain.cart.finish import counted
from orderwright.domain.customer.naming import customer_named
from orderwright.domain.laws import ownership
from orderwright.domain.sale.lifecycle import check_open, merged_away
from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.lines.lines import check_room, with_quantity
from orderwright.domain.sale.lines.variants import current_variant, wanted_prices
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.ownership import owned_by
from orderwright.domain.sale.refresh import refreshed
from orderwright.domain.sale.shipping.methods import check_methods
from orderwright.domain.sale.stock import wanted_to_reserve
from orderwright.domain.sale.taxes.external import item_untaxed
from orderwright.engine.actions import ActionSet, Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Value
from orderwright.engine.references import CartIdentifier, ResourceIdentifier, Wanted
from orderwright.engine.scalars import Id
from orderwright.errors import invalid_operation

MergeMode = Literal["MergeWithExistingCustomerCart", "UseAsNewActiveCustomerCart"]


class MergeCartDraft(Value):
    """Which anonymous cart is merged into a customer's, and how. One of the two names is required."""

    anonymous_cart: CartIdentifier | None = None
    merge_mode: MergeMode = "MergeWithExistingCustomerCart"
    update_product_data: bool = False
    anonymous_id: str | None = None


class TakeOver(ownership.TakeOver):
    """Makes the cart a customer's, and brings it up to date if it is still open."""

    update_product_data: bool = False

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """Every line's variant: it is priced anew."""
        return wanted_prices(cart.customer_id, cart.line_items)


class Merge(Action):
    """Adds the lines of another cart, which is closed by it. `lines` are that cart's, so that their variants are read."""

    sent: ClassVar[bool] = False
    source: Id
    lines: tuple[LineItem, ...]
    update_product_data: bool = False

    def wants(self) -> Iterator[Wanted]:
        """The other cart."""
        yield Wanted("cart", "id", self.source)
        yield from wanted_prices(None, self.lines)

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """Every line's variant: all are priced anew. What is reserved may become more."""
        yield from wanted_prices(cart.customer_id, cart.line_items)
        yield from wanted_to_reserve(cart, (*cart.line_items, *self.lines))


hand_over: ActionSet[Cart] = actions.only("recalculate", name="CartHandOver")


@hand_over.handles
def take_over(cart: Cart, action: TakeOver, facts: Facts) -> Cart:
    """Raises `ReferencedResourceNotFound` and what bringing the cart up to date raises."""
    customer = customer_named(action.customer_id, facts)
    # Whose a locked cart is, is said nevertheless: with the session it would be lost to its owner.
    if cart.cart_state in ("Merged", "Ordered") or cart.lock is not None:
        return owned_by(cart, customer)
    return counted(refreshed(owned_by(cart, customer), facts, product_data=action.update_product_data))


@hand_over.handles
def merge(cart: Cart, action: Merge, facts: Facts) -> Change[Cart]:
    """The customer's cart with the other's lines, and the other closed as `Merged`, in one write.

    Raises `InvalidOperation` for a cart that is closed or locked, or whose shipping method it may no longer take.
    """
    source = facts.get("cart", ResourceIdentifier(id=action.source), Cart)
    check_open(source)
    check_unlocked(cart, source)
    check_mergeable(source, facts)
    merged = with_lines_of(cart, source, facts)
    after = counted(refreshed(merged, facts, product_data=action.update_product_data))
    return Change(after, changed=[Changed("cart", source, merged_away(source))])


def with_lines_of(cart: Cart, source: Cart, facts: Facts) -> Cart:
    """The lines of both carts. Of a variant that both hold it keeps its own line at the larger of the two quantities;
    gifts, custom line items and the other cart's custom fields stay behind. Raises `InvalidOperation` for too many lines."""
    for line in source.line_items:
        if line.line_item_mode == "GiftLineItem" or current_variant(line, facts) is None:
            continue
        own = next((own for own in cart.line_items if _same_variant(own, line)), None)
        if own is None:
            check_room(cart)
            taken = any(line.key is not None and line.key == other.key for other in cart.line_items)
            # The addresses that its units were sent to stay behind with the other cart.
            moved = replace(line, key=None if taken else line.key, shipping_details=None, reservation=None)
            # So do its shipping methods, and with them the rates under each.
            if source.tax_mode != cart.tax_mode or "Multiple" in (source.shipping_mode, cart.shipping_mode):
                moved = item_untaxed(moved)
            cart = replace(cart, line_items=(*cart.line_items, moved))
        elif line.quantity > own.quantity:
            larger = with_quantity(own, line.quantity, cart, facts)
            lines = tuple(larger if each is own else each for each in cart.line_items)
            cart = replace(cart, line_items=lines)
    return cart


def _same_variant(one: LineItem, other: LineItem) -> bool:
    return (one.product_id, one.variant.id, one.line_item_mode) == (other.product_id, other.variant.id, other.line_item_mode)


def check_unlocked(*carts: Cart) -> None:
    """A cart that somebody works on is not merged. Raises `InvalidOperation`."""
    for cart in carts:
        if cart.lock is not None:
            raise invalid_operation(f"The cart '{cart.id}' is locked.")


def check_mergeable(source: Cart, facts: Facts) -> None:
    """A cart of which a shipping method is no longer active, or is another store's, is not merged. Raises `InvalidOperation`."""
    check_methods(source, facts)


def check_anonymous(cart: Cart, anonymous_id: str | None) -> None:
    """Only a cart that is no customer's is handed over, and only by the session it says. Raises `InvalidOperation`."""
    if cart.customer_id is not None:
        raise invalid_operation(f"The cart '{cart.id}' belongs to a customer.")
    if anonymous_id is not None and cart.anonymous_id != anonymous_id:
        raise invalid_operation(f"The cart '{cart.id}' does not belong to the anonymous session '{anonymous_id[:100]}'.")
