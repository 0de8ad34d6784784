"""Line items: add, change, remove."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money
from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.lines.item_shipping import ItemShippingDetails, ItemShippingDetailsDraft, together
from orderwright.domain.sale.lines.items import ExternalLineItemTotalPrice, LineItem, LineItemDraft
from orderwright.domain.sale.lines.lines import add_line, set_quantity
from orderwright.domain.sale.lines.parts import OnLineItem, named_line, with_line
from orderwright.domain.sale.lines.pricing import ExternalPrices
from orderwright.domain.sale.lines.targets import check_targets
from orderwright.domain.sale.lines.variants import wanted_groups, wanted_prices
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.stock import wanted_stock
from orderwright.engine.facts import Facts
from orderwright.engine.model import action_name
from orderwright.engine.references import OWNER, Wanted
from orderwright.engine.scalars import Quantity
from orderwright.errors import invalid_input


class AddLineItem(LineItemDraft, tag_field="action", tag=action_name):
    """The line item's draft itself."""

    def wants(self) -> Iterator[Wanted]:
        """Also the customer, in the same read: she is wanted as soon as it is known who she is."""
        yield from LineItemDraft.wants(self)
        yield OWNER

    def wants_on(self, sale: Sale) -> Iterator[Wanted]:
        """The customer, whose groups have prices of their own."""
        return wanted_groups(sale.customer_id)


class ChangeLineItemQuantity(OnLineItem):
    """The new quantity; 0 removes the line."""

    quantity: Quantity
    external_price: Money | None = None
    external_total_price: ExternalLineItemTotalPrice | None = None

    def wants_on(self, sale: Sale) -> Iterator[Wanted]:
        """The variant of the line, since a new quantity takes the price of today."""
        return prices_of_line(sale, self)


class RemoveLineItem(OnLineItem):
    """Takes `quantity` units away, at least one; all of them without it."""

    quantity: Quantity | None = None
    external_price: Money | None = None
    external_total_price: ExternalLineItemTotalPrice | None = None
    shipping_details_to_remove: ItemShippingDetailsDraft | None = None

    def wants_on(self, sale: Sale) -> Iterator[Wanted]:
        """As for a change of quantity; a line that is removed whole needs nothing."""
        if self.quantity is not None:
            yield from prices_of_line(sale, self)


@edit_actions.handles
def add_line_item(sale: Sale, action: AddLineItem, facts: Facts) -> Sale:
    return add_line(sale, action, facts)


@edit_actions.handles
def change_line_item_quantity(sale: Sale, action: ChangeLineItemQuantity, facts: Facts) -> Sale:
    line = named_line(sale, action)
    return set_quantity(sale, line, action.quantity, facts, ExternalPrices(action.external_price, action.external_total_price))


@edit_actions.handles
def remove_line_item(sale: Sale, action: RemoveLineItem, facts: Facts) -> Sale:
    if action.quantity is not None and action.quantity < 1:
        raise invalid_input("The quantity to remove must be at least 1.")
    line = named_line(sale, action)
    if action.quantity is None:
        return set_quantity(sale, line, 0, facts)
    if action.shipping_details_to_remove is not None:
        line = replace(line, shipping_details=_fewer(line, action.shipping_details_to_remove, sale))
        sale = with_line(sale, line)
    external = ExternalPrices(action.external_price, action.external_total_price)
    return set_quantity(sale, line, max(line.quantity - action.quantity, 0), facts, external)


def _fewer(line: LineItem, gone: ItemShippingDetailsDraft, sale: Sale) -> ItemShippingDetails:
    """What is left of the line's targets. Raises `InvalidField` for more units than go to an address."""
    check_targets(gone.targets, sale, line.shipping_details)
    return together(line.shipping_details, gone.targets, line.quantity, sign=-1)


def prices_of_line(sale: Sale, action: OnLineItem) -> Iterator[Wanted]:
    """What must be read to price a line that an action names, and to know how many it may hold."""
    named = lines_named(sale, action)
    yield from wanted_prices(sale.customer_id, named)
    yield from wanted_stock(named)


def lines_named(sale: Sale, action: OnLineItem) -> list[LineItem]:
    """The line that an action names, before the action is checked. One that is not there yet was added in the same request,
    and its variant is read for that."""
    id, key = action.line_item_id, action.line_item_key
    return [line for line in sale.line_items if line.id == id or (key is not None and line.key == key)]
