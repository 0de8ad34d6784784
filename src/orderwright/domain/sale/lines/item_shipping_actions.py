"""The actions by which a cart or an order sends its items to several addresses: the addresses, and which units go where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from orderwright.domain.custom.addresses import AddressDraft, address_from, keyed_address, keyed_addresses
from orderwright.domain.laws.parts import find_part, instead, with_part, without
from orderwright.domain.sale.lines.item_shipping import (
    ItemShippingDetails,
    ItemShippingDetailsDraft,
    ItemShippingTarget,
    check_targets,
    check_valid,
    details_from,
    together,
)
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.lines.parts import OnCustomLineItem, OnLineItem
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


Made = Callable[[Any, LineItem | CustomLineItem, Any], ItemShippingDetails | None]


def address_actions(actions: ActionSet[Any]) -> None:
    """Add the actions on the addresses themselves."""
    actions.handles(_add_address)
    actions.handles(_update_address)
    actions.handles(_remove_address)


def details_actions(actions: ActionSet[Any], *, all_sent: bool) -> None:
    """Add the actions on where the units of an item go. `all_sent`: its targets must be for all of them at any time, as those
    of an order, else `InvalidItemShippingDetails` is raised."""

    def given(document: Any, item: LineItem | CustomLineItem, action: Any) -> ItemShippingDetails | None:
        details = details_from(action.shipping_details, item.quantity, document)
        if all_sent:
            subject = "LineItem" if isinstance(item, LineItem) else "CustomLineItem"
            check_valid([(subject, replace(item, shipping_details=details))])
        return details

    actions.add(SetLineItemShippingDetails, _on_line(given))
    actions.add(SetCustomLineItemShippingDetails, _on_custom_line(given))


def delta_actions(actions: ActionSet[Any]) -> None:
    """Add the actions that only carts have."""
    actions.add(ApplyDeltaToLineItemShippingDetailsTargets, _on_line(_with_delta))
    actions.add(ApplyDeltaToCustomLineItemShippingDetailsTargets, _on_custom_line(_with_delta))


def _with_delta(document: Any, item: LineItem | CustomLineItem, action: Any) -> ItemShippingDetails:
    check_targets(action.targets_delta, document)
    return together(item.shipping_details, action.targets_delta, item.quantity)


def _on_line(made: Made) -> Handler:
    def handle(document: Any, action: OnLineItem, facts: Facts) -> Any:
        line: LineItem = find_part(document.line_items, "lineItem", id=action.line_item_id, key=action.line_item_key)
        details = made(document, line, action)
        if details == line.shipping_details:
            return document
        changed = replace(line, shipping_details=details, last_modified_at=facts.now)
        return replace(document, line_items=with_part(document.line_items, changed))

    return handle


def _on_custom_line(made: Made) -> Handler:
    def handle(document: Any, action: OnCustomLineItem, _facts: Facts) -> Any:
        item: CustomLineItem = find_part(
            document.custom_line_items, "customLineItem", id=action.custom_line_item_id, key=action.custom_line_item_key
        )
        changed = replace(item, shipping_details=made(document, item, action))
        return replace(document, custom_line_items=with_part(document.custom_line_items, changed))

    return handle


def _add_address(document: Any, action: AddItemShippingAddress, facts: Facts) -> Any:
    addresses = keyed_addresses([*document.item_shipping_addresses, address_from(action.address, facts)])
    return replace(document, item_shipping_addresses=addresses)


def _update_address(document: Any, action: UpdateItemShippingAddress, facts: Facts) -> Any:
    if action.address.key is None:
        raise required_field("key")
    old = keyed_address(document.item_shipping_addresses, action.address.key, "address.key")
    new = address_from(action.address, facts)
    return replace(document, item_shipping_addresses=instead(document.item_shipping_addresses, old, new))


def _remove_address(document: Any, action: RemoveItemShippingAddress, _facts: Facts) -> Any:
    """Raises `InvalidOperation` for an address that some item is sent to."""
    old = keyed_address(document.item_shipping_addresses, action.address_key, "addressKey")
    items: list[LineItem | CustomLineItem] = [*document.line_items, *document.custom_line_items]
    targets = [target for item in items if item.shipping_details for target in item.shipping_details.targets]
    if any(target.address_key == action.address_key for target in targets):
        raise invalid_operation(f"Items are sent to the address with key '{action.address_key}'.")
    return replace(document, item_shipping_addresses=without(document.item_shipping_addresses, old))
