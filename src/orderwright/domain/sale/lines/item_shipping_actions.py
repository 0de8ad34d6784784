"""The actions by which a cart or an order sends its items to several addresses: the addresses, and which units go where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from orderwright.domain.custom.addresses import AddressDraft, address_from, keyed_address, keyed_addresses
from orderwright.domain.laws.parts import instead, without
from orderwright.domain.sale.lines.item_shipping import (
    ItemShippingDetails,
    ItemShippingDetailsDraft,
    ItemShippingTarget,
    together,
)
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.lines.parts import (
    OnCustomLineItem,
    OnLineItem,
    named_custom_line,
    named_line,
    with_custom_line,
    with_line,
)
from orderwright.domain.sale.lines.targets import all_targets, check_sent, check_targets, check_valid, details_from
from orderwright.domain.sale.model import Sale
from orderwright.engine.actions import ActionSet, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.errors import invalid_operation, required_field


class AddItemShippingAddress(Action):
    """An address with a key of its own."""

    address: AddressDraft


class UpdateItemShippingAddress(Action):
    """Replaces the address of the same key."""

    address: AddressDraft


class RemoveItemShippingAddress(Action):
    """The address of this key."""

    address_key: str


class SetLineItemShippingDetails(OnLineItem):
    """Where the units of a line item go; without details, that is said of them no more."""

    shipping_details: ItemShippingDetailsDraft | None = None


class SetCustomLineItemShippingDetails(OnCustomLineItem):
    """As `SetLineItemShippingDetails`."""

    shipping_details: ItemShippingDetailsDraft | None = None


class ApplyDeltaToLineItemShippingDetailsTargets(OnLineItem):
    """How many units more go to some addresses, or fewer."""

    targets_delta: tuple[ItemShippingTarget, ...]


class ApplyDeltaToCustomLineItemShippingDetailsTargets(OnCustomLineItem):
    """As `ApplyDeltaToLineItemShippingDetailsTargets`."""

    targets_delta: tuple[ItemShippingTarget, ...]


Made = Callable[[Sale, Any, Any], ItemShippingDetails | None]


def item_shipping_actions(actions: ActionSet[Any]) -> None:
    """Add the actions on the addresses, and on which units of an item go to which of them."""
    actions.handles(_add_address)
    actions.handles(_update_address)
    actions.handles(_remove_address)
    actions.add(SetLineItemShippingDetails, _on_line(_given))
    actions.add(SetCustomLineItemShippingDetails, _on_custom_line(_given))


def delta_actions(actions: ActionSet[Any]) -> None:
    """Add the actions that only carts have."""
    actions.add(ApplyDeltaToLineItemShippingDetailsTargets, _on_line(_with_delta))
    actions.add(ApplyDeltaToCustomLineItemShippingDetailsTargets, _on_custom_line(_with_delta))


def _given(
    sale: Sale, item: LineItem | CustomLineItem, action: SetLineItemShippingDetails | SetCustomLineItemShippingDetails
) -> ItemShippingDetails | None:
    """Raises `InvalidItemShippingDetails` where not all units of what was ordered would go somewhere."""
    details = details_from(action.shipping_details, item.quantity, sale)
    if sale.placed:
        placed = replace(item, shipping_details=details)
        check_valid(placed)
        check_sent(sale, placed)
    return details


def _with_delta(
    sale: Sale,
    item: LineItem | CustomLineItem,
    action: ApplyDeltaToLineItemShippingDetailsTargets | ApplyDeltaToCustomLineItemShippingDetailsTargets,
) -> ItemShippingDetails:
    check_targets(action.targets_delta, sale, item.shipping_details)
    return together(item.shipping_details, action.targets_delta, item.quantity)


def _on_line(made: Made) -> Handler:
    def handle(sale: Sale, action: OnLineItem, facts: Facts) -> Sale:
        line = named_line(sale, action)
        details = made(sale, line, action)
        if details == line.shipping_details:
            return sale
        return with_line(sale, replace(line, shipping_details=details, last_modified_at=facts.now))

    return handle


def _on_custom_line(made: Made) -> Handler:
    def handle(sale: Sale, action: OnCustomLineItem, _facts: Facts) -> Sale:
        item = named_custom_line(sale, action)
        return with_custom_line(sale, replace(item, shipping_details=made(sale, item, action)))

    return handle


def _add_address(sale: Sale, action: AddItemShippingAddress, facts: Facts) -> Sale:
    addresses = keyed_addresses([*sale.item_shipping_addresses, address_from(action.address, facts)])
    return replace(sale, item_shipping_addresses=addresses)


def _update_address(sale: Sale, action: UpdateItemShippingAddress, facts: Facts) -> Sale:
    if action.address.key is None:
        raise required_field("key")
    old = keyed_address(sale.item_shipping_addresses, action.address.key, "address.key")
    new = address_from(action.address, facts)
    return replace(sale, item_shipping_addresses=instead(sale.item_shipping_addresses, old, new))


def _remove_address(sale: Sale, action: RemoveItemShippingAddress, _facts: Facts) -> Sale:
    """Raises `InvalidOperation` for an address that some item is sent to."""
    old = keyed_address(sale.item_shipping_addresses, action.address_key, "addressKey")
    if any(target.address_key == action.address_key for target in all_targets((*sale.line_items, *sale.custom_line_items))):
        raise invalid_operation(f"Items are sent to the address with key '{action.address_key}'.")
    return replace(sale, item_shipping_addresses=without(sale.item_shipping_addresses, old))
