"""Where the units of an item go: so many to each of the item shipping addresses of a cart or order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from orderwright.engine.model import Value, always
from orderwright.engine.scalars import Key, Quantity
from orderwright.errors import invalid_field


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


def together(
    known: ItemShippingDetails | None, more: Iterable[ItemShippingTarget], quantity: int, *, sign: int = 1
) -> ItemShippingDetails:
    """The details of an item of so many units with the units of further targets added, or taken away if `sign` is -1.

    All addresses of both are there afterwards, less those to which nothing goes any more. Raises `InvalidField` where less than
    nothing would go to an address, and for units that would go there with another method than those before them.
    """
    targets = {target.address_key: target for target in (known.targets if known else ())}
    for target in more:
        before = targets.get(target.address_key)
        left = (before.quantity if before else 0) + sign * target.quantity
        if left < 0:
            raise invalid_field("quantity", target.quantity)
        method, own = target.shipping_method_key, before.shipping_method_key if before else None
        if None not in (method, own) and method != own:
            raise invalid_field("shippingMethodKey", method)
        targets[target.address_key] = replace(target, quantity=left, shipping_method_key=method or own)
    return details(tuple(targets.values()), quantity)


def resized(known: ItemShippingDetails | None, quantity: int) -> ItemShippingDetails | None:
    """The same targets for another quantity; only `valid` is computed again, because only the buyer can say which units go
    where."""
    return known and replace(known, valid=units(known.targets) == quantity)


def details(targets: Sequence[ItemShippingTarget], quantity: int) -> ItemShippingDetails:
    """The details of an item of so many units. Raises `InvalidField` for a negative target."""
    for target in targets:
        if target.quantity < 0:
            raise invalid_field("quantity", target.quantity)
    kept = tuple(target for target in targets if target.quantity)
    return ItemShippingDetails(targets=kept, valid=units(kept) == quantity)


def units(targets: Iterable[ItemShippingTarget]) -> int:
    """How many units go somewhere."""
    return sum(target.quantity for target in targets)
