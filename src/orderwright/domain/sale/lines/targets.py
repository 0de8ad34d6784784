"""Where a cart or an order sends the units of its items: drafts of that, held against its addresses and shipping methods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orderwright.domain.custom.addresses import keyed_address
from orderwright.domain.laws.distinct import check_distinct
from orderwright.domain.sale.lines.item_shipping import (
    ItemShippingDetails,
    ItemShippingDetailsDraft,
    ItemShippingTarget,
    details,
    units,
)
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import Sale
from orderwright.errors import ApiError, invalid_field, invalid_operation


def details_from(draft: ItemShippingDetailsDraft | None, quantity: int, sale: Sale) -> ItemShippingDetails | None:
    """The details that a draft means for an item of so many units; None stays None.

    Raises what `check_targets` raises, and `InvalidField` for a negative quantity.
    """
    if draft is None:
        return None
    check_targets(draft.targets, sale)
    return details(draft.targets, quantity)


def check_targets(targets: Sequence[ItemShippingTarget], sale: Sale, known: ItemShippingDetails | None = None) -> None:
    """Raises `InvalidField` for an unknown address, `DuplicateField` for one that is named twice; in the shipping mode
    `Multiple`, `InvalidOperation` for a target without a shipping method, `InvalidField` for an unknown one. A method that has
    gone may be named where `known` units already go with it, so that they can be taken away."""
    methods = {shipping.shipping_key for shipping in sale.shipping}
    before = {(target.address_key, target.shipping_method_key) for target in (known.targets if known else ())}
    check_distinct("addressKey", (target.address_key for target in targets))
    for target in targets:
        keyed_address(sale.item_shipping_addresses, target.address_key, "addressKey")
        if sale.shipping_mode != "Multiple":
            continue
        if target.shipping_method_key is None:
            raise invalid_operation("In the shipping mode 'Multiple' each target needs a shippingMethodKey.")
        if target.shipping_method_key not in methods and (target.address_key, target.shipping_method_key) not in before:
            raise invalid_field("shippingMethodKey", target.shipping_method_key)


def check_valid(*items: LineItem | CustomLineItem) -> None:
    """Raises `InvalidItemShippingDetails` for the first item of which more or fewer units are sent than it has."""
    for item in items:
        if item.shipping_details is not None and not item.shipping_details.valid:
            raise _inconsistent(item, units(item.shipping_details.targets))


def check_sent(sale: Sale, *items: LineItem | CustomLineItem) -> None:
    """In the shipping mode `Multiple`, each unit of what is ordered goes with one of the methods.

    Raises `InvalidItemShippingDetails` for an item of which nothing is said, `InvalidOperation` for units of a method that has
    gone.
    """
    if sale.shipping_mode != "Multiple":
        return
    known = {shipping.shipping_key for shipping in sale.shipping}
    for item in items:
        if item.shipping_details is None:
            raise _inconsistent(item, 0)
        for target in item.shipping_details.targets:
            if target.shipping_method_key not in known:
                raise invalid_operation(f"Units of item '{item.id}' go with a shipping method that is not there any more.")


def all_targets(items: Iterable[LineItem | CustomLineItem]) -> list[ItemShippingTarget]:
    """The targets of all items."""
    return [target for item in items if item.shipping_details for target in item.shipping_details.targets]


def _inconsistent(item: LineItem | CustomLineItem, sent: int) -> ApiError:
    subject = "LineItem" if isinstance(item, LineItem) else "CustomLineItem"
    message = (
        f"Inconsistent shipping details for {subject} with ID {item.id}. {subject} quantity is {item.quantity} and"
        f" shippingTargets quantity sum is {sent}."
    )
    return ApiError(400, "InvalidItemShippingDetails", message, subject=subject, itemId=item.id)
