"""Where the units of an item go: so many to each of the item shipping addresses of a cart or order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address, keyed_address
from orderwright.domain.laws.distinct import check_distinct
from orderwright.engine.model import Value, always
from orderwright.engine.scalars import Key, Quantity
from orderwright.errors import ApiError, invalid_field, invalid_operation


class ItemShippingTarget(Value):
    """How many units go to one address; the method's key is that of one of several shipping methods."""

    address_key: Key
    quantity: Quantity
    shipping_method_key: str | None = None


class ItemShippingDetails(Value):
    """Where the units of an item go. `valid` is true when the targets add up to the item's quantity."""

    valid: bool
    targets: tuple[ItemShippingTarget, ...] = always(())


class ItemShippingDetailsDraft(Value):
    """Where the units go, as it is sent. A target of no units is none."""

    targets: tuple[ItemShippingTarget, ...]


class Keyed(Protocol):
    """One of several shipping methods."""

    @property
    def shipping_key(self) -> str: ...


class Shipped(Protocol):
    """What has item shipping addresses: a cart or an order."""

    @property
    def shipping_mode(self) -> str: ...
    @property
    def item_shipping_addresses(self) -> tuple[Address, ...]: ...
    @property
    def shipping(self) -> Sequence[Keyed]: ...


class Item(Protocol):
    """A line item or custom line item."""

    @property
    def id(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def shipping_details(self) -> ItemShippingDetails | None: ...


def details_from(draft: ItemShippingDetailsDraft | None, quantity: int, shipped: Shipped) -> ItemShippingDetails | None:
    """The details that a draft means for an item of so many units; None stays None.

    Raises what `check_targets` raises, and `InvalidField` for a negative quantity.
    """
    if draft is None:
        return None
    check_targets(draft.targets, shipped)
    return _details(draft.targets, quantity)


def check_targets(targets: Sequence[ItemShippingTarget], shipped: Shipped) -> None:
    """Raises `InvalidField` for an unknown address, `DuplicateField` for one that is named twice; in the shipping mode
    `Multiple`, `InvalidOperation` for a target without a shipping method, `InvalidField` for an unknown one."""
    check_distinct("addressKey", (target.address_key for target in targets))
    for target in targets:
        keyed_address(shipped.item_shipping_addresses, target.address_key, "addressKey")
        if shipped.shipping_mode != "Multiple":
            continue
        if target.shipping_method_key is None:
            raise invalid_operation("In the shipping mode 'Multiple' each target needs a shippingMethodKey.")
        if all(method.shipping_key != target.shipping_method_key for method in shipped.shipping):
            raise invalid_field("shippingMethodKey", target.shipping_method_key)


def together(
    details: ItemShippingDetails | None, more: Iterable[ItemShippingTarget], quantity: int, *, sign: int = 1
) -> ItemShippingDetails:
    """The details of an item of so many units with the units of further targets added, or taken away if `sign` is -1.

    All addresses of both are there afterwards, less those to which nothing goes any more. Raises `InvalidField` where less than
    nothing would go to an address.
    """
    targets = {target.address_key: target for target in (details.targets if details else ())}
    for target in more:
        known = targets.get(target.address_key)
        units = (known.quantity if known else 0) + sign * target.quantity
        if units < 0:
            raise invalid_field("quantity", target.quantity)
        targets[target.address_key] = replace(target, quantity=units)
    return _details(tuple(targets.values()), quantity)


def resized(details: ItemShippingDetails | None, quantity: int) -> ItemShippingDetails | None:
    """The same targets for another quantity; only `valid` is computed again, because only the buyer can say which units go
    where."""
    return details and replace(details, valid=_units(details.targets) == quantity)


def check_valid(items: Iterable[tuple[str, Item]]) -> None:
    """Raises `InvalidItemShippingDetails` for the first item of which more or fewer units are sent than it has. Each item comes
    with the kind that the error names, `LineItem` or `CustomLineItem`."""
    for subject, item in items:
        if item.shipping_details is not None and not item.shipping_details.valid:
            raise _inconsistent(subject, item, _units(item.shipping_details.targets))


def _details(targets: Sequence[ItemShippingTarget], quantity: int) -> ItemShippingDetails:
    for target in targets:
        if target.quantity < 0:
            raise invalid_field("quantity", target.quantity)
    kept = tuple(target for target in targets if target.quantity)
    return ItemShippingDetails(targets=kept, valid=_units(kept) == quantity)


def _units(targets: Iterable[ItemShippingTarget]) -> int:
    return sum(target.quantity for target in targets)


def _inconsistent(subject: str, item: Item, units: int) -> ApiError:
    message = (
        f"Inconsistent shipping details for {subject} with ID {item.id}. {subject} quantity is {item.quantity} and"
        f" shippingTargets quantity sum is {units}."
    )
    return ApiError(400, "InvalidItemShippingDetails", message, subject=subject, itemId=item.id)
