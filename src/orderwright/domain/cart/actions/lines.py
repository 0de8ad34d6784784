"""What is done to the lines of a cart alone: their order, where their units come from and go to, and how these are tracked."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.actions.line_items import lines_named
from orderwright.domain.sale.lines.item_shipping_actions import delta_actions
from orderwright.domain.sale.lines.items import CustomLineItemPriceMode, InventoryMode
from orderwright.domain.sale.lines.parts import (
    CUSTOM_LINE_ITEM,
    OnCustomLineItem,
    OnLineItem,
    named_custom_line,
    named_line,
    with_line,
)
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.stock import check_quantity, own_mode, wanted_stock
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.engine.actions import setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import ChannelIdentifier, Wanted
from orderwright.engine.scalars import Id, NotServed
from orderwright.errors import invalid_operation


class ChangeCustomLineItemPriceMode(OnCustomLineItem):
    """Whether cart discounts apply to the item."""

    mode: CustomLineItemPriceMode


class ChangeLineItemsOrder(Action):
    """The ids of all line items, each once, as they are to stand."""

    line_item_order: tuple[Id, ...]


class SetLineItemRecurrenceInfo(OnLineItem):
    """How often the line is ordered again: never, since there are no recurring orders here. To say nothing of it is no error."""

    recurrence_info: NotServed | None = None


class SetCustomLineItemRecurrenceInfo(OnCustomLineItem):
    """As `SetLineItemRecurrenceInfo`."""

    recurrence_info: NotServed | None = None


class SetLineItemInventoryMode(OnLineItem):
    """The line's own mode; without it, or with the cart's, it follows the cart's."""

    inventory_mode: InventoryMode | None = None

    def wants_on(self, cart: Cart) -> Iterable[Wanted]:
        """What the line may reserve of."""
        reserves = (self.inventory_mode or cart.inventory_mode) == "ReserveOnCart"
        return wanted_stock(lines_named(cart, self)) if reserves else ()


class SetLineItemSupplyChannel(OnLineItem):
    """The channel that the line's units come from."""

    supply_channel: ChannelIdentifier | None = None

    def wants_on(self, cart: Cart) -> Iterable[Wanted]:
        """How many of it each channel lets a line hold."""
        return wanted_stock(lines_named(cart, self))


actions.add(ChangeCustomLineItemPriceMode, setter("price_mode", at=CUSTOM_LINE_ITEM, member="mode"))
# Not all units need go somewhere before they are ordered.
delta_actions(actions)


@actions.handles
def change_line_items_order(cart: Cart, action: ChangeLineItemsOrder, _facts: Facts) -> Cart:
    """Raises `InvalidOperation` unless the ids are those of all line items, each once."""
    lines = {line.id: line for line in cart.line_items}
    if sorted(action.line_item_order) != sorted(lines):
        raise invalid_operation("The order must name every line item of the cart, each once.")
    return replace(cart, line_items=tuple(lines[id] for id in action.line_item_order))


@actions.handles
def set_line_item_recurrence_info(cart: Cart, action: SetLineItemRecurrenceInfo, _facts: Facts) -> Cart:
    """Raises `InvalidField` for a line that is not there. None has what this takes away."""
    named_line(cart, action)
    return cart


@actions.handles
def set_custom_line_item_recurrence_info(cart: Cart, action: SetCustomLineItemRecurrenceInfo, _facts: Facts) -> Cart:
    """As `set_line_item_recurrence_info`."""
    named_custom_line(cart, action)
    return cart


@actions.handles
def set_line_item_inventory_mode(cart: Cart, action: SetLineItemInventoryMode, facts: Facts) -> Cart:
    """Raises as `own_mode` does."""
    line = named_line(cart, action)
    mode = own_mode(action.inventory_mode, cart, facts)
    if mode == line.inventory_mode:
        return cart
    return with_line(cart, replace(line, inventory_mode=mode, last_modified_at=facts.now))


@actions.handles
def set_line_item_supply_channel(cart: Cart, action: SetLineItemSupplyChannel, facts: Facts) -> Cart:
    """Raises `ReferencedResourceNotFound`, `MissingRoleOnChannel`, or a limit of the channel's inventory entry."""
    line = named_line(cart, action)
    channel = channel_in_role(action.supply_channel, "InventorySupply", facts)
    if channel == line.supply_channel:
        return cart
    return with_line(cart, check_quantity(replace(line, supply_channel=channel, last_modified_at=facts.now), facts))
